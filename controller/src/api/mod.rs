//! One call to the API server: bounded in time, its failure in words that quote no object.

pub mod connect;
pub mod convert;
#[cfg(test)]
pub(crate) mod fake;
pub mod throttle;

use std::time::Duration;

use kube::core::Status;

/// After this long a call counts as failed. The client's own limit is longer than any watch lasts.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The most of a server's message that is passed on.
const MESSAGE_LIMIT: usize = 512;

/// A call to the API server failed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The server said no.
    #[error("{}", message(.0))]
    Refused(Box<Status>),
    /// The server said nothing.
    #[error("the API server did not answer within {} s", CALL_TIMEOUT.as_secs())]
    Timeout,
    /// The answer is not what was asked for. The parser's words could quote a Secret and are dropped.
    #[error("the answer of the API server could not be read")]
    Unreadable,
    /// There are no credentials. What a credential plugin printed may be one, and is dropped.
    #[error("the kubeconfig's credentials can't be had; kubectl shows why")]
    Credentials,
    /// The call did not get through.
    #[error("the API server could not be reached: {}", innermost(.0))]
    Transport(#[source] kube::Error),
}

/// What a failed write means for the Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// What was read is no longer so: read again and plan again.
    Stale,
    /// The server will never take this object as it is.
    Invalid(String),
    /// Another time perhaps.
    Transient(String),
}

/// Makes a call, and gives up on it after [`CALL_TIMEOUT`].
pub async fn call<T>(request: impl Future<Output = Result<T, kube::Error>>) -> Result<T, CallError> {
    match tokio::time::timeout(CALL_TIMEOUT, request).await {
        Err(_) => Err(CallError::Timeout),
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(error.into()),
    }
}

impl From<kube::Error> for CallError {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => Self::Refused(status),
            kube::Error::SerdeError(_) | kube::Error::FromUtf8(_) => Self::Unreadable,
            kube::Error::Auth(_) => Self::Credentials,
            other => Self::Transport(other),
        }
    }
}

impl CallError {
    /// Whether the object asked for is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(status) if status.code == 404)
    }

    /// Whether the rights don't allow it.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Refused(status) if status.code == 403)
    }

    /// Whether somebody else was faster: the object exists already, or is another version by now.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused(status) if status.code == 409)
    }

    /// What it means for the object that was to be written.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Refused(status) => match status.code {
                404 if !is_namespace_missing(status) => Fault::Stale,
                409 => Fault::Stale,
                422 => Fault::Invalid(message(status)),
                _ => Fault::Transient(message(status)),
            },
            Self::Timeout | Self::Unreadable | Self::Credentials | Self::Transport(_) => {
                Fault::Transient(self.to_string())
            }
        }
    }
}

/// The innermost cause: what stands around it says only that connecting failed, not why.
fn innermost(error: &kube::Error) -> String {
    let mut error: &dyn std::error::Error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// A create in a namespace that is gone answers 404 as well, and reading again would not help.
fn is_namespace_missing(status: &Status) -> bool {
    status.details.as_ref().is_some_and(|details| details.kind == "namespaces")
}

/// The server's message, without what an admission webhook or policy has to say: its words are anybody's and may
/// quote the object.
fn message(status: &Status) -> String {
    const DENIALS: [&str; 2] = ["denied the request", "denied request"];
    let whole = status.message.as_str();
    let ends = DENIALS.iter().filter_map(|denial| whole.find(denial).map(|at| at + denial.len()));
    let end = ends.min().unwrap_or(whole.len());
    let cut: String = whole[..end].chars().take(MESSAGE_LIMIT).collect();
    match (cut.is_empty(), status.reason.is_empty()) {
        (false, _) => cut,
        (true, false) => status.reason.clone(),
        (true, true) => format!("the API server answered {}", status.code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16, reason: &str, message: &str) -> CallError {
        CallError::Refused(Box::new(Status {
            code,
            reason: reason.into(),
            message: message.into(),
            ..Status::default()
        }))
    }

    #[test]
    fn what_a_failed_write_means() {
        for (code, fault) in [
            (409, Fault::Stale),
            (404, Fault::Stale),
            (422, Fault::Invalid("said".into())),
            (400, Fault::Transient("said".into())),
            (403, Fault::Transient("said".into())),
            (429, Fault::Transient("said".into())),
            (500, Fault::Transient("said".into())),
            (503, Fault::Transient("said".into())),
        ] {
            assert_eq!(refused(code, "Reason", "said").fault(), fault, "{code}");
        }
        assert!(matches!(CallError::Timeout.fault(), Fault::Transient(_)));
    }

    #[test]
    fn a_missing_namespace_is_not_read_again_and_again() {
        let details = serde_json::json!({ "kind": "namespaces", "name": "gone" });
        let status = Status {
            code: 404,
            message: "namespaces \"gone\" not found".into(),
            details: Some(serde_json::from_value(details).unwrap()),
            ..Status::default()
        };
        assert!(matches!(CallError::Refused(Box::new(status)).fault(), Fault::Transient(_)));
    }

    #[test]
    fn the_own_words_of_webhooks_and_policies_are_cut_off() {
        for (said, told) in [
            (
                "admission webhook \"x.example\" denied the request: value CANARY is weak",
                "admission webhook \"x.example\" denied the request",
            ),
            (
                "secrets \"db\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: CANARY",
                "secrets \"db\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request",
            ),
        ] {
            assert_eq!(refused(403, "Forbidden", said).to_string(), told);
        }
        assert_eq!(refused(500, "InternalError", "").to_string(), "InternalError");
        assert_eq!(refused(502, "", "").to_string(), "the API server answered 502");
    }

    #[tokio::test]
    async fn an_answer_that_can_not_be_read_is_not_quoted() {
        let parser = serde_json::from_str::<u32>("\"CANARY\"").unwrap_err();
        assert!(parser.to_string().contains("CANARY"), "the trap this is about");
        let error = call::<()>(async { Err(kube::Error::SerdeError(parser)) }).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("CANARY"));
    }

    #[tokio::test]
    async fn a_server_that_can_not_be_reached_is_told_with_the_reason() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = kube::Config::new(format!("http://{closed}").parse().unwrap());
        let client = kube::Client::try_from(config).unwrap();
        let error = call(client.apiserver_version()).await.unwrap_err().to_string();
        assert!(error.starts_with("the API server could not be reached: "), "{error}");
        assert!(error.to_lowercase().contains("connection refused"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_server_is_given_up_on() {
        let error = call::<()>(std::future::pending()).await.unwrap_err();
        assert!(matches!(error, CallError::Timeout));
    }
}
