//! The flags: one table from which parsing, the environment and the help text are made.

use std::time::Duration;

use sealer_core::Scope;

use crate::kubeseal::value::{ValueError, comma_separated, switch, timeout};

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

/// One flag: how it is written, where its value goes, what the help says.
#[derive(Debug)]
pub struct Flag {
    /// The name behind the two dashes.
    pub name: &'static str,
    /// The letter behind one dash.
    pub short: Option<char>,
    /// The kind of value, and where it goes.
    pub value: Value,
    /// What the help says; a deprecated flag, which [`DEPRECATED`] lists, is not in it.
    pub help: &'static str,
}

/// Old names of flags, and what is said to whoever writes them on the command line.
const DEPRECATED: &[(&str, &str)] = &[("rotate", "please use --re-encrypt instead")];

/// Where a flag's value goes.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// A switch: `--raw` or `--raw=false`.
    Switch(fn(&mut Args) -> &mut bool),
    /// A text; the last one wins.
    Text(fn(&mut Args) -> &mut String),
    /// Texts with commas between them; all are kept.
    List(fn(&mut Args) -> &mut Vec<String>),
    /// A scope.
    Scope(fn(&mut Args) -> &mut Option<Scope>),
    /// A time limit.
    Timeout(fn(&mut Args) -> &mut Option<Duration>),
}

/// Every flag, in the order of their names.
pub const FLAGS: &[Flag] = &[
    Flag {
        name: "allow-empty-data",
        short: None,
        value: Value::Switch(|args| &mut args.allow_empty_data),
        help: "seal a Secret that has neither data nor stringData",
    },
    Flag {
        name: "cert",
        short: None,
        value: Value::Text(|args| &mut args.cert),
        help: "certificate to seal with: a file, a file:// URI, or an http(s):// URL; no cluster is asked then",
    },
    Flag {
        name: "context",
        short: None,
        value: Value::Text(|args| &mut args.context),
        help: "context of the kubeconfig to use",
    },
    Flag {
        name: "controller-name",
        short: None,
        value: Value::Text(|args| &mut args.controller_name),
        help: "name of the controller's Service (default \"sealed-secrets-controller\")",
    },
    Flag {
        name: "controller-namespace",
        short: None,
        value: Value::Text(|args| &mut args.controller_namespace),
        help: "namespace of the controller's Service (default \"kube-system\")",
    },
    Flag {
        name: "fetch-cert",
        short: None,
        value: Value::Switch(|args| &mut args.fetch_cert),
        help: "write the certificate, for later use with --cert",
    },
    Flag {
        name: "format",
        short: Some('o'),
        value: Value::Text(|args| &mut args.format),
        help: "output format: json or yaml (default \"json\")",
    },
    Flag {
        name: "from-file",
        short: None,
        value: Value::List(|args| &mut args.from_file),
        help: "with --raw: the file whose content is the value; key=path is understood, the key has no use",
    },
    Flag {
        name: "help",
        short: None,
        value: Value::Switch(|args| &mut args.help),
        help: "print this help and exit",
    },
    Flag {
        name: "kubeconfig",
        short: None,
        value: Value::Text(|args| &mut args.kubeconfig),
        help: "the kubeconfig file (default $KUBECONFIG, then ~/.kube/config)",
    },
    Flag {
        name: "merge-into",
        short: None,
        value: Value::Text(|args| &mut args.merge_into),
        help: "file with a SealedSecret that the sealed values are put into; its name, namespace and scope count, and \
               all else in it stays as it is written",
    },
    Flag {
        name: "name",
        short: None,
        value: Value::Text(|args| &mut args.name),
        help: "name of the Secret, in place of the input's; with --raw and strict scope it must be given",
    },
    Flag {
        name: "namespace",
        short: Some('n'),
        value: Value::Text(|args| &mut args.namespace),
        help: "namespace of the Secret where the input names none (default: that of the kubeconfig's context)",
    },
    Flag {
        name: "raw",
        short: None,
        value: Value::Switch(|args| &mut args.raw),
        help: "seal one value, from stdin or --from-file, and print only the sealed value",
    },
    Flag {
        name: "re-encrypt",
        short: None,
        value: Value::Switch(|args| &mut args.re_encrypt),
        help: "have the controller seal SealedSecrets again with its newest key, all else as it is; -f FILE without -w \
               is changed in place",
    },
    Flag {
        name: "recovery-private-key",
        short: None,
        value: Value::List(|args| &mut args.recovery_private_key),
        help: "with --recovery-unseal: files with private keys, as PEM or as backed-up key Secrets (also a List)",
    },
    Flag {
        name: "recovery-unseal",
        short: None,
        value: Value::Switch(|args| &mut args.recovery_unseal),
        help: "open a SealedSecret with private keys from a backup, without a cluster; prints the plaintext Secret",
    },
    Flag {
        name: "request-timeout",
        short: None,
        value: Value::Timeout(|args| &mut args.request_timeout),
        help: "how long the answer to one request may take: 10, 10s, 2m; 0 waits for ever (default \"30s\")",
    },
    Flag { name: "rotate", short: None, value: Value::Switch(|args| &mut args.re_encrypt), help: "" },
    Flag {
        name: "scope",
        short: None,
        value: Value::Scope(|args| &mut args.scope),
        help: "what the sealed values are bound to: strict (namespace and name), namespace-wide, cluster-wide; \
               without it the input's annotations decide, then strict",
    },
    Flag {
        name: "sealed-secret-file",
        short: Some('w'),
        value: Value::Text(|args| &mut args.sealed_secret_file),
        help: "file to write in place of stdout, whole or not at all; .yaml and .yml are written as yaml",
    },
    Flag {
        name: "secret-file",
        short: Some('f'),
        value: Value::Text(|args| &mut args.secret_file),
        help: "file to read in place of stdin",
    },
    Flag {
        name: "validate",
        short: None,
        value: Value::Switch(|args| &mut args.validate),
        help: "ask the controller whether it opens the SealedSecrets of the input; says nothing if it does",
    },
    Flag {
        name: "version",
        short: None,
        value: Value::Switch(|args| &mut args.version),
        help: "print the version and exit",
    },
];

