//! `@koa/router`, `koa-router`, and `koa` itself

use super::{is_verb, method};
use crate::routes::typescript::link::{Machine, Made, Site, Told, Value};

pub(super) fn made(module: &str, name: &str) -> Option<Made> {
    match (module, name) {
        ("koa", "" | "Koa") => Some(Made::App),
        (
            "koa-router" | "@koa/router" | "koa-joi-router" | "koa-tree-router",
            "" | "Router" | "default",
        ) => Some(Made::Router),
        _ => None,
    }
}

pub(super) fn called(
    machine: &mut Machine<'_>,
    router: usize,
    name: &str,
    arguments: &[Value],
    site: Option<Site>,
) -> Value {
    if matches!(name, "routes" | "middleware") {
        return Value::Router(router);
    }
    let Some(site) = site else { return machine.other(router, arguments) };
    match name {
        name if is_verb(name) || name == "register" => {
            let Some((first, rest)) = arguments.split_first() else { return Value::Unknown };
            // `router.get("name", "/path", handler)`
            let path = match rest {
                [second @ Value::Text(own), _, ..] if own.starts_with('/') => second,
                [second @ Value::Regex, _, ..] => second,
                _ => first,
            };
            // `router.register("/a", ["GET"], handler)`
            let methods = match name {
                "register" => machine.texts(rest.first().unwrap_or(&Value::Unknown)),
                name => Some(vec![method(name).unwrap_or_default()]),
            };
            for path in machine.paths(path) {
                match &methods {
                    None => machine.unresolved(site, METHOD),
                    Some(methods) => methods.iter().for_each(|own| {
                        let own = Some(own.to_ascii_uppercase()).filter(|own| !own.is_empty());
                        machine.register(router, own, path.clone(), site);
                    }),
                }
            }
            Value::Router(router)
        }
        "prefix" => {
            let prefix = arguments.first().map_or(Told::Unknown, |own| machine.path(own));
            machine.set_prefix(router, prefix);
            Value::Router(router)
        }
        "use" => {
            super::express::mount(machine, router, arguments, site);
            Value::Router(router)
        }
        _ => Value::Unknown,
    }
}

const METHOD: &str = "the method is not a constant, so it cannot be told";
