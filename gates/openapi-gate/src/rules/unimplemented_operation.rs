use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/unimplemented-operation",
    severity: Severity::Error,
    doc: "An operation is documented that no route serves.

Clients are generated for it and fail. `HEAD` is served by a route for `GET`; a \
route that takes everything below its path serves no documented path.

Fix: register the route, or take the operation out. Where another server has \
it, mark it with an extension and name that in `external_markers`.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}, post: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}, /b/c: {get: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
	mux.HandleFunc(\"/b/\", b)
}
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}, head: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', external_markers = ['x-cloud'], routes = { static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}, post: {x-cloud: true, responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
}
",
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let is_without_routes = inspected.served.as_ref().is_none_or(|served| served.routes.is_empty());
    // Then that is what is wrong, not each operation.
    if is_without_routes {
        return Vec::new();
    }
    let found = inspected.unimplemented().into_iter().map(|(operation, _)| {
        let shown = format!("{} {}", operation.method, one_line(&operation.full));
        Finding::new(
            OFFENCE.id,
            inspected.at(&operation.at),
            format!("'{shown}' is documented and no route serves it"),
        )
        .label("no route is this one")
        .subject(shown.clone())
        .key(shown)
        .fix(Fix::note("register the route, or take the operation out"))
    });
    found.collect()
}
