//! The help text.

use clap::{Arg, ArgAction, ValueHint};

use crate::kubeseal::args::Value;
use crate::kubeseal::flags::{Flag, GROUPS, Group};
use crate::kubeseal::klog::{self, Setting};

/// Where the column of explanations begins.
const WIDTH: usize = 38;
/// How long a line of bare names may be.
const LINE: usize = 100;

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

Every flag but the log's can be set by the environment, too: SEALED_SECRETS_CONTROLLER_NAME for --controller-name.
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
    for group in GROUPS {
        text.push_str(&format!("\n{}:\n", group.heading));
        if group.heading == klog::HEADING {
            text.push_str(&side_by_side(group));
            continue;
        }
        for flag in current(group) {
            text.push_str(&format!("{:<WIDTH$}{}\n", left(flag), flag.help));
        }
    }
    text
}

/// The same flags as a table that completion scripts and the manual are made from; it parses nothing.
pub fn command() -> clap::Command {
    let flags =
        GROUPS.iter().flat_map(|group| current(group).map(|flag| arg(flag).help_heading(group.heading)));
    clap::Command::new("kubeseal")
        .about("Turns Secrets into SealedSecrets, which only the controller in the cluster can open")
        .after_help(EXAMPLES)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args(flags)
}

fn arg(flag: &Flag) -> Arg {
    let (action, kind) = match flag.value {
        _ if flag.is_switch() => (ArgAction::SetTrue, ""),
        Value::List(_) | Value::Array(_) => (ArgAction::Append, kind(flag)),
        _ => (ArgAction::Set, kind(flag)),
    };
    let arg = Arg::new(flag.name).long(flag.name).help(flag.help).action(action);
    let arg = match flag.short {
        Some(letter) => arg.short(letter),
        None => arg,
    };
    let arg = if kind.is_empty() { arg } else { arg.value_name(kind) };
    match flag.name {
        "cert"
        | "certificate-authority"
        | "client-certificate"
        | "client-key"
        | "from-file"
        | "kubeconfig"
        | "log_file"
        | "merge-into"
        | "recovery-private-key"
        | "sealed-secret-file"
        | "secret-file" => arg.value_hint(ValueHint::FilePath),
        "format" => arg.value_parser(["json", "yaml"]),
        "log_dir" => arg.value_hint(ValueHint::DirPath),
        "proxy-url" | "server" => arg.value_hint(ValueHint::Url),
        "scope" => arg.value_parser(["strict", "namespace-wide", "cluster-wide"]),
        _ => arg,
    }
}

/// The flags of a group that are no old names.
fn current(group: &Group) -> impl Iterator<Item = &'static Flag> {
    group.flags.iter().filter(|flag| flag.deprecation().is_none())
}

/// Flags of which there is nothing to say, in lines.
fn side_by_side(group: &Group) -> String {
    let mut text = String::new();
    let mut line = String::from(" ");
    for word in current(group).map(Flag::shown) {
        if line.len() + 1 + word.len() > LINE {
            text.push_str(&format!("{line}\n"));
            line = String::from(" ");
        }
        line.push_str(&format!(" {word}"));
    }
    text + &line + "\n"
}

fn left(flag: &Flag) -> String {
    let letter = flag.short.map_or_else(|| "    ".to_owned(), |short| format!("-{short}, "));
    format!("  {letter}--{} {}", flag.name, kind(flag))
}

/// The kind of value, as `pflag` calls it.
fn kind(flag: &Flag) -> &'static str {
    match flag.value {
        Value::Switch(_) | Value::Logging(Setting::Switch) => "",
        Value::Text(_) | Value::Credential(_) | Value::Namespace(_) | Value::Scope(_) => "string",
        Value::List(_) => "strings",
        Value::Array(_) => "stringArray",
        Value::Timeout(_) => "duration",
        Value::Logging(_) => "value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubeseal::flags;

    #[test]
    fn every_flag_but_an_old_name_is_explained_in_a_column_of_its_own_or_named() {
        let usage = usage("kubeseal");
        for flag in flags::all() {
            let shown = match flag.value {
                Value::Logging(_) => format!(" {}", flag.shown()),
                _ => left(flag),
            };
            assert!(shown.len() < WIDTH, "{shown}");
            let is_current = flag.deprecation().is_none();
            assert_eq!((usage.contains(&shown), flag.help.is_empty()), (is_current, !is_current), "{shown}");
        }
        assert!(usage.lines().all(|line| line.starts_with("  ") || line.ends_with(':') || line.is_empty()));
    }

    #[test]
    fn every_flag_of_the_examples_exists() {
        let lines = EXAMPLES.lines().filter(|line| !line.contains("kubectl create"));
        for word in lines.flat_map(str::split_whitespace).filter_map(|word| word.strip_prefix("--")) {
            let name = word.trim_end_matches([':', '.']);
            assert!(flags::all().any(|flag| flag.name == name), "{word}");
        }
    }
}
