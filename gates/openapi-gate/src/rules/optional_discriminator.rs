use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Node, Place, Version, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/optional-discriminator",
    severity: Severity::Error,
    doc: "A discriminator's property is optional, and nothing says what holds without it.

From OpenAPI 3.2 on the property may be optional, but then the Discriminator Object \
\"MUST include a `defaultMapping` field\". Without it a client cannot tell which schema \
an answer without the property is of.

Fix: make the property required in the schema or in each of its branches, or add \
`defaultMapping`.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.2.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: object, properties: {b: {type: string}}, discriminator: {propertyName: b}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.2.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {oneOf: [{$ref: '#/components/schemas/B'}, {type: object}], discriminator: {propertyName: b}}, B: {type: object, required: [b]}}}
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.2.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {oneOf: [{$ref: '#/components/schemas/B'}], discriminator: {propertyName: b}}, B: {type: object, required: [b]}, C: {type: object, discriminator: {propertyName: b, defaultMapping: B}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: object, properties: {b: {type: string}}, discriminator: {propertyName: b}}}}
",
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    if inspected.spec.as_ref().is_none_or(|spec| spec.version != Version::V32) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for schema in inspected.structure.of("Schema") {
        let Some((key, discriminator)) = schema.place.node.entry("discriminator") else { continue };
        let Some(name) = discriminator.get("propertyName").and_then(Node::text) else { continue };
        if discriminator.get("defaultMapping").is_some()
            || is_required(inspected, schema.place, name, 0)
        {
            continue;
        }
        let name = one_line(name);
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&(schema.place.file, key.span())),
                format!("discriminator property '{name}' is optional, and there is no 'defaultMapping'"),
            )
            .label("what holds without the property?")
            .subject(name.clone())
            .key(format!("{} {name}", inspected.structure.pointer(schema)))
            .fix(Fix::note("make the property required, or add defaultMapping")),
        );
    }
    findings
}

/// Whether whatever the schema takes has the property.
fn is_required(inspected: &Inspected<'_>, schema: Place<'_>, name: &str, depth: usize) -> bool {
    // A schema may stand in itself; what is that deep is not judged.
    const DEPTH_MAX: usize = 16;
    // What a reference leads to in vain has a rule of its own.
    let Ok(target) = inspected.library.follow(schema) else { return true };
    if depth > DEPTH_MAX {
        return true;
    }
    let node = target.node;
    let names = node.get("required").into_iter().flat_map(Node::items);
    if names.filter_map(Node::text).any(|own| own == name) {
        return true;
    }
    let below = |item: Node<'_>| is_required(inspected, target.with(item), name, depth + 1);
    let branches = |keyword: &str| node.get(keyword).filter(|list| list.items().next().is_some());
    branches("allOf").is_some_and(|list| list.items().any(below))
        || branches("oneOf").is_some_and(|list| list.items().all(below))
        || branches("anyOf").is_some_and(|list| list.items().all(below))
}
