//! `--validate`: asks the controller whether it opens SealedSecrets.

use http::StatusCode;
use sealer_core::manifest::Problem;
use sealer_core::{ManifestError, emit};

use crate::cluster;
use crate::deadline;
use crate::input::{self, InputError};
use crate::kubeconfig::Surroundings;
use crate::kubeseal::command::ValidateCommand;
use crate::kubeseal::document::{self, Which};
use crate::kubeseal::error::CliError;
use crate::proxy::{Ask, CallError};

/// A SealedSecret does not open, or nobody knows. The texts are upstream's up to the cause.
#[derive(Debug, thiserror::Error)]
pub enum ValidateError {
    /// The input can't be read as SealedSecrets.
    #[error("unable to decrypt sealed secret")]
    Unreadable {
        /// Why; it is the hint.
        cause: String,
    },
    /// It is something else, which the controller would refuse as well. It is not sent: a Secret is nobody's business.
    #[error("cannot validate sealed secret: {0}")]
    OtherKind(ManifestError),
    /// The controller does not open it.
    #[error("unable to decrypt sealed secret: {}", which.name())]
    Locked {
        /// Which one.
        which: Which,
    },
    /// The controller gave no verdict.
    #[error("cannot validate sealed secret")]
    Unknown {
        /// Which one.
        which: Which,
        /// Why.
        source: CallError,
    },
}

impl ValidateError {
    /// Which one is meant, and what to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { cause } => Some(cause.clone()),
            Self::OtherKind(_) => None,
            Self::Locked { which } => Some(format!(
                "{which}: the controller has no key that opens it under this name, namespace and scope; seal it again \
                 for this cluster, or put back what was renamed"
            )),
            Self::Unknown { which, source } => {
                let rest = if which.is_followed() { ", nor those after it" } else { "" };
                let next = source.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                Some(format!("{which} was not checked{rest}{next}"))
            }
        }
    }
}

impl From<ManifestError> for ValidateError {
    fn from(error: ManifestError) -> Self {
        match error.problem() {
            Some(Problem::OtherKind { .. }) => Self::OtherKind(error),
            _ => Self::Unreadable { cause: error.to_string() },
        }
    }
}

/// Carries the command out; the first that does not open ends it.
pub(crate) fn validate(command: &ValidateCommand, surroundings: &Surroundings) -> Result<(), CliError> {
    // A credential plugin must not eat it.
    let input = input::open(&command.input)?.secured()?;
    let work = async {
        let proxy = cluster::open(&command.controller, surroundings).await?;
        let text = match input.text() {
            Err(InputError::Encoding) => {
                let cause = InputError::Encoding.hint().unwrap_or_default();
                return Err(ValidateError::Unreadable { cause }.into());
            }
            text => text?,
        };
        let sealed = document::read(&text).map_err(ValidateError::from)?;
        for (which, sealed) in document::each(&sealed) {
            proxy.call(Ask::Verify(&emit::to_json(sealed))).await.map_err(|error| match error {
                CallError::Refused { code: StatusCode::CONFLICT, .. } => ValidateError::Locked { which },
                source => ValidateError::Unknown { which, source },
            })?;
        }
        Ok(())
    };
    deadline::run(work).map_err(|error| cluster::ClusterError::Runtime(error.into()))?
}
