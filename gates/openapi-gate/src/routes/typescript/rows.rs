//! Routes of a table or registrar of one's own, which the options describe by a
//! shape. Each is one wherever it stands: whether what it stands in is ever run
//! is for its registrar to know.

use super::link::{Machine, Site, Told, Value};
use crate::routes::{Found, METHODS, Route, Shape, Unresolved};

const CONSTANT: &str = "its method or path is not a constant, so it cannot be told";
const NO_ROUTE: &str = "it is no method and path that the router knows";

/// Whether a file may have what the shape describes.
pub(super) fn may_have(shape: &Shape, has: impl Fn(&str) -> bool) -> bool {
    let named = shape.elements.iter().filter_map(|it| it.name.as_deref());
    let called = shape.head.last().filter(|name| *name != "$_").map(String::as_str);
    named.chain(called).all(&has) && ["\"/", "'/", "`/"].into_iter().any(has)
}

/// Adds what the shape describes in each file.
pub(super) fn add(machine: &mut Machine<'_>, found: &mut Found) {
    let files = machine.files;
    for (file, (_, facts)) in files.iter().enumerate() {
        if facts.rows.is_empty() {
            continue;
        }
        let mut around = machine.around(file);
        for row in &facts.rows {
            let scope = machine.scope_at(&mut around, row.path);
            let method = row.method.map(|id| machine.value(file, scope, id));
            let path = machine.value(file, scope, row.path);
            let methods = method.as_ref().map(|own| methods(machine, own));
            let site = Site { file, number: row.site };
            let why = match (methods, machine.path(&path)) {
                (Some(None), Told::Path(path)) if row.is_doubtful && !path.starts_with('/') => {
                    continue;
                }
                (Some(None), Told::Unknown | Told::Regex) if row.is_doubtful => continue,
                (Some(Some(methods)), Told::Path(path)) => {
                    take(machine, found, site, methods, &path)
                }
                (None, Told::Path(path)) => {
                    let (method, path) = in_path(&path);
                    take(machine, found, site, vec![method], path)
                }
                _ => Some(CONSTANT),
            };
            if let (Some(why), Some(at)) = (why, machine.at(site)) {
                let text = facts.sites.get(row.site).map_or("", |site| &site.written).to_owned();
                found.unresolved.push(Unresolved { at, text, why: why.to_owned() });
            }
        }
    }
}

/// Adds a route for each method; why not, otherwise.
fn take(
    machine: &Machine<'_>,
    found: &mut Found,
    site: Site,
    methods: Vec<Option<String>>,
    path: &str,
) -> Option<&'static str> {
    let read = path.starts_with('/').then(|| machine.read_path(path)).flatten();
    let (Some((path, also)), Some(at)) = (read, machine.at(site)) else { return Some(NO_ROUTE) };
    for method in methods {
        // Whether a second one is a mistake is for its registrar to know.
        let router = Some(usize::MAX - found.routes.len());
        let (path, also, at) = (path.clone(), also.clone(), at.clone());
        found.routes.push(Route { method, path, also, at, router });
    }
    None
}

/// The methods that a value names; none where it names something else.
fn methods(machine: &Machine<'_>, value: &Value) -> Option<Vec<Option<String>>> {
    let texts = machine.texts(value)?.into_iter().map(|text| text.to_ascii_uppercase());
    texts
        .map(|text| match text.as_str() {
            "*" | "ALL" | "ANY" => Some(None),
            own => METHODS.contains(&own).then_some(Some(text)),
        })
        .collect()
}

/// `GET /a`, or a path alone.
fn in_path(text: &str) -> (Option<String>, &str) {
    match text.split_once(' ') {
        Some((method, path)) if METHODS.contains(&method) => {
            (Some(method.to_owned()), path.trim_start())
        }
        _ => (None, text),
    }
}
