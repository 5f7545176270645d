//! Fetches the certificate from the running controller, through the API server's proxy for Services.

use std::error::Error;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use k8s_openapi::api::core::v1::Service;
use kube::api::{Api, Request};
use kube::client::AuthError;
use kube::config::KubeConfigOptions;
use kube::{Client, Config};
use tokio::time::{Instant, sleep};

use crate::command::Controller;
use crate::deadline::{self, Elapsed};
use crate::error::OsCause;
use crate::kubeconfig::{self, KubeconfigError, Surroundings};

/// How long a controller without a ready Pod is waited for, unless `--request-timeout` says: whoever installs it often
/// seals in the next line.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(250);

/// The controller's certificate can't be had.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The kubeconfig can't be used.
    #[error(transparent)]
    Kubeconfig(#[from] KubeconfigError),
    /// The kubeconfig does not lead to a cluster.
    #[error("invalid configuration: {0}")]
    Configuration(String),
    /// The Service. The text is upstream's.
    #[error("cannot get sealed secret service: {0}.")]
    Service(String),
    /// A Service without ports.
    #[error("cannot get sealed secret service: Service {namespace}/{name} has no port.")]
    NoPort {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// The certificate. The text is upstream's.
    #[error("cannot fetch certificate: {0}")]
    Fetch(String),
    /// No Pod of the controller became ready. The text is upstream's.
    #[error("cannot fetch certificate: {said}")]
    NotReady {
        /// What the API server said last.
        said: String,
        /// The namespace of its Service.
        namespace: String,
    },
    /// Not in time.
    #[error("cannot fetch certificate from the cluster: {0}")]
    Late(Elapsed),
    /// The kubeconfig's credential plugin.
    #[error("the kubeconfig's credential plugin failed with {status}")]
    Plugin {
        /// Its exit status.
        status: ExitStatus,
        /// What it wrote to its stderr, which is for people; its stdout may hold a token.
        said: String,
    },
    /// The system gives no events to wait for.
    #[error("cannot wait for the network: {0}")]
    Runtime(OsCause),
}

impl ClusterError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Kubeconfig(error) => error.hint(),
            Self::Service(_) | Self::NoPort { .. } => Some(
                "Please, use the flag --controller-name and --controller-namespace to set up the name and namespace \
                 of the sealed secrets controller"
                    .to_owned(),
            ),
            Self::NotReady { namespace, .. } => Some(format!(
                "the controller has no Pod that is ready; see how it is: kubectl -n {namespace} get pods"
            )),
            Self::Late(elapsed) => Some(elapsed.hint()),
            Self::Plugin { said, .. } => Some(said.trim().to_owned()).filter(|said| !said.is_empty()),
            Self::Configuration(_) | Self::Fetch(_) | Self::Runtime(_) => None,
        }
    }
}

/// The bytes of `/v1/cert.pem`, as the controller sends them.
///
/// The time limit is the cluster's: a credential plugin, which may wait for somebody to log in, has its own.
pub fn fetch_cert(controller: &Controller, surroundings: &Surroundings) -> Result<Vec<u8>, ClusterError> {
    let work = async {
        let client =
            Client::try_from(config(controller, surroundings).await?).map_err(|error| match error {
                kube::Error::Auth(AuthError::AuthExecRun { out, .. }) => ClusterError::Plugin {
                    status: out.status,
                    said: String::from_utf8_lossy(&out.stderr).into_owned(),
                },
                error => ClusterError::Configuration(cause(&error)),
            })?;
        deadline::within(controller.timeout, fetch(controller, client)).await.map_err(ClusterError::Late)?
    };
    deadline::run(work).map_err(|error| ClusterError::Runtime(error.into()))?
}

async fn fetch(controller: &Controller, client: Client) -> Result<Vec<u8>, ClusterError> {
    let Controller { namespace, name, .. } = controller;
    let service = Api::<Service>::namespaced(client.clone(), namespace)
        .get(name)
        .await
        .map_err(|error| ClusterError::Service(cause(&error)))?;
    let port = service
        .spec
        .and_then(|spec| spec.ports)
        .and_then(|ports| ports.into_iter().next())
        .ok_or_else(|| ClusterError::NoPort { namespace: namespace.clone(), name: name.clone() })?;
    // A port without a name is left out, and the API server takes the only one.
    let target = format!("http:{name}:{}", port.name.unwrap_or_default());
    let mut request = Request::new(format!("/api/v1/namespaces/{namespace}/services"))
        .get_subresource("proxy/v1/cert.pem", &target)
        .map_err(|error| ClusterError::Fetch(error.to_string()))?;
    let accept = "application/x-pem-file, */*".parse().expect("plain ASCII");
    request.headers_mut().insert("accept", accept);
    let give_up = Instant::now() + patience(controller.timeout);
    let mut told = !controller.tells_waiting;
    loop {
        let error = match client.request_text(request.clone()).await {
            Ok(text) => return Ok(text.into_bytes()),
            Err(error) => error,
        };
        let said = cause(&error);
        if !has_no_endpoints(&error) {
            return Err(ClusterError::Fetch(said));
        }
        if Instant::now() + PAUSE > give_up {
            return Err(ClusterError::NotReady { said, namespace: namespace.clone() });
        }
        if !std::mem::replace(&mut told, true) {
            eprintln!("(waiting for a ready Pod of {namespace}/{name})");
        }
        sleep(PAUSE).await;
    }
}

/// Ends before the limit of the whole does: then the reason can still be told.
fn patience(limit: Option<Duration>) -> Duration {
    limit.map_or(PATIENCE, |limit| limit - limit / 10)
}

/// Whether the API server knows the Service but no Pod behind it.
fn has_no_endpoints(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status)
        if status.code == 503 && status.message.starts_with("no endpoints available"))
}

async fn config(controller: &Controller, surroundings: &Surroundings) -> Result<Config, ClusterError> {
    let choice = &controller.kubeconfig;
    let mut config = match kubeconfig::load(choice, surroundings)? {
        Some(kubeconfig) => {
            let context = kubeconfig::context(&kubeconfig, choice)?;
            let options = KubeConfigOptions { context, cluster: None, user: None };
            Config::from_custom_kubeconfig(kubeconfig, &options)
                .await
                .map_err(|error| ClusterError::Configuration(error.to_string()))?
        }
        None if surroundings.pod_namespace.is_some() => {
            Config::incluster().map_err(|error| ClusterError::Configuration(error.to_string()))?
        }
        None => return Err(KubeconfigError::Empty.into()),
    };
    // A failure is told at once; whoever calls may try again.
    config.default_retry = false;
    Ok(config)
}

/// What the API server or the system said. What a credential plugin printed, which may hold a token, is left out.
fn cause(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) if !status.message.is_empty() => status.message.clone(),
        kube::Error::Api(status) => format!("the server answered {} {}", status.code, status.reason),
        kube::Error::Auth(AuthError::AuthExecRun { out, .. }) => {
            format!("the kubeconfig's credential plugin failed with {}", out.status)
        }
        kube::Error::Auth(AuthError::AuthExecParse(_)) => {
            "the kubeconfig's credential plugin answered with something else than credentials".to_owned()
        }
        kube::Error::SerdeError(_) => "the server's answer is not what was asked for".to_owned(),
        _ => deepest(error),
    }
}

/// The innermost cause, which is the one that says something.
pub fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    match error.downcast_ref::<io::Error>() {
        Some(system) => system.raw_os_error().map_or_else(
            || system.to_string(),
            |number| OsCause::from(io::Error::from_raw_os_error(number)).to_string(),
        ),
        None => error.to_string(),
    }
}
