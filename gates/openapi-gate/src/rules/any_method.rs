use kernel::{Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::routes::Route;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/any-method",
    severity: Severity::Note,
    doc: "A route takes every method, and the specification documents some of them.

It satisfies each documented method of its path, so nothing is missing; what it does \
with the others, nobody says.

Fix: register the methods that are documented.",
    bad: &[served!(
        "net-http",
        "package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"/a\", a)
}
"
    )],
    good: &[served!(
        "net-http",
        "package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
}
"
    )],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let finding = |(route, methods): (&Route, Vec<&str>)| {
        let shown = one_line(&route.shown());
        Finding::new(OFFENCE.id, route.at.clone(), format!("'{shown}' takes every method"))
            .label(format!("documented: {}", methods.join(", ")))
            .subject(shown.clone())
            .key(shown)
            .fix(Fix::note("register the methods that are documented"))
    };
    inspected.of_any_method().into_iter().map(finding).collect()
}
