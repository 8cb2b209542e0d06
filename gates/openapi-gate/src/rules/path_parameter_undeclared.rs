use kernel::{Finding, Fix, Severity};

use super::{Offence, placeholders};
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/path-parameter-undeclared",
    severity: Severity::Error,
    doc: "A path has a parameter that its operation does not declare.

`{id}` in a path must be declared under `parameters` with `in: path`, at the \
operation or at the path. Without it a generated client has no way to fill it, \
and validators refuse the file.

Fix: declare it: `{ name: id, in: path, required: true, schema: … }`.",
    bad: &[
        spec!(
            "openapi: 3.1.0
paths: {'/a/{id}': {get: {responses: {'200': {description: ok}}}}}
"
        ),
        spec!(
            "openapi: 3.1.0
paths: {'/a/{id}': {get: {parameters: [{name: id, in: query}], responses: {'200': {description: ok}}}}}
"
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.1.0
paths: {'/a/{id}': {get: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}}
"
        ),
        spec!(
            "openapi: 3.1.0
paths: {'/a/{id}': {parameters: [{$ref: '#/components/parameters/Id'}], get: {responses: {'200': {description: ok}}}}}
components: {parameters: {Id: {name: id, in: path, required: true}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(spec) = &inspected.spec else { return Vec::new() };
    let mut findings = Vec::new();
    for operation in &spec.operations {
        let Some(entry) = spec.path_of(operation) else { continue };
        let all = || entry.parameters.iter().chain(&operation.parameters);
        // One that cannot be read may be the one; it has a finding already.
        if all().any(|parameter| parameter.known.is_none()) {
            continue;
        }
        let declares = |name: &str| {
            let known = all().filter_map(|parameter| parameter.known.as_ref());
            known.into_iter().any(|known| known.location == "path" && known.name == name)
        };
        for name in placeholders(entry.template) {
            if declares(name) {
                continue;
            }
            let shown = format!("{} {}", operation.method, one_line(entry.template));
            let name = one_line(name);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&operation.at),
                    format!("'{shown}' does not declare its path parameter '{name}'"),
                )
                .label(format!("no parameter '{name}' with in: path"))
                .related(inspected.at(&entry.at), "the path")
                .subject(shown.clone())
                .key(format!("{shown} {name}"))
                .fix(Fix::note(format!(
                    "declare {{ name: {name}, in: path, required: true, schema: … }}"
                ))),
            );
        }
    }
    findings
}
