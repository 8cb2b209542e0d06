//! The gate as a whole, over literal trees.

use openapi_gate::REGISTER;

#[test]
fn rules_prove_themselves() {
    testkit::rules_prove_themselves(&REGISTER);
}

#[test]
fn sleeping_rules_are_noticed() {
    testkit::sleeping_rules_are_noticed(&REGISTER);
}

#[test]
fn messages_have_the_form() {
    testkit::messages_have_the_form(&REGISTER);
}

#[test]
fn paths_that_were_not_all_compared_are_told() {
    let spec = |count: usize| {
        let paths: Vec<String> = (0..count)
            .map(|number| {
                format!("\"/p{number}\": {{\"get\": {{\"responses\": {{\"200\": {{\"description\": \"ok\"}}}}}}}}")
            })
            .collect();
        format!(
            "{{\"openapi\": \"3.1.0\", \"info\": {{\"title\": \"a\", \"version\": \"1\"}}, \"paths\": {{{}}}}}",
            paths.join(", ")
        )
    };
    let found = |count: usize| {
        let files = [("a.json", spec(count))];
        let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        testkit::judge(&REGISTER, "api = [{ name = 'a', spec = 'a.json' }]", &files)
    };
    assert!(found(2_000).is_empty());
    assert_eq!(found(2_001).len(), 1);
}

/// What is found of one framework's files where the options name the place of what
/// nothing mounts, and where they do not.
fn unmounted(framework: &str, path: &str, text: &str) -> [Vec<String>; 2] {
    let spec = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {'/v1/x/y': {trace: {responses: {'200': {description: ok}}}, \
                get: {responses: {'200': {description: ok}}}}}\n";
    let found = |key: &str| {
        let options = format!(
            "api = [{{ name = 'a', spec = 'a.yaml', routes = {{ static = [{{ framework = \
             '{framework}', files = ['**']{key} }}] }} }}]"
        );
        testkit::judge(&REGISTER, &options, &[("a.yaml", spec), (path, text)])
    };
    [found(", unmounted = '/v1/'"), found("")]
}

#[test]
fn a_router_may_be_an_interface_of_ones_own_where_nothing_imports_the_framework() {
    let spec = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {'/v1/x': {get: {responses: {'200': {description: ok}}}}}\n";
    let options = "api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = \
                   'gin', files = ['**'] }] } }]";
    let main = "package a\nimport \"github.com/gin-gonic/gin\"\n\
                type Registrar interface {\n\tGET(string, ...gin.HandlerFunc) gin.IRoutes\n}\n\
                type Store interface {\n\tGET(key string) string\n}\n\
                func main() {\n\tr := gin.New()\n\tregister(r.Group(\"/v1\"), keep)\n}\n";
    let routes = "package a\n\
                  func register(r Registrar, s Store) {\n\
                  \tr.GET(\"/x\", f)\n\tg := r.Group(\"/g\")\n\tg.GET(\"/y\", f)\n\
                  \ts.GET(\"/no\")\n\ts.Group(\"/no\").GET(\"/no\", f)\n}\n\
                  func other(r Registrar) { r.GET(\"/z\", f) }\n";
    let found = testkit::judge(
        &REGISTER,
        options,
        &[("a.yaml", spec), ("a/main.go", main), ("a/routes.go", routes)],
    );
    let expected = [
        "a/routes.go:5 openapi-gate/undocumented-route",
        "a/routes.go:9 openapi-gate/unresolved-route",
    ];
    assert_eq!(found, expected);
    // The type of that name of another package is another one.
    let elsewhere = [("a.yaml", spec), ("a/main.go", main), ("b/routes.go", routes)];
    let found = testkit::judge(&REGISTER, options, &elsewhere);
    assert!(!found.iter().any(|it| it.contains("routes.go")), "{found:?}");
}

#[test]
fn a_router_may_be_made_where_it_is_handed_over() {
    let spec = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {'/v1/w/x': {get: {responses: {'200': {description: ok}}}}}\n";
    let options = "api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = \
                   'echo', files = ['**'] }] } }]";
    let main = "package a\nimport (\n\t\"github.com/labstack/echo/v4\"\n\t\"m/users\"\n)\n\
                func main() {\n\te := echo.New()\n\tusers.Register(e.Group(\"/v1\").Group(\"/w\", auth(\"a\")), 1)\n}\n";
    let users = "package users\nimport \"github.com/labstack/echo/v4\"\n\
                 func Register(g *echo.Group, n int) { g.GET(\"/x\", f) }\n";
    let files =
        [("a.yaml", spec), ("go.mod", "module m\n"), ("a/main.go", main), ("users/u.go", users)];
    assert_eq!(testkit::judge(&REGISTER, options, &files), [""; 0]);
}

