use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Broken, Reference, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/remote-ref",
    severity: Severity::Error,
    doc: "A `$ref` names another host.

What stands there can change without a commit here, and it is not judged: this \
gate does not use the network.

Fix: keep a copy in the repository and refer to that.",
    bad: &[
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {$ref: 'https://example.com/b.yaml#/Ok'}}}}}
"
        ),
    ],
    good: &[
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {$ref: 'b.yaml#/Ok'}}}}}
-- b.yaml --
Ok: {description: ok}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok, content: {a/b: {example: {$ref: 'https://example.com/x'}}}}}}}}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let library = inspected.library;
    let is_remote =
        |found: &&Reference| library.resolve(found.file, &found.text).err() == Some(Broken::Remote);
    let finding = |reference: &Reference| {
        let text = one_line(&reference.text);
        let at = inspected.at(&(reference.file, reference.span.clone()));
        Finding::new(OFFENCE.id, at, format!("reference '{text}' leaves the repository"))
            .label("what stands there can change without a commit here")
            .subject(text.clone())
            .key(text)
            .fix(Fix::note("keep a copy in the repository and refer to that"))
    };
    library.references.iter().filter(is_remote).map(finding).collect()
}
