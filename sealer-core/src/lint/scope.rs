//! The annotations that say the scope, in the object and in its template.

use super::Rule;
use super::document::is_placeholder;
use super::report::Report;
use super::sealed::Metadata;
use crate::scope::{CLUSTER_WIDE_ANNOTATION, NAMESPACE_WIDE_ANNOTATION, Scope};

pub(super) fn check(report: &mut Report<'_>, meta: &Metadata<'_, '_>, template: &Metadata<'_, '_>) {
    for metadata in [meta, template] {
        for name in [CLUSTER_WIDE_ANNOTATION, NAMESPACE_WIDE_ANNOTATION] {
            if let Some((value, at)) = metadata.annotations.get(name)
                && !matches!(*value, "true" | "false")
                && !is_placeholder(value)
            {
                report.add(Rule::ScopeValue, *at, "only \"true\" counts here");
            }
        }
        let says = |name| metadata.annotations.get(name).filter(|(value, _)| *value == "true");
        if let (Some(_), Some((_, at))) = (says(CLUSTER_WIDE_ANNOTATION), says(NAMESPACE_WIDE_ANNOTATION)) {
            report.add(Rule::ScopeBoth, *at, "this counts for nothing beside the cluster-wide annotation");
        }
    }
    let (counts, says) = (meta.scope(), template.scope());
    // A template without the annotation is no contradiction: it only leaves the Secret without it.
    let annotation = says.annotation().and_then(|name| template.annotations.get(name));
    if let Some((_, at)) = annotation
        && counts != says
    {
        let message = format!("the template says {says}, and the object, which alone counts, says {counts}");
        let finding = report.add(Rule::ScopeMismatch, *at, message);
        finding.advice = advice(counts, says);
    }
}

fn advice(counts: Scope, says: Scope) -> String {
    let wrong = says.annotation().unwrap_or_default();
    let there = counts.annotation().map(|name| format!("replace it in the template by {name}"));
    let there = there.unwrap_or_else(|| "remove it from the template".to_owned());
    format!(
        "If the values were sealed {counts}, {there}. If they were sealed {says}, write {wrong}: \"true\" under \
         metadata.annotations, and no other scope annotation."
    )
}
