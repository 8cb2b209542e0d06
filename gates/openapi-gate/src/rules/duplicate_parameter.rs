use std::collections::BTreeMap;

use kernel::{Finding, Fix, Severity};

use super::{Offence, parameter_lists};
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/duplicate-parameter",
    severity: Severity::Error,
    doc: "A list has two parameters of the same name and place.

A parameter is known by its `name` and `in` together; of two, one is dropped.

Fix: take one of the two out. To replace a parameter of the path for one \
operation, list it at that operation once.",
    bad: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {parameters: [{name: q, in: query}, {name: q, in: query}], responses: {'200': {description: ok}}}}}
"
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {parameters: [{name: q, in: query}], get: {parameters: [{name: q, in: query}, {name: q, in: header}], responses: {'200': {description: ok}}}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (shown, _, parameters) in parameter_lists(inspected) {
        let mut seen = BTreeMap::new();
        for parameter in parameters {
            let Some(known) = &parameter.known else { continue };
            let Some(first) = seen.insert((known.name, known.location), &parameter.at) else {
                continue;
            };
            let name = one_line(known.name);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&parameter.at),
                    format!(
                        "'{shown}' has two parameters '{name}' in: {}",
                        one_line(known.location)
                    ),
                )
                .label("one of the two is dropped")
                .related(inspected.at(first), "the other one")
                .subject(shown.clone())
                .key(format!("{shown} {name}"))
                .fix(Fix::note("take one of the two out")),
            );
        }
    }
    findings
}
