use kernel::{Finding, Fix, Severity};

use super::{Offence, parameter_lists};
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/path-parameter-not-required",
    severity: Severity::Error,
    doc: "A path parameter is not `required: true`.

A path without one of its parts is another path, so OpenAPI demands \
`required: true` for each; without it generators offer an optional argument that \
cannot be left out.

Fix: write `required: true`.",
    bad: &[
        spec!(
            "openapi: 3.1.0
paths: {'/a/{id}': {get: {parameters: [{name: id, in: path}], responses: {'200': {description: ok}}}}}
"
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.1.0
paths: {'/a/{id}': {get: {parameters: [{name: id, in: path, required: true}, {name: q, in: query}], responses: {'200': {description: ok}}}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (shown, _, parameters) in parameter_lists(inspected) {
        for parameter in parameters {
            let Some(known) = &parameter.known else { continue };
            if known.location != "path" || known.required {
                continue;
            }
            let name = one_line(known.name);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&parameter.at),
                    format!("path parameter '{name}' of '{shown}' is not required"),
                )
                .label("expected required: true")
                .subject(shown.clone())
                .key(format!("{shown} {name}"))
                .fix(Fix::note("write required: true")),
            );
        }
    }
    findings
}
