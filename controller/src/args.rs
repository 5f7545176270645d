//! The command line. Every flag can come from the environment as well: `SEALED_SECRETS_KEY_SIZE` for `--key-size`.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use clap::{CommandFactory as _, Parser, ValueEnum};

use crate::duration;
use crate::keys::{KeyOrder, KeyPolicy};

/// Upstream's limit: the API server adds five characters of its own to longer names there.
const PREFIX_LIMIT: usize = 245;
/// What the environment variables of flags start with.
const ENV_PREFIX: &str = "SEALED_SECRETS_";

/// Opens SealedSecrets and serves the certificate and the page to seal with.
#[derive(Debug, Clone, PartialEq, Parser)]
#[command(name = "sealwright-controller", disable_version_flag = true, args_override_self = true)]
pub struct Args {
    /// The kubeconfig to reach the cluster with; by default the Pod's own account, then the usual files.
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Work without a cluster: keys in DIR/keys, sealed files in DIR/sealed, Secrets in DIR/secrets.
    #[arg(long, value_name = "DIR", conflicts_with = "kubeconfig")]
    pub directory: Option<PathBuf>,
    /// What the names of key Secrets start with.
    #[arg(long, value_name = "PREFIX", default_value = "sealed-secrets-key", value_parser = prefix)]
    pub key_prefix: String,
    /// The size of new keys in bits.
    #[arg(long, value_name = "BITS", default_value = "4096", value_parser = clap::value_parser!(u16).range(2048..=8192))]
    pub key_size: u16,
    /// How long the certificates of new keys are valid.
    #[arg(long, value_name = "DURATION", default_value = "87600h", value_parser = duration::parse)]
    pub key_ttl: Duration,
    /// After how long a new key follows the newest; 0 for never.
    #[arg(long, value_name = "DURATION", default_value = "720h", value_parser = duration::parse)]
    pub key_renew_period: Duration,
    /// The common name in the certificates of new keys.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub my_cn: String,
    /// Where the certificate and the probe are served.
    #[arg(long, value_name = "ADDRESS", default_value = ":8080")]
    pub listen_addr: String,
    /// Where the sealing page is served.
    #[arg(long, value_name = "ADDRESS", default_value = ":8082")]
    pub page_listen_addr: String,
    /// How the page calls this cluster.
    #[arg(long, value_name = "NAME", default_value = "this cluster")]
    pub cluster_name: String,
    /// Whether the status of SealedSecrets is written.
    #[arg(long, value_name = "BOOL", default_value = "true", default_missing_value = "true",
          num_args = 0..=1, require_equals = true, value_parser = boolean)]
    pub update_status: bool,
    /// How much is logged, to stderr.
    #[arg(long, value_name = "LEVEL", default_value = "info", ignore_case = true)]
    pub log_level: LogLevel,
    /// How it is logged.
    #[arg(long, value_name = "FORMAT", default_value = "text", ignore_case = true)]
    pub log_format: LogFormat,
    /// Print the version and exit.
    #[arg(long)]
    pub version: bool,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Everything that this program does.
    Debug,
    /// What changes.
    Info,
    /// What may need somebody.
    Warn,
    /// What does not work.
    Error,
}

/// How it is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Args {
    /// How new keys are made.
    pub fn key_policy(&self) -> KeyPolicy {
        KeyPolicy {
            prefix: self.key_prefix.clone(),
            bits: usize::from(self.key_size),
            ttl: self.key_ttl,
            common_name: self.my_cn.clone(),
            renew: Some(self.key_renew_period).filter(|period| !period.is_zero()),
            order: KeyOrder::default(),
            cutoff: None,
            annotations: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }
}

