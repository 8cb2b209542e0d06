use kernel::{Finding, Severity};

use super::{Offence, of_faults};
use crate::inspect::Inspected;
use crate::structure::What;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/ref-siblings",
    severity: Severity::Warning,
    doc: "A key stands beside a `$ref` and says nothing.

A Reference Object has no further fields: \"any properties added SHALL be ignored\". A \
`description` or `nullable` beside it reads as if it held, and holds for no reader that \
follows the specification. From OpenAPI 3.1 on `summary` and `description` may stand \
there, and a schema's `$ref` is a keyword like others.

Fix: move the key to what is referred to, or, in a schema, wrap the reference: \
`allOf: [{ $ref: … }]`.",
    bad: &[
        with_path!(
            "3.0.3",
            "components: {schemas: {A: {properties: {b: {$ref: '#/components/schemas/B', nullable: true}}}, B: {type: string}}}\n"
        ),
        with_path!(
            "3.1.0",
            "components: {responses: {A: {description: ok}, B: {$ref: '#/components/responses/A', content: {}}}}\n"
        ),
        spec!(
            "swagger: '2.0'
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
definitions: {A: {$ref: '#/definitions/B', title: a}, B: {type: string}}
"
        ),
    ],
    good: &[
        with_path!(
            "3.0.3",
            "components: {schemas: {A: {properties: {b: {nullable: true, type: string, allOf: [{$ref: '#/components/schemas/B'}]}}}, B: {type: string}}}\n"
        ),
        with_path!(
            "3.1.0",
            "components: {schemas: {A: {$ref: '#/components/schemas/B', title: a}, B: {}}, responses: {A: {description: ok}, B: {$ref: '#/components/responses/A', description: b}}}\n"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    of_faults(inspected, OFFENCE.id, |fault| {
        match &fault.what {
        What::RefSibling => Some((
            format!("'{}' beside '$ref' is ignored", fault.field),
            "it says nothing here".to_owned(),
            "move it to what is referred to, or, in a schema, wrap the reference: allOf: [{ $ref: … }]"
                .to_owned(),
        )),
        _ => None,
    }
    })
}
