//! Flask and Quart, with flask-restful, flask-restx and flask-smorest.

use super::call::Called;
use super::machine::Machine;
use super::value::Value;
use super::web::{Kind, Methods};

/// Words that nothing but a router has.
pub(super) const SURE: [&str; 5] =
    ["register_blueprint", "add_url_rule", "add_resource", "add_namespace", "register_api"];

/// What a class of a package makes.
pub(super) fn kind(name: &str) -> Option<Kind> {
    match name.rsplit('.').next().unwrap_or(name) {
        "Flask" | "Quart" | "APIFlask" => Some(Kind::App),
        "OpenAPI" if name.starts_with("flask") => Some(Kind::App),
        "Blueprint" | "APIBlueprint" => Some(Kind::Part),
        "Api" | "API" if name.starts_with("flask") => Some(Kind::Api),
        "Namespace" if name.starts_with("flask_rest") => Some(Kind::Space),
        _ => None,
    }
}

fn prefix(value: Option<&Value>) -> Option<String> {
    match value {
        None | Some(Value::Nothing) => Some(String::new()),
        Some(value) => value.as_text().map(str::to_owned),
    }
}

pub(super) fn made(machine: &mut Machine<'_>, name: &str, called: &Called) -> Option<Value> {
    let kind = kind(name)?;
    let own = match kind {
        Kind::Space => match called.keyword("path") {
            Some(path) => path.as_text().map(str::to_owned),
            None => {
                called.argument(0, "name").and_then(Value::as_text).map(|name| format!("/{name}"))
            }
        },
        Kind::Api => prefix(called.keyword("prefix").or_else(|| called.keyword("url_prefix"))),
        Kind::Part => prefix(called.keyword("url_prefix")),
        _ => Some(String::new()),
    };
    let router = machine.new_router(kind, own.clone(), Some(called));
    if let (Kind::Api, Value::Router(number)) = (kind, &router)
        && let Some(app) = called.argument(0, "app").and_then(Value::router)
    {
        machine.mount(app, *number, own, called);
    }
    // Files that are served as they lie, where it says under which path.
    if let (Kind::App, Some(path)) = (kind, called.keyword("static_url_path")) {
        let path = path
            .as_text()
            .map(|it| Value::text(&format!("{}/<path:filename>", it.trim_end_matches('/'))));
        let get = Methods::Of(vec!["GET".to_owned()]);
        machine.register(router.router()?, Some(get), path.as_ref(), called, false);
    }
    Some(router)
}

pub(super) fn word(
    machine: &mut Machine<'_>,
    router: usize,
    name: &str,
    called: &Called,
) -> Option<Value> {
    let first = called.positional.first();
    let other = first.and_then(Value::router);
    let kind = machine.routers.get(router)?.kind;
    match name {
        "get" | "post" | "put" | "patch" | "delete" | "query" => {
            let methods = Methods::Of(vec![name.to_ascii_uppercase()]);
            machine.register(router, Some(methods), called.argument(0, "rule"), called, false);
        }
        "route" | "add_url_rule" | "add_resource" | "resource" => {
            let view = match name {
                "route" | "resource" => called.decorated.clone(),
                "add_resource" => first.cloned(),
                _ => called.argument(2, "view_func").cloned(),
            };
            let methods = methods(machine, called, view.as_ref());
            let paths: Vec<Value> = match (name, kind) {
                ("add_resource", _) => called.positional.iter().skip(1).cloned().collect(),
                // Each of them is a path of the resource.
                ("route", Kind::Api | Kind::Space) => called.positional.clone(),
                _ => called.argument(0, "rule").cloned().into_iter().collect(),
            };
            if paths.is_empty() {
                machine.lose_at(called, "the path is not a constant, so it cannot be told");
            }
            let is_hidden = called.keyword("doc") == Some(&Value::Truth(false));
            for path in paths {
                machine.register(router, methods.clone(), Some(&path), called, is_hidden);
            }
        }
        "websocket" => {
            let get = Methods::Of(vec!["GET".to_owned()]);
            machine.register(router, Some(get), called.argument(0, "rule"), called, true);
        }
        "register_blueprint" | "register_api" | "add_namespace" | "register_namespace" => {
            let Some(other) = called.argument(0, "blueprint").and_then(Value::router).or(other)
            else {
                machine.lose_at(called, "what is registered here cannot be told");
                return Some(Value::Nothing);
            };
            // What is said here stands for what the other one says of itself.
            let told = match called.keyword("url_prefix").or_else(|| called.keyword("path")) {
                None if name == "add_namespace" => called.positional.get(1),
                told => told,
            };
            let told = told.filter(|it| **it != Value::Nothing);
            let own = match told {
                Some(told) => told.as_text().map(str::to_owned),
                None => machine.routers.get(other).and_then(|it| it.prefix.clone()),
            };
            machine.mount(router, other, own, called);
        }
        "namespace" => {
            let space = made(machine, "flask_restx.Namespace", called)?;
            let number = space.router()?;
            let own = machine.routers.get(number).and_then(|it| it.prefix.clone());
            machine.mount(router, number, own, called);
            return Some(space);
        }
        "init_app" => {
            let app = called.argument(0, "app").and_then(Value::router)?;
            let own = machine.routers.get(router).and_then(|it| it.prefix.clone());
            machine.mount(app, router, own, called);
        }
        _ => return None,
    }
    Some(Value::Nothing)
}

/// The methods of a view: what the call says, or the class has, or GET.
fn methods(machine: &Machine<'_>, called: &Called, view: Option<&Value>) -> Option<Methods> {
    if let Some(told) = called.keyword("methods").filter(|it| **it != Value::Nothing) {
        return machine.methods(Some(told), Methods::Any);
    }
    let class = match view {
        Some(Value::View(class, _)) => Some(&**class),
        Some(class @ Value::Class(_)) => Some(class),
        _ => None,
    };
    match class {
        Some(Value::Class(class)) => {
            if let Some(told) = machine.of_class(*class, "methods", 0) {
                return machine.methods(Some(&told), Methods::Any);
            }
            let own = machine.methods_of_class(*class);
            let known = ["Resource", "MethodView", "View"];
            let bases = machine.library_bases(*class, 0);
            let is_known = bases.iter().all(|it| known.iter().any(|known| it.ends_with(known)));
            // Without methods of its own, a view takes GET.
            match (is_known, own.is_empty()) {
                (true, false) => Some(Methods::Of(own)),
                (true, true) => Some(Methods::Of(vec!["GET".to_owned()])),
                _ => Some(Methods::Any),
            }
        }
        Some(_) => Some(Methods::Any),
        None => match view {
            Some(Value::Unknown) if called.decorated.is_none() => {
                Some(Methods::Of(vec!["GET".to_owned()]))
            }
            _ => Some(Methods::Of(vec!["GET".to_owned()])),
        },
    }
}
