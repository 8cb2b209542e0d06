use kernel::{Finding, Fix, Severity};

use super::{Offence, servers};
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/undefined-server-variable",
    severity: Severity::Error,
    doc: "The URL of a server has a variable that nothing gives a value.

Braces in `servers[].url` name a variable of the same server's `variables`, whose `default` \
fills it. Without one no client can tell the address.

Fix: add it: `variables: { name: { default: … } }`.",
    bad: &[
        with_path!("3.1.0", "servers: [{url: 'https://{region}.example.com'}]\n"),
        with_path!(
            "3.0.3",
            "servers: [{url: 'https://{a}.example.com/{b}', variables: {a: {default: x}}}]\n"
        ),
    ],
    good: &[with_path!(
        "3.1.0",
        "servers: [{url: 'https://{region}.example.com', variables: {region: {default: eu}}}]\n"
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for server in servers(inspected) {
        let is_defined = |name: &&&str| server.variables.iter().any(|(own, _)| own == *name);
        for name in server.used.iter().filter(|name| !is_defined(name)) {
            let name = one_line(name);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&(server.file, server.url.span())),
                    format!("server variable '{name}' has no value"),
                )
                .label("'variables' does not define it")
                .subject(name.clone())
                .key(format!("{} {name}", server.pointer))
                .fix(Fix::note(format!("add variables: {{ {name}: {{ default: … }} }}"))),
            );
        }
    }
    findings
}
