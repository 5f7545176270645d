//! Names: there where the scope needs them, as Kubernetes takes them, and the same in the template.

use super::Rule;
use super::document::is_placeholder;
use super::report::Report;
use super::sealed::{Metadata, Text};
use crate::manifest::Node;
use crate::scope::Scope;

/// The longest name of an object (a DNS subdomain) and of a namespace (a label).
const NAME_BYTES: usize = 253;
const LABEL_BYTES: usize = 63;

pub(super) fn check(
    report: &mut Report<'_>,
    object: Node<'_, '_>,
    meta: &Metadata<'_, '_>,
    template: &Metadata<'_, '_>,
) {
    let scope = meta.scope();
    match meta.name {
        Some((name, at)) if !is_placeholder(name) && !is_name(name) => {
            report.add(Rule::Name, at, "this is not a name that an object can have");
        }
        Some(_) => {}
        None if meta.unreadable => {}
        None if meta.generates_name => {
            report.add(
                Rule::NameMissing,
                object,
                "`generateName` leaves the name open; sealing needs `name`",
            );
        }
        None => {
            report.add(Rule::NameMissing, object, "`metadata.name` is missing");
        }
    }
    match meta.namespace {
        Some((namespace, at)) if !is_placeholder(namespace) && !is_label(namespace) => {
            report.add(Rule::Name, at, "this is not a name that a namespace can have");
        }
        Some(_) => {}
        None if meta.unreadable || scope == Scope::ClusterWide => {}
        None => {
            let message = format!("the scope is {scope}, and `metadata.namespace` is missing");
            report.add(Rule::NamespaceMissing, object, message);
        }
    }
    let binds_name = scope == Scope::Strict;
    let binds_namespace = scope != Scope::ClusterWide;
    if binds_name {
        moved(report, meta.name, template.name, "name");
    }
    if binds_namespace {
        moved(report, meta.namespace, template.namespace, "namespace");
    }
}

fn moved(report: &mut Report<'_>, object: Option<Text<'_, '_>>, template: Option<Text<'_, '_>>, field: &str) {
    let (Some((here, at)), Some((there, _))) = (object, template) else { return };
    if here == there || is_placeholder(here) || is_placeholder(there) {
        return;
    }
    report.add(
        Rule::Moved,
        at,
        format!("the template has another {field}, which it was probably sealed for"),
    );
}

/// RFC 1123: labels, joined by dots.
fn is_name(name: &str) -> bool {
    name.len() <= NAME_BYTES && name.split('.').all(is_part)
}

fn is_label(name: &str) -> bool {
    name.len() <= LABEL_BYTES && is_part(name)
}

fn is_part(part: &str) -> bool {
    !part.is_empty()
        && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !part.starts_with('-')
        && !part.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_rfc_1123() {
        for (name, object, namespace) in [
            ("db", true, true),
            ("db-1.example", true, false),
            ("0", true, true),
            ("Db", false, false),
            ("d_b", false, false),
            ("-db", false, false),
            ("db-", false, false),
            ("a..b", false, false),
            (&"a".repeat(63), true, true),
            (&"a".repeat(64), true, false),
            (&"a".repeat(254), false, false),
        ] {
            assert_eq!((is_name(name), is_label(name)), (object, namespace), "{name}");
        }
    }
}
