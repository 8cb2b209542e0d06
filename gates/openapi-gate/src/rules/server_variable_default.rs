use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Node, Version};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/server-variable-default",
    severity: Severity::Error,
    doc: "The default of a server variable is none of its `enum`.

A client that does not choose builds an address that the list rules out. From OpenAPI 3.1 on \
\"the value MUST exist in the enum's values\"; 3.0 says SHOULD, and there it is a warning.

Fix: add the default to `enum`, or choose one that is there.",
    bad: &[
        with_info!(
            "3.1.0",
            "servers: [{url: 'https://{b}.example.com', variables: {b: {enum: [eu, us], default: de}}}]
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
        with_info!(
            "3.0.3",
            "servers: [{url: 'https://{b}.example.com', variables: {b: {enum: [], default: de}}}]
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
    ],
    good: &[
        with_info!(
            "3.1.0",
            "servers: [{url: 'https://{b}.{c}', variables: {b: {enum: [eu, us], default: eu}, c: {default: example.com}}}]
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(version) = inspected.spec.as_ref().map(|spec| spec.version) else { return Vec::new() };
    let is_old = version == Version::V30;
    let mut findings = Vec::new();
    for variable in inspected.structure.of("ServerVariable") {
        let node = variable.place.node;
        let (Some(list), Some(value)) = (node.get("enum"), node.get("default")) else { continue };
        let Some(default) = value.text() else { continue };
        // What is no list, or from 3.1 on an empty one, is told as that.
        let is_told = !list.is_list() || (!is_old && list.items().next().is_none());
        if is_told || list.items().filter_map(Node::text).any(|item| item == default) {
            continue;
        }
        let shown = inspected.library.shown(variable.place.with(value));
        let finding = Finding::new(
            OFFENCE.id,
            inspected.at(&(variable.place.file, value.span())),
            format!("default '{shown}' is none of 'enum'"),
        )
        .label("not in the list")
        .related(inspected.at(&(variable.place.file, list.span())), "the list")
        .subject(shown.clone())
        .key(format!("{} {shown}", inspected.structure.pointer(variable)))
        .fix(Fix::note("add it to 'enum', or choose one that is there"));
        findings.push(match is_old {
            true => finding.severity(Severity::Warning),
            false => finding,
        });
    }
    findings
}
