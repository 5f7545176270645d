//! Reads the kubeconfig by the rules of client-go.

pub mod overrides;
pub mod problem;
pub mod target;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use kube::config::{Kubeconfig, KubeconfigError as Broken};

use crate::error::OsCause;
use overrides::Overrides;
use problem::{Problem, joined};
use target::{Target, target};

/// What the environment says about clusters; read once, where the program starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// `KUBECONFIG`
    pub kubeconfig: OsString,
    /// The home directory.
    pub home: Option<PathBuf>,
    /// The namespace of the Pod, if this runs in one that may talk to its cluster.
    pub pod_namespace: Option<String>,
}

impl Surroundings {
    /// What the environment of this process says.
    pub fn of_this_process() -> Self {
        const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let in_cluster = set("KUBERNETES_SERVICE_HOST").is_some()
            && set("KUBERNETES_SERVICE_PORT").is_some()
            && Path::new(ACCOUNT).join("token").is_file();
        let pod_namespace = in_cluster.then(|| {
            set("POD_NAMESPACE")
                .or_else(|| std::fs::read_to_string(Path::new(ACCOUNT).join("namespace")).ok())
                .map(|namespace| namespace.trim().to_owned())
                .filter(|namespace| !namespace.is_empty())
                .unwrap_or_else(|| "default".to_owned())
        });
        Self {
            kubeconfig: std::env::var_os("KUBECONFIG").unwrap_or_default(),
            home: std::env::home_dir(),
            pod_namespace,
        }
    }
}

/// Which kubeconfig, which of its contexts, and what is said besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KubeconfigChoice {
    /// `--kubeconfig`; else the usual places.
    pub path: Option<PathBuf>,
    /// `--context`; else the current one.
    pub context: Option<String>,
    /// What the command line says in the kubeconfig's place. Boxed, as it is large and mostly empty.
    pub overrides: Box<Overrides>,
}

/// The kubeconfig can't be used. Nothing of its content is repeated: it may hold a token.
#[derive(Debug, thiserror::Error)]
pub enum KubeconfigError {
    /// There is none at all. The text is upstream's.
    #[error(
        "invalid configuration: no configuration has been provided, \
         try setting KUBERNETES_MASTER environment variable"
    )]
    Empty,
    /// The file of `--kubeconfig` is not there. The text is upstream's.
    #[error("stat {}: {cause}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The cause.
        cause: OsCause,
    },
    /// A file that can't be read.
    #[error("error loading config file {path:?}: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        cause: OsCause,
    },
    /// A file that is no kubeconfig.
    #[error("error loading config file {path:?}: it is not a kubeconfig")]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The context is not in it. The text is upstream's.
    #[error("context {0:?} does not exist")]
    Context(String),
    /// The cluster of `--cluster` is not in it. The text is upstream's.
    #[error("cluster {0:?} does not exist")]
    Cluster(String),
    /// The user of `--user` is not in it. The text is upstream's.
    #[error("auth info {0:?} does not exist")]
    User(String),
    /// The cluster or the user can't be used. The texts are upstream's.
    #[error("invalid configuration: {}", joined(.0))]
    Invalid(Vec<Problem>),
    /// The server is no address. The text is upstream's, up to the server, in which a password may stand.
    #[error("host must be a URL or a host:port pair")]
    Server,
    /// What says who asks can't stand in a header of HTTP.
    #[error("the {0} holds a line break or another character that can't be sent")]
    Unsendable(&'static str),
    /// A server is to be known by its authority, and not to be known. The text is upstream's.
    #[error("specifying a root certificates file with the insecure flag is not allowed")]
    AuthorityWithoutUse,
}

impl KubeconfigError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Empty => Some(
                "give a kubeconfig with --kubeconfig, or do without a cluster: --cert FILE and -n NAMESPACE"
                    .to_owned(),
            ),
            Self::Context(_) => Some("kubectl config get-contexts lists them".to_owned()),
            Self::Cluster(_) => Some("kubectl config get-clusters lists them".to_owned()),
            Self::User(_) => Some("kubectl config get-users lists them".to_owned()),
            Self::Server => Some("begin it with http:// or https://".to_owned()),
            Self::AuthorityWithoutUse => {
                Some("leave out --insecure-skip-tls-verify, and the server is checked".to_owned())
            }
            Self::Unsendable(_) => Some("give it without the line break at its end".to_owned()),
            Self::Missing { .. } | Self::Unreadable { .. } | Self::Malformed { .. } | Self::Invalid(_) => {
                None
            }
        }
    }
}

/// The cluster and the user that were chosen; `None` where nothing says where a cluster is.
pub fn choose(
    choice: &KubeconfigChoice,
    surroundings: &Surroundings,
) -> Result<Option<Target>, KubeconfigError> {
    let opens = |path: &Path| File::open(path).map(drop).map_err(OsCause::from);
    let context = choice.context.as_deref().filter(|name| !name.is_empty());
    target(&load(choice, surroundings)?, context, &choice.overrides, opens)
}

