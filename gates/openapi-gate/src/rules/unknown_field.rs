use kernel::{Finding, Severity};

use super::{Offence, of_faults};
use crate::inspect::Inspected;
use crate::structure::{What, called};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/unknown-field",
    severity: Severity::Error,
    doc: "An object has a field that the specification does not give it.

Each object has its fields, and others only by names that begin with `x-`. A misspelt \
one says nothing to any reader, and strict ones refuse the file. A field can be known in \
one place and not in another: `required` of a property stands in its schema's list.

From OpenAPI 3.1 on a Schema Object may have any keyword (JSON Schema 2020-12, 6.5: unknown \
ones are annotations), so none is told there.

Fix: correct the name, move the field where it belongs, or let it begin with `x-`.",
    bad: &[
        with_path!("3.0.3", "components: {schemas: {A: {type: string, minimumLength: 1}}}\n"),
        with_path!("3.1.0", "component: {}\n"),
        with_info!(
            "3.0.3",
            "paths: {/a: {get: {sumary: b, responses: {'200': {description: ok}}}}}\n"
        ),
        with_info!("3.1.0", "paths: {/a: {get: {responses: {'600': {description: ok}}}}}\n"),
        with_info!(
            "3.1.0",
            "paths: {a: {get: {responses: {'200': {description: ok}}}}, /b: {get: {}}}\n"
        ),
        with_path!(
            "3.1.0",
            "components: {parameters: {A: {name: a, in: header, allowReserved: true, schema: {}}}}\n"
        ),
        with_path!(
            "3.0.3",
            "components: {securitySchemes: {A: {type: http, scheme: basic, bearerFormat: JWT}}}\n"
        ),
        spec!(
            "swagger: '2.0'
info: {title: a, version: '1'}
paths: {/a: {get: {requestBody: {}, responses: {'200': {description: ok}}}}}
"
        ),
    ],
    good: &[
        with_path!(
            "3.0.3",
            "x-a: 1
components: {schemas: {A: {type: string, minLength: 1, x-b: 2, example: {c: d}}}}
"
        ),
        with_info!(
            "3.1.0",
            "paths: {/a: {get: {responses: {4XX: {description: ok}, default: {description: ok}}}}}
components: {schemas: {A: {anything: 1}}, securitySchemes: {A: {type: http, scheme: Bearer, bearerFormat: JWT}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    of_faults(inspected, OFFENCE.id, |fault| match &fault.what {
        What::UnknownField { like, beside } => {
            let object = called(fault.object);
            let (label, fix) = match (like, beside) {
                (_, Some(beside)) => (
                    format!("not with {beside}"),
                    "take it out, or change what rules it out".to_owned(),
                ),
                (Some(like), _) => (
                    format!("did you mean '{like}'?"),
                    format!("write '{like}', or let it begin with x-"),
                ),
                _ => (
                    "no such field".to_owned(),
                    "correct it, move it where it belongs, or let it begin with x-".to_owned(),
                ),
            };
            Some((format!("'{}' is no field of {object}", fault.field), label, fix))
        }
        _ => None,
    })
}
