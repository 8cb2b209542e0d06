use std::collections::BTreeMap;

use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::path::Names;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/duplicate-route",
    severity: Severity::Error,
    doc: "The same method and path are registered twice on one router.

`net/http` panics on it when the server starts; chi silently keeps the later \
one. Registrations under a condition or a build tag are not compared.

Fix: take one of the two out.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'chi', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a/{id}': {get: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"github.com/go-chi/chi/v5\"
func serve() {
	r := chi.NewRouter()
	r.Get(\"/a/{id}\", a)
	r.Get(\"/a/{key}\", b)
}
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'chi', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a': {get: {responses: {'200': {description: ok}}}, post: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"github.com/go-chi/chi/v5\"
func serve() {
	r := chi.NewRouter()
	r.Get(\"/a\", a)
	r.Post(\"/a\", b)
}
",
        ),
        served!(
            "chi",
            "package a
import \"github.com/go-chi/chi/v5\"
func serve() {
	r := chi.NewRouter()
	if debug {
		r.Get(\"/a\", a)
	} else {
		r.Get(\"/a\", b)
	}
}
"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut seen = BTreeMap::new();
    let mut findings = Vec::new();
    for route in inspected.served.iter().flat_map(|served| &served.routes) {
        let Some(router) = route.router else { continue };
        // Answers to a browser's first question, the same wherever they come from.
        if route.method.as_deref() == Some("OPTIONS") {
            continue;
        }
        let key = (router, route.method.as_deref(), route.path.key(Names::Blank));
        let Some(first) = seen.insert(key, route) else { continue };
        let shown = one_line(&route.shown());
        findings.push(
            Finding::new(OFFENCE.id, route.at.clone(), format!("'{shown}' is registered twice"))
                .label("the router has it already")
                .related(first.at.clone(), "the other one")
                .subject(shown.clone())
                .key(shown)
                .fix(Fix::note("take one of the two out")),
        );
    }
    findings
}
