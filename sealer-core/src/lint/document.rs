//! What each document of a text is, and whether it can be read at all.

use super::report::Report;
use super::{Place, Rule, plaintext, sealed};
use crate::manifest::{Document, ManifestError, Node, Problem, outline};
use crate::resource::{API_VERSION, KIND};

const GROUP: &str = "bitnami.com/";

/// Checks all documents.
pub(super) fn all(report: &mut Report<'_>) {
    for document in outline(report.text) {
        match document.root() {
            Ok(Some(root)) => object(report, root, document.text, true),
            Ok(None) => {}
            Err(error) => unreadable(report, &document, error),
        }
    }
}

fn object(report: &mut Report<'_>, node: Node<'_, '_>, document: &str, lists: bool) {
    let word = |field: &str| node.get(field).and_then(Node::scalar).unwrap_or_default();
    let (kind, version) = (word("kind"), word("apiVersion"));
    report.object = None;
    match kind {
        KIND => {
            version_of(report, node, version);
            sealed::check(report, node, document);
        }
        "Secret" if version.is_empty() || version == "v1" => plaintext::check(report, node),
        "List" | "SecretList" | "SealedSecretList" if lists => {
            for item in node.get("items").into_iter().flat_map(Node::items) {
                object(report, item, document, false);
            }
        }
        _ => near_miss(report, node, kind, version),
    }
}

fn version_of(report: &mut Report<'_>, node: Node<'_, '_>, version: &str) {
    if version == API_VERSION || is_placeholder(version) {
        return;
    }
    match node.get("apiVersion") {
        Some(at) => report.add(Rule::Kind, at, "a SealedSecret has another apiVersion"),
        None => report.add(Rule::Kind, node, "the apiVersion is missing"),
    };
}

fn near_miss(report: &mut Report<'_>, node: Node<'_, '_>, kind: &str, version: &str) {
    let has_values = node.get("spec").and_then(|spec| spec.get("encryptedData")).is_some();
    let lower = kind.to_ascii_lowercase();
    let nearly = matches!(lower.trim_end_matches('s'), "sealedsecret" | "sealed-secret" | "sealedsecretlist");
    if !(nearly || version.starts_with(GROUP) || kind.is_empty() && has_values) {
        return;
    }
    match node.get("kind") {
        Some(at) => report.add(Rule::Kind, at, "this kind does not exist; a SealedSecret is meant"),
        None => report.add(Rule::Kind, node, "the kind is missing; a SealedSecret is meant"),
    };
}

fn unreadable(report: &mut Report<'_>, document: &Document<'_>, error: &ManifestError) {
    report.object = None;
    let Some((position, problem)) = error.position().zip(error.problem()) else { return };
    let (sealed, secret) = (says_kind(document.text, KIND), says_kind(document.text, "Secret"));
    if !sealed && !secret {
        return;
    }
    let at = report.rest_of_line(position);
    if document.text.contains("{{") {
        // A chart may make a Secret of values that stand elsewhere.
        if sealed {
            report.add_at(Rule::NotChecked, at, "this is a template that makes YAML, no YAML yet");
        }
    } else {
        add_problem(report, at, problem);
    }
}

/// Adds what the strict reader refuses under the rule that stands for it.
pub(super) fn add_problem(report: &mut Report<'_>, at: Place, problem: &Problem) {
    report.add_at(rule_of(problem), at, problem.to_string());
}

fn rule_of(problem: &Problem) -> Rule {
    match problem {
        // No reader takes it for a text, so there is nothing to tell apart.
        Problem::Ambiguous { yaml_1_1, yaml_1_2 } if yaml_1_1 == yaml_1_2 => Rule::WrongType,
        Problem::TooLong => Rule::NotChecked,
        Problem::TooDeep
        | Problem::UnknownAnchor
        | Problem::AliasOfItself
        | Problem::Tab
        | Problem::UnclosedQuote
        | Problem::UnclosedBracket
        | Problem::Escape
        | Problem::Character
        | Problem::Indentation
        | Problem::Directive
        | Problem::Separator
        | Problem::SecondDocument
        | Problem::Yaml
        | Problem::Json => Rule::Syntax,
        Problem::TooManyAliases
        | Problem::LineBreak
        | Problem::MergeKey
        | Problem::Tag
        | Problem::Ambiguous { .. } => Rule::Ambiguous,
        Problem::Duplicate { .. } => Rule::DuplicateKey,
        Problem::NoValue | Problem::Expected(_) => Rule::WrongType,
        Problem::NotBase64 { .. } => Rule::Base64,
        Problem::FieldCase { .. } | Problem::UnknownField { .. } => Rule::UnknownField,
        Problem::NoKind { .. }
        | Problem::OtherKind { .. }
        | Problem::AlreadySealed
        | Problem::SealedInList => Rule::Kind,
        Problem::GenerateName => Rule::NameMissing,
    }
}

/// Whether a text that nobody could read seems to be an object of this kind: in YAML at the start of a line, so that what
/// stands deeper, as in a patch or a list of resources, does not count; in JSON anywhere.
fn says_kind(text: &str, kind: &str) -> bool {
    let yaml = text.lines().any(|line| {
        let line = line.strip_prefix("- ").unwrap_or(line);
        line.strip_prefix("kind:").is_some_and(|value| word(value) == kind)
    });
    let mut json = text.split("\"kind\"").skip(1);
    yaml || json.any(|rest| rest.trim_start().strip_prefix(':').is_some_and(|value| word(value) == kind))
}

/// The first word of a value, without quotes.
fn word(value: &str) -> &str {
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    value.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
}

/// Whether something else fills this in later: Helm, Flux's `postBuild`, `envsubst`, a vault plugin.
pub(super) fn is_placeholder(text: &str) -> bool {
    let holds = |open: &str, close: char| text.find(open).is_some_and(|at| text[at..].contains(close));
    holds("{{", '}') || holds("${", '}') || text.starts_with('<') && text.ends_with('>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_seen_in_what_can_not_be_read() {
        for (text, sealed) in [
            ("kind: SealedSecret\nspec: [\n", true),
            ("- kind: 'SealedSecret' # x\n", true),
            ("{\"kind\" : \"SealedSecret\", ", true),
            ("  kind: SealedSecret\n", false),
            ("kind: SealedSecretList\n", false),
            ("# kind: SealedSecret\n", false),
            ("kinds: SealedSecret\n", false),
        ] {
            assert_eq!(says_kind(text, KIND), sealed, "{text}");
        }
    }
}
