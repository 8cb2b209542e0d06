//! Each framework's ways to register a route, and what must not be guessed.

use kernel::SourceFile;
use proptest::prelude::{ProptestConfig, proptest};
use proptest::test_runner::RngSeed;

use super::{Framework, link, read};

/// `METHOD path file:line` of each route, and `? file:line` of what is not told.
fn told(framework: Framework, files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<SourceFile> =
        files.iter().map(|(path, text)| SourceFile::literal(path, text)).collect();
    let said: Vec<_> =
        files.iter().filter_map(|file| Some((file.path(), read(file, framework)?))).collect();
    let said: Vec<_> = said.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let found = link(&said, framework, None);
    let routes = found.routes.iter().map(|route| {
        let line = route.at.span.map_or(0, |span| span.line);
        let mark = if route.router.is_none() { " if" } else { "" };
        format!("{} {}:{line}{mark}", route.shown(), route.at.path)
    });
    let unresolved = found.unresolved.iter().map(|it| {
        let line = it.at.span.map_or(0, |span| span.line);
        format!("? {}:{line}", it.at.path)
    });
    let mut all: Vec<String> = routes.chain(unresolved).collect();
    all.sort();
    all
}

fn axum(text: &str) -> Vec<String> {
    told(Framework::Axum, &[("src/main.rs", text)])
}

#[test]
fn axum_routers_are_composed() {
    let found = axum(
        r#"use axum::{Router, routing::{get, post, any, on, MethodFilter}};
const API: &str = "/api";
fn app() -> Router {
    let inner = Router::new().route("/b/{id}", get(h).delete(h));
    Router::new()
        .route("/", get(h))
        .route(concat!("/", "c"), any(h))
        .route("/d", on(MethodFilter::GET.or(MethodFilter::POST), h))
        .nest(&format!("{API}/v1"), inner.layer(l()))
        .merge(more(state))
        .nest_service("/files", ServeDir::new("x"))
        .fallback(h)
}
fn more(state: S) -> Router { Router::new().route("/m/{*rest}", post(h)).with_state(state) }
#[cfg(test)]
mod tests { fn t() { Router::new().route("/no", get(h)); } }
"#,
    );
    assert_eq!(
        found,
        [
            "ANY /c src/main.rs:7",
            "ANY /files/* src/main.rs:11",
            "DELETE /api/v1/b/{id} src/main.rs:4",
            "GET / src/main.rs:6",
            "GET /api/v1/b/{id} src/main.rs:4",
            "GET /d src/main.rs:8",
            "POST /d src/main.rs:8",
            "POST /m/{*rest} src/main.rs:14",
        ]
    );
}

#[test]
fn routers_are_handed_across_files() {
    let files = [
        (
            "server/src/main.rs",
            "mod api;\nuse axum::Router;\nfn main() {\n    let app = wrap(api::v2::routes());\n    \
             serve(app);\n}\nfn wrap(inner: Router) -> Router { Router::new().nest(\"/x\", inner) }\n",
        ),
        (
            "server/src/api/mod.rs",
            "mod users;\npub mod v2 { pub use super::users::all as routes; }\n",
        ),
        (
            "server/src/api/users.rs",
            "use axum::{routing::get, Router};\npub fn all() -> Router<S> {\n    \
             other_lib::base().nest(\"/u\", Router::new().route(\"/\", get(h)))\n}\n",
        ),
        (
            "crates/lib/src/lib.rs",
            "use axum::{routing::get, Router};\npub fn base() -> Router { Router::new().route(\"/base\", get(h)) }\n",
        ),
    ];
    assert_eq!(
        told(Framework::Axum, &files),
        ["GET /x/base crates/lib/src/lib.rs:2", "GET /x/u server/src/api/users.rs:3"]
    );
}

