use kernel::{Example, Finding, Fix, Location, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/unreadable",
    severity: Severity::Error,
    doc: "A file of the specification cannot be read.

What cannot be read cannot be judged, and nothing else is known of it. This is \
also told of a file that the specification refers to.

Fix: mend the file; the place says where reading stopped.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.json' }]
-- a.json --
{\"openapi\": \"3.0.3\", \"paths\": {\"/a\": {\"get\": {}},}}
",
        ),
        spec!(
            "openapi: 3.0.3
paths:
  /a: {get: {}
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {$ref: b.json}}
-- b.json --
{
"
        ),
        spec!(
            "openapi: 3.0.3
x-a: &a {get: {responses: {'200': {description: ok}}}}
paths:
  <<: {/b: *a}
  /a: *a
"
        ),
        spec!(
            "openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}, post: yes}}
"
        ),
    ],
    good: &[Example::new(
        "-- @options --
api = [{ name = 'a', spec = 'a.json' }]
-- a.json --
{\"openapi\": \"3.0.3\", \"paths\": {\"/a\": {\"get\": {}}}}
",
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, loaded) in inspected.library.files().iter().enumerate() {
        let Err(unreadable) = &loaded.document else { continue };
        let path = loaded.file.path();
        let at = match unreadable.at {
            Some(at) => inspected.at(&(number, at..at)),
            None => Location::file(path),
        };
        findings.push(
            Finding::new(OFFENCE.id, at, format!("'{path}' {}", unreadable.reason))
                .label("nothing in this file is judged")
                .key(unreadable.reason.clone())
                .fix(Fix::note("mend the file so that it can be read")),
        );
    }
    for (operation, documented) in inspected.operations() {
        if operation.place.node.is_map() {
            continue;
        }
        let shown = format!("{} {}", operation.method, one_line(&documented.path.shown));
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&operation.at),
                format!("'{shown}' is no mapping"),
            )
            .label("this says nothing of the operation")
            .key(shown)
            .fix(Fix::note("write its responses below it, or take it out")),
        );
    }
    findings
}
