use std::collections::BTreeMap;

use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Operation, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/ambiguous-path",
    severity: Severity::Warning,
    doc: "Two paths take the same address, and neither is the more specific one.

`/{entity}/me` and `/books/{id}` both take `/books/me`; OpenAPI leaves it to each tool \
which of them that is. A literal beats a parameter, so `/books/me` beside `/books/{id}` \
is not ambiguous. Operations of different methods do not meet.

Fix: give one of them a segment that tells them apart.",
    bad: &[
        spec!(
            "openapi: 3.1.0
paths:
  '/{entity}/me': {get: {parameters: [{name: entity, in: path, required: true}], responses: {'200': {description: ok}}}}
  '/books/{id}': {get: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}
"
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.1.0
paths:
  '/books/me': {get: {responses: {'200': {description: ok}}}}
  '/books/{id}': {get: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}
"
        ),
        spec!(
            "openapi: 3.1.0
paths:
  '/{entity}/me': {get: {parameters: [{name: entity, in: path, required: true}], responses: {'200': {description: ok}}}}
  '/books/{id}': {put: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}
"
        ),
    ],
    judge,
};

/// An operation and the segments of its path.
type Segmented<'o> = (&'o Operation<'o>, Vec<&'o str>);

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let operations: Vec<&Operation<'_>> =
        inspected.spec.iter().flat_map(|spec| &spec.operations).collect();
    // Only those of one method and length can meet.
    let mut alike: BTreeMap<(&str, usize), Vec<Segmented<'_>>> = BTreeMap::new();
    for operation in operations {
        let segments: Vec<&str> = operation.full.split('/').collect();
        let group = alike.entry((&operation.method, segments.len())).or_default();
        group.push((operation, segments));
    }
    let mut findings = Vec::new();
    for ((method, _), group) in &alike {
        if group.len() > ALIKE_MAX {
            let message = format!("{} paths of {method} have as many segments", group.len());
            findings.push(
                Finding::new(OFFENCE.id, inspected.library.whole(), message)
                    .label(format!("each was compared with {ALIKE_MAX} of them"))
                    .key(format!("{method} not compared"))
                    .fix(Fix::note("split the specification")),
            );
        }
        for (number, (operation, segments)) in group.iter().enumerate() {
            let before = group.get(..number).unwrap_or_default();
            let Some((other, _)) =
                before.iter().take(ALIKE_MAX).find(|(_, other)| is_ambiguous(other, segments))
            else {
                continue;
            };
            let (path, other_path) = (one_line(&operation.full), one_line(&other.full));
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&operation.at),
                    format!(
                        "'{} {path}' takes addresses that '{other_path}' takes",
                        operation.method
                    ),
                )
                .label("neither is the more specific one")
                .related(inspected.at(&other.at), "the other one")
                .subject(path.clone())
                .key(format!("{} {path}", operation.method))
                .fix(Fix::note("give one of them a segment that tells them apart")),
            );
        }
    }
    findings
}

/// More paths of one method and length than anyone writes; the time would be
/// their square, so it is told and not done.
const ALIKE_MAX: usize = 2_000;

/// Whether both take one address, and each has a literal where the other has a
/// parameter.
fn is_ambiguous(one: &[&str], other: &[&str]) -> bool {
    let is_open = |segment: &str| segment.contains('{');
    let (mut first, mut second) = (false, false);
    for (one, other) in one.iter().zip(other) {
        match (is_open(one), is_open(other)) {
            (false, false) if one != other => return false,
            (true, false) => first = true,
            (false, true) => second = true,
            // `{id}.json` and `{id}.xml` never meet.
            (true, true) if one.starts_with('{') != other.starts_with('{') => return false,
            (true, true) if one.ends_with('}') != other.ends_with('}') => return false,
            _ => {}
        }
    }
    first && second
}
