use std::collections::BTreeMap;

use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/duplicate-operation-id",
    severity: Severity::Error,
    doc: "Two operations have the same `operationId`.

Generators name functions by it: one of the two is overwritten or both are \
renamed, and links between operations mean either.

Fix: give each operation an id of its own.",
    bad: &[spec!(
        "openapi: 3.1.0
paths:
  /a: {get: {operationId: list, responses: {'200': {description: ok}}}}
  /b: {get: {operationId: list, responses: {'200': {description: ok}}}}
"
    )],
    good: &[spec!(
        "openapi: 3.1.0
paths:
  /a: {get: {operationId: listA, responses: {'200': {description: ok}}}}
  /b: {get: {operationId: listB, responses: {'200': {description: ok}}}}
"
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut seen: BTreeMap<&str, (usize, std::ops::Range<usize>)> = BTreeMap::new();
    let mut findings = Vec::new();
    for operation in inspected.spec.iter().flat_map(|spec| &spec.operations) {
        let Some(node) = operation.place.node.get("operationId") else { continue };
        let Some(id) = node.text() else { continue };
        let at = (operation.place.file, node.span());
        let Some(first) = seen.get(id) else {
            seen.insert(id, at);
            continue;
        };
        let id = one_line(id);
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&at),
                format!("operationId '{id}' is there twice"),
            )
            .label("another operation has it already")
            .related(inspected.at(first), "the other one")
            .subject(id.clone())
            .key(id)
            .fix(Fix::note("give each operation an id of its own")),
        );
    }
    findings
}
