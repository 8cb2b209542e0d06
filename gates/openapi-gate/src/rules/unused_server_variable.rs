use std::collections::BTreeSet;

use kernel::{Example, Finding, Fix, Severity};

use super::{Offence, placeholders};
use crate::inspect::Inspected;
use crate::spec::{Node, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/unused-server-variable",
    severity: Severity::Warning,
    doc: "A server defines a variable that its URL does not have.

What it was to replace is likely still in the URL by another name.

Fix: name it in braces in `url`, or take it out.",
    bad: &[Example::new(
        "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
servers: [{url: 'https://eu.example.com', variables: {region: {default: eu}}}]
",
    )],
    good: &[Example::new(
        "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
servers: [{url: 'https://{region}.example.com', variables: {region: {default: eu}}}]
",
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for server in inspected.structure.of("Server") {
        let node = server.place.node;
        let Some(url) = node.get("url") else { continue };
        let Some(text) = url.text() else { continue };
        let used: BTreeSet<&str> = placeholders(text).collect();
        let variables = node.get("variables");
        for (key, _) in variables.into_iter().flat_map(Node::entries) {
            let Some(name) = key.text() else { continue };
            if name.starts_with("x-") || used.contains(name) {
                continue;
            }
            let name = one_line(name);
            let pointer = inspected.structure.pointer(server);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&(server.place.file, key.span())),
                    format!("server variable '{name}' is not in the URL"),
                )
                .label("nothing uses it")
                .related(inspected.at(&(server.place.file, url.span())), "the URL")
                .subject(name.clone())
                .key(format!("{pointer} {name}"))
                .fix(Fix::note("name it in braces in the URL, or take it out")),
            );
        }
    }
    findings
}
