use std::collections::BTreeMap;

use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Node, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/duplicate-tag",
    severity: Severity::Error,
    doc: "Two entries of `tags` have the same name.

Each name in the list must be unique: which of the two describes the group is the reader's \
choice.

Fix: take one of the two out.",
    bad: &[
        with_path!("3.1.0", "tags: [{name: a}, {name: b}, {name: a, description: c}]\n"),
        spec!(
            "swagger: '2.0'
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
tags: [{name: a}, {name: a}]
"
        ),
    ],
    good: &[with_path!("3.1.0", "tags: [{name: a}, {name: A}]\n")],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let root = inspected.library.root().filter(|_| inspected.spec.is_some());
    let tags = root.and_then(|root| root.node.get("tags"));
    let mut seen: BTreeMap<&str, Node<'_>> = BTreeMap::new();
    let mut findings = Vec::new();
    for node in tags.into_iter().flat_map(Node::items).filter_map(|tag| tag.get("name")) {
        let Some(name) = node.text() else { continue };
        let Some(first) = seen.get(name) else {
            seen.insert(name, node);
            continue;
        };
        let name = one_line(name);
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&(0, node.span())),
                format!("tag '{name}' is there twice"),
            )
            .label("another entry has that name already")
            .related(inspected.at(&(0, first.span())), "the other one")
            .subject(name.clone())
            .key(name)
            .fix(Fix::note("take one of the two out")),
        );
    }
    findings
}
