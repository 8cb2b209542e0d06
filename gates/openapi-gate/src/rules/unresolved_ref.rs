use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Broken, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/unresolved-ref",
    severity: Severity::Error,
    doc: "A `$ref` leads to nothing.

Generators fail on it or leave a hole where the schema should be, and what it \
stood for is judged by nobody. References are followed across the files of the \
repository; one that leads back to itself leads to nothing, too.

Fix: name what is there: `#/components/schemas/Name`, `schemas/name.yaml`.",
    bad: &[
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/Ok'}}}}}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {$ref: items/b.yaml}}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {$ref: '#/components/schemas/A'}}}
"
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/Ok'}}}}}
components: {responses: {Ok: {description: ok}}}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {$ref: items/b.yaml}}
-- items/b.yaml --
get: {responses: {'200': {description: ok}}}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {properties: {a: {$ref: '#/components/schemas/A'}}}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let library = inspected.library;
    let mut findings = Vec::new();
    for reference in &library.references {
        let found = library.resolve(reference.file, &reference.text);
        let broken = match found {
            Ok(place) => match library.follow(place) {
                // What is broken further on is told there.
                Err(Broken::Circle) => Broken::Circle,
                _ => continue,
            },
            Err(broken) => broken,
        };
        let label = match broken {
            // Those have findings of their own.
            Broken::Remote | Broken::Unreadable => continue,
            Broken::NoFile(path) => format!("there is no file '{}'", one_line(path.as_str())),
            Broken::NoNode => "its file has nothing of that name".to_owned(),
            Broken::Circle => "it leads back to itself".to_owned(),
        };
        let text = one_line(&reference.text);
        let at = inspected.at(&(reference.file, reference.span.clone()));
        findings.push(
            Finding::new(OFFENCE.id, at, format!("reference '{text}' leads to nothing"))
                .label(label)
                .subject(text.clone())
                .key(text)
                .fix(Fix::note("name something that is there, e.g. #/components/schemas/Name")),
        );
    }
    findings
}
