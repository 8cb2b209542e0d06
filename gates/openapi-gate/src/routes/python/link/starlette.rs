//! FastAPI and Starlette.

use super::call::Called;
use super::machine::Machine;
use super::value::Value;
use super::web::{Entry, Kind, Methods};
use crate::routes::METHODS;

/// Words that nothing but a router has.
pub(super) const SURE: [&str; 5] = [
    "include_router",
    "add_api_route",
    "add_api_websocket_route",
    "add_websocket_route",
    "api_route",
];

/// What a class of a package makes.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let last = name.rsplit('.').next().unwrap_or(name);
    match last {
        "FastAPI" | "Starlette" => Some(Kind::App),
        "APIRouter" | "InferringRouter" => Some(Kind::Part),
        // Starlette's own may stand at the top.
        "Router" if name.starts_with("starlette") => Some(Kind::App),
        _ if last.ends_with("APIRouter") => Some(Kind::Part),
        _ => None,
    }
}

pub(super) fn made(machine: &mut Machine<'_>, name: &str, called: &Called) -> Option<Value> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_own = name.starts_with("starlette") || name.starts_with("fastapi");
    match last {
        "Route" | "Mount" | "WebSocketRoute" | "Host" | "APIRoute" if is_own => {
            return Some(machine.entry(last, called));
        }
        _ => {}
    }
    let kind = kind(name)?;
    let prefix = match called.keyword("prefix") {
        None => Some(String::new()),
        Some(value) => value.as_text().map(str::to_owned),
    };
    let router = machine.new_router(kind, prefix, Some(called));
    let routes =
        if last == "Starlette" { called.argument(1, "routes") } else { called.keyword("routes") };
    let routes = if last == "Router" { called.argument(0, "routes") } else { routes };
    if let (Some(routes), Value::Router(number)) = (routes, &router) {
        machine.add_entry(*number, routes);
    }
    Some(router)
}

pub(super) fn word(
    machine: &mut Machine<'_>,
    router: usize,
    name: &str,
    called: &Called,
) -> Option<Value> {
    let path = called.argument(0, "path");
    let of = |method: &str| Methods::Of(vec![method.to_owned()]);
    match name {
        "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "trace" => {
            // `app.get` is no dictionary's.
            let method = name.to_ascii_uppercase();
            machine.register(router, Some(of(&method)), path, called, false);
        }
        "api_route" | "add_api_route" => {
            let methods = machine.methods(called.keyword("methods"), of("GET"));
            machine.register(router, methods, path, called, false);
        }
        "route" | "add_route" => {
            let place = if name == "route" { 1 } else { 2 };
            let endpoint = called.decorated.clone();
            let endpoint = endpoint.or_else(|| called.argument(1, "route").cloned());
            let methods = methods(machine, called.argument(place, "methods"), endpoint.as_ref());
            machine.register(router, methods, path, called, false);
        }
        // No schema can have one.
        "websocket" | "websocket_route" | "add_websocket_route" | "add_api_websocket_route" => {
            machine.register(router, Some(of("GET")), path, called, true);
        }
        "include_router" => {
            let prefix = match called.keyword("prefix") {
                None => Some(String::new()),
                Some(value) => value.as_text().map(str::to_owned),
            };
            match called.argument(0, "router").and_then(Value::router) {
                Some(other) => {
                    let own = machine.routers.get(other).and_then(|it| it.prefix.clone());
                    let prefix = prefix.zip(own).map(|(outer, own)| format!("{outer}{own}"));
                    machine.mount(router, other, prefix, called);
                }
                None => {
                    let why = "the router that is included here cannot be told";
                    machine.lose_at(called, why);
                }
            }
        }
        "mount" | "host" => {
            let app = called.argument(1, "app").cloned();
            serve(machine, router, path.filter(|_| name == "mount"), app.as_ref(), called);
        }
        _ => return None,
    }
    Some(Value::Unknown)
}

/// What is mounted: a router, or what serves everything below its path.
fn serve(
    machine: &mut Machine<'_>,
    router: usize,
    path: Option<&Value>,
    app: Option<&Value>,
    called: &Called,
) {
    let prefix = match path {
        None => Some(String::new()),
        Some(path) => path.as_text().map(|it| it.trim_end_matches('/').to_owned()),
    };
    match app.and_then(Value::router) {
        Some(other) => machine.mount(router, other, prefix, called),
        None => {
            let below = prefix.map(|prefix| Value::text(&format!("{prefix}/*")));
            machine.register(router, Some(Methods::Any), below.as_ref(), called, false);
        }
    }
}

/// Adds a route of a list.
pub(super) fn add(machine: &mut Machine<'_>, router: usize, entry: &Entry) {
    let called = &entry.called;
    let path = called.argument(0, "path");
    match entry.word.as_str() {
        "Mount" | "Host" => {
            let path = path.filter(|_| entry.word == "Mount");
            let routes = called.keyword("routes");
            let app = match routes {
                Some(routes) => {
                    let inner = machine.new_router(Kind::Part, Some(String::new()), Some(called));
                    if let Value::Router(number) = inner {
                        machine.deeper(|own| own.add_entry(number, routes));
                    }
                    Some(inner)
                }
                None => called.argument(1, "app").cloned(),
            };
            serve(machine, router, path, app.as_ref(), called);
        }
        "WebSocketRoute" => {
            let get = Some(Methods::Of(vec!["GET".to_owned()]));
            machine.register(router, get, path, called, true);
        }
        _ => {
            let endpoint = called.argument(1, "endpoint").cloned();
            let methods = methods(machine, called.keyword("methods"), endpoint.as_ref());
            machine.register(router, methods, path, called, false);
        }
    }
}

/// The methods of a route of Starlette's: a function takes GET, a class what it
/// has, anything else everything.
fn methods(
    machine: &Machine<'_>,
    told: Option<&Value>,
    endpoint: Option<&Value>,
) -> Option<Methods> {
    if let None | Some(Value::Nothing) = told
        && let Some(Value::Class(class)) = endpoint
    {
        let own = machine.methods_of_class(*class);
        let is_known =
            machine.library_bases(*class, 0).iter().all(|it| it.ends_with("HTTPEndpoint"));
        return Some(if is_known && !own.is_empty() { Methods::Of(own) } else { Methods::Any });
    }
    let default = match endpoint {
        Some(Value::Instance(_) | Value::Made(_) | Value::Router(_)) => Methods::Any,
        _ => Methods::Of(vec![METHODS.first().copied().unwrap_or("GET").to_owned()]),
    };
    machine.methods(told, default)
}