impl Flag {
    /// The environment variable that sets the flag too: `SEALED_SECRETS_` and its name in capitals.
    pub fn variable(&self) -> String {
        format!("SEALED_SECRETS_{}", self.name.to_uppercase().replace('-', "_"))
    }

    /// What is said to whoever uses it, if it is an old name.
    pub fn deprecation(&self) -> Option<&'static str> {
        DEPRECATED.iter().find(|(name, _)| *name == self.name).map(|(_, instead)| *instead)
    }

    /// `-o, --format` or `--cert`.
    pub fn shown(&self) -> String {
        match self.short {
            Some(short) => format!("-{short}, --{}", self.name),
            None => format!("--{}", self.name),
        }
    }

    /// Puts a value where it belongs, or says what is wrong with it.
    pub fn set(&self, args: &mut Args, text: &str) -> Result<(), ValueError> {
        match self.value {
            Value::Switch(place) => *place(args) = switch(text)?,
            Value::Text(place) => text.clone_into(place(args)),
            Value::List(place) => place(args).extend(comma_separated(text)?),
            Value::Scope(place) => *place(args) = Some(text.parse().map_err(|_| ValueError::Scope)?),
            Value::Timeout(place) => *place(args) = timeout(text)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_in_order_and_their_letters_are_unique() {
        let names: Vec<&str> = FLAGS.iter().map(|flag| flag.name).collect();
        assert!(names.is_sorted());
        let mut letters: Vec<char> = FLAGS.iter().filter_map(|flag| flag.short).collect();
        letters.sort_unstable();
        assert_eq!(letters, ['f', 'n', 'o', 'w']);
    }

    #[test]
    fn every_flag_has_its_own_place_and_an_old_name_that_of_another() {
        let current = || FLAGS.iter().filter(|flag| flag.deprecation().is_none());
        assert_eq!(current().count() + DEPRECATED.len(), FLAGS.len());
        for flag in current() {
            let value = match flag.value {
                Value::Switch(_) => "true",
                Value::Scope(_) => "cluster-wide",
                Value::Timeout(_) => "7s",
                Value::Text(_) | Value::List(_) => "x",
            };
            let mut args = Args::default();
            flag.set(&mut args, value).unwrap();
            assert_ne!(args, Args::default(), "{}", flag.name);
            for other in current().filter(|other| other.name != flag.name) {
                let mut both = Args::default();
                other
                    .set(
                        &mut both,
                        match other.value {
                            Value::Switch(_) => "true",
                            Value::Scope(_) => "cluster-wide",
                            Value::Timeout(_) => "7s",
                            Value::Text(_) | Value::List(_) => "x",
                        },
                    )
                    .unwrap();
                assert_ne!(args, both, "{} and {}", flag.name, other.name);
            }
        }
        let set = |name: &str| {
            let mut args = Args::default();
            FLAGS.iter().find(|flag| flag.name == name).unwrap().set(&mut args, "true").unwrap();
            args
        };
        assert_eq!(set("rotate"), set("re-encrypt"));
    }
}
