//! aiohttp.

use super::call::Called;
use super::machine::Machine;
use super::value::Value;
use super::web::{Entry, Kind, Methods};

/// Words that nothing but a router has.
pub(super) const SURE: [&str; 4] = ["add_subapp", "add_view", "add_routes", "add_static"];

pub(super) fn made(machine: &mut Machine<'_>, name: &str, called: &Called) -> Option<Value> {
    // `cors.add(resource)` gives what it is given.
    if name.contains("cors") && name.ends_with(".add") {
        return super::call::wrapped(called);
    }
    if !name.starts_with("aiohttp") {
        return None;
    }
    match name.rsplit('.').next().unwrap_or(name) {
        "Application" => Some(machine.new_router(Kind::App, Some(String::new()), Some(called))),
        "RouteTableDef" => Some(machine.new_router(Kind::Part, Some(String::new()), Some(called))),
        word @ ("get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "view"
        | "route" | "static")
            if name.contains("web") =>
        {
            Some(machine.entry(word, called))
        }
        _ => None,
    }
}

pub(super) fn word(
    machine: &mut Machine<'_>,
    router: usize,
    name: &str,
    called: &Called,
) -> Option<Value> {
    let kind = machine.routers.get(router)?.kind;
    let is_table = kind == Kind::Part && called.decorated.is_some();
    match name {
        "add_routes" => {
            let routes = called.argument(0, "routes").cloned().unwrap_or(Value::Unknown);
            match routes.router() {
                Some(table) => machine.mount(router, table, Some(String::new()), called),
                None if machine.elements(&routes).is_some() => machine.add_entry(router, &routes),
                None => machine.lose_at(called, "the routes that are added here cannot be told"),
            }
        }
        "add_subapp" => {
            let prefix = called.argument(0, "prefix").and_then(Value::as_text);
            let prefix = prefix.map(|it| it.trim_end_matches('/').to_owned());
            match called.argument(1, "subapp").and_then(Value::router) {
                Some(other) => machine.mount(router, other, prefix, called),
                None => {
                    machine.lose_at(called, "the application that is added here cannot be told")
                }
            }
        }
        "add_resource" => {
            let path = called.argument(0, "path").and_then(Value::as_text).map(str::to_owned);
            let resource = machine.new_router(Kind::Space, path.clone(), Some(called));
            machine.mount(router, resource.router()?, path, called);
            return Some(resource);
        }
        "add_route" if kind == Kind::Space => {
            let methods = method(called.argument(0, "method"));
            let here = Value::text("");
            machine.register(router, methods, Some(&here), called, false);
        }
        "add_route" => {
            let methods = method(called.argument(0, "method"));
            machine.register(router, methods, called.argument(1, "path"), called, false);
        }
        "add_view" => view(machine, router, called, called.argument(1, "handler")),
        "add_static" => files(machine, router, called),
        "add_get" | "add_post" | "add_put" | "add_patch" | "add_delete" | "add_head"
        | "add_options" => {
            let method = name.trim_start_matches("add_").to_ascii_uppercase();
            let path = called.argument(0, "path");
            machine.register(router, Some(Methods::Of(vec![method])), path, called, false);
        }
        "view" if is_table => view(machine, router, called, called.decorated.as_ref()),
        "route" if is_table => {
            let methods = method(called.argument(0, "method"));
            machine.register(router, methods, called.argument(1, "path"), called, false);
        }
        "static" if kind == Kind::Part => files(machine, router, called),
        "get" | "post" | "put" | "patch" | "delete" | "head" | "options" if is_table => {
            let methods = Methods::Of(vec![name.to_ascii_uppercase()]);
            machine.register(router, Some(methods), called.argument(0, "path"), called, false);
        }
        _ => return None,
    }
    Some(Value::Unknown)
}

pub(super) fn add(machine: &mut Machine<'_>, router: usize, entry: &Entry) {
    let called = &entry.called;
    match entry.word.as_str() {
        "route" => {
            let methods = method(called.argument(0, "method"));
            machine.register(router, methods, called.argument(1, "path"), called, false);
        }
        "view" => view(machine, router, called, called.argument(1, "handler")),
        "static" => files(machine, router, called),
        word => {
            let methods = Methods::Of(vec![word.to_ascii_uppercase()]);
            machine.register(router, Some(methods), called.argument(0, "path"), called, false);
        }
    }
}

fn method(value: Option<&Value>) -> Option<Methods> {
    match value?.as_text()? {
        "*" => Some(Methods::Any),
        text => Some(Methods::Of(vec![text.to_ascii_uppercase()])),
    }
}

fn files(machine: &mut Machine<'_>, router: usize, called: &Called) {
    let prefix = called.argument(0, "prefix").and_then(Value::as_text);
    let below = prefix.map(|it| Value::text(&format!("{}/*", it.trim_end_matches('/'))));
    let get = Methods::Of(vec!["GET".to_owned()]);
    machine.register(router, Some(get), below.as_ref(), called, false);
}

fn view(machine: &mut Machine<'_>, router: usize, called: &Called, class: Option<&Value>) {
    let methods = match class {
        Some(Value::Class(class)) => {
            let own = machine.methods_of_class(*class);
            let bases = machine.library_bases(*class, 0);
            let is_known = bases.iter().all(|it| it.ends_with("View")) && !own.is_empty();
            if is_known { Methods::Of(own) } else { Methods::Any }
        }
        _ => Methods::Any,
    };
    machine.register(router, Some(methods), called.argument(0, "path"), called, false);
}
