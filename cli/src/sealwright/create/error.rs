//! What can go wrong while a Secret is made.

use sealer_core::SealRequestError;
use sealer_core::builders::{BasicAuthError, DockerError, SshAuthError, TlsError, TooLarge};

use crate::input::InputError;
use crate::sealwright::values::ValuesError;
use crate::sealwright::verdict::Advice;

/// The Secret can't be made. No text of it holds a byte of a value.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// A file or standard input can't be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Values under keys of somebody's own.
    #[error(transparent)]
    Values(#[from] ValuesError),
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
            Self::Values(error) => return error.hint(),
            Self::Tls(TlsError::Expired { .. }) => "--allow-expired seals it nevertheless",
            Self::BasicAuth(_) => "give --username, or leave --no-password away",
            Self::Tls(_) | Self::Docker(_) | Self::SshAuth(_) | Self::TooLarge(_) | Self::Request(_) => {
                return None;
            }
        };
        Some(hint.to_owned())
    }
}
