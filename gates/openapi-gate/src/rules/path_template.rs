use std::collections::BTreeSet;

use kernel::{Finding, Fix, Severity};

use super::{Offence, placeholders};
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/path-template",
    severity: Severity::Error,
    doc: "A path is none that can be matched.

What follows a `?` is no part of a path but of the query, which parameters with `in: query` \
describe; after a `#` nothing is sent at all. `{}` names no parameter, and of two equal ones \
nobody knows which is meant.

Fix: write the path alone, and give each parameter a name of its own.",
    bad: &[
        with_info!("3.1.0", "paths: {'/a?b=c': {get: {responses: {'200': {description: ok}}}}}\n"),
        with_info!("3.0.3", "paths: {'/a/{}': {get: {responses: {'200': {description: ok}}}}}\n"),
        with_info!("3.0.3", "paths: {'/a/{b': {get: {responses: {'200': {description: ok}}}}}\n"),
        with_info!(
            "3.2.0",
            "paths: {'/a/{b}/{b}': {get: {responses: {'200': {description: ok}}}}}\n"
        ),
    ],
    good: &[with_info!(
        "3.1.0",
        "paths: {'/a/{b}.{c}': {get: {responses: {'200': {description: ok}}}}}\n"
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in inspected.spec.iter().flat_map(|spec| &spec.paths) {
        let Some(label) = fault(entry.template) else { continue };
        let shown = one_line(entry.template);
        findings.push(
            Finding::new(OFFENCE.id, inspected.at(&entry.at), format!("'{shown}' is no path"))
                .label(label)
                .subject(shown.clone())
                .key(shown)
                .fix(Fix::note("write the path alone, each parameter with a name of its own")),
        );
    }
    findings
}

fn fault(template: &str) -> Option<String> {
    // A parameter may hold a regular expression where people mean one.
    let mut depth = 0_usize;
    for letter in template.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return Some("a '}' without its '{'".to_owned()),
            '}' => depth -= 1,
            '?' if depth == 0 => return Some("a query is no part of a path".to_owned()),
            '#' if depth == 0 => return Some("what follows a '#' is not sent".to_owned()),
            _ => {}
        }
    }
    if depth > 0 {
        return Some("a '{' without its '}'".to_owned());
    }
    let mut seen = BTreeSet::new();
    for name in placeholders(template) {
        if name.trim().is_empty() {
            return Some("a parameter without a name".to_owned());
        }
        if !seen.insert(name) {
            return Some(format!("parameter '{}' is there twice", one_line(name)));
        }
    }
    None
}
