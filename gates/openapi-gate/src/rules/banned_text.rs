use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/banned-text",
    severity: Severity::Error,
    doc: "The specification says something that `require.banned_text` bans.

Words such as `TODO` or `dev stub` were for the author, and the specification is read by \
customers.

Fix: say what holds, or take it out.",
    bad: &[Example::new(
        "-- @options --
api = [{ name = 'a', spec = 'a.yaml', require = { banned_text = ['dev stub'] } }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {summary: A Dev Stub for now, responses: {'200': {description: ok}}}}}
",
    )],
    good: &[Example::new(
        "-- @options --
api = [{ name = 'a', spec = 'a.yaml', require = { banned_text = ['dev stub'] } }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {summary: Lists all, responses: {'200': {description: ok}}}}}
",
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let banned = &inspected.api.require.banned_text;
    let mut findings = Vec::new();
    if banned.is_empty() {
        return findings;
    }
    for (file, loaded) in inspected.library.files().iter().enumerate() {
        let Ok(document) = &loaded.document else { continue };
        for node in document.nodes() {
            let Some(text) = node.text() else { continue };
            let lower = text.to_lowercase();
            let Some(own) = banned.iter().find(|own| lower.contains(own.as_str())) else {
                continue;
            };
            let own = one_line(own);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&(file, node.span())),
                    format!("the text says '{own}'"),
                )
                .label("'require.banned_text' lists it")
                .subject(own.clone())
                .key(own)
                .fix(Fix::note("say what holds, or take it out")),
            );
        }
    }
    findings
}
