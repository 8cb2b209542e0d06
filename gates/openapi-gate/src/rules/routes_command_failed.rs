use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/routes-command-failed",
    severity: Severity::Error,
    doc: "`routes.command` failed or printed something that is no route.

Without its output nothing is compared. It is expected to exit with 0 and to \
print a line a route: `GET /path`, or \
`{\"method\": \"GET\", \"path\": \"/path\", \"source\": \"file.go:1\"}`; `ANY` stands \
for every method.

Fix: run the command by hand and mend what it says.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { command = ['routes'] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a': {get: {responses: {'200': {description: ok}}}}}
-- @reply routes-a 1 --
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { command = ['routes'] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a': {get: {responses: {'200': {description: ok}}}}}
-- @reply routes-a 0 --
listening on :8080
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { command = ['routes'] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a': {get: {responses: {'200': {description: ok}}}}}
-- @reply routes-a 0 --
{\"method\": \"GET\", \"path\": \"/a\"}
",
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let failed = inspected.served.as_ref().and_then(|served| served.command_failed.as_ref());
    let Some(reason) = failed else { return Vec::new() };
    let name = &inspected.api.name;
    let message = format!("'routes.command' of api '{name}' failed: {}", one_line(reason));
    let finding =
        Finding::new(OFFENCE.id, inspected.library.whole(), message.trim_end_matches('.'));
    vec![
        finding
            .label("nothing was compared")
            .key(name.clone())
            .fix(Fix::note("print a line a route: METHOD path, and exit with 0")),
    ]
}