#[test]
fn what_is_documented_at_the_handler_is_mounted_by_a_list() {
    let files = [
        (
            "src/lib.rs",
            "use utoipa_axum::{router::OpenApiRouter, routes};\nmod h;\nfn app() -> Router {\n    \
             let (router, api) = OpenApiRouter::new().nest(\"/v1\", \
             OpenApiRouter::new().routes(routes!(h::list, h::make))).split_for_parts();\n    \
             router.route(\"/docs\", axum::routing::get(h))\n}\n",
        ),
        (
            "src/h.rs",
            "#[utoipa::path(get, path = \"/things\", tag = \"t\")]\npub async fn list() {}\n\
             #[utoipa::path(method(post, put), path = \"/things\")]\npub async fn make() {}\n\
             #[utoipa::path(get, path = \"/unused\")]\npub async fn unused() {}\n",
        ),
    ];
    assert_eq!(
        told(Framework::Axum, &files),
        [
            "GET /docs src/lib.rs:5",
            "GET /v1/things src/h.rs:1",
            "POST /v1/things src/h.rs:3",
            "PUT /v1/things src/h.rs:3"
        ]
    );
}

#[test]
fn conditions_are_kept() {
    let found = axum(
        r#"use axum::{Router, routing::get};
fn app(flag: bool) -> Router {
    let mut app = Router::new().route("/a", get(h));
    if flag {
        app = app.route("/b", get(h));
    }
    if other { serve(app); }
    #[cfg(feature = "x")]
    let app = app.nest("/c", extra());
    match flag { true => app.route("/d", get(h)), false => app }
}
#[cfg(feature = "x")]
fn extra() -> Router { Router::new().route("/e", get(h)) }
"#,
    );
    assert_eq!(
        found,
        [
            "GET /a src/main.rs:3",
            "GET /b src/main.rs:5 if",
            "GET /c/e src/main.rs:13 if",
            "GET /d src/main.rs:10 if"
        ]
    );
}

#[test]
fn nothing_is_guessed() {
    for (text, expected) in [
        // A path, a prefix, methods and a router that only running tells.
        ("Router::new().route(&path(), get(h))", 1),
        ("Router::new().nest(&prefix(), Router::new().route(\"/a\", get(h)))", 1),
        ("Router::new().route(\"/a\", methods_of(h))", 1),
        ("Router::new().merge(foreign::router())", 1),
        ("self.router.route(\"/a\", get(h))", 1),
        ("for (p, h) in all() { app = Router::new().route(p, get(h)); }", 1),
        // No routes at all.
        ("client.get(\"/a\").send().await", 0),
        ("Mock::given(method(\"GET\")).and(path(\"/a\")).mount(&server).await", 0),
        ("config.merge(other())", 0),
        ("map.get(\"/a\"); url.route(\"/b\", \"c\")", 0),
    ] {
        let found = axum(&format!("use axum::Router;\nfn f() {{\n{text};\n}}\n"));
        assert_eq!(found, vec!["? src/main.rs:3"; expected], "{text}");
    }
    let found = axum("use axum::Router;\nfn f(r: Router) -> Router { r.route(\"/a\", get(h)) }\n");
    assert_eq!(found, ["? src/main.rs:2"]);
}

