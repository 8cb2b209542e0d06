use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Node, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/deprecated-without-lifecycle",
    severity: Severity::Error,
    doc: "A deprecated operation does not say what `require.deprecated_needs` asks for.

Who still calls it must know until when, or what takes its place.

Fix: add the keys to the operation.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', require = { deprecated_needs = ['x-sunset', 'x-replaced-by'] } }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {deprecated: true, x-sunset: '2027-01-31', responses: {'200': {description: ok}}}}}
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', require = { deprecated_needs = ['x-sunset'] } }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {deprecated: true, x-sunset: '2027-01-31', responses: {'200': {description: ok}}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', require = { deprecated_needs = ['x-sunset'] } }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {deprecated: false, responses: {'200': {description: ok}}}}}
",
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let needs = &inspected.api.require.deprecated_needs;
    let mut findings = Vec::new();
    for operation in inspected.spec.iter().flat_map(|spec| &spec.operations) {
        let Some((key, value)) = operation.place.node.entry("deprecated") else { continue };
        if !value.is_true() {
            continue;
        }
        let has = |need: &&String| operation.place.node.get(need).is_some_and(is_told);
        let missing: Vec<&str> =
            needs.iter().filter(|need| !has(need)).map(String::as_str).collect();
        if missing.is_empty() {
            continue;
        }
        let shown = format!("{} {}", operation.method, one_line(&operation.full));
        let missing = missing.join("' and '");
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&(operation.place.file, key.span())),
                format!("'{shown}' is deprecated without '{missing}'"),
            )
            .label("'require.deprecated_needs' asks for it")
            .subject(shown.clone())
            .key(shown)
            .fix(Fix::note(format!("add '{missing}' to the operation"))),
        );
    }
    findings
}

/// Whether a value says something.
fn is_told(value: Node<'_>) -> bool {
    value.is_map() || value.is_list() || value.text().is_some_and(|text| !text.trim().is_empty())
}
