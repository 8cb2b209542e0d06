use std::collections::BTreeMap;

use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Node, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/duplicate-key",
    severity: Severity::Error,
    doc: "A mapping has the same key twice.

One of the two is dropped without a word, and which one depends on who reads \
it: a documented operation can be gone for one tool and there for another.

Fix: take one of the two out, or give it the name it should have.",
    bad: &[
        spec!(
            "openapi: 3.0.3
paths:
  /a: {get: {responses: {'200': {description: ok}}}}
  /a: {post: {responses: {'200': {description: ok}}}}
"
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.json' }]
-- a.json --
{\"openapi\": \"3.1.0\", \"paths\": {\"/a\": {\"get\": {\"summary\": \"x\", \"summary\": \"y\"}}}}
",
        ),
    ],
    good: &[spec!(
        "openapi: 3.0.3
paths:
  /a: {get: {responses: {'200': {description: ok}}}}
  /b: {get: {responses: {'200': {description: ok}}}}
"
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, loaded) in inspected.library.files().iter().enumerate() {
        let Ok(document) = &loaded.document else { continue };
        for node in document.nodes().filter(|node| node.is_map()) {
            let mut seen: BTreeMap<&str, Node<'_>> = BTreeMap::new();
            for (key, _) in node.entries() {
                let Some(name) = key.text() else { continue };
                let Some(first) = seen.get(name) else {
                    seen.insert(name, key);
                    continue;
                };
                let name = one_line(name);
                findings.push(
                    Finding::new(
                        OFFENCE.id,
                        inspected.at(&(number, key.span())),
                        format!("key '{name}' is there twice"),
                    )
                    .label("one of the two is dropped")
                    .related(inspected.at(&(number, first.span())), "the other one")
                    .key(name)
                    .fix(Fix::note("take one of the two out")),
                );
            }
        }
    }
    findings
}
