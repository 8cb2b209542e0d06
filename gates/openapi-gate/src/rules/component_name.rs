use kernel::{Finding, Severity};

use super::{Offence, of_faults};
use crate::inspect::Inspected;
use crate::structure::What;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/component-name",
    severity: Severity::Error,
    doc: "A name in `components` has a letter that none may have.

The specification allows letters of ASCII, digits, dots, hyphens and underscores, so that the \
name can stand in a reference and in generated code as it is.

Fix: rename the component and the references to it.",
    bad: &[
        with_path!("3.1.0", "components: {schemas: {'A<B>': {type: string}}}\n"),
        with_path!("3.0.3", "components: {responses: {not found: {description: a}}}\n"),
    ],
    good: &[with_path!(
        "3.1.0",
        "components: {schemas: {A.B_c-1: {type: object, properties: {'a<b>': {type: string}}}}}\n"
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    of_faults(inspected, OFFENCE.id, |fault| match &fault.what {
        What::ComponentName => Some((
            format!("component '{}' is no name that a component can have", fault.field),
            "letters of ASCII, digits, '.', '-' and '_' alone".to_owned(),
            "rename it and the references to it".to_owned(),
        )),
        _ => None,
    })
}
