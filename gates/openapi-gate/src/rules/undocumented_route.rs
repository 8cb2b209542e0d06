use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::routes::Route;
use crate::spec::one_line;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/undocumented-route",
    severity: Severity::Error,
    doc: "A route is served that the specification does not document.

Clients and reviewers read the specification; a route outside it is tested, \
limited and retired by nobody. A route without a method asks for one documented \
operation of its path; one that takes everything below its path is never \
documented by a single path.

Fix: document it, or narrow `scope`: what falls outside is counted in the \
receipt. Real drift goes into the baseline, which may only shrink.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'gin', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/v1/a/{id}': {get: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"github.com/gin-gonic/gin\"
func serve(engine *gin.Engine) {
	v1 := engine.Group(\"/v1\", auth)
	v1.GET(\"/a/:id\", a)
	v1.Match([]string{\"POST\", \"PUT\"}, \"/a/:id\", b)
}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'gorilla', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/v1/a': {get: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"github.com/gorilla/mux\"
func serve() {
	r := mux.NewRouter()
	v1 := r.PathPrefix(\"/v1\").Subrouter()
	v1.HandleFunc(\"/a\", a).Methods(\"GET\", \"POST\")
}
",
        ),
        served!(
            "net-http",
            "package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a\", a)
	mux.HandleFunc(\"POST /a\", b)
}
"
        ),
        served!(
            "chi",
            "package a
import \"github.com/go-chi/chi/v5\"
func serve() {
	r := chi.NewRouter()
	r.Route(\"/a\", func(r chi.Router) {
		r.Get(\"/\", a)
		r.Get(\"/{id}\", b)
	})
}
"
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { command = ['routes'] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a': {get: {responses: {'200': {description: ok}}}}}
-- @reply routes-a 0 --
GET /a
POST /a
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'echo', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/v1/a/{id}': {get: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"github.com/labstack/echo/v4\"
func serve() {
	e := echo.New()
	e.Group(\"/v1\").GET(\"/a/:id\", a)
}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'fiber', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/v1/a': {get: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"github.com/gofiber/fiber/v2\"
func serve() {
	app := fiber.New()
	app.Route(\"/v1\", func(api fiber.Router) {
		api.Get(\"/a\", a)
	})
}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/a/{id}': {get: {parameters: [{name: id, in: path, required: true}], responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"GET /a/{key}\", a)
}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml', scope = ['/v1/**'], routes = { static = [{ framework = 'net-http', files = ['**/*.go'] }] } }]
-- a.yaml --
openapi: 3.1.0
paths: {'/v1/a': {get: {responses: {'200': {description: ok}}}}}
-- a.go --
package a
import \"net/http\"
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc(\"/v1/a\", a)
	mux.HandleFunc(\"GET /healthz\", b)
}
",
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let finding = |route: &Route| {
        let shown = one_line(&route.shown());
        Finding::new(OFFENCE.id, route.at.clone(), format!("'{shown}' is not documented"))
            .label(format!("no operation of '{}' is this one", inspected.api.spec))
            .subject(shown.clone())
            .key(shown)
            .fix(Fix::note("document it, or leave it out of 'scope'"))
    };
    inspected.undocumented().into_iter().map(finding).collect()
}
