use kernel::{Finding, Fix, Severity};

use super::{Offence, servers};
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/unused-server-variable",
    severity: Severity::Warning,
    doc: "A server defines a variable that its URL does not have.

What it was to replace is likely still in the URL by another name.

Fix: name it in braces in `url`, or take it out.",
    bad: &[with_path!(
        "3.1.0",
        "servers: [{url: 'https://eu.example.com', variables: {region: {default: eu}}}]\n"
    )],
    good: &[with_path!(
        "3.1.0",
        "servers: [{url: 'https://{region}.example.com', variables: {region: {default: eu}}}]\n"
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for server in servers(inspected) {
        let is_used = |name: &str| name.starts_with("x-") || server.used.contains(name);
        for (name, key) in server.variables.iter().filter(|(name, _)| !is_used(name)) {
            let name = one_line(name);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&(server.file, key.span())),
                    format!("server variable '{name}' is not in the URL"),
                )
                .label("nothing uses it")
                .related(inspected.at(&(server.file, server.url.span())), "the URL")
                .subject(name.clone())
                .key(format!("{} {name}", server.pointer))
                .fix(Fix::note("name it in braces in the URL, or take it out")),
            );
        }
    }
    findings
}
