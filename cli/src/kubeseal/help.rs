//! The help text.

use clap::{Arg, ArgAction, ValueHint};

use crate::kubeseal::args::{FLAGS, Flag, Value};

const WIDTH: usize = 38;

const EXAMPLES: &str = "
Examples:
  Seal a Secret with the certificate of the cluster that kubectl talks to:
    kubectl create secret generic db --dry-run=client --from-literal=password=... -o yaml |
      kubeseal -w db.sealed.yaml

  Keep the certificate, and seal without a cluster from then on:
    kubeseal --fetch-cert > cert.pem
    kubeseal --cert cert.pem -f db.yaml -w db.sealed.yaml

  Change one value of a SealedSecret, or add one; all else in the file stays as it is:
    kubectl create secret generic db --dry-run=client --from-literal=password=... -o yaml |
      kubeseal --cert cert.pem --merge-into db.sealed.yaml

  Seal one value, to be pasted under encryptedData:
    printf %s \"$PASSWORD\" | kubeseal --raw --name db -n payments --cert cert.pem

  Check in CI that the cluster opens what is to be merged:
    kubeseal --validate -f db.sealed.yaml

  Seal again with the controller's newest key, in place:
    kubeseal --re-encrypt -f db.sealed.yaml

  Open a SealedSecret with a backup of the controller's keys:
    kubeseal --recovery-unseal --recovery-private-key keys.yaml -f db.sealed.yaml

Every flag can be set by the environment, too: SEALED_SECRETS_CONTROLLER_NAME for --controller-name.
";

/// What `--help` prints.
pub fn help(program: &str) -> String {
    format!(
        "Turns Secrets into SealedSecrets, which only the controller in the cluster can open.\n\n{}{EXAMPLES}",
        usage(program)
    )
}

/// What is printed after a mistake on the command line: the flags.
pub fn usage(program: &str) -> String {
    let mut text = format!("Usage of {program}:\n");
    for flag in FLAGS.iter().filter(|flag| flag.deprecation().is_none()) {
        let left = left(flag);
        text.push_str(&format!("{left:<WIDTH$}{}\n", flag.help));
    }
    text
}

/// The same flags as a table that completion scripts and the manual are made from; it parses nothing.
pub fn command() -> clap::Command {
    let flags = FLAGS.iter().filter(|flag| flag.deprecation().is_none()).map(|flag| {
        let action = match flag.value {
            Value::Switch(_) => ArgAction::SetTrue,
            Value::List(_) => ArgAction::Append,
            Value::Text(_) | Value::Scope(_) | Value::Timeout(_) => ArgAction::Set,
        };
        let arg = Arg::new(flag.name).long(flag.name).help(flag.help).action(action);
        let arg = match flag.short {
            Some(letter) => arg.short(letter),
            None => arg,
        };
        match (flag.name, flag.value) {
            (_, Value::Scope(_)) => arg.value_parser(["strict", "namespace-wide", "cluster-wide"]),
            ("format", _) => arg.value_parser(["json", "yaml"]),
            ("cert" | "from-file" | "kubeconfig" | "merge-into", _)
            | ("recovery-private-key" | "sealed-secret-file" | "secret-file", _) => {
                arg.value_hint(ValueHint::FilePath)
            }
            _ => arg,
        }
    });
    clap::Command::new("kubeseal")
        .about("Turns Secrets into SealedSecrets, which only the controller in the cluster can open")
        .after_help(EXAMPLES)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args(flags)
}

fn left(flag: &Flag) -> String {
    let letter = flag.short.map_or_else(|| "    ".to_owned(), |short| format!("-{short}, "));
    let kind = match flag.value {
        Value::Switch(_) => "",
        Value::Text(_) | Value::Scope(_) => " string",
        Value::List(_) => " strings",
        Value::Timeout(_) => " duration",
    };
    format!("  {letter}--{}{kind}", flag.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_but_an_old_name_is_explained_in_a_column_of_its_own() {
        let usage = usage("kubeseal");
        for flag in FLAGS {
            assert!(left(flag).len() < WIDTH, "{}", flag.name);
            let is_current = flag.deprecation().is_none();
            assert_eq!((usage.contains(&left(flag)), flag.help.is_empty()), (is_current, !is_current));
            assert!(usage.contains(flag.help));
        }
    }

    #[test]
    fn every_flag_of_the_examples_exists() {
        let lines = EXAMPLES.lines().filter(|line| !line.contains("kubectl create"));
        for word in lines.flat_map(str::split_whitespace).filter_map(|word| word.strip_prefix("--")) {
            let name = word.trim_end_matches([':', '.']);
            assert!(FLAGS.iter().any(|flag| flag.name == name), "{word}");
        }
    }
}
