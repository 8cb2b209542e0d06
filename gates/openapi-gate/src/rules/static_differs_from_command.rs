use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::routes::Route;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/static-differs-from-command",
    severity: Severity::Error,
    doc: "The command and the source do not show the same routes.

Both are asked for so that each proves the other: a route that the command does \
not print may be registered under a condition, one that the source does not \
show is registered in a way that is not read.

Fix: find out which of the two is right; name the missing files, describe the \
registrar by `shape`, or run the command with everything switched on.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { command = ['routes'], static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a': {get: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
}
-- @reply routes-a 0 --
GET /a
GET /b
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { command = ['routes'], static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a': {get: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
	mux.HandleFunc(\"GET /b\", a)
}
-- @reply routes-a 0 --
GET /a
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { command = ['routes'], static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a': {get: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
}
-- @reply routes-a 0 --
GET /a
",
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let differences = inspected.served.iter().flat_map(|served| &served.differences);
    let finding = |(route, side): &(Route, &'static str)| {
        let shown = one_line(&route.shown());
        Finding::new(
            OFFENCE.id,
            route.at.clone(),
            format!("'{shown}' is a route to one of command and source only"),
        )
        .label(*side)
        .subject(shown.clone())
        .key(shown)
        .fix(Fix::note("name the missing files or a 'shape', or let the command print all routes"))
    };
    differences.map(finding).collect()
}
