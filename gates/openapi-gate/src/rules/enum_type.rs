use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::Node;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/enum-type",
    severity: Severity::Error,
    doc: "A value of `enum` is not of the type that the schema names.

No value can be both, so a generator makes code that never holds, and a validator \
refuses what the list allows.

Fix: write the value in the type, e.g. with quotes, or name its type.",
    bad: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: string, enum: [on, 1]}}}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: object, properties: {b: {type: integer, enum: [1, 2.5]}}}}}
"
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: string, enum: [on, '1']}, B: {type: [integer, 'null'], enum: [1, null]}, C: {enum: [1, a]}}}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: string, nullable: true, enum: [a, null]}, B: {type: number, enum: [1, 2.5]}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for schema in inspected.schemas() {
        let (Some(types), Some(list)) = (schema.node.get("type"), schema.node.get("enum")) else {
            continue;
        };
        let mut names: Vec<&str> = types.text().into_iter().collect();
        names.extend(types.items().filter_map(Node::text));
        let is_nullable = schema.node.get("nullable").is_some_and(Node::is_true);
        // What is no type is another rule's.
        if names.is_empty() || names.iter().any(|name| !TYPES.contains(name)) {
            continue;
        }
        for value in list.items() {
            let own = value.type_name();
            let is_fine = |name: &str| name == own || (name == "number" && own == "integer");
            if names.iter().any(|name| is_fine(name)) || (own == "null" && is_nullable) {
                continue;
            }
            let shown = inspected.library.shown(schema.with(value));
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&(schema.file, value.span())),
                    format!("'{shown}' of 'enum' is no '{}'", names.join("' or '")),
                )
                .label(format!("it is of type '{own}'"))
                .subject(shown.clone())
                .key(format!("{} {shown}", names.join(" ")))
                .fix(Fix::note("write it in that type, or name its own")),
            );
        }
    }
    findings
}

const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];
