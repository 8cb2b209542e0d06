//! The facts of all files together: they are run, and what they registered is
//! put under the prefixes where its routers are served.

mod aiohttp;
mod call;
mod django;
mod drf;
mod evaluate;
mod flask;
mod function;
mod machine;
mod names;
mod regex;
mod run;
mod starlette;
mod text;
mod unknown;
mod value;
mod views;
mod web;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Location;

use super::Framework;
use super::syntax::Facts;
use crate::path::{Dialect, Path};
use crate::routes::{Found, Route, Unresolved};
use machine::Machine;
use web::{At, Kind, Methods};

/// Deeper than anyone nests routers: a circle that serves itself.
const NESTED_MAX: usize = 48;
/// More places than any server mounts its routers at.
const PLACES_MAX: usize = 20_000;

/// Where a router is served.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    root: usize,
    prefix: String,
    is_conditional: bool,
    is_hidden: bool,
}

/// Puts facts together; each is what [`super::read`] said about the file.
pub(crate) fn link(said: &[(&Utf8Path, &str)], framework: Framework) -> Found {
    let read = said.iter().filter_map(|(path, text)| {
        serde_json::from_str::<Facts>(text).ok().map(|facts| ((*path).to_owned(), facts))
    });
    let mut files: Vec<(Utf8PathBuf, Facts)> = read.collect();
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut machine = Machine::new(&files, framework);
    machine.run();
    let mut found = Found::default();
    if framework == Framework::Django {
        django::routes(&mut machine, &mut found);
    } else {
        let (places, lost, is_cut) = places(&machine);
        registrations(&mut machine, &places, &lost, &mut found);
        if is_cut {
            let why = "routers are mounted in more places, or deeper, than are followed";
            machine.lose_file(0, "the files as a whole", why);
        }
    }
    if machine.is_tired() {
        let why = "they are too much to be followed; name fewer of them in 'files'";
        machine.lose_file(0, "the files as a whole", why);
    }
    for ((file, span), (text, why)) in machine.lost {
        let Some((path, _)) = files.get(file) else { continue };
        let at = Location { path: path.clone(), span: Some(span), commit: None };
        found.unresolved.push(Unresolved { at, text, why });
    }
    found
}

/// Under which prefixes each router is served, which are served under one that
/// cannot be told, and whether there are more than are followed.
fn places(machine: &Machine<'_>) -> (BTreeMap<usize, Vec<Place>>, BTreeSet<usize>, bool) {
    let mut below: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, edge) in machine.edges.iter().enumerate() {
        if edge.from != edge.to {
            below.entry(edge.from).or_default().push(number);
        }
    }
    let is_below: BTreeSet<usize> = machine.edges.iter().map(|edge| edge.to).collect();
    let mut places: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
    let mut lost: BTreeSet<usize> = BTreeSet::new();
    let mut open = Vec::new();
    for (root, router) in machine.routers.iter().enumerate() {
        if router.kind == Kind::App && !is_below.contains(&root) {
            let is_hidden = router.is_hidden;
            let place = Place { root, prefix: String::new(), is_conditional: false, is_hidden };
            open.push((root, place, 0));
        }
    }
    let (mut count, mut is_cut) = (0, false);
    while let Some((router, place, depth)) = open.pop() {
        let known = places.entry(router).or_default();
        let same = |it: &Place| it.root == place.root && it.prefix == place.prefix;
        if known.iter().any(same) {
            continue;
        }
        if depth > NESTED_MAX || count > PLACES_MAX {
            is_cut = true;
            continue;
        }
        known.push(place.clone());
        count += 1;
        for edge in below.get(&router).into_iter().flatten() {
            let Some(edge) = machine.edges.get(*edge) else { continue };
            let Some(prefix) = &edge.prefix else {
                lost.insert(edge.to);
                continue;
            };
            let is_hidden = machine.routers.get(edge.to).is_some_and(|it| it.is_hidden);
            open.push((
                edge.to,
                Place {
                    root: place.root,
                    prefix: joined(machine.framework, &place.prefix, prefix),
                    is_conditional: place.is_conditional || edge.at.is_conditional,
                    is_hidden: place.is_hidden || edge.at.is_hidden || is_hidden,
                },
                depth + 1,
            ));
        }
    }
    let mut open: Vec<usize> = lost.iter().copied().collect();
    while let Some(router) = open.pop() {
        for edge in below.get(&router).into_iter().flatten() {
            let Some(edge) = machine.edges.get(*edge) else { continue };
            if lost.insert(edge.to) {
                open.push(edge.to);
            }
        }
    }
    (places, lost, is_cut)
}

/// A prefix and a path, as the framework puts them together.
fn joined(framework: Framework, prefix: &str, path: &str) -> String {
    match framework {
        Framework::Flask if path.is_empty() || prefix.is_empty() => format!("{prefix}{path}"),
        Framework::Flask => {
            format!("{}/{}", prefix.trim_end_matches('/'), path.trim_start_matches('/'))
        }
        _ => format!("{prefix}{path}"),
    }
}

fn registrations(
    machine: &mut Machine<'_>,
    places: &BTreeMap<usize, Vec<Place>>,
    lost: &BTreeSet<usize>,
    found: &mut Found,
) {
    for registration in std::mem::take(&mut machine.registrations) {
        let at = &registration.at;
        let Some(own) = places.get(&registration.router) else {
            if !lost.contains(&registration.router) {
                let why = "no call in the files hands this router its place, so the prefix cannot be told";
                machine.file = at.file;
                machine.lose(at.span, &at.written, why);
            }
            continue;
        };
        for place in own {
            let full = joined(machine.framework, &place.prefix, &registration.path);
            let full = if full.is_empty() { "/".to_owned() } else { full };
            let full = match machine.framework {
                Framework::Flask => regex::from_rule(&full),
                _ => full,
            };
            let is_conditional = place.is_conditional || at.is_conditional;
            let is_hidden = place.is_hidden || at.is_hidden;
            let router = (!is_conditional).then_some(place.root);
            take(machine, found, (&full, None), &registration.methods, at, router, is_hidden);
        }
    }
}

/// Notes a route for each of its methods.
fn take(
    machine: &mut Machine<'_>,
    found: &mut Found,
    (full, also): (&str, Option<&str>),
    methods: &Methods,
    at: &At,
    router: Option<usize>,
    is_hidden: bool,
) {
    let Some((file, _)) = machine.files.get(at.file) else { return };
    let Some(path) = Path::read(full, Dialect::Chi) else {
        machine.file = at.file;
        return machine.lose(at.span, &at.written, "it is no path that the router knows");
    };
    let also = also.and_then(|also| Path::read(also, Dialect::Chi));
    let methods = match methods {
        Methods::Any => vec![None],
        Methods::Of(names) => names.iter().cloned().map(Some).collect(),
    };
    for method in methods {
        // A list that is put together anew under a condition holds the same again.
        if !machine.taken.insert((at.file, at.span, full.to_owned(), method.clone())) {
            continue;
        }
        let at = Location { path: file.clone(), span: Some(at.span), commit: None };
        let (path, also) = (path.clone(), also.clone());
        let routes = if is_hidden { &mut found.hidden } else { &mut found.routes };
        routes.push(Route { method, path, also, at, router });
    }
}
