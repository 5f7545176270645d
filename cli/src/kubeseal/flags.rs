//! The flags: one table from which parsing, the environment, the help and the manual are made.

use crate::kubeseal::args::{Args, Value};
use crate::kubeseal::klog::{self, Setting};
use crate::kubeseal::value::{ValueError, comma_separated, namespace, switch};
use crate::time_limit;

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

/// Flags that belong together in the help.
#[derive(Debug)]
pub struct Group {
    /// What the help says above them.
    pub heading: &'static str,
    /// The flags, in the order of their names.
    pub flags: &'static [Flag],
}

/// Every flag.
pub const GROUPS: &[Group] = &[
    Group { heading: "Options", flags: SEALING },
    Group { heading: "Options for the cluster", flags: CLUSTER },
    Group { heading: klog::HEADING, flags: klog::FLAGS },
];

/// Every flag, group after group.
pub fn all() -> impl Iterator<Item = &'static Flag> {
    GROUPS.iter().flat_map(|group| group.flags)
}

/// What is sealed, and how.
const SEALING: &[Flag] = &[
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
        value: Value::Namespace(|args| &mut args.namespace),
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

/// Who is asked and who asks, as kubectl's flags of these names say it.
const CLUSTER: &[Flag] = &[
    Flag {
        name: "as",
        short: None,
        value: Value::Text(|args| &mut args.overrides.impersonate),
        help: "user to act as",
    },
    Flag {
        name: "as-group",
        short: None,
        value: Value::Array(|args| &mut args.overrides.impersonate_groups),
        help: "group to act as a member of, with --as; again for another one",
    },
    Flag {
        name: "as-uid",
        short: None,
        value: Value::Text(|args| &mut args.overrides.impersonate_uid),
        help: "UID to act under, with --as",
    },
    Flag {
        name: "certificate-authority",
        short: None,
        value: Value::Text(|args| &mut args.overrides.certificate_authority),
        help: "file with the certificates that the API server's is checked against",
    },
    Flag {
        name: "client-certificate",
        short: None,
        value: Value::Text(|args| &mut args.overrides.client_certificate),
        help: "file with the certificate that says who asks",
    },
    Flag {
        name: "client-key",
        short: None,
        value: Value::Text(|args| &mut args.overrides.client_key),
        help: "file with the key of that certificate",
    },
    Flag {
        name: "cluster",
        short: None,
        value: Value::Text(|args| &mut args.overrides.cluster),
        help: "cluster of the kubeconfig to use, in place of the context's",
    },
    Flag {
        name: "context",
        short: None,
        value: Value::Text(|args| &mut args.context),
        help: "context of the kubeconfig to use",
    },
    Flag {
        name: "disable-compression",
        short: None,
        value: Value::Switch(|args| &mut args.overrides.disable_compression),
        help: "without effect: answers are never compressed",
    },
    Flag {
        name: "insecure-skip-tls-verify",
        short: None,
        value: Value::Switch(|args| &mut args.overrides.insecure_skip_tls_verify),
        help: "do not check the API server's certificate: anybody may answer in its place",
    },
    Flag {
        name: "kubeconfig",
        short: None,
        value: Value::Text(|args| &mut args.kubeconfig),
        help: "the kubeconfig file (default $KUBECONFIG, then ~/.kube/config)",
    },
    Flag {
        name: "password",
        short: None,
        value: Value::Credential(|args| &mut args.overrides.password),
        help: "password for --username; others may see a command line, so better from the environment",
    },
    Flag {
        name: "proxy-url",
        short: None,
        value: Value::Credential(|args| &mut args.overrides.proxy_url),
        help: "http, https or socks5 proxy on the way to the API server",
    },
    Flag {
        name: "request-timeout",
        short: None,
        value: Value::Timeout(|args| &mut args.request_timeout),
        help: "how long the answer to one request may take: 10, 10s, 2m; 0 waits for ever (default \"30s\")",
    },
    Flag {
        name: "server",
        short: None,
        value: Value::Text(|args| &mut args.overrides.server),
        help: "address of the API server, in place of the kubeconfig's",
    },
    Flag {
        name: "tls-server-name",
        short: None,
        value: Value::Text(|args| &mut args.overrides.tls_server_name),
        help: "name that the API server's certificate has to bear",
    },
    Flag {
        name: "token",
        short: None,
        value: Value::Credential(|args| &mut args.overrides.token),
        help: "bearer token that says who asks; others may see a command line, so better from the environment",
    },
    Flag {
        name: "user",
        short: None,
        value: Value::Text(|args| &mut args.overrides.user),
        help: "user of the kubeconfig to use, in place of the context's",
    },
    Flag {
        name: "username",
        short: None,
        value: Value::Text(|args| &mut args.overrides.username),
        help: "user name for basic authentication",
    },
];

impl Flag {
    /// The environment variable that sets the flag too: `SEALED_SECRETS_` and its name in capitals. Flags of logs have
    /// none.
    pub fn variable(&self) -> Option<String> {
        match self.value {
            Value::Logging(_) => None,
            _ => Some(format!("SEALED_SECRETS_{}", self.name.to_uppercase().replace('-', "_"))),
        }
    }

    /// Whether its value stands behind an equals sign or nowhere.
    pub fn is_switch(&self) -> bool {
        matches!(self.value, Value::Switch(_) | Value::Logging(Setting::Switch))
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
            Value::Credential(place) => *place(args) = text.into(),
            Value::List(place) => place(args).extend(comma_separated(text)?),
            Value::Array(place) => place(args).push(text.to_owned()),
            Value::Namespace(place) => namespace(text).clone_into(place(args)),
            Value::Scope(place) => *place(args) = Some(text.parse().map_err(|_| ValueError::Scope)?),
            Value::Timeout(place) => *place(args) = time_limit::parse(text)?,
            Value::Logging(setting) => setting.judge(text)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_in_order_and_their_names_and_letters_are_unique() {
        for group in GROUPS {
            assert!(group.flags.iter().map(|flag| flag.name).is_sorted(), "{}", group.heading);
        }
        let mut names: Vec<&str> = all().map(|flag| flag.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        let mut letters: Vec<char> = all().filter_map(|flag| flag.short).collect();
        letters.sort_unstable();
        assert_eq!(letters, ['f', 'n', 'o', 'v', 'w']);
    }

    fn with(flag: &Flag) -> Args {
        let value = match flag.value {
            Value::Switch(_) => "true",
            Value::Scope(_) => "cluster-wide",
            Value::Timeout(_) => "7s",
            Value::Logging(_) => "",
            Value::Text(_)
            | Value::Credential(_)
            | Value::List(_)
            | Value::Array(_)
            | Value::Namespace(_) => "x",
        };
        let mut args = Args::default();
        flag.set(&mut args, value).unwrap();
        args
    }

    #[test]
    fn every_flag_has_its_own_place_and_an_old_name_that_of_another() {
        let with_a_place = || {
            let current = all().filter(|flag| flag.deprecation().is_none());
            current.filter(|flag| !matches!(flag.value, Value::Logging(_)))
        };
        assert_eq!(with_a_place().count() + DEPRECATED.len() + klog::FLAGS.len(), all().count());
        for flag in with_a_place() {
            assert_ne!(with(flag), Args::default(), "{}", flag.name);
            for other in with_a_place().filter(|other| other.name != flag.name) {
                assert_ne!(with(flag), with(other), "{} and {}", flag.name, other.name);
            }
        }
        let named = |name: &str| with(all().find(|flag| flag.name == name).unwrap());
        assert_eq!(named("rotate"), named("re-encrypt"));
    }

    #[test]
    fn what_is_a_secret_does_not_show_itself() {
        for name in ["token", "password", "proxy-url"] {
            let flag = all().find(|flag| flag.name == name).unwrap();
            let mut args = Args::default();
            flag.set(&mut args, "hunter2").unwrap();
            assert!(!format!("{args:?}").contains("hunter2"), "{name}");
        }
    }
}
