use kernel::{Finding, Fix, Severity};

use super::{Offence, parameter_lists, placeholders};
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/path-parameter-unused",
    severity: Severity::Error,
    doc: "A parameter says that it stands in the path, and the path has none of that name.

Mostly the path or the parameter was renamed and the other one forgotten: a \
generated client asks for a value that it sends nowhere.

Fix: give both the same name, or take the parameter out.",
    bad: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}}
"
        ),
        spec!(
            "openapi: 3.1.0
paths: {'/a/{key}': {parameters: [{name: key, in: path, required: true}, {name: id, in: path, required: true}], get: {responses: {'200': {description: ok}}}}}
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
    for (shown, template, parameters) in parameter_lists(inspected) {
        for parameter in parameters {
            let Some(known) = parameter.known.as_ref().filter(|known| known.location == "path")
            else {
                continue;
            };
            if placeholders(template).any(|name| name == known.name) {
                continue;
            }
            let name = one_line(known.name);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&parameter.at),
                    format!("path parameter '{name}' of '{shown}' is not in its path"),
                )
                .label(format!("the path has no '{{{name}}}'"))
                .subject(shown.clone())
                .key(format!("{shown} {name}"))
                .fix(Fix::note("give both the same name, or take the parameter out")),
            );
        }
    }
    findings
}
