use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/undefined-security",
    severity: Severity::Error,
    doc: "A security requirement names a scheme that is not defined.

Tools then either ignore the requirement, so that an operation looks public, or \
refuse the file.

Fix: define the scheme under `components.securitySchemes` (in version 2.0 under \
`securityDefinitions`), or correct the name.",
    bad: &[
        spec!(
            "openapi: 3.1.0
security: [{token: []}]
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
        spec!(
            "openapi: 3.1.0
paths: {/a: {get: {security: [{token: []}], responses: {'200': {description: ok}}}}}
components: {securitySchemes: {tokens: {type: http, scheme: bearer}}}
"
        ),
    ],
    good: &[spec!(
        "openapi: 3.1.0
security: [{token: []}, {}]
paths: {/a: {get: {security: [], responses: {'200': {description: ok}}}}}
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
"
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(spec) = &inspected.spec else { return Vec::new() };
    let whole = spec.security.iter().map(|place| (String::new(), *place));
    let own = spec.operations.iter().filter_map(|operation| {
        let place = operation.place.with(operation.place.node.get("security")?);
        Some((format!("{} {}", operation.method, one_line(&operation.full)), place))
    });
    let mut findings = Vec::new();
    for (shown, place) in whole.chain(own) {
        for (key, _) in place.node.items().flat_map(|requirement| requirement.entries()) {
            let Some(name) = key.text().filter(|name| !spec.schemes.contains(name)) else {
                continue;
            };
            let name = one_line(name);
            findings.push(
                Finding::new(
                    OFFENCE.id,
                    inspected.at(&(place.file, key.span())),
                    format!("security scheme '{name}' is not defined"),
                )
                .label("no scheme of that name")
                .subject(name.clone())
                .key(format!("{shown} {name}"))
                .fix(Fix::note("define it under components.securitySchemes, or correct the name")),
            );
        }
    }
    findings
}
