use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Node, Version};
use crate::value::{Why, refused};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/invalid-default",
    severity: Severity::Error,
    doc: "A `default` is no value that its own schema takes.

A client that leaves the value out gets one that it could not have sent. In OpenAPI 2.0 and \
3.0 a default \"MUST conform to the defined type\"; that is an error, and what only \
breaks a limit, an enumeration or, from 3.1 on, any keyword is a warning. `pattern` and \
`format` are not judged.

Fix: correct the default or the schema. `default: null` needs a type that takes null.",
    bad: &[
        with_path!("3.0.3", "components: {schemas: {A: {type: string, default: 5}}}\n"),
        with_path!(
            "3.1.0",
            "components: {schemas: {A: {type: integer, minimum: 1, default: 0}}}\n"
        ),
        with_path!("3.1.0", "components: {schemas: {A: {enum: [a, b], default: c}}}\n"),
        with_path!(
            "3.0.3",
            "components: {schemas: {A: {type: array, items: {$ref: '#/components/schemas/B'}, default: [1]}, B: {type: string}}}\n"
        ),
        with_path!(
            "3.0.3",
            "components: {parameters: {A: {name: a, in: query, schema: {type: boolean, default: 'no'}}}}\n"
        ),
    ],
    good: &[
        with_path!(
            "3.0.3",
            "components: {schemas: {A: {type: string, default: '5'}, B: {type: string, nullable: true, default: null}, C: {type: number, default: 1}}}\n"
        ),
        with_path!(
            "3.1.0",
            "components: {schemas: {A: {type: [integer, 'null'], default: null}, B: {enum: [a, b], default: b}, C: {default: {d: 1}}}}\n"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(version) = inspected.spec.as_ref().map(|spec| spec.version) else { return Vec::new() };
    let is_old = matches!(version, Version::V2 | Version::V30);
    let mut findings = Vec::new();
    // A default of an object that says its type itself (2.0) is one of a schema's kind.
    let names = ["Schema", "Items", "Header", "Parameter"];
    for schema in names.iter().flat_map(|name| inspected.structure.of(name)) {
        let node = schema.place.node;
        let Some(value) = node.get("default") else { continue };
        // Beside a reference it says nothing before 3.1.
        if is_old && node.get("$ref").and_then(Node::text).is_some() {
            continue;
        }
        let Some(why) = refused(inspected.library, schema.place, value, is_old) else { continue };
        let shown = inspected.library.shown(schema.place.with(value));
        let severity = match why {
            Why::Type(_) if is_old => Severity::Error,
            _ => Severity::Warning,
        };
        let at = if value.span().is_empty() {
            node.entry("default").map_or(value.span(), |(key, _)| key.span())
        } else {
            value.span()
        };
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&(schema.place.file, at)),
                format!("default '{shown}' is none that its schema takes"),
            )
            .severity(severity)
            .label(why.shown())
            .subject(shown.clone())
            .key(format!("{} {shown}", inspected.structure.pointer(schema)))
            .fix(Fix::note("correct the default or the schema")),
        );
    }
    findings
}
