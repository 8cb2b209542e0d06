//! What a repository without options is offered: its specifications, and the
//! router that serves each, if reading it finds at least half of what is
//! documented.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Depth, Evidence, Fact, Globs, Options, Proposal, Pulse, Tree, survey};

use crate::routes::{GO, Language, PYTHON, RUST, TYPESCRIPT};
use crate::spec::{Library, Spec, Version};
use crate::{ID, configure};

const SPECS: [&str; 6] = [
    "**/{openapi,swagger}*.{json,yaml,yml}",
    "**/*.{openapi,swagger}.{json,yaml,yml}",
    "**/{openapi,swagger,api-docs}/*.{json,yaml,yml}",
    "!**/{node_modules,vendor,third_party,testdata,test,tests,__tests__}/**",
    "!**/{fixtures,__fixtures__,examples,example,mocks}/**",
    "!**/*{.config,-config,.lock,-lock}.{json,yaml,yml}",
];

/// The specifications that are offered; of more, a person chooses.
const SPECS_MAX: usize = 8;

/// A source of routes that is tried.
struct Router {
    /// As a person would call it.
    name: &'static str,
    framework: &'static str,
    /// Further keys of an entry of `routes.static`.
    keys: &'static str,
    language: &'static Language,
    /// What a source must hold.
    import: &'static str,
}

const ROUTERS: [Router; 22] = [
    Router::of(&GO, "gin", "github.com/gin-gonic/gin"),
    Router::of(&GO, "echo", "github.com/labstack/echo"),
    Router::of(&GO, "fiber", "github.com/gofiber/fiber"),
    Router::of(&GO, "gorilla", "github.com/gorilla/mux"),
    Router::of(&GO, "chi", "github.com/go-chi/chi"),
    Router::of(&GO, "net-http", "\"net/http\""),
    Router {
        name: "net-http by a table",
        keys: "shape = \"{$METHOD, $PATH, ...}\", ",
        ..Router::of(&GO, "net-http", "\"net/http\"")
    },
    Router::of(&RUST, "axum", "axum::"),
    Router::of(&RUST, "actix-web", "actix_web::"),
    Router::of(&RUST, "rocket", "rocket::"),
    Router::of(&RUST, "poem", "poem::"),
    Router::of(&PYTHON, "fastapi", "fastapi"),
    Router::of(&PYTHON, "starlette", "starlette"),
    Router::of(&PYTHON, "flask", "flask"),
    Router::of(&PYTHON, "django", "django.urls"),
    Router::of(&PYTHON, "aiohttp", "aiohttp"),
    Router::of(&TYPESCRIPT, "nestjs", "@nestjs/common"),
    Router::of(&TYPESCRIPT, "fastify", "fastify"),
    Router::of(&TYPESCRIPT, "hono", "hono"),
    Router::of(&TYPESCRIPT, "koa", "koa"),
    Router::of(&TYPESCRIPT, "express", "express"),
    Router::of(&TYPESCRIPT, "nextjs", "next"),
];

impl Router {
    const fn of(
        language: &'static Language,
        framework: &'static str,
        import: &'static str,
    ) -> Router {
        Router { name: framework, framework, keys: "", language, import }
    }
}

struct Found {
    path: Utf8PathBuf,
    operations: usize,
    /// `/v1/**`, where every path begins so.
    scope: Option<String>,
}