#[test]
fn actix_scopes_resources_and_handlers() {
    let files = [
        (
            "src/main.rs",
            r#"use actix_web::{web, App, HttpServer, guard};
mod api;
async fn main() {
    HttpServer::new(move || {
        App::new()
            .wrap(l())
            .service(web::scope("/api").configure(|cfg| api::routes(cfg, 1)).service(api::list))
            .service(web::resource(["/a", "/b"]).route(web::get().to(h)).route(web::post().to(h)))
            .route("/c", web::put().to(h))
            .service(web::resource("/d").to(h))
            .service((api::one, services![api::two]))
    }).bind(x)?.run().await
}
"#,
        ),
        (
            "src/api.rs",
            r#"use actix_web::{get, post, web};
#[get("/list")]
async fn list() {}
#[actix_web::route("/one/{id:\\d+}", method = "GET", method = "HEAD")]
async fn one() {}
#[post("two")]
async fn two() {}
#[post("/never")]
async fn never() {}
pub fn routes(cfg: &mut web::ServiceConfig, n: u8) {
    cfg.service(web::scope("/s").route("", web::get().to(h)));
    more(cfg);
}
fn more(cfg: &mut web::ServiceConfig) { cfg.route("/more", web::delete().to(h)); }
"#,
        ),
    ];
    assert_eq!(
        told(Framework::ActixWeb, &files),
        [
            "? src/api.rs:8",
            "ANY /d src/main.rs:10",
            "DELETE /api/more src/api.rs:14",
            "GET /a src/main.rs:8",
            "GET /api/list src/api.rs:2",
            "GET /api/s src/api.rs:11",
            "GET /b src/main.rs:8",
            "GET /one/{id:\\d+} src/api.rs:4",
            "HEAD /one/{id:\\d+} src/api.rs:4",
            "POST /a src/main.rs:8",
            "POST /b src/main.rs:8",
            "POST /two src/api.rs:6",
            "PUT /c src/main.rs:9",
        ]
    );
}

#[test]
fn rocket_mounts() {
    let files = [
        (
            "src/main.rs",
            "#[macro_use] extern crate rocket;\nmod a;\nconst BASE: &str = \"/v1\";\n#[launch]\nfn rocket() -> _ {\n    \
             rocket::build().mount(BASE, routes![a::one, a::two]).mount([BASE, \"/x\"].concat(), a::all())\n}\n",
        ),
        (
            "src/a.rs",
            "#[get(\"/one/<id>?<q>\")]\npub fn one() {}\n#[route(\"/two/<rest..>\", method = PUT)]\n\
             pub fn two() {}\n#[post(\"/\")]\nfn three() {}\npub fn all() -> Vec<rocket::Route> {\n    \
             let mut r = routes![three];\n    r.append(&mut routes![one]);\n    r\n}\n",
        ),
    ];
    assert_eq!(
        told(Framework::Rocket, &files),
        [
            "GET /v1/one/<id> src/a.rs:1",
            "GET /v1/x/one/<id> src/a.rs:1",
            "POST /v1/x src/a.rs:5",
            "PUT /v1/two/<rest..> src/a.rs:3",
        ]
    );
}

#[test]
fn poem_routes_and_apis() {
    let files = [(
        "src/main.rs",
        r#"use poem::{get, handler, Route};
use poem_openapi::{OpenApi, OpenApiService};
struct Api;
#[OpenApi(prefix_path = "/p")]
impl Api {
    #[oai(path = "/users/:id", method = "get")]
    async fn user(&self) {}
}
fn main() {
    let service = OpenApiService::new(Api, "a", "1").server("http://x/y");
    let ui = service.swagger_ui();
    let app = Route::new().nest("/api", service).nest("/docs", ui)
        .at("/a/:id", get(h).post(h)).at("/b", endpoint).with(Tracing);
}
"#,
    )];
    assert_eq!(
        told(Framework::Poem, &files),
        [
            "ANY /b src/main.rs:13",
            "ANY /docs/* src/main.rs:12",
            "GET /a/:id src/main.rs:13",
            "GET /api/p/users/:id src/main.rs:6",
            "POST /a/:id src/main.rs:13",
        ]
    );
}

#[test]
fn what_tells_routes_apart_is_known() {
    let routes = |framework, text: &str| {
        let file = SourceFile::literal("src/main.rs", text);
        let said = read(&file, framework).unwrap();
        let found = link(&[(file.path(), said.as_str())], framework, None);
        found.routes.iter().map(|route| route.router).collect::<Vec<_>>()
    };
    let rocket = "#[get(\"/\")] fn a() {} #[get(\"/\", rank = 2)] fn b() {}\n\
                  fn main() { rocket::build().mount(\"/\", routes![a, b]); }\n";
    let found = routes(Framework::Rocket, rocket);
    assert!(found.len() == 2 && found[0] != found[1], "{found:?}");
    let axum = "use axum::routing::get; fn main() { axum::Router::new().route(\"/\", get(a))\
                .route(\"/\", get(b)); }\n";
    let found = routes(Framework::Axum, axum);
    assert!(found.len() == 2 && found[0] == found[1], "{found:?}");
}

