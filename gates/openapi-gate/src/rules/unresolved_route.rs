use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::routes::Unresolved;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/unresolved-route",
    severity: Severity::Error,
    doc: "A route is registered whose path cannot be told from the source.

A guessed path could hide what is served, so nothing is guessed: the path, the \
method or the prefix of its router is not fixed by constants, or no call among \
the files says where its router is mounted.

Fix: write the path as a constant; add the file that mounts the router to \
`files`, or say by `unmounted = \"/\"` at which prefix routers are served that \
nothing in them mounts, or by `versioning = \"uri\"` what NestJS does with versions \
where no file calls `enableVersioning`; describe a table or registrar of one's own by \
`shape`; or let `routes.command` print the routes.",
    bad: &[
        served!(
            "net-http",
            "package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
	handle := mux.HandleFunc
	handle(\"GET /b\", b)
}
"
        ),
        served!(
            "net-http",
            "package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
	mux.HandleFunc(path(), b)
}
"
        ),
        served!(
            "chi",
            "package a
import \"github.com/go-chi/chi/v5\"
func serve() {
	r := chi.NewRouter()
	r.Get(\"/a\", a)
	r.Route(prefix, func(r chi.Router) { r.Get(\"/b\", b) })
}
"
        ),
        served!(
            "chi",
            "package a
import \"github.com/go-chi/chi/v5\"
func serve() {
	r := chi.NewRouter()
	r.Get(\"/a\", a)
}
-- b.go --
package a
import \"github.com/go-chi/chi/v5\"
func add(r chi.Router) { r.Get(\"/b\", b) }
"
        ),
        served!(
            "net-http",
            "package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
}
-- @symlink: b.go --
b.txt
"
        ),
    ],
    good: &[
        served!(
            "net-http",
            "package a
import \"net/http\"
func routes(mux *http.ServeMux) http.Handler {
	mux.HandleFunc(\"GET /a\", a)
	return mux
}
func main() { http.ListenAndServe(\":80\", routes(http.NewServeMux())) }
"
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/v1/a': {get: {responses: {'200': {description: ok}}}}}
-- b.go --
package a
const v1 = \"/v1\"
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET \"+v1+\"/a\", a)
}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'chi', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/b': {get: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"github.com/go-chi/chi/v5\"
func serve() {
	r := chi.NewRouter()
	add(r)
}
-- b.go --
package a
import \"github.com/go-chi/chi/v5\"
func add(r chi.Router) { r.Get(\"/b\", b) }
",
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let found = inspected.served.iter().flat_map(|served| &served.unresolved);
    let finding = |unresolved: &Unresolved| {
        let text = one_line(&unresolved.text);
        Finding::new(
            OFFENCE.id,
            unresolved.at.clone(),
            format!("the route registered by '{text}' cannot be told"),
        )
        .label(unresolved.why.clone())
        .subject(text.clone())
        .key(text)
        .fix(Fix::note(
            "use a constant, widen 'files', describe it by 'shape', or use routes.command",
        ))
    };
    found.map(finding).collect()
}
