//! `hono`, and `@hono/zod-openapi`

use super::{is_verb, method};
use crate::routes::typescript::link::{Machine, Made, Site, Told, Value};

pub(super) fn made(module: &str, name: &str) -> Option<Made> {
    if module == "hono/factory" || module == "hono" {
        let is_app = matches!(name, "Hono" | "createFactory().createApp" | "Factory().createApp");
        return is_app.then_some(Made::App);
    }
    let is_app = module.contains("hono") && matches!(name, "Hono" | "OpenAPIHono");
    is_app.then_some(Made::App)
}

pub(super) fn called(
    machine: &mut Machine<'_>,
    router: usize,
    name: &str,
    arguments: &[Value],
    site: Option<Site>,
) -> Value {
    let Some(site) = site else { return machine.other(router, arguments) };
    match (name, arguments) {
        // Handlers alone: on the path that was named last.
        (name, [first, ..]) if is_verb(name) && matches!(first, Value::Function(_)) => {
            let path = machine.last_path(router);
            machine.register(router, method(name), path, site);
        }
        (name, [first, ..]) if is_verb(name) => {
            for path in machine.paths(first) {
                machine.register(router, method(name), path, site);
            }
        }
        ("on", [methods, paths, ..]) => match machine.texts(methods) {
            None => machine.unresolved(site, "the method is not a constant, so it cannot be told"),
            Some(methods) => {
                for path in machine.paths(paths) {
                    for own in &methods {
                        let own = Some(own.to_ascii_uppercase()).filter(|own| own != "ALL");
                        machine.register(router, own, path.clone(), site);
                    }
                }
            }
        },
        // Documents and routes in one: `createRoute({ method, path })`.
        ("openapi", [route, ..]) => {
            let method = machine.field(route, "method");
            let path = machine.field(route, "path");
            let path = match machine.path(&path) {
                Told::Path(path) => Told::Path(of_document(&path)),
                other => other,
            };
            match machine.texts(&method) {
                Some(methods) => methods.iter().for_each(|own| {
                    machine.register(router, Some(own.to_ascii_uppercase()), path.clone(), site);
                }),
                None => machine.unresolved(site, "the route is not an object of constants"),
            }
        }
        ("route", [path]) | ("basePath", [path]) => {
            let prefix = machine.path(path);
            return Value::Router(machine.below(router, prefix, site));
        }
        ("route", [path, target]) => {
            let prefix = machine.path(path);
            match target {
                Value::Router(target) => machine.mount(router, *target, prefix, site),
                Value::Lost(why) => machine.unresolved(site, why),
                _ => machine.unresolved(site, "what is mounted here is not known to be a router"),
            }
        }
        ("mount", [path, ..]) => {
            let path = machine.path(path).below();
            machine.register(router, None, path, site);
        }
        ("use", [Value::Text(path), ..]) => {
            machine.set_last_path(router, Told::Path(path.to_string()))
        }
        _ => {}
    }
    Value::Router(router)
}

/// `/a/{id}` of a document as `/a/:id` of the router.
fn of_document(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        name.map_or_else(|| part.to_owned(), |name| format!(":{name}"))
    });
    parts.collect::<Vec<_>>().join("/")
}
