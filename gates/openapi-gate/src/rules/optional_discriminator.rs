use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Library, Node, Place, Version, one_line};

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
        with_path!(
            "3.2.0",
            "components: {schemas: {A: {type: object, properties: {b: {type: string}}, discriminator: {propertyName: b}}}}\n"
        ),
        with_path!(
            "3.2.0",
            "components: {schemas: {A: {oneOf: [{$ref: '#/components/schemas/B'}, {type: object}], discriminator: {propertyName: b}}, B: {type: object, required: [b]}}}\n"
        ),
    ],
    good: &[
        with_path!(
            "3.2.0",
            "components: {schemas: {A: {oneOf: [{$ref: '#/components/schemas/B'}], discriminator: {propertyName: b}}, B: {type: object, required: [b]}, C: {type: object, discriminator: {propertyName: b, defaultMapping: B}}}}\n"
        ),
        with_path!(
            "3.1.0",
            "components: {schemas: {A: {type: object, properties: {b: {type: string}}, discriminator: {propertyName: b}}}}\n"
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
            || is_required(inspected.library, schema.place, name, &mut steps)
        {
            continue;
        }
        let name = one_line(name);
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&(schema.place.file, key.span())),
                format!(
                    "discriminator property '{name}' is optional, and there is no 'defaultMapping'"
                ),
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
fn is_required(library: &Library, schema: Place<'_>, name: &str, steps: &mut usize) -> bool {
    let mut seen = Vec::new();
    below(library, schema, name, (steps, &mut seen))
}

fn below(
    library: &Library,
    schema: Place<'_>,
    name: &str,
    (steps, seen): (&mut usize, &mut Vec<(usize, usize)>),
) -> bool {
    // What a reference leads to in vain has a rule of its own.
    let Ok(target) = library.follow(schema) else { return true };
    let node = target.node;
    let own = (target.file, node.id());
    // Nobody reads a discriminator that deep, and each step stands on the stack.
    const DEPTH_MAX: usize = 64;
    if *steps == 0 || seen.len() >= DEPTH_MAX || seen.contains(&own) {
        return true;
    }
    *steps -= 1;
    let names = node.get("required").into_iter().flat_map(Node::items);
    if names.filter_map(Node::text).any(|own| own == name) {
        return true;
    }
    seen.push(own);
    let mut judge =
        |item: Node<'_>| below(library, target.with(item), name, (&mut *steps, &mut *seen));
    let branches = |keyword: &str| node.get(keyword).filter(|list| list.items().next().is_some());
    let is_there = branches("allOf").is_some_and(|list| list.items().any(&mut judge))
        || branches("oneOf").is_some_and(|list| list.items().all(&mut judge))
        || branches("anyOf").is_some_and(|list| list.items().all(&mut judge));
    seen.pop();
    is_there
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use kernel::Tree;

    use crate::spec::Library;

    /// Schemas of which each is all of the next one.
    fn chain(length: usize) -> String {
        let link = |at: usize| format!("S{at}: {{allOf: [{{$ref: '#/S{}'}}]}}\n", at + 1);
        (0..length).map(link).collect::<String>() + &format!("S{length}: {{type: object}}\n")
    }

    #[test]
    fn a_chain_of_schemas_ends() {
        for (length, expected) in [(10, false), (20_000, true)] {
            let tree = Tree::literal([("a.yaml", chain(length))]);
            let library = Library::load(&tree, Utf8Path::new("a.yaml")).unwrap();
            let root = library.root().unwrap();
            let schema = root.with(root.node.get("S0").unwrap());
            let (mut steps, mut seen) = (10_000, Vec::new());
            let found = super::below(&library, schema, "p", (&mut steps, &mut seen));
            assert_eq!(found, expected, "{length}");
        }
    }
}
