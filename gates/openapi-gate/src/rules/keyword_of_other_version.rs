use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Version, one_line};
use crate::structure::foreign;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/keyword-of-other-version",
    severity: Severity::Warning,
    doc: "A keyword is of another version of OpenAPI, so it says nothing here.

`nullable: true` means nothing from 3.1 on, and `const` or a list of types means nothing \
in 3.0: readers pass over them in silence, and what was meant to be checked is not.

Fix: write it as this version does: `type: [string, 'null']` for `nullable` from 3.1 on, \
`enum: [x]` for `const` in 3.0; or raise the version.",
    bad: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: string, nullable: true}}}
"
        ),
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: integer, minimum: 0, exclusiveMinimum: true}}}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: [string, 'null']}}}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {const: a}}}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
webhooks: {}
"
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: [string, 'null'], const: a, exclusiveMinimum: 1}, nullable: {properties: {nullable: {type: string}}}}}
webhooks: {}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: integer, nullable: true, minimum: 0, exclusiveMinimum: true, example: {const: a}}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(version) = inspected.spec.as_ref().map(|spec| spec.version) else { return Vec::new() };
    let name = match version {
        Version::V2 => "2.0",
        Version::V30 => "3.0",
        Version::V31 => "3.1",
        Version::V32 => "3.2",
    };
    let mut findings = Vec::new();
    let root = inspected.library.root().map(|root| ("Root", root));
    let schemas = inspected.schemas().into_iter().map(|schema| ("Schema", schema));
    for (object, place) in schemas.chain(root) {
        for (key, value) in place.node.entries() {
            let Some(keyword) = key.text() else { continue };
            let Some((what, of)) = foreign(version, object, keyword, value) else { continue };
            let keyword = one_line(keyword);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&(place.file, key.span())),
                    format!("{what} is of OpenAPI {of}, and this is {name}"),
                )
                .label("it says nothing here")
                .subject(keyword.clone())
                .key(keyword)
                .fix(Fix::note(format!("write it as OpenAPI {name} does"))),
            );
        }
    }
    findings
}
