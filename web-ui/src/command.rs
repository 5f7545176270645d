//! The same on a command line: what somebody would type to get this result without the page. Never a value.

use sealer_core::Scope;
use sealer_core::dotenv::Dialect;

use crate::desk::{Other, Sealed};
use crate::details::Details;
use crate::edits::{Fate, Typed};
use crate::reading::Kind;
use crate::secret_type::SecretType;
use crate::state::{Opened, State};

/// The commands, one on a line; `None` where no one command does the same.
pub fn commands(state: &State, sealed: &Sealed) -> Option<String> {
    let Some(first) = state.cluster_name().filter(|_| !sealed.others.is_empty()) else {
        return command(state, &sealed.file_name, "cert.pem");
    };
    let mut commands = command(state, &sealed.file_name, &quoted(&format!("{first}.pem")))?;
    for Other { cluster, file_name, .. } in &sealed.others {
        commands += "\n";
        commands += &command(state, file_name, &quoted(&format!("{cluster}.pem")))?;
    }
    Some(commands)
}

fn command(state: &State, file_name: &str, cert: &str) -> Option<String> {
    match (&state.opened, state.summary()) {
        (Some(opened), _) => Some(changes(opened, state)),
        (None, Some(summary)) if summary.kind == Kind::Manifests => {
            let as_pasted = summary.only().is_none_or(|secret| {
                secret.name == state.name.text && secret.namespace == state.namespace.text
            });
            let scope = option(" --scope ", state.scope.map_or("", Scope::as_str));
            (as_pasted && state.rows.typed().is_empty()).then(|| {
                format!("kubeseal --cert {cert}{scope} --format yaml < secret.yaml > {}", quoted(file_name))
            })
        }
        // No flag takes a template.
        _ if state.wants_templates() => None,
        _ => Some(create(state, file_name, cert)),
    }
}

fn create(state: &State, file_name: &str, cert: &str) -> String {
    let State { namespace, name, rows, .. } = state;
    let (kind, values) = match state.shown_type() {
        SecretType::Opaque => ("opaque", ""),
        SecretType::Tls => ("tls", " --tls-cert tls.crt --tls-key tls.key"),
        SecretType::Docker => ("docker-registry", " --config config.json"),
        SecretType::BasicAuth => ("basic-auth", " --username USER"),
        SecretType::SshAuth => ("ssh-auth", " --ssh-key id_ed25519"),
    };
    let mut values = values.to_owned();
    if state.shown_type() == SecretType::Opaque {
        match from_lines(state) {
            Some(lines) => values += &lines,
            // What is no lines lies in files of these names.
            None => {
                for value in state.pasted() {
                    values = format!("{values} --from-file {}", value.key);
                }
            }
        }
        for typed in rows.typed() {
            values = match &typed.file {
                Some(file) => format!("{values} --from-file {}", quoted(&format!("{}={file}", typed.key))),
                None => format!("{values} --prompt {}", typed.key),
            };
        }
    }
    let namespace = option(" -n ", &namespace.text);
    let scope = state.wanted_scope().filter(|scope| *scope != Scope::Strict);
    let scope = option(" --scope ", scope.map_or("", Scope::as_str));
    let details = flags(&state.details);
    let name = &name.text;
    format!(
        "sealwright create {kind} {name}{namespace}{scope}{values}{details} --cert {cert} -o {}",
        quoted(file_name)
    )
}

fn flags(details: &Details) -> String {
    let mut flags = String::new();
    for (flag, pairs) in [(" --label ", details.labels()), (" --annotation ", details.annotations())] {
        for (key, value) in &pairs.unwrap_or_default() {
            flags += flag;
            flags += &quoted(&format!("{key}={value}"));
        }
    }
    if details.immutable {
        flags += " --immutable";
    }
    flags
}

/// First keys go, then they get other names, then values are set: as the page does it.
fn changes(opened: &Opened, state: &State) -> String {
    let Opened { file, name, edits, .. } = opened;
    let document = opened.document();
    let which = if file.documents.len() > 1 { option(" --name ", &document.name) } else { String::new() };
    let namespace =
        if document.namespace.is_empty() { option(" -n ", &state.namespace.text) } else { String::new() };
    let at = format!("{which}{namespace}");
    let file = quoted(name);
    let mut lines = Vec::new();
    let (mut removed, mut renamed) = (String::new(), Vec::new());
    for key in document.keys.iter().map(|each| &*each.key) {
        match edits.fate(key, state.pasted()) {
            Fate::Removed => removed = format!("{removed} {key}"),
            Fate::Renamed(name) if name != key => {
                renamed.push(format!("sealwright rename-key {file} {key} {name}{at}"));
            }
            Fate::Stays | Fate::Renamed(_) | Fate::Typed(_) | Fate::Pasted(_) => {}
        }
    }
    if !removed.is_empty() {
        lines.push(format!("sealwright unset {file}{removed}{at}"));
    }
    lines.extend(renamed);
    match from_lines(state) {
        Some(values) => lines.push(format!("sealwright set {file}{values}{at} --cert cert.pem")),
        None => {
            for value in state.pasted() {
                lines.push(set(&file, &value.key, &at));
            }
        }
    }
    for typed in edits.typed().iter().filter(|typed| typed.is_filled()) {
        lines.push(set(&file, &typed.key, &format!("{}{at}", from_file(typed))));
    }
    lines.join("\n")
}

fn from_file(typed: &Typed) -> String {
    typed.file.as_ref().map(|name| format!(" --from-file {}", quoted(name))).unwrap_or_default()
}

fn set(file: &str, key: &str, at: &str) -> String {
    format!("sealwright set {file} {key}{at} --cert cert.pem")
}

fn from_lines(state: &State) -> Option<String> {
    let Kind::Lines(dialect) = state.summary()?.kind else { return None };
    let dialect = if dialect == Dialect::Docker { "docker" } else { "godotenv" };
    Some(format!(" --from-env-file .env --dialect {dialect}"))
}

fn option(flag: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("{flag}{value}") }
}

/// As a shell takes it for one word. Names and keys of Kubernetes need no quotes.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if word.chars().all(is_plain) && !word.starts_with('-') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