/// The kubeconfig that was chosen, or what the usual places hold together.
fn load(choice: &KubeconfigChoice, surroundings: &Surroundings) -> Result<Kubeconfig, KubeconfigError> {
    let mut merged = Kubeconfig::default();
    for path in places(choice, surroundings) {
        if is_cut_utf16(&path) {
            return Err(KubeconfigError::Malformed { path });
        }
        let config = match Kubeconfig::read_from(&path) {
            Ok(config) => config,
            Err(Broken::ReadConfig(error, path)) if error.kind() == std::io::ErrorKind::NotFound => {
                // Only a file that was asked for has to be there.
                match choice.path {
                    None => continue,
                    Some(_) => return Err(KubeconfigError::Missing { path, cause: error.into() }),
                }
            }
            Err(Broken::ReadConfig(error, path)) => {
                return Err(KubeconfigError::Unreadable { path, cause: error.into() });
            }
            Err(_) => return Err(KubeconfigError::Malformed { path }),
        };
        merged = merged.merge(config).map_err(|_| KubeconfigError::Malformed { path })?;
    }
    Ok(merged)
}

/// Whether a file in UTF-16 ends within a character, where the client's reader would end the program. A pipe, which can be
/// read only once, is not looked at.
fn is_cut_utf16(path: &Path) -> bool {
    let is_odd = fs::metadata(path).is_ok_and(|there| there.is_file() && there.len() % 2 == 1);
    let mut mark = [0; 2];
    is_odd
        && File::open(path).and_then(|mut file| file.read_exact(&mut mark)).is_ok()
        && matches!(mark, [0xFF, 0xFE] | [0xFE, 0xFF])
}

fn places(choice: &KubeconfigChoice, surroundings: &Surroundings) -> Vec<PathBuf> {
    if let Some(path) = &choice.path {
        return vec![path.clone()];
    }
    let listed: Vec<PathBuf> =
        std::env::split_paths(&surroundings.kubeconfig).filter(|path| *path != Path::new("")).collect();
    if !listed.is_empty() {
        return listed;
    }
    surroundings.home.iter().map(|home| home.join(".kube/config")).collect()
}

/// The namespace that the chosen context names, else the Pod's, else `default`.
pub fn namespace(choice: &KubeconfigChoice, surroundings: &Surroundings) -> Result<String, KubeconfigError> {
    let pod = surroundings.pod_namespace.clone();
    match choose(choice, surroundings)? {
        None => pod.ok_or(KubeconfigError::Empty),
        Some(target) => Ok(target.namespace.or(pod).unwrap_or_else(|| "default".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "\
        {clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}],\n\
         contexts: [{name: a, context: {cluster: c, namespace: payments}}, {name: b, context: {cluster: c}}],\n\
         users: [], current-context: a}";

    fn choice(path: Option<PathBuf>, context: Option<&str>) -> KubeconfigChoice {
        KubeconfigChoice { path, context: context.map(str::to_owned), ..KubeconfigChoice::default() }
    }

    #[test]
    fn the_namespace_is_the_contexts_then_the_pods_then_default() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("config");
        fs::write(&path, TWO).unwrap();
        let pod = Surroundings { pod_namespace: Some("pod".into()), ..Surroundings::default() };
        let none = Surroundings::default();
        let of = |context, surroundings| {
            namespace(&choice(Some(path.clone()), context), surroundings).map_err(|error| error.to_string())
        };
        assert_eq!(of(None, &none), Ok("payments".into()));
        assert_eq!(of(None, &pod), Ok("payments".into()));
        assert_eq!(of(Some("b"), &none), Ok("default".into()));
        assert_eq!(of(Some("b"), &pod), Ok("pod".into()));
        assert_eq!(of(Some("c"), &none), Err("context \"c\" does not exist".into()));
        assert_eq!(namespace(&choice(None, None), &pod).unwrap(), "pod");
        assert!(matches!(namespace(&choice(None, None), &none), Err(KubeconfigError::Empty)));
    }

    #[test]
    fn files_that_are_listed_may_be_missing_and_the_one_that_is_asked_for_may_not() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("config");
        fs::write(&path, TWO).unwrap();
        let missing = place.path().join("missing");
        let listed = std::env::join_paths([&missing, &path]).unwrap();
        let surroundings = Surroundings { kubeconfig: listed, ..Surroundings::default() };
        assert_eq!(namespace(&choice(None, None), &surroundings).unwrap(), "payments");
        let error = load(&choice(Some(missing.clone()), None), &surroundings).unwrap_err();
        assert_eq!(error.to_string(), format!("stat {}: no such file or directory", missing.display()));
    }

    #[test]
    fn a_file_that_ends_within_a_character_is_malformed() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("config");
        for (bytes, is_cut) in
            [(&b"\xFF\xFEa"[..], true), (b"\xFE\xFF\0a\0", true), (b"\xFF\xFE{\0}\0", false), (b"{ }", false)]
        {
            fs::write(&path, bytes).unwrap();
            let loaded = load(&choice(Some(path.clone()), None), &Surroundings::default());
            assert_eq!(matches!(loaded, Err(KubeconfigError::Malformed { .. })), is_cut, "{bytes:?}");
        }
    }

    #[test]
    fn a_broken_file_is_named_and_not_quoted() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("config");
        fs::write(&path, "users: [{name: x, user: {token: hunter2]").unwrap();
        let error = load(&choice(Some(path), None), &Surroundings::default()).unwrap_err();
        assert!(matches!(error, KubeconfigError::Malformed { .. }));
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
}
