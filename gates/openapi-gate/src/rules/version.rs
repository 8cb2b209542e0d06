use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/version",
    severity: Severity::Error,
    doc: "The specification is of a version that is not read, or not the one that is required.

A rule that holds for one version of OpenAPI can be wrong for another, so an \
unknown one is not judged by guess.

Fix: write `openapi: 3.0.x`, `3.1.x` or `3.2.x`, or `swagger: \"2.0\"`. Where the file is \
no specification at all, name another one in ci.toml. Where `require.openapi` asks for \
one version, write the specification in that.",
    bad: &[
        spec!(
            "openapi: 4.0.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
        spec!("paths: {/a: {get: {responses: {'200': {description: ok}}}}}\n"),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', require = { openapi = '3.1' } }]
-- a.yaml --
openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
",
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
        spec!(
            "swagger: '2.0'
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let root = inspected.library.root().map(|root| root.node);
    let entry = root.and_then(|root| root.entry("openapi").or_else(|| root.entry("swagger")));
    let Some(said) = &inspected.other_version else {
        let wanted = inspected.api.require.openapi.as_deref();
        let other = entry.zip(wanted).and_then(|((_, value), wanted)| {
            let said = value.text().filter(|said| !said.starts_with(wanted))?;
            let message = format!("version '{said}' is not the required one");
            let finding = Finding::new(OFFENCE.id, inspected.at(&(0, value.span())), message);
            let wanted = format!("expected {wanted}");
            Some(finding.label(wanted.clone()).key("version").fix(Fix::note(format!(
                "write the specification in OpenAPI {}",
                wanted.trim_start_matches("expected ")
            ))))
        });
        return other.into_iter().collect();
    };
    let (at, message) = match (entry, said) {
        (Some((_, value)), Some(said)) => {
            let said = one_line(said);
            (inspected.at(&(0, value.span())), format!("version '{said}' is not read"))
        }
        (entry, _) => {
            let at = entry.map(|(key, _)| inspected.at(&(0, key.span())));
            let at = at.unwrap_or_else(|| inspected.library.whole());
            (at, format!("'{}' does not say which version of OpenAPI it is", inspected.api.spec))
        }
    };
    let finding =
        Finding::new(OFFENCE.id, at, message).label("expected 3.0.x, 3.1.x, 3.2.x or 2.0");
    vec![
        finding
            .key("version")
            .fix(Fix::note("write openapi: 3.0.x, 3.1.x or 3.2.x, or swagger: \"2.0\"")),
    ]
}
