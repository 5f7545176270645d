//! What can go wrong, and what to do next.

use sealer_core::hybrid::HybridError;
use sealer_core::{BindingError, CertError, ManifestError, SealError, SealRequestError};
use unsealer::UnsealError;

use crate::cert_source::CertSourceError;
use crate::cluster::ClusterError;
use crate::input::InputError;
use crate::kubeconfig::KubeconfigError;
use crate::kubeseal::command::FlagError;
use crate::kubeseal::merge::MergeIntoError;
use crate::kubeseal::re_encrypt::ReEncryptError;
use crate::kubeseal::validate::ValidateError;
use crate::output::OutputError;
use crate::private_keys::KeyFileError;

/// The command failed. No text here holds a byte of a value or of a private key.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The certificate can't be had.
    #[error(transparent)]
    CertSource(#[from] CertSourceError),
    /// The controller can't be reached.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The certificate can't be sealed with.
    #[error(transparent)]
    Certificate(#[from] CertError),
    /// A rule about flags is broken.
    #[error(transparent)]
    Flag(#[from] FlagError),
    /// The input can't be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The private keys can't be read.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The kubeconfig does not tell the namespace.
    #[error(transparent)]
    Kubeconfig(#[from] KubeconfigError),
    /// The input is no manifest.
    #[error(transparent)]
    Manifest(ManifestError),
    /// Not a single document of the input can be read. The text is upstream's, which hides the cause.
    #[error("{}", ManifestError::NoSecrets)]
    NothingReadable {
        /// What is wrong with the first document; it is the hint.
        cause: Box<ManifestError>,
    },
    /// The file of `--merge-into` can't be merged into.
    #[error(transparent)]
    Merge(#[from] MergeIntoError),
    /// The output can't be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Neither the manifest nor anything else tells the namespace. The text is upstream's.
    #[error("{}", BindingError::NamespaceMissing)]
    Namespace {
        /// Why the kubeconfig does not; it goes into the hint.
        kubeconfig: KubeconfigError,
    },
    /// A SealedSecret was not sealed again.
    #[error(transparent)]
    ReEncrypt(#[from] ReEncryptError),
    /// A manifest can't be sealed as it is asked for.
    #[error(transparent)]
    Request(#[from] SealRequestError),
    /// A value could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The one value could not be sealed.
    #[error("cannot seal the value")]
    SealValue(#[from] HybridError),
    /// A SealedSecret does not open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// A SealedSecret does not open in the cluster, or nobody knows.
    #[error(transparent)]
    Validate(#[from] ValidateError),
}

impl CliError {
    /// A request that can't be; `untold` is why the kubeconfig names no namespace, if it was asked for one.
    pub fn request(error: SealRequestError, untold: Option<KubeconfigError>) -> Self {
        match (error, untold) {
            (SealRequestError::Binding(BindingError::NamespaceMissing), Some(kubeconfig)) => {
                Self::Namespace { kubeconfig }
            }
            (error, _) => error.into(),
        }
    }

    /// What to do next, or the cause where the first line is only upstream's general words.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::CertSource(error) => error.hint(),
            Self::Cluster(ClusterError::Kubeconfig(KubeconfigError::Empty)) => {
                Some("give a kubeconfig with --kubeconfig: this is a question to the controller".to_owned())
            }
            Self::Cluster(error) => error.hint(),
            Self::Input(error) => error.hint(),
            Self::KeyFile(error) => error.hint(),
            Self::Merge(error) => error.hint(),
            Self::ReEncrypt(error) => error.hint(),
            Self::Validate(error) => error.hint(),
            Self::Kubeconfig(error) => error.hint(),
            Self::NothingReadable { cause } => Some(cause.to_string()),
            Self::Namespace { kubeconfig: KubeconfigError::Empty } => {
                Some("give it with -n NAMESPACE; there is no kubeconfig that could tell it".to_owned())
            }
            Self::Namespace { kubeconfig } => {
                Some(format!("give it with -n NAMESPACE; the kubeconfig can't tell it: {kubeconfig}"))
            }
            Self::Flag(FlagError::FromFileWithoutRaw) => {
                Some("add --raw to seal one value, or give the Secret with -f FILE".to_owned())
            }
            Self::Flag(FlagError::Format(_)) => Some("-o takes json or yaml".to_owned()),
            Self::Certificate(CertError::Expired { .. }) => Some(
                "fetch the controller's current certificate: kubeseal --fetch-cert > cert.pem".to_owned(),
            ),
            Self::Request(SealRequestError::NameMissing) => Some("give it with --name".to_owned()),
            Self::Unseal(UnsealError::Items { .. }) => Some(
                "a value opens only with its cluster's key, and under the name, namespace and scope it was sealed for"
                    .to_owned(),
            ),
            Self::Unseal(UnsealError::Template(_)) => {
                Some("mend the template at that line and column; the values opened".to_owned())
            }
            Self::Certificate(_)
            | Self::Flag(FlagError::OneFromFile | FlagError::RawName(_) | FlagError::RawNamespace(_))
            | Self::Manifest(_)
            | Self::Output(_)
            | Self::Request(
                SealRequestError::EmptyData
                | SealRequestError::NamespaceMismatch { .. }
                | SealRequestError::Binding(BindingError::NameMissing | BindingError::NamespaceMissing),
            )
            | Self::Seal(_)
            | Self::SealValue(_)
            | Self::Unseal(
                UnsealError::Binding(_)
                | UnsealError::BothForms
                | UnsealError::DeprecatedOff
                | UnsealError::Deprecated { .. }
                | UnsealError::DeprecatedContent
                | UnsealError::NoKeys,
            ) => None,
        }
    }
}

impl From<ManifestError> for CliError {
    fn from(error: ManifestError) -> Self {
        match error {
            ManifestError::NoneReadable(cause) => Self::NothingReadable { cause },
            error => Self::Manifest(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::PathBuf;

    use super::*;
    use crate::error::{FileError, report};

    #[test]
    fn the_error_is_one_line_and_the_hint_another() {
        let error = CliError::Input(InputError::File {
            cause: FileError {
                step: "open",
                path: PathBuf::from("two\nlines.yaml"),
                cause: io::Error::from_raw_os_error(2).into(),
            },
        });
        assert_eq!(
            report(&error, error.hint().as_deref()),
            "error: Could not read file specified with --secret-file\n\
             open two lines.yaml: no such file or directory\n"
        );
    }

    #[test]
    fn the_chain_of_causes_is_joined_once() {
        let error = CliError::Seal(SealError { key: "password".to_owned(), source: HybridError::Random });
        assert_eq!(
            report(&error, error.hint().as_deref()),
            "error: cannot seal \"password\": the random source failed\n"
        );
        let error = CliError::SealValue(HybridError::TooLong);
        assert_eq!(
            report(&error, error.hint().as_deref()),
            "error: cannot seal the value: the value is too long to seal\n"
        );
    }
}
