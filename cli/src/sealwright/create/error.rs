//! What can go wrong while a Secret is made.

use std::path::PathBuf;

use sealer_core::SealRequestError;
use sealer_core::builders::{BasicAuthError, DockerError, OpaqueError, SshAuthError, TlsError, TooLarge};
use sealer_core::dotenv::{DotenvError, UndecidedError};

use crate::error::OsCause;
use crate::input::InputError;
use crate::sealwright::verdict::Advice;

/// The Secret can't be made. No text of it holds a byte of a value.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// A file or standard input can't be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A folder can't be read.
    #[error("cannot list {}: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        cause: OsCause,
    },
    /// `--from-file` names no file.
    #[error("--from-file takes PATH, or KEY=PATH")]
    FromFile,
    /// `--insecure-argv` names no key.
    #[error("--insecure-argv takes KEY=VALUE")]
    Argv,
    /// Lines that can't be read.
    #[error("cannot read {}", path.display())]
    Lines {
        /// The file.
        path: PathBuf,
        /// Why.
        source: DotenvError,
    },
    /// Lines that mean one thing to one program and another to the next.
    #[error("cannot read {}", path.display())]
    Undecided {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: UndecidedError,
    },
    /// A file that is no text.
    #[error("{} is not UTF-8", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
    },
    /// Nobody can be asked.
    #[error("cannot ask for {what}: {cause}")]
    Prompt {
        /// What is asked for.
        what: String,
        /// The cause.
        cause: OsCause,
    },
    /// There is nothing to seal.
    #[error("there are no values to seal")]
    NoValues,
    /// Keys or values.
    #[error(transparent)]
    Opaque(OpaqueError),
    /// A certificate or its key.
    #[error(transparent)]
    Tls(TlsError),
    /// The login to a registry.
    #[error(transparent)]
    Docker(DockerError),
    /// User name and password.
    #[error(transparent)]
    BasicAuth(BasicAuthError),
    /// A key for SSH.
    #[error(transparent)]
    SshAuth(SshAuthError),
    /// More than the API server takes.
    #[error(transparent)]
    TooLarge(TooLarge),
    /// The Secret's names don't do.
    #[error(transparent)]
    Request(SealRequestError),
}

impl Advice for CreateError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Input(error) => return error.hint(),
            Self::Undecided { source: UndecidedError::Differs { .. }, .. } => {
                "--dialect godotenv takes quotes and comments away, --dialect docker keeps everything behind `=`"
            }
            Self::Undecided { source: UndecidedError::Unclear(_), .. } => {
                "if everything behind `=` belongs to the value, say --dialect docker"
            }
            Self::Prompt { .. } => "without a terminal, give it in a file or on standard input; see --help",
            Self::NoValues => "give them with --from-file, --from-env-file, --from-stdin or --prompt",
            Self::Opaque(OpaqueError::Key) => "give a file another key with --from-file KEY=PATH",
            Self::Tls(TlsError::Expired { .. }) => "--allow-expired seals it nevertheless",
            Self::BasicAuth(_) => "give --username, or leave --no-password away",
            Self::Folder { .. }
            | Self::FromFile
            | Self::Argv
            | Self::Lines { .. }
            | Self::Encoding { .. }
            | Self::Opaque(OpaqueError::Duplicate { .. })
            | Self::Tls(_)
            | Self::Docker(_)
            | Self::SshAuth(_)
            | Self::TooLarge(_)
            | Self::Request(_) => return None,
        };
        Some(hint.to_owned())
    }
}
