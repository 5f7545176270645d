//! What the flags say.

use std::time::Duration;

use sealer_core::Scope;

use crate::kubeconfig::overrides::{Credential, Overrides};
use crate::kubeseal::klog::Setting;

/// What the flags say, before any rule has judged it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Args {
    /// `--allow-empty-data`
    pub allow_empty_data: bool,
    /// `--cert`
    pub cert: String,
    /// `--context`
    pub context: String,
    /// `--controller-name`
    pub controller_name: String,
    /// `--controller-namespace`
    pub controller_namespace: String,
    /// `--fetch-cert`
    pub fetch_cert: bool,
    /// `--format`
    pub format: String,
    /// `--from-file`
    pub from_file: Vec<String>,
    /// `--help`
    pub help: bool,
    /// `--kubeconfig`
    pub kubeconfig: String,
    /// `--merge-into`
    pub merge_into: String,
    /// `--name`
    pub name: String,
    /// `--namespace`
    pub namespace: String,
    /// What is said about the cluster in the kubeconfig's place.
    pub overrides: Overrides,
    /// `--raw`
    pub raw: bool,
    /// `--re-encrypt`, and `--rotate`, its old name.
    pub re_encrypt: bool,
    /// `--recovery-private-key`
    pub recovery_private_key: Vec<String>,
    /// `--recovery-unseal`
    pub recovery_unseal: bool,
    /// `--request-timeout`; `None` waits for ever.
    pub request_timeout: Option<Duration>,
    /// `--scope`, where it is given.
    pub scope: Option<Scope>,
    /// `--sealed-secret-file`
    pub sealed_secret_file: String,
    /// `--secret-file`
    pub secret_file: String,
    /// `--validate`
    pub validate: bool,
    /// `--version`
    pub version: bool,
    /// What is no flag.
    pub positional: Vec<String>,
}

/// How long the cluster or a web server may take where nothing else is said. Upstream waits for ever.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

impl Default for Args {
    fn default() -> Self {
        Self {
            allow_empty_data: false,
            cert: String::new(),
            context: String::new(),
            controller_name: "sealed-secrets-controller".to_owned(),
            controller_namespace: "kube-system".to_owned(),
            fetch_cert: false,
            format: "json".to_owned(),
            from_file: Vec::new(),
            help: false,
            kubeconfig: String::new(),
            merge_into: String::new(),
            name: String::new(),
            namespace: String::new(),
            overrides: Overrides::default(),
            raw: false,
            re_encrypt: false,
            recovery_private_key: Vec::new(),
            recovery_unseal: false,
            request_timeout: Some(DEFAULT_TIMEOUT),
            scope: None,
            sealed_secret_file: String::new(),
            secret_file: String::new(),
            validate: false,
            version: false,
            positional: Vec::new(),
        }
    }
}

/// Where a flag's value goes.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// A switch: `--raw` or `--raw=false`.
    Switch(fn(&mut Args) -> &mut bool),
    /// A text; the last one wins.
    Text(fn(&mut Args) -> &mut String),
    /// A text that is shown to nobody; the last one wins.
    Credential(fn(&mut Args) -> &mut Credential),
    /// Texts with commas between them; all are kept.
    List(fn(&mut Args) -> &mut Vec<String>),
    /// A text, commas and all; all are kept.
    Array(fn(&mut Args) -> &mut Vec<String>),
    /// A namespace.
    Namespace(fn(&mut Args) -> &mut String),
    /// A scope.
    Scope(fn(&mut Args) -> &mut Option<Scope>),
    /// A time limit.
    Timeout(fn(&mut Args) -> &mut Option<Duration>),
    /// Something about logs, which there are none of: it is judged, and goes nowhere.
    Logging(Setting),
}
