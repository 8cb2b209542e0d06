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
        // Branches of branches can be more than anybody waits for.
        let mut steps = 10_000;
        if discriminator.get("defaultMapping").is_some()
            || is_required(inspected, schema.place, name, &mut steps)
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

/// Whether whatever the schema takes has the property. What `steps` do not reach is
/// taken to have it, as is what a schema says by standing in itself.
fn is_required(inspected: &Inspected<'_>, schema: Place<'_>, name: &str, steps: &mut usize) -> bool {
    let mut seen = Vec::new();
    below(inspected, schema, name, (steps, &mut seen))
}

fn below(
    inspected: &Inspected<'_>,
    schema: Place<'_>,
    name: &str,
    (steps, seen): (&mut usize, &mut Vec<(usize, usize)>),
) -> bool {
    // What a reference leads to in vain has a rule of its own.
    let Ok(target) = inspected.library.follow(schema) else { return true };
    let node = target.node;
    let own = (target.file, node.id());
    if *steps == 0 || seen.contains(&own) {
        return true;
    }
    *steps -= 1;
    let names = node.get("required").into_iter().flat_map(Node::items);
    if names.filter_map(Node::text).any(|own| own == name) {
        return true;
    }
    seen.push(own);
    let mut judge = |item: Node<'_>| below(inspected, target.with(item), name, (&mut *steps, &mut *seen));
    let branches = |keyword: &str| node.get(keyword).filter(|list| list.items().next().is_some());
    let is_there = branches("allOf").is_some_and(|list| list.items().any(&mut judge))
        || branches("oneOf").is_some_and(|list| list.items().all(&mut judge))
        || branches("anyOf").is_some_and(|list| list.items().all(&mut judge));
    seen.pop();
    is_there
}
