use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Node, Version};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/nullable-without-type",
    severity: Severity::Warning,
    doc: "`nullable` stands in a schema that names no `type`.

OpenAPI 3.0 lets `nullable: true` add null to the type, \"only if `type` is explicitly \
defined within the same Schema Object\": here it says nothing.

Fix: write the `type` beside it; where the schema is an `allOf` of a reference, make what it \
refers to nullable, or use `anyOf` with a schema that is.",
    bad: &[with_path!(
        "3.0.3",
        "components: {schemas: {A: {nullable: true, allOf: [{$ref: '#/components/schemas/B'}]}, B: {type: string}}}\n"
    )],
    good: &[with_path!(
        "3.0.3",
        "components: {schemas: {A: {nullable: true, type: string}, B: {type: object, properties: {nullable: {type: string}}}, C: {nullable: false}}}\n"
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    // Elsewhere it is a keyword of another version, which is told as such.
    if inspected.spec.as_ref().is_none_or(|spec| spec.version != Version::V30) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for schema in inspected.structure.of("Schema") {
        let node = schema.place.node;
        let Some((key, value)) = node.entry("nullable") else { continue };
        // `false` is what holds without it.
        let is_idle = node.get("type").is_some() || value.boolean() == Some(false);
        if is_idle || node.get("$ref").and_then(Node::text).is_some() {
            continue;
        }
        let pointer = inspected.structure.pointer(schema);
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&(schema.place.file, key.span())),
                "'nullable' without 'type' says nothing",
            )
            .label("no 'type' beside it")
            .subject(pointer.clone())
            .key(pointer)
            .fix(Fix::note("write the type beside it")),
        );
    }
    findings
}
