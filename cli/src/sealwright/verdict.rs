//! How a command ends.

use std::error::Error;

use crate::cert_source::CertSourceError;
use crate::cluster::ClusterError;
use crate::input::InputError;
use crate::kubeconfig::KubeconfigError;
use crate::output::OutputError;
use crate::private_keys::KeyFileError;

/// What a command that could do its work came to; the exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is done, or all is well. Exit code 0.
    Yes,
    /// There is a finding, or something does not open. Exit code 1.
    No,
}

/// An error that knows what to do next. No text of it holds a byte of a value or of a private key.
pub trait Advice: Error {
    /// What to do next, or the cause where the first line is only a general word.
    fn hint(&self) -> Option<String>;
}

/// The command could not do its work. Exit code 2, as for a mistake on the command line.
#[derive(Debug)]
pub struct Failure {
    /// Why.
    pub error: Box<dyn Error>,
    /// What to do next.
    pub hint: Option<String>,
}

impl<E: Advice + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { hint: error.hint(), error: Box::new(error) }
    }
}

/// Errors that both programs have.
macro_rules! shared {
    ($($error:ty),*) => {
        $(impl Advice for $error {
            fn hint(&self) -> Option<String> {
                self.hint()
            }
        })*
    };
}
shared!(CertSourceError, InputError, KeyFileError, KubeconfigError);

impl Advice for ClusterError {
    fn hint(&self) -> Option<String> {
        match self {
            // Other than for sealing, --cert and -n do not help.
            Self::Kubeconfig(KubeconfigError::Empty) => Some(
                "give a kubeconfig with --kubeconfig; the command's --help says what it does without a cluster"
                    .to_owned(),
            ),
            _ => Self::hint(self),
        }
    }
}

impl Advice for OutputError {
    fn hint(&self) -> Option<String> {
        None
    }
}