#[test]
fn a_router_may_be_made_by_another_package_where_nothing_imports_the_framework() {
    let spec = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {/x: {get: {responses: {'200': {description: ok}}}}}\n";
    let options = "api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = \
                   'gorilla', files = ['**'] }] } }]";
    let app = "package app\nimport \"github.com/gorilla/mux\"\n\
               func NewRouter() *mux.Router { return mux.NewRouter().UseEncodedPath() }\n\
               type Users struct{}\n\
               func (u *Users) Register(r *mux.Router) {\n\
               \tr.HandleFunc(\"/x\", f).Methods(\"GET\")\n\tr.HandleFunc(\"/y\", f).Methods(\"GET\")\n}\n";
    let server = "package server\nimport (\n\t\"m/app\"\n\t\"m/client\"\n)\n\
                  func serve(u *app.Users) {\n\tr := app.NewRouter()\n\tu.Register(r)\n\
                  \tr.HandleFunc(\"/z\", f).Methods(\"GET\")\n\
                  \tc := client.New()\n\tc.HandleFunc(\"/no\", f)\n\tserved(c.Handler(r))\n}\n";
    let client = "package client\nfunc New() *Client { return &Client{} }\n";
    let files = [
        ("a.yaml", spec),
        ("go.mod", "module m\n"),
        ("app/app.go", app),
        ("server/server.go", server),
        ("client/client.go", client),
    ];
    let expected = [
        "app/app.go:7 openapi-gate/undocumented-route",
        "server/server.go:9 openapi-gate/undocumented-route",
    ];
    assert_eq!(testkit::judge(&REGISTER, options, &files), expected);
}

#[test]
fn what_is_wrapped_around_a_router_is_none() {
    let spec = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: ok}}}}}\n";
    let options = "api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = \
                   'gorilla', files = ['**'] }] } }]";
    let main = "package a\nimport (\n\t\"net/http\"\n\t\"github.com/gorilla/mux\"\n\t\"github.com/rs/cors\"\n)\n\
                func main() {\n\tr := mux.NewRouter()\n\tr.HandleFunc(\"/a\", f).Methods(http.MethodGet)\n\
                \tc := cors.New(cors.Options{})\n\thttp.ListenAndServe(\":80\", c.Handler(r))\n}\n";
    let files = [("a.yaml", spec), ("a/main.go", main)];
    assert_eq!(testkit::judge(&REGISTER, options, &files), [""; 0]);
}

#[test]
fn a_router_that_nothing_mounts_is_where_the_options_say() {
    for (framework, path, text) in [
        (
            "chi",
            "a.go",
            "package a\nimport \"github.com/go-chi/chi/v5\"\n\
             func outer(r chi.Router) { r.Route(\"/x\", inner) }\n\
             func inner(r chi.Router) { r.Get(\"/y\", h) }\n",
        ),
        (
            "axum",
            "src/a.rs",
            "use axum::{Router, routing::get};\n\
             pub fn outer(r: Router) -> Router { r.nest(\"/x\", inner()) }\n\
             fn inner() -> Router { Router::new().route(\"/y\", get(h)) }\n",
        ),
        (
            "fastapi",
            "a.py",
            "from fastapi import APIRouter\n\
             router = APIRouter(prefix=\"/x\")\n\
             @router.get(\"/y\")\ndef h():\n    return 1\n",
        ),
        (
            "express",
            "a.js",
            "const express = require('express')\nconst outer = express.Router()\n\
             const inner = express.Router()\ninner.get('/y', (q, s) => s.end())\n\
             outer.use('/x', inner)\nmodule.exports = outer\n",
        ),
    ] {
        let [placed, told] = unmounted(framework, path, text);
        // The one operation that is not served is there to be seen missing.
        assert_eq!(placed, ["a.yaml:3 openapi-gate/unimplemented-operation"], "{framework}");
        assert!(told.iter().all(|it| it.ends_with("/unresolved-route")), "{told:?}");
        assert!(!told.is_empty(), "{framework}");
    }
}

#[test]
fn a_prefix_that_cannot_be_told_is_none_that_the_options_name() {
    let text = "package a\nimport \"github.com/go-chi/chi/v5\"\n\
                func serve() { r := chi.NewRouter(); r.Route(prefix(), inner) }\n\
                func inner(r chi.Router) { r.Get(\"/y\", h) }\n";
    let [placed, told] = unmounted("chi", "a.go", text);
    assert_eq!(placed, told);
    assert!(placed.iter().any(|it| it.ends_with("/unresolved-route")), "{placed:?}");
}

