//! Reaches the running controller: finds its Service with the kubeconfig, and fetches its certificate.

use std::error::Error;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use http::Uri;
use http::uri::Authority;
use k8s_openapi::api::core::v1::Service;
use kube::api::Api;
use kube::client::AuthError;
use kube::config::KubeConfigOptions;
use kube::{Client, Config};

use crate::deadline::{self, Elapsed};
use crate::error::OsCause;
use crate::kubeconfig::{self, KubeconfigChoice, KubeconfigError, Surroundings};
use crate::proxy::{Ask, CallError, Proxy};

/// How the controller is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    /// The cluster.
    pub kubeconfig: KubeconfigChoice,
    /// The namespace of its Service.
    pub namespace: String,
    /// The name of its Service.
    pub name: String,
    /// How long each request may take.
    pub timeout: Option<Duration>,
    /// Whether somebody is there to be told that a controller which just starts is waited for.
    pub tells_waiting: bool,
}

/// The controller can't be reached, or does not give its certificate.
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
    /// No word of the Service in time.
    #[error("cannot get sealed secret service: {0}")]
    Late(Elapsed),
    /// The certificate. The text is upstream's.
    #[error("cannot fetch certificate")]
    Fetch(#[source] CallError),
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
            Self::Late(elapsed) => Some(elapsed.hint()),
            Self::Fetch(error) => error.hint(),
            Self::Plugin { said, .. } => Some(said.trim().to_owned()).filter(|said| !said.is_empty()),
            Self::Configuration(_) | Self::Runtime(_) => None,
        }
    }
}

/// The bytes of `/v1/cert.pem`, as the controller sends them.
pub fn fetch_cert(controller: &Controller, surroundings: &Surroundings) -> Result<Vec<u8>, ClusterError> {
    let work = async {
        let proxy = open(controller, surroundings).await?;
        proxy.call(Ask::Cert).await.map_err(ClusterError::Fetch)
    };
    deadline::run(work).map_err(|error| ClusterError::Runtime(error.into()))?
}

/// The way to the controller, through the first port of its Service.
///
/// The time limit is the cluster's, for each request: a credential plugin, which may wait for somebody to log in, has
/// its own.
pub(crate) async fn open<'a>(
    controller: &'a Controller,
    surroundings: &Surroundings,
) -> Result<Proxy<'a>, ClusterError> {
    let config = config(controller, surroundings).await?;
    let server = shown(&config.cluster_url);
    let client = connected(config)?;
    let Controller { namespace, name, timeout, .. } = controller;
    let services = Api::<Service>::namespaced(client.clone(), namespace);
    let service = deadline::within(*timeout, services.get(name)).await.map_err(ClusterError::Late)?.map_err(
        |error| {
            ClusterError::Service(match &error {
                kube::Error::Api(_) | kube::Error::Auth(_) | kube::Error::SerdeError(_) => cause(&error),
                // Which one did not answer is the question.
                _ => format!("{server}: {}", cause(&error)),
            })
        },
    )?;
    let port = service
        .spec
        .and_then(|spec| spec.ports)
        .and_then(|ports| ports.into_iter().next())
        .ok_or_else(|| ClusterError::NoPort { namespace: namespace.clone(), name: name.clone() })?;
    // A port without a name is left out, and the API server takes the only one.
    Ok(Proxy::new(client, controller, &port.name.unwrap_or_default()))
}

/// The way to the API server.
pub(crate) async fn client(
    controller: &Controller,
    surroundings: &Surroundings,
) -> Result<Client, ClusterError> {
    connected(config(controller, surroundings).await?)
}

fn connected(config: Config) -> Result<Client, ClusterError> {
    Client::try_from(config).map_err(|error| match error {
        kube::Error::Auth(AuthError::AuthExecRun { out, .. }) => ClusterError::Plugin {
            status: out.status,
            said: String::from_utf8_lossy(&out.stderr).into_owned(),
        },
        error => ClusterError::Configuration(cause(&error)),
    })
}

async fn config(controller: &Controller, surroundings: &Surroundings) -> Result<Config, ClusterError> {
    let choice = &controller.kubeconfig;
    let mut config = match kubeconfig::choose(choice, surroundings)? {
        Some(target) => {
            Config::from_custom_kubeconfig(target.into_kubeconfig()?, &KubeConfigOptions::default())
                .await
                .map_err(|error| ClusterError::Configuration(error.to_string()))?
        }
        None if surroundings.pod_namespace.is_some() => {
            let mut config =
                Config::incluster().map_err(|error| ClusterError::Configuration(error.to_string()))?;
            choice.overrides.apply_in_cluster(&mut config);
            config
        }
        None => return Err(KubeconfigError::Empty.into()),
    };
    // A failure is told at once; whoever calls may try again.
    config.default_retry = false;
    Ok(config)
}

/// The address of a server, without a password that may stand in it.
fn shown(server: &Uri) -> String {
    let scheme = server.scheme_str().unwrap_or_default();
    let authority = server.authority().map_or("", Authority::as_str);
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{}", server.path().trim_end_matches('/'))
}

/// What the API server or the system said. What a credential plugin printed, which may hold a token, is left out.
pub(crate) fn cause(error: &kube::Error) -> String {
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