/// Puts the flags that the environment gives before those of the command line, which therefore win. A value that a
/// flag does not take is left out, as upstream leaves it out, and named in the second part of the answer.
pub fn with_environment(
    command_line: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> (Vec<OsString>, Vec<String>) {
    let mut command_line = command_line.into_iter();
    let mut all: Vec<OsString> = command_line.next().into_iter().collect();
    let mut ignored = Vec::new();
    let command = Args::command();
    let flags = command.get_arguments().filter_map(clap::Arg::get_long);
    for flag in flags.filter(|flag| !["help", "version"].contains(flag)) {
        let name = format!("{ENV_PREFIX}{}", flag.to_uppercase().replace('-', "_"));
        let Some(value) = variable(&name) else { continue };
        let mut argument = OsString::from(format!("--{flag}="));
        argument.push(value);
        match Args::try_parse_from([OsStr::new("controller"), &argument]) {
            Ok(_) => all.push(argument),
            Err(_) => ignored.push(name),
        }
    }
    all.extend(command_line);
    (all, ignored)
}

fn prefix(text: &str) -> Result<String, String> {
    if text.len() > PREFIX_LIMIT {
        return Err(format!("name is too long, must be shorter than {PREFIX_LIMIT}, got {}", text.len()));
    }
    let legal = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-';
    match text.chars().find(|c| !legal(c)) {
        Some(illegal) => Err(format!("name contains illegal character {illegal}")),
        None => Ok(text.to_owned()),
    }
}

/// A truth value as Go's flags read it.
fn boolean(text: &str) -> Result<bool, &'static str> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("neither true nor false"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Args, clap::Error> {
        Args::try_parse_from(std::iter::once(&"controller").chain(words))
    }

    #[test]
    fn the_defaults_are_upstreams() {
        let args = parse(&[]).unwrap();
        assert_eq!(args.key_prefix, "sealed-secrets-key");
        assert_eq!((args.key_size, args.key_ttl), (4096, Duration::from_secs(87_600 * 3600)));
        assert_eq!(args.key_policy().renew, Some(Duration::from_secs(720 * 3600)));
        assert_eq!((args.listen_addr.as_str(), args.page_listen_addr.as_str()), (":8080", ":8082"));
        assert!(args.update_status && !args.version);
        assert_eq!((args.log_level, args.log_format), (LogLevel::Info, LogFormat::Text));
    }

    #[test]
    fn flags_are_read_in_gos_forms() {
        let args = parse(&[
            "--update-status=false",
            "--log-level",
            "WARN",
            "--key-renew-period=0",
            "--key-ttl=1h30m",
        ]);
        let args = args.unwrap();
        assert!(!args.update_status);
        assert_eq!(args.log_level, LogLevel::Warn);
        assert_eq!(args.key_policy().renew, None);
        assert_eq!(args.key_ttl, Duration::from_secs(5400));
        assert!(parse(&["--update-status=false", "--update-status"]).unwrap().update_status);
        assert!(parse(&["--version"]).unwrap().version);
    }

    #[test]
    fn what_a_flag_does_not_take_is_an_error() {
        for words in [
            &["--key-prefix", "Key"][..],
            &["--key-size", "1024"],
            &["--key-ttl", "10y"],
            &["--update-status=perhaps"],
            &["--no-such-flag"],
            &["--directory", "d", "--kubeconfig", "k"],
        ] {
            assert!(parse(words).is_err(), "{words:?}");
        }
        assert!(prefix(&"a".repeat(246)).unwrap_err().starts_with("name is too long"));
    }

    #[test]
    fn the_environment_gives_flags_and_the_command_line_wins() {
        let variable = |name: &str| match name {
            "SEALED_SECRETS_KEY_SIZE" => Some(OsString::from("2048")),
            "SEALED_SECRETS_MY_CN" => Some(OsString::from("from the environment")),
            "SEALED_SECRETS_UPDATE_STATUS" => Some(OsString::from("false")),
            "SEALED_SECRETS_KEY_TTL" => Some(OsString::from("nonsense")),
            _ => None,
        };
        let words = ["controller", "--key-size=3072"].map(OsString::from);
        let (all, ignored) = with_environment(words, variable);
        let args = Args::try_parse_from(all).unwrap();
        assert_eq!((args.key_size, args.my_cn.as_str()), (3072, "from the environment"));
        assert!(!args.update_status);
        assert_eq!(ignored, ["SEALED_SECRETS_KEY_TTL"]);
    }
}