#[test]
fn names_lead_to_what_they_mean() {
    let files = [
        (
            "crates/api/routes/src/lib.rs",
            "use actix_web::web::{self, get as _get};\npub fn config(cfg: &mut web::ServiceConfig, n: u8) {\n    \
             cfg.route(\"/a\", _get().to(h));\n}\n",
        ),
        (
            "crates/server/src/main.rs",
            "use actix_web::{web, App};\nfn main() {\n    App::new()\n        \
             .configure(|cfg| acme_api_routes::config(cfg, 1))\n        .configure({\n            \
             #[cfg(target_os = \"linux\")]\n            { extra }\n            \
             #[cfg(not(target_os = \"linux\"))]\n            { |_cfg| () }\n        });\n    \
             http_client.get(url).post(body);\n}\n\
             fn extra(cfg: &mut web::ServiceConfig) { cfg.route(\"/b\", web::put().to(h)); }\n",
        ),
    ];
    assert_eq!(
        told(Framework::ActixWeb, &files),
        ["GET /a crates/api/routes/src/lib.rs:3", "PUT /b crates/server/src/main.rs:13 if"]
    );
}

/// A text from tokens that readers look for.
const WORDS: [&str; 44] = [
    "fn f(",
    "r: Router",
    "cfg: &mut ServiceConfig",
    ") -> Router {",
    "}",
    "{",
    "(",
    ")",
    "[",
    "]",
    "|",
    "||",
    "move",
    "Router::new()",
    ".route(\"/a\", get(h))",
    ".nest(\"/b\", ",
    "f(r)",
    "f()",
    "let r =",
    ";",
    ",",
    "::",
    "<",
    ">",
    "=",
    "=>",
    "if",
    "else",
    "match",
    "for",
    "in",
    "#[",
    "#[get(\"/x\")]",
    "mod m",
    "impl T",
    "use a::{",
    "as",
    "routes![f]",
    "format!(\"{}{}\", ",
    "r",
    "web::scope(\"/s\")",
    ".configure(",
    "return",
    "'a",
];

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn never_panics(picks in proptest::collection::vec(0..WORDS.len(), 0..200), text in "\\PC{0,80}") {
        let mut source = "use axum::Router; actix rocket poem ".to_owned();
        for pick in picks {
            source.push_str(WORDS.get(pick).unwrap());
            source.push(' ');
        }
        source.push_str(&text);
        for framework in [Framework::Axum, Framework::ActixWeb, Framework::Rocket, Framework::Poem] {
            let files = [("src/main.rs", source.as_str()), ("src/m.rs", source.as_str())];
            assert_eq!(told(framework, &files), told(framework, &files));
        }
    }
}

#[test]
fn depth_and_circles_end() {
    let deep =
        format!("use axum::Router;\nfn f() {{ {}1{} }}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(axum(&deep), ["? src/main.rs:1"]);
    let deep = format!("use axum::Router; {}", "mod m {".repeat(50_000));
    assert_eq!(axum(&deep).len(), 1);
    let circle = "use axum::Router;\nfn a() -> Router { Router::new().nest(\"/a\", b()) }\n\
                  fn b() -> Router { Router::new().route(\"/x\", get(h)).merge(a()) }\n";
    // Nobody serves either of them.
    assert_eq!(axum(circle), ["? src/main.rs:3"]);
    let wide = "use axum::Router;\nfn main() { a0(); }\n".to_owned()
        + &(0..40)
            .map(|n| {
                format!(
                    "fn a{n}() -> Router {{ Router::new().merge(a{m}()).merge(a{m}()) }}\n",
                    m = n + 1
                )
            })
            .collect::<String>();
    assert!(axum(&wide).len() < 60_000);
}
