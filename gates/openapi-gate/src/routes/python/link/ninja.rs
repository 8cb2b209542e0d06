//! django-ninja: operations on an API or a router of it, which a list of Django's
//! patterns serves by `api.urls`.

use std::collections::BTreeSet;

use super::call::Called;
use super::django::Under;
use super::machine::Machine;
use super::regex;
use super::value::Value;
use super::web::{Kind, Methods};
use crate::routes::Found;

/// Deeper than anyone nests routers: a circle that serves itself.
const NESTED_MAX: usize = 24;
/// More places than any API mounts its routers at.
const PLACES_MAX: usize = 20_000;

/// Whether a class of a package is an API or a router.
pub(super) fn is_made(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    // `RouterPaginated` is one more.
    let is_router = last.starts_with("Router") || last.ends_with("Router");
    name.starts_with("ninja") && (matches!(last, "NinjaAPI" | "NinjaExtraAPI") || is_router)
}

pub(super) fn made(machine: &mut Machine<'_>, called: &Called) -> Value {
    let router = machine.new_router(Kind::Ninja, Some(String::new()), Some(called));
    if let (Value::Router(api), Some(first)) = (&router, called.keyword("default_router")) {
        include(machine, *api, Some(String::new()), Some(first), called);
    }
    router
}

pub(super) fn word(
    machine: &mut Machine<'_>,
    router: usize,
    name: &str,
    called: &Called,
) -> Option<Value> {
    match name {
        "get" | "post" | "put" | "patch" | "delete" => {
            let methods = Methods::Of(vec![name.to_ascii_uppercase()]);
            machine.register(router, Some(methods), called.argument(0, "path"), called, false);
        }
        "api_operation" | "add_api_operation" => {
            let (path, methods) = if name == "api_operation" { (1, 0) } else { (0, 1) };
            let told = called.argument(methods, "methods");
            let methods = told.and_then(|told| machine.methods(Some(told), Methods::Any));
            machine.register(router, methods, called.argument(path, "path"), called, false);
        }
        "add_router" => {
            let prefix = called.argument(0, "prefix").and_then(Value::as_text).map(str::to_owned);
            include(machine, router, prefix, called.argument(1, "router"), called);
        }
        // Classes whose methods say where they are served, in a language of their own.
        "register_controllers" | "auto_discover_controllers" => {
            machine.lose_at(called, "which routes controllers register cannot be told");
        }
        _ => return None,
    }
    Some(Value::Unknown)
}

/// Lets a router serve another, or what a package calls one.
fn include(
    machine: &mut Machine<'_>,
    router: usize,
    prefix: Option<String>,
    other: Option<&Value>,
    called: &Called,
) {
    let named = match other.and_then(Value::as_text) {
        // `"news.api.router"`
        Some(name) => match named(machine, name, called) {
            Some(value) => value,
            None => return machine.lose_at(called, "what it names is none of the files"),
        },
        None => other.cloned().unwrap_or(Value::Unknown),
    };
    match (named.router(), &named) {
        (Some(other), _) => machine.mount(router, other, prefix, called),
        (None, Value::Library(_) | Value::Made(_)) => {
            let below = prefix.map(|prefix| Value::text(&format!("{prefix}/*")));
            machine.register(router, Some(Methods::Any), below.as_ref(), called, false);
        }
        _ => machine.lose_at(called, "the router that is added here cannot be told"),
    }
}

/// What the full name of a router is; a package's where its first part is no file.
fn named(machine: &mut Machine<'_>, name: &str, called: &Called) -> Option<Value> {
    let (module, own) = name.rsplit_once('.')?;
    match machine.module(module, called.file) {
        Some(Value::Module(file)) => machine.of_module(file, own, 16),
        _ => {
            let first = name.split('.').next().unwrap_or_default();
            let is_foreign = machine.module(first, called.file).is_none();
            is_foreign.then(|| Value::Library(Machine::shared(name)))
        }
    }
}

/// Every operation of an API, in a list of patterns.
pub(super) fn routes(machine: &mut Machine<'_>, api: usize, under: &Under, found: &mut Found) {
    let mut open = vec![(api, String::new(), under.is_conditional, false, 0)];
    let mut seen: BTreeSet<(usize, String)> = BTreeSet::new();
    while let Some((router, prefix, is_conditional, is_hidden, depth)) = open.pop() {
        machine.placed.insert(router);
        if depth > NESTED_MAX || seen.len() > PLACES_MAX || !machine.steps() {
            let why = "its routers are mounted in more places, or deeper, than are followed";
            return machine.lose_file(machine.file, "urls", why);
        }
        if !seen.insert((router, prefix.clone())) {
            continue;
        }
        let of_it = machine.registrations.iter().filter(|it| it.router == router);
        for own in of_it.cloned().collect::<Vec<_>>() {
            let route = operation(&joined(&prefix, &own.path));
            let is_always = !is_conditional && !own.at.is_conditional;
            let root = is_always.then_some(under.root);
            for before in &under.prefixes {
                let full = format!("/{before}{route}");
                let is_hidden = is_hidden || own.at.is_hidden;
                super::take(machine, found, (&full, None), &own.methods, &own.at, root, is_hidden);
            }
        }
        for edge in machine.edges.iter().filter(|edge| edge.from == router) {
            match &edge.prefix {
                Some(own) => open.push((
                    edge.to,
                    joined(&prefix, own),
                    is_conditional || edge.at.is_conditional,
                    is_hidden || edge.at.is_hidden,
                    depth + 1,
                )),
                // That its prefix cannot be told was told.
                None => {
                    machine.placed.insert(edge.to);
                }
            }
        }
    }
}

/// Tells the operations of what no list of patterns serves.
pub(super) fn tell_unplaced(machine: &mut Machine<'_>) {
    let is_ninja = |router: usize| {
        machine.routers.get(router).is_some_and(|it| it.kind == Kind::Ninja)
            && !machine.placed.contains(&router)
    };
    let untold: Vec<_> =
        machine.registrations.iter().filter(|it| is_ninja(it.router)).cloned().collect();
    for registration in untold {
        let at = &registration.at;
        let why = "no list of patterns in the files serves it, so the prefix cannot be told";
        machine.file = at.file;
        machine.lose(at.span, &at.written, why);
    }
}

/// A prefix and a path as django-ninja puts them together: slashes that are doubled
/// are one, and none stands before them.
fn joined(prefix: &str, path: &str) -> String {
    let parts = [prefix, path].into_iter().filter(|part| !part.is_empty());
    let mut whole = parts.collect::<Vec<_>>().join("/");
    while whole.contains("//") {
        whole = whole.replace("//", "/");
    }
    whole.trim_start_matches('/').to_owned()
}

/// `a/{int:b}` as Django reads it.
fn operation(path: &str) -> String {
    regex::from_rule(&path.replace('{', "<").replace('}', ">"))
}
