//! `express`

use super::{is_verb, method, serves_files};
use crate::routes::typescript::link::{Machine, Made, Site, Told, Value};

pub(super) fn made(module: &str, name: &str) -> Option<Made> {
    match (module, name) {
        ("express" | "ultimate-express", "" | "express") => Some(Made::App),
        ("express" | "ultimate-express", "Router")
        | ("express-promise-router" | "express-async-router", "" | "AsyncRouter")
        | ("router", "") => Some(Made::Router),
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
    let Some(site) = site else { return machine.other(router, arguments) };
    match name {
        // `app.get("setting")`
        "get" if arguments.len() < 2 => Value::Unknown,
        name if is_verb(name) => {
            let Some((first, _)) = arguments.split_first() else { return Value::Unknown };
            // `router.all(handler)` is no path, and nothing express takes.
            for path in machine.paths(first) {
                machine.register(router, method(name), path, site);
            }
            Value::Router(router)
        }
        "route" => match arguments {
            [path] => Value::Endpoint(router, machine.paths(path).into()),
            _ => Value::Unknown,
        },
        "use" => {
            mount(machine, router, arguments, site);
            Value::Router(router)
        }
        _ => Value::Unknown,
    }
}

/// `app.use("/a", guard, router)`
pub(super) fn mount(machine: &mut Machine<'_>, router: usize, arguments: &[Value], site: Site) {
    let Some((first, rest)) = arguments.split_first() else { return };
    let is_path = match first {
        Value::Text(_) | Value::Regex => true,
        Value::List(list) => {
            let list = machine.list(*list);
            list.iter().any(|it| matches!(it, Value::Text(_) | Value::Regex))
        }
        // `app.use(prefix, router)`, and no middleware before it.
        Value::Unknown => rest.iter().any(|it| matches!(it, Value::Router(_))),
        _ => false,
    };
    let (prefixes, handlers) = match is_path {
        true => (machine.paths(first), rest),
        false => (vec![Told::Path(String::new())], arguments),
    };
    for handler in machine.flattened(handlers) {
        match handler {
            Value::Router(target) => {
                for prefix in &prefixes {
                    machine.mount(router, target, prefix.clone(), site);
                }
            }
            Value::Package(module, name) if serves_files(&module, &name) => {
                for prefix in &prefixes {
                    machine.register(router, method("get"), prefix.clone().below(), site);
                }
            }
            Value::Lost(why) => machine.unresolved(site, why),
            _ => {}
        }
    }
}
