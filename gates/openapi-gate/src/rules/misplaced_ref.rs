use kernel::{Finding, Severity};

use super::{Offence, of_faults};
use crate::inspect::Inspected;
use crate::structure::{What, called};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/misplaced-ref",
    severity: Severity::Error,
    doc: "A `$ref` stands where the specification has none.

A Reference Object may stand for a schema, a response, a parameter, an example, a request \
body, a header, a security scheme, a link or a callback, and a Path Item Object has a `$ref` of \
its own. Elsewhere, in an operation, `responses`, `content` or `properties`, some tools follow \
it and others refuse the file. This gate follows it.

Fix: refer to one of these objects, or publish what a bundler makes of the file.",
    bad: &[
        with_info!(
            "3.0.3",
            "paths: {/a: {get: {responses: {$ref: '#/components/x-a'}}}}
components: {x-a: {'200': {description: ok}}}
"
        ),
        with_path!(
            "3.1.0",
            "components: {schemas: {A: {properties: {$ref: '#/components/x-a'}}}, x-a: {}}\n"
        ),
        with_info!("3.1.0", "paths: {/a: {get: {$ref: b.yaml}}}\n"),
    ],
    good: &[
        with_info!(
            "3.1.0",
            "paths: {/a: {$ref: '#/components/pathItems/A'}, /b: {get: {responses: {'200': {description: ok}}}}}
components: {pathItems: {A: {}}, schemas: {A: {properties: {$ref: {type: string}, b: {$ref: '#/components/schemas/A'}}, example: {$ref: c}}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    of_faults(inspected, OFFENCE.id, |fault| match &fault.what {
        What::MisplacedRef => {
            let object = called(fault.object);
            Some((
                format!("a '{}' cannot stand here", fault.field),
                format!("not for this part of {object}"),
                "refer to an object that may be referred to, or bundle the file".to_owned(),
            ))
        }
        _ => None,
    })
}
