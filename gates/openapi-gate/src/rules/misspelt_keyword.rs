use kernel::{Finding, Severity};

use super::{Offence, of_faults};
use crate::inspect::Inspected;
use crate::structure::What;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/misspelt-keyword",
    severity: Severity::Warning,
    doc: "A keyword of a schema is one letter away from one that means something.

From OpenAPI 3.1 on a schema may have any keyword, and unknown ones say nothing: `requried` \
or `minlength` is passed over by every reader, and what it was to check is not. (In 3.0 and \
2.0 each unknown one is `unknown-field`.)

Fix: correct the name, or let a keyword of your own begin with `x-`.",
    bad: &[
        with_path!("3.1.0", "components: {schemas: {A: {type: object, requried: [b]}}}\n"),
        with_path!("3.1.0", "components: {schemas: {A: {type: string, minlength: 1}}}\n"),
    ],
    good: &[with_path!(
        "3.1.0",
        "components: {schemas: {A: {type: object, required: [b], properties: {requried: {}}, enumNames: [], tip: 1}}}\n"
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    of_faults(inspected, OFFENCE.id, |fault| match &fault.what {
        What::Misspelt { like } => Some((
            format!("keyword '{}' says nothing", fault.field),
            format!("did you mean '{like}'?"),
            format!("write '{like}', or let it begin with x-"),
        )),
        _ => None,
    })
}