#[test]
fn only_a_condition_makes_a_route_conditional() {
    let spec = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {'/a': {get: {responses: {'200': {description: ok}}}}}\n";
    let found = |framework: &str, path: &str, text: &str| {
        let options = format!(
            "api = [{{ name = 'a', spec = 'a.yaml', routes = {{ static = [{{ framework = \
             '{framework}', files = ['**'] }}] }} }}]"
        );
        testkit::judge(&REGISTER, &options, &[("a.yaml", spec), (path, text)])
    };
    let app = "const app = require('express')()\n";
    let always = format!("{app}app.get('/a', h)\napp.get('/a', h)\n");
    assert_eq!(found("express", "a.js", &always), [""; 0]);
    let perhaps = format!("{app}if (flag) app.get('/a', h)\n");
    assert_eq!(found("express", "a.js", &perhaps), ["a.js:2 openapi-gate/conditional-route"]);
    let nest = "import { Controller, Get } from '@nestjs/common'\n@Controller('a')\n\
                export class A { @Get() a() {} }\n";
    assert_eq!(found("nestjs", "a.ts", nest), [""; 0]);
    let next = "export async function GET() {}\n";
    assert_eq!(found("nextjs", "app/a/route.ts", next), [""; 0]);
}

#[test]
fn a_specification_that_is_utf_16_is_told_as_that() {
    let text = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {'/a': {get: {responses: {'200': {description: ok}}}}}\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        let tree = kernel::Tree::literal([("a.yaml", bytes)]);
        let gate = testkit::configure(&REGISTER, "api = [{ name = 'a', spec = 'a.yaml' }]", &tree);
        let (replies, pulse) = (Default::default(), kernel::Pulse::default());
        let evidence = kernel::Evidence {
            head: &tree,
            base: None,
            history: None,
            replies: &replies,
            remarks: &[],
            pulse: &pulse,
        };
        let checked = kernel::survey(&*gate, &evidence).unwrap();
        let messages: Vec<_> = checked.findings.iter().map(|it| it.message.as_str()).collect();
        assert!(
            matches!(messages.as_slice(), [only] if only.contains("is UTF-16")),
            "{messages:?}"
        );
    }
}

#[test]
fn routers_of_go_in_a_circle_are_told() {
    let spec = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {'/a': {get: {responses: {'200': {description: ok}}}}}\n";
    let text = "package a\nimport \"github.com/go-chi/chi/v5\"\n\
                func serve() { r := chi.NewRouter(); r.Get(\"/a\", h); r.Route(\"/x\", one) }\n\
                func one(r chi.Router) { r.Route(\"/1\", two) }\n\
                func two(r chi.Router) { r.Route(\"/2\", one) }\n";
    let options = "api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = \
                   'chi', files = ['**'] }] } }]";
    let found = testkit::judge(&REGISTER, options, &[("a.yaml", spec), ("a.go", text)]);
    assert_eq!(found, ["a.go:1 openapi-gate/unresolved-route"]);
}

#[test]
fn gorilla_makes_routers_of_new_routes() {
    let spec = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {'/a/b': {get: {responses: {'200': {description: ok}}}}}\n";
    let text = "package a\nimport \"github.com/gorilla/mux\"\nfunc serve() {\n\
                \tr := mux.NewRouter().PathPrefix(\"/a\").Subrouter()\n\
                \tn := r.NewRoute().Subrouter()\n\tn.Path(\"/b\").HandlerFunc(h).Methods(\"GET\")\n}\n";
    let options = "api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = \
                   'gorilla', files = ['**'] }] } }]";
    let found = testkit::judge(&REGISTER, options, &[("a.yaml", spec), ("a.go", text)]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_router_that_two_programs_serve_is_told_once() {
    let spec = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {'/a': {get: {responses: {'200': {description: ok}}}}}\n";
    let text = "package a\nimport \"github.com/gin-gonic/gin\"\nfunc serve() { add(gin.New()) }\n\
                func try() { add(gin.New()) }\n\
                func add(g *gin.Engine) { g.GET(\"/a\", h); g.GET(\"/b\", h) }\n";
    let options = "api = [{ name = 'a', spec = 'a.yaml', routes = { static = [{ framework = \
                   'gin', files = ['**'] }] } }]";
    let found = testkit::judge(&REGISTER, options, &[("a.yaml", spec), ("a.go", text)]);
    assert_eq!(found, ["a.go:5 openapi-gate/undocumented-route"]);
}
