use kernel::{Finding, Severity};

use super::{Offence, of_faults};
use crate::inspect::Inspected;
use crate::structure::What;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/wrong-value",
    severity: Severity::Error,
    doc: "A field holds a value that the specification does not allow there.

`in: body` in OpenAPI 3, `type: float`, a negative `minLength`, an empty `required`: readers \
refuse the file or guess.

Fix: write one of the values that the message names.",
    bad: &[
        with_path!("3.0.3", "components: {schemas: {A: {type: float}}}\n"),
        with_path!("3.1.0", "components: {schemas: {A: {type: [string, nul]}}}\n"),
        with_path!("3.1.0", "components: {parameters: {A: {name: a, in: body, schema: {}}}}\n"),
        with_path!("3.0.3", "components: {schemas: {A: {type: string, minLength: -1}}}\n"),
        with_path!("3.0.3", "components: {schemas: {A: {type: object, required: []}}}\n"),
        with_path!("3.1.0", "components: {schemas: {A: {required: [b, b]}}}\n"),
        with_path!(
            "3.1.0",
            "components: {parameters: {A: {name: a, in: query, content: {a/b: {}, a/c: {}}}}}\n"
        ),
        with_path!("3.2.0", "components: {pathItems: {A: {additionalOperations: {POST: {}}}}}\n"),
    ],
    good: &[
        with_path!(
            "3.0.3",
            "components: {schemas: {A: {type: number, required: [b]}}, parameters: {A: {name: a, in: cookie, style: form, schema: {}}}}\n"
        ),
        with_path!("3.1.0", "components: {schemas: {A: {type: [string, 'null'], required: []}}}\n"),
        with_path!("3.2.0", "components: {pathItems: {A: {additionalOperations: {LINK: {}}}}}\n"),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    of_faults(inspected, OFFENCE.id, |fault| match &fault.what {
        What::WrongValue { found, expected } => Some((
            format!("'{}' cannot be '{found}'", fault.field),
            format!("expected {expected}"),
            format!("write {expected}"),
        )),
        What::Double { found } => Some((
            format!("'{found}' is in '{}' already", fault.field),
            "each may be there once".to_owned(),
            "take one of the two out".to_owned(),
        )),
        _ => None,
    })
}