pub(crate) fn propose(tree: &Tree, _depth: Depth) -> Option<Proposal> {
    let specs: Vec<Found> = tree
        .list(&Globs::new(SPECS).ok()?)
        .iter()
        .filter_map(|entry| found(tree, &entry.path))
        .take(SPECS_MAX)
        .collect();
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let (mut toml, mut because) = (String::new(), Vec::new());
    let routers: Vec<&Router> = ROUTERS.iter().filter(|router| has_source(tree, router)).collect();
    for spec in &specs {
        let name = name(&spec.path);
        let count = names.entry(name.clone()).or_default();
        *count += 1;
        let name = if *count > 1 { format!("{name}-{count}") } else { name };
        let table = format!("name = \"{name}\"\nspec = {:?}\n", spec.path.as_str());
        let served = routers.iter().find_map(|router| {
            let scope = spec.scope.iter().map(|scope| format!("scope = [{scope:?}]\n"));
            let routes = format!(
                "{}routes.static = [{{ framework = {:?}, {}files = {:?} }}]\n",
                scope.collect::<String>(),
                router.framework,
                router.keys,
                router.language.patterns()
            );
            // By what it finds, and not by what it may be.
            let matched = matched(tree, &format!("[[api]]\n{table}{routes}"))?;
            (matched * 2 >= spec.operations).then_some((routes, router.name, matched))
        });
        let operations = match spec.operations {
            1 => "1 operation".to_owned(),
            more => format!("{more} operations"),
        };
        because.push(match &served {
            Some((_, router, matched)) => {
                format!("{} ({operations}, {matched} served by {router})", spec.path)
            }
            None => format!("{} ({operations})", spec.path),
        });
        let routes = match served {
            Some((routes, ..)) => routes,
            None => {
                "# Its routes are not compared: name them by routes.static or routes.command.\n"
                    .to_owned()
            }
        };
        toml.push_str(&format!("[[gate.{ID}.api]]\n{table}{routes}"));
    }
    (!toml.is_empty()).then(|| Proposal::new(toml, because.join(", ")))
}

/// What a file is as a specification, if it is one that says something.
fn found(tree: &Tree, path: &Utf8Path) -> Option<Found> {
    let library = Library::load(tree, path).ok()?;
    let version = Version::of(library.root()?.node).ok()?;
    let spec = Spec::read(&library, version, None);
    let first = |full: &str| full.trim_start_matches('/').split('/').next().map(str::to_owned);
    let mut firsts: Vec<Option<String>> =
        spec.operations.iter().map(|it| first(&it.full)).collect();
    firsts.dedup();
    let scope = match firsts.as_slice() {
        [Some(only)] if !only.is_empty() && !only.contains(['{', '*', '?', '[', '!']) => {
            Some(format!("/{only}/**"))
        }
        _ => None,
    };
    let operations = spec.operations.len();
    (operations > 0).then(|| Found { path: path.to_owned(), operations, scope })
}

fn has_source(tree: &Tree, router: &Router) -> bool {
    let Ok(files) = Globs::new(router.language.patterns()) else { return false };
    let import = router.import;
    tree.list(&files).iter().any(|entry| {
        let file = tree.read_entry(entry);
        file.is_ok_and(|file| memchr::memmem::find(file.bytes(), import.as_bytes()).is_some())
    })
}

/// How many of the documented operations a draft finds served.
fn matched(tree: &Tree, toml: &str) -> Option<usize> {
    let gate = configure(&Options::of(toml), tree).ok()?;
    let evidence = Evidence {
        head: tree,
        base: None,
        history: None,
        replies: &BTreeMap::new(),
        remarks: &[],
        pulse: &Pulse::default(),
    };
    let checked = survey(gate.as_ref(), &evidence).ok()?;
    let compared = checked.facts.iter().find_map(|(name, fact)| match fact {
        Fact::Count(count) if name.ends_with(": operations compared") => Some(*count as usize),
        _ => None,
    })?;
    let count = |offence: &str| {
        let rule = format!("{ID}/{offence}");
        checked.findings.iter().filter(|it| it.rule == *rule).count()
    };
    // Without a route that is what is said, and not each operation.
    if !checked
        .facts
        .iter()
        .any(|(name, fact)| name.ends_with(": routes compared") && !matches!(fact, Fact::Count(0)))
    {
        return None;
    }
    let missing = count("unimplemented-operation");
    Some(compared.saturating_sub(missing))
}

