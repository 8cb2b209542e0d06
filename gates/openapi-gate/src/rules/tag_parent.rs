use std::collections::{BTreeMap, BTreeSet};

use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Node, Version, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/tag-parent",
    severity: Severity::Error,
    doc: "The parent of a tag does not exist, or is below the tag itself.

`parent` (OpenAPI 3.2) names another entry of `tags`; \"circular references between parent \
and child tags MUST NOT be used\".

Fix: name a tag that is there and stands above.",
    bad: &[
        with_path!("3.2.0", "tags: [{name: a, parent: b}]\n"),
        with_path!("3.2.0", "tags: [{name: a, parent: b}, {name: b, parent: a}]\n"),
    ],
    good: &[
        with_path!("3.2.0", "tags: [{name: a, parent: b}, {name: b}]\n"),
        with_path!("3.1.0", "tags: [{name: a, x-parent: b}]\n"),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let spec = inspected.spec.as_ref().filter(|spec| spec.version == Version::V32);
    let tags = spec.and_then(|_| inspected.library.root()?.node.get("tags"));
    let tags: Vec<Node<'_>> = tags.into_iter().flat_map(Node::items).collect();
    let text = |tag: Node<'_>, field: &str| tag.get(field).and_then(Node::text).map(one_line);
    let parents: BTreeMap<String, Option<String>> =
        tags.iter().filter_map(|tag| Some((text(*tag, "name")?, text(*tag, "parent")))).collect();
    let circles = circles(&parents);
    let mut findings = Vec::new();
    for tag in &tags {
        let (Some(name), Some(parent)) = (text(*tag, "name"), tag.get("parent")) else { continue };
        let Some(direct) = text(*tag, "parent") else { continue };
        let label = match (parents.contains_key(&direct), circles.contains(name.as_str())) {
            (false, _) => "no tag of that name",
            (true, true) => "it leads back to the tag itself",
            _ => continue,
        };
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&(0, parent.span())),
                format!("tag '{name}' cannot stand below '{direct}'"),
            )
            .label(label)
            .subject(name.clone())
            .key(format!("{name} {direct}"))
            .fix(Fix::note("name a tag that is there and stands above")),
        );
    }
    findings
}

/// Tags whose parents lead back to them.
fn circles(parents: &BTreeMap<String, Option<String>>) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for start in parents.keys() {
        let mut way: Vec<&str> = Vec::new();
        let mut at = Some(start.as_str());
        while let Some(name) = at.filter(|name| seen.insert(*name)) {
            way.push(name);
            at = parents.get(name).and_then(Option::as_deref);
        }
        // What was seen on this way begins a circle; on another it was judged there.
        let begins = at.and_then(|name| way.iter().position(|own| *own == name));
        found.extend(begins.into_iter().flat_map(|begins| way.iter().skip(begins).copied()));
    }
    found
}
