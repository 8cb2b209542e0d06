use kernel::{Finding, Severity};

use super::{Offence, of_faults};
use crate::inspect::Inspected;
use crate::structure::{What, called};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/missing-field",
    severity: Severity::Error,
    doc: "A field that the specification requires is not there.

Readers rely on it: a Response Object without `description`, a parameter without `schema` \
or `content`, a file without `info`. Validators refuse the file, and generators fail or guess.

Fix: write the field.",
    bad: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
        spec!(
            "openapi: 3.0.3
info: {title: a}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
        with_info!("3.1.0", "paths: {/a: {get: {responses: {'200': {}}}}}\n"),
        with_path!("3.0.3", "components: {parameters: {A: {name: a, in: query}}}\n"),
        with_path!("3.0.3", "components: {schemas: {A: {type: array}}}\n"),
        with_path!("3.1.0", "components: {securitySchemes: {A: {type: apiKey, name: a}}}\n"),
        spec!(
            "swagger: '2.0'
info: {title: a, version: '1'}
paths: {/a: {post: {parameters: [{name: a, in: body}], responses: {'200': {description: ok}}}}}
"
        ),
    ],
    good: &[
        with_path!(
            "3.0.3",
            "components: {parameters: {A: {name: a, in: query, content: {a/b: {}}}}, schemas: {A: {type: array, items: {}}}}\n"
        ),
        with_path!("3.1.0", "components: {schemas: {A: {type: array}}}\n"),
        with_info!("3.2.0", "paths: {/a: {get: {responses: {'200': {}}}}}\n"),
        spec!(
            "swagger: '2.0'
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    of_faults(inspected, OFFENCE.id, |fault| match &fault.what {
        What::MissingField => {
            let object = called(fault.object);
            Some((
                format!("{object} lacks '{}'", fault.field),
                "required here".to_owned(),
                format!("write '{}'", fault.field),
            ))
        }
        _ => None,
    })
}
