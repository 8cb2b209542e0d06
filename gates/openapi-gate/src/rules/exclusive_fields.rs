use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::structure::{What, called};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/exclusive-fields",
    severity: Severity::Error,
    doc: "Two fields stand side by side that exclude one another.

`schema` and `content`, `example` and `examples`, `value` and `externalValue`: the \
specification allows one of the two, and which one a reader takes is its own choice.

Fix: take one of the two out.",
    bad: &[
        with_path!(
            "3.0.3",
            "components: {parameters: {A: {name: a, in: query, schema: {}, content: {a/b: {}}}}}\n"
        ),
        with_path!("3.1.0", "components: {examples: {A: {value: 1, externalValue: b}}}\n"),
        with_info!(
            "3.1.0",
            "paths: {/a: {get: {responses: {'200': {description: ok, content: {a/b: {example: 1, examples: {}}}}}}}}\n"
        ),
        with_path!("3.2.0", "components: {examples: {A: {value: 1, dataValue: 1}}}\n"),
    ],
    good: &[
        with_path!(
            "3.0.3",
            "components: {parameters: {A: {name: a, in: query, schema: {}, example: 1}}, examples: {A: {value: {externalValue: b}}}}\n"
        ),
        with_path!("3.2.0", "components: {examples: {A: {serializedValue: '1', dataValue: 1}}}\n"),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for fault in &inspected.structure.faults {
        let What::Exclusive { other, other_at } = &fault.what else { continue };
        let object = called(fault.object);
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&fault.at),
                format!("{object} has both '{}' and '{other}'", fault.field),
            )
            .label("only one of the two may stand there")
            .related(inspected.at(other_at), "the other one")
            .subject(fault.pointer.clone())
            .key(format!("{} {other}", fault.pointer))
            .fix(Fix::note("take one of the two out")),
        );
    }
    findings
}
