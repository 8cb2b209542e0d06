use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Version, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/empty-responses",
    severity: Severity::Error,
    doc: "An operation documents no response.

`responses` must have at least one entry, and before OpenAPI 3.1 it must be \
there at all. Without one a client knows nothing of what comes back.

Fix: document at least the successful response: `\"200\": { description: … }`.",
    bad: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {responses: {}}}}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {summary: a}}}
"
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {responses: {default: {description: ok}}}}}
"
        ),
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {summary: a}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(spec) = &inspected.spec else { return Vec::new() };
    let mut findings = Vec::new();
    for operation in &spec.operations {
        let entry = operation.place.node.entry("responses");
        let (at, label) = match entry {
            None if matches!(spec.version, Version::V31 | Version::V32) => continue,
            None => (operation.at.clone(), "no 'responses'"),
            Some((key, value)) => {
                let names = || value.entries().filter_map(|(name, _)| name.text());
                // Extensions are no responses; a reference has its own rule.
                if names().any(|name| !name.starts_with("x-")) {
                    continue;
                }
                ((operation.place.file, key.span()), "no response in it")
            }
        };
        let shown = format!("{} {}", operation.method, one_line(&operation.full));
        findings.push(
            Finding::new(OFFENCE.id, inspected.at(&at), format!("'{shown}' documents no response"))
                .label(label)
                .subject(shown.clone())
                .key(shown)
                .fix(Fix::note("document at least one response: \"200\": { description: … }")),
        );
    }
    findings
}
