use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Node, Place, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/querystring-parameter",
    severity: Severity::Error,
    doc: "A parameter with `in: querystring` is not the only one of the query.

It stands for the whole query string (OpenAPI 3.2), so it \"MUST NOT appear more than \
once\", nor beside parameters with `in: query` of the same operation or path.

Fix: describe the query either as a whole or by its parameters.",
    bad: &[
        with_path!(
            "3.2.0",
            "components: {pathItems: {A: {get: {parameters: [{name: a, in: querystring, content: {a/b: {}}}, {name: b, in: query, schema: {}}]}}}}\n"
        ),
        with_info!(
            "3.2.0",
            "paths: {/a: {parameters: [{name: a, in: querystring, content: {a/b: {}}}], get: {parameters: [{$ref: '#/components/parameters/B'}]}}}
components: {parameters: {B: {name: b, in: querystring, content: {a/b: {}}}}}
"
        ),
    ],
    good: &[
        with_info!(
            "3.2.0",
            "paths: {/a: {get: {parameters: [{name: a, in: querystring, content: {a/b: {}}}, {name: b, in: header, schema: {}}]}, put: {parameters: [{name: b, in: query, schema: {}}]}}}\n"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for item in inspected.structure.of("PathItem") {
        let of_item = list(inspected, item.place);
        check(inspected, &[], &of_item, &mut findings);
        let further = item.place.node.get("additionalOperations");
        let further = further.into_iter().flat_map(Node::entries);
        let own =
            item.place.node.entries().filter(|(key, _)| {
                key.text().is_some_and(|name| crate::spec::METHODS.contains(&name))
            });
        for (_, operation) in own.chain(further) {
            let own = list(inspected, item.place.with(operation));
            check(inspected, &of_item, &own, &mut findings);
        }
    }
    findings
}

/// A parameter: where it is listed, its name and where it is sent.
type Listed<'a> = (Place<'a>, &'a str, &'a str);

/// Tells each of `own` that comes after another which it excludes.
fn check(
    inspected: &Inspected<'_>,
    before: &[Listed<'_>],
    own: &[Listed<'_>],
    findings: &mut Vec<Finding>,
) {
    // The first that is the whole query, and the first of its parts.
    let (mut whole, mut part) = (None, None);
    for (number, (place, name, location)) in before.iter().chain(own).enumerate() {
        let other = match *location {
            "querystring" => whole.or(part),
            "query" => whole,
            _ => continue,
        };
        let first = if *location == "query" { &mut part } else { &mut whole };
        first.get_or_insert(*place);
        // What stands before has been told where it stands.
        let Some(other) = other.filter(|_| number >= before.len()) else { continue };
        let name = one_line(name);
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&(place.file, place.node.span())),
                format!("parameter '{name}' stands beside another of the query"),
            )
            .label(format!("in: {location}"))
            .related(inspected.at(&(other.file, other.node.span())), "the other one")
            .subject(name.clone())
            .key(format!("{name} {location}"))
            .fix(Fix::note("describe the query either as a whole or by its parameters")),
        );
    }
}

fn list<'a>(inspected: &Inspected<'a>, owner: Place<'a>) -> Vec<Listed<'a>> {
    let library = inspected.library;
    let items = owner.node.get("parameters").into_iter().flat_map(Node::items);
    let known = items.filter_map(|node| {
        let place = owner.with(node);
        let target = library.follow(place).ok()?.node;
        Some((place, target.get("name")?.text()?, target.get("in")?.text()?))
    });
    known.collect()
}
