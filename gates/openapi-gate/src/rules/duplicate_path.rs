use std::collections::BTreeMap;

use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::path::{Dialect, Names, Path};
use crate::spec::{PathEntry, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/duplicate-path",
    severity: Severity::Error,
    doc: "Two paths differ in nothing but the names of their parameters.

`/a/{id}` and `/a/{name}` are the same path; OpenAPI forbids the pair, and a \
server or client takes one of them, nobody knows which.

Fix: put the operations of both under one path.",
    bad: &[
        spec!(
            "openapi: 3.1.0
paths:
  '/a/{id}': {get: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}
  '/a/{key}': {post: {parameters: [{name: key, in: path, required: true}], responses: {'200': {description: ok}}}}
"
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.1.0
paths:
  '/a/{id}': {get: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}
  /a/key: {post: {responses: {'200': {description: ok}}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut seen: BTreeMap<String, &PathEntry<'_>> = BTreeMap::new();
    let mut findings = Vec::new();
    for entry in inspected.spec.iter().flat_map(|spec| &spec.paths) {
        let Some(path) = Path::read(entry.template, Dialect::OpenApi) else { continue };
        let Some(first) = seen.get(path.key(Names::Blank)) else {
            seen.insert(path.key(Names::Blank).to_owned(), entry);
            continue;
        };
        // The very same text is a duplicate key.
        if first.template == entry.template {
            continue;
        }
        let (path, other) = (one_line(entry.template), one_line(first.template));
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&entry.at),
                format!("path '{path}' is the same as '{other}'"),
            )
            .label("only names of parameters differ")
            .related(inspected.at(&first.at), "the other one")
            .subject(path.clone())
            .key(path)
            .fix(Fix::note("put the operations of both under one path")),
        );
    }
    findings
}