/// `api/v1/openapi.yaml` is `v1`, `docs/public.openapi.json` is `public`.
fn name(path: &Utf8Path) -> String {
    let plain = |text: &str| -> String {
        let kept = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        text.chars().map(kept).collect()
    };
    let stem = path.file_stem().unwrap_or_default();
    let stem = stem.trim_end_matches(".openapi").trim_end_matches(".swagger");
    let says_more = !matches!(stem, "openapi" | "swagger");
    let folder = path.parent().and_then(Utf8Path::file_name);
    match folder {
        Some(folder) if !says_more => plain(folder),
        _ => plain(stem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "openapi: 3.0.3\ninfo: { title: t, version: '1' }\npaths:\n  /v1/a:\n    \
                        get: { responses: { '200': { description: ok } } }\n";
    const GO: &str = "package a\nimport \"net/http\"\nfunc f(m *http.ServeMux) {\n\
                      m.HandleFunc(\"GET /v1/a\", nil)\n}\nfunc main() { f(http.NewServeMux()) }\n";

    fn proposed(files: &[(&str, &str)]) -> Option<Proposal> {
        propose(&Tree::literal(files.iter().copied()), Depth::Whole)
    }

    #[test]
    fn a_specification_and_the_router_that_serves_it() {
        let found = proposed(&[("api/openapi.yaml", SPEC), ("a.go", GO)]).unwrap();
        assert_eq!(found.because, "api/openapi.yaml (1 operation, 1 served by net-http)");
        assert!(found.toml.contains("name = \"api\""), "{}", found.toml);
        assert!(found.toml.contains("scope = [\"/v1/**\"]"), "{}", found.toml);
        assert!(found.toml.contains("framework = \"net-http\""), "{}", found.toml);
    }

    #[test]
    fn a_table_is_tried_too() {
        let go = "package a\nimport \"net/http\"\nvar routes = []route{\n\
                  {http.MethodGet, \"/v1/a\", nil},\n}\n";
        let found = proposed(&[("openapi.yaml", SPEC), ("a.go", go)]).unwrap();
        assert!(found.because.contains("1 served by net-http by a table"), "{}", found.because);
    }

    #[cfg(feature = "rust")]
    #[test]
    fn a_router_of_another_language() {
        let rust = "use axum::{Router, routing::get};\n\
                    fn main() { serve(Router::new().route(\"/v1/a\", get(a))); }\n";
        let found = proposed(&[("openapi.yaml", SPEC), ("src/main.rs", rust)]).unwrap();
        assert!(found.because.contains("1 served by axum"), "{}", found.because);
        assert!(found.toml.contains("files = [\"**/*.rs\", "), "{}", found.toml);
    }

    #[cfg(feature = "typescript")]
    #[test]
    fn routers_of_one_language_are_told_apart() {
        let express = "import express from 'express';\nconst app = express();\n\
                       app.get('/v1/a', a);\napp.listen(1);\n";
        let found = proposed(&[("openapi.yaml", SPEC), ("src/app.ts", express)]).unwrap();
        assert!(found.because.contains("1 served by express"), "{}", found.because);
        let nest = "import { Controller, Get, Module } from '@nestjs/common';\n\
                    @Controller('v1')\nexport class A { @Get('a') a() {} }\n\
                    @Module({ controllers: [A] })\nexport class App {}\n";
        let found = proposed(&[("openapi.yaml", SPEC), ("src/app.ts", nest)]).unwrap();
        assert!(found.because.contains("1 served by nestjs"), "{}", found.because);
    }

    #[test]
    fn a_router_that_serves_something_else_is_not_offered() {
        let other = GO.replace("/v1/a", "/other");
        let found = proposed(&[("openapi.yaml", SPEC), ("a.go", &other)]).unwrap();
        assert!(!found.toml.contains("routes.static ="), "{}", found.toml);
    }

    #[test]
    fn what_is_no_specification_is_not_offered() {
        assert!(proposed(&[("openapi.yaml", "a: b\n")]).is_none());
        assert!(proposed(&[("testdata/openapi.yaml", SPEC)]).is_none());
        assert!(proposed(&[("openapitools.json", "{}"), ("a.go", GO)]).is_none());
    }

    #[test]
    fn two_of_one_name_are_told_apart() {
        let found =
            proposed(&[("x/api/openapi.yaml", SPEC), ("y/api/openapi.yaml", SPEC)]).unwrap();
        assert!(found.toml.contains("\"api\"") && found.toml.contains("\"api-2\""));
    }
}
