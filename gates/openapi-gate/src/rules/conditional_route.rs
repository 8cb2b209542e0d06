use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::routes::Route;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/conditional-route",
    severity: Severity::Note,
    doc: "A documented route is served only under a condition.

The registration stands in a branch, or in code that is built only with a feature or a \
tag: where that does not hold, the operation is documented and not served.

Fix: nothing, if that is meant; else register it always, or mark the operation by one \
of `external_markers`.",
    bad: &[
        served!(
            "net-http",
            "package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	if flag {
		mux.HandleFunc(\"GET /a\", a)
	}
}
"
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
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', scope = ['/a'], routes = { static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a': {get: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
	if flag {
		mux.HandleFunc(\"GET /b\", b)
	}
}
",
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let finding = |route: &Route| {
        let shown = one_line(&route.shown());
        Finding::new(
            OFFENCE.id,
            route.at.clone(),
            format!("'{shown}' is served only under a condition"),
        )
        .label("where it does not hold, the operation is documented and not served")
        .subject(shown.clone())
        .key(shown)
        .fix(Fix::note("register it always, or mark the operation by one of external_markers"))
    };
    inspected.conditional().into_iter().map(finding).collect()
}
