use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/no-routes",
    severity: Severity::Error,
    doc: "No route was found, or none in the scope.

Then every comparison is empty, and an empty comparison must not look like a \
clean one: mostly `files` or `scope` matches nothing.

Fix: name the files that register the routes, and a scope that they are in.",
    bad: &[
        served!("net-http", "package a\n"),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { command = ['routes'] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a': {get: {responses: {'200': {description: ok}}}}}
-- @reply routes-a 0 --
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', scope = ['/v2/**'], routes = { static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/v1/a': {get: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /v1/a\", a)
}
",
        ),
    ],
    good: &[
        served!(
            "net-http",
            "package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let (api, Some(served)) = (inspected.api, &inspected.served) else { return Vec::new() };
    if served.command_failed.is_some() {
        return Vec::new();
    }
    let is_compared =
        served.routes.iter().any(|it| inspected.is_compared(it.method.as_deref(), &it.path));
    let (message, fix) = if served.routes.is_empty() && served.unresolved.is_empty() {
        let message = format!("no route of api '{}' was found", api.name);
        (message, "name the files that register the routes")
    } else if !is_compared && served.unresolved.is_empty() {
        let message = format!("no route of api '{}' is in its scope", api.name);
        (message, "name a scope that the routes are in, e.g. scope = [\"/v1/**\"]")
    } else {
        return Vec::new();
    };
    let finding = Finding::new(OFFENCE.id, inspected.library.whole(), message);
    vec![finding.label("nothing was compared").key(api.name.clone()).fix(Fix::note(fix))]
}
