use std::collections::BTreeSet;

use kernel::{Example, Finding, Fix, Severity};

use super::{Offence, placeholders};
use crate::inspect::Inspected;
use crate::spec::{Node, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/undefined-server-variable",
    severity: Severity::Error,
    doc: "The URL of a server has a variable that nothing gives a value.

Braces in `servers[].url` name a variable of the same server's `variables`, whose `default` \
fills it. Without one no client can tell the address.

Fix: add it: `variables: { name: { default: … } }`.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
servers: [{url: 'https://{region}.example.com'}]
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
servers: [{url: 'https://{a}.example.com/{b}', variables: {a: {default: x}}}]
",
        ),
    ],
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
        let variables = node.get("variables").into_iter().flat_map(Node::entries);
        let known: BTreeSet<&str> = variables.filter_map(|(key, _)| key.text()).collect();
        for name in placeholders(text) {
            if known.contains(name) {
                continue;
            }
            let name = one_line(name);
            let pointer = inspected.structure.pointer(server);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&(server.place.file, url.span())),
                    format!("server variable '{name}' has no value"),
                )
                .label("'variables' does not define it")
                .subject(name.clone())
                .key(format!("{pointer} {name}"))
                .fix(Fix::note(format!("add variables: {{ {name}: {{ default: … }} }}"))),
            );
        }
    }
    findings
}
