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
mod ninja;
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
/// A router that nothing mounts is served under `unmounted`, where that is given.
pub(crate) fn link(
    said: &[(&Utf8Path, &str)],
    framework: Framework,
    unmounted: Option<&str>,
) -> Found {
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
        ninja::tell_unplaced(&mut machine);
    } else {
        let served = Served::read(&machine, unmounted);
        registrations(&mut machine, &served, &mut found);
        if served.is_cut {
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

/// Where the routers are served.
#[derive(Default)]
struct Served {
    places: BTreeMap<usize, Vec<Place>>,
    /// Those that are served under a prefix that cannot be told.
    lost: BTreeSet<usize>,
    /// Those that nothing mounts.
    unmounted: BTreeSet<usize>,
    /// Whether there are more places than are followed.
    is_cut: bool,
    count: usize,
}

/// Edges by the router that they begin at.
type Below = BTreeMap<usize, Vec<usize>>;

impl Served {
    fn read(machine: &Machine<'_>, unmounted: Option<&str>) -> Served {
        let mut below = Below::new();
        for (number, edge) in machine.edges.iter().enumerate() {
            if edge.from != edge.to {
                below.entry(edge.from).or_default().push(number);
            }
        }
        let is_below: BTreeSet<usize> = machine.edges.iter().map(|edge| edge.to).collect();
        let mut served = Served::default();
        let roots = machine.routers.iter().enumerate();
        let outer: Vec<_> = roots.filter(|(root, _)| !is_below.contains(root)).collect();
        let place = |root: usize, prefix: String, is_hidden: bool| Place {
            root,
            prefix,
            is_conditional: false,
            is_hidden,
        };
        let apps = outer.iter().filter(|(_, router)| router.kind == Kind::App);
        let apps = apps.map(|(root, router)| place(*root, String::new(), router.is_hidden));
        served.spread(machine, &below, apps.collect());
        served.lose_below(machine, &below);
        if let Some(before) = unmounted {
            let parts = outer.iter().filter(|(root, _)| {
                !served.places.contains_key(root) && !served.lost.contains(root)
            });
            let parts = parts.filter_map(|(root, router)| {
                let own = router.prefix.as_deref()?;
                Some(place(*root, joined(machine.framework, before, own), router.is_hidden))
            });
            let parts: Vec<Place> = parts.collect();
            served.unmounted = parts.iter().map(|place| place.root).collect();
            served.spread(machine, &below, parts);
        }
        served
    }

    /// Serves the root of each place there, and all that is mounted on it.
    fn spread(&mut self, machine: &Machine<'_>, below: &Below, roots: Vec<Place>) {
        let mut open: Vec<(usize, Place, usize)> =
            roots.into_iter().map(|place| (place.root, place, 0)).collect();
        while let Some((router, place, depth)) = open.pop() {
            let known = self.places.entry(router).or_default();
            let same = |it: &Place| it.root == place.root && it.prefix == place.prefix;
            if known.iter().any(same) {
                continue;
            }
            if depth > NESTED_MAX || self.count > PLACES_MAX {
                self.is_cut = true;
                continue;
            }
            known.push(place.clone());
            self.count += 1;
            for edge in below.get(&router).into_iter().flatten() {
                let Some(edge) = machine.edges.get(*edge) else { continue };
                let Some(prefix) = &edge.prefix else {
                    self.lost.insert(edge.to);
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
    }

    /// What stands on a router that nobody knows the place of has none either.
    fn lose_below(&mut self, machine: &Machine<'_>, below: &Below) {
        let mut open: Vec<usize> = self.lost.iter().copied().collect();
        while let Some(router) = open.pop() {
            for edge in below.get(&router).into_iter().flatten() {
                let Some(edge) = machine.edges.get(*edge) else { continue };
                if self.lost.insert(edge.to) {
                    open.push(edge.to);
                }
            }
        }
    }
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

fn registrations(machine: &mut Machine<'_>, served: &Served, found: &mut Found) {
    for registration in std::mem::take(&mut machine.registrations) {
        let at = &registration.at;
        let Some(own) = served.places.get(&registration.router) else {
            if !served.lost.contains(&registration.router) {
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
            let before = found.routes.len();
            take(machine, found, (&full, None), &registration.methods, at, router, is_hidden);
            if served.unmounted.contains(&place.root) {
                found.placed += found.routes.len() - before;
            }
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
