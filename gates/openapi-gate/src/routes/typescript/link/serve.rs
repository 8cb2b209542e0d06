//! What is registered where, and under which prefixes that is served.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Location;

use super::path;
use super::run::Machine;
use super::value::{Made, Site, Told, Value};
use crate::path::{Dialect, Path};
use crate::routes::typescript::words::Framework;
use crate::routes::{Found, METHODS, Route, Unresolved};

/// More places than any server mounts its routers at.
const PLACES_MAX: usize = 20_000;

#[derive(Debug)]
pub(super) struct Router {
    made: Made,
    prefix: Told,
    registrations: Vec<Registration>,
    mounts: Vec<Mount>,
    last_path: Told,
    /// The call that made it, and whether something calls what that is in.
    made_by: (usize, usize),
    is_called: bool,
    /// Whether it is mounted where nobody knows, which is told there.
    is_lost: bool,
}

#[derive(Clone, Debug)]
struct Registration {
    /// None takes every method.
    method: Option<String>,
    path: Told,
    site: Site,
    is_conditional: bool,
}

#[derive(Clone, Debug)]
struct Mount {
    to: usize,
    prefix: String,
    is_conditional: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    root: usize,
    prefix: String,
    is_conditional: bool,
}

/// The places of each router, by its number.
type Places = BTreeMap<usize, Vec<Place>>;

const PREFIX: &str = "the prefix is not a constant, so the paths below it cannot be told";
const PATH: &str = "the path is not a constant, so it cannot be told";
const REGEX: &str = "the path is a regular expression, so it is no one path";
const UNMOUNTED: &str = "nothing in the files mounts this router, so the prefix cannot be told";
const UNPLACED: &str =
    "no call in the files hands this router its place, so the prefix cannot be told";
const NO_ROUTE: &str = "it is no method and path that the router knows";

fn path_is_root(path: &Told) -> bool {
    matches!(path, Told::Path(path) if path == "/")
}

impl<'f> Machine<'f> {
    pub(in super::super) fn new_router(&mut self, made: Made) -> usize {
        self.routers.push(Router {
            made,
            prefix: Told::Path(String::new()),
            registrations: Vec::new(),
            mounts: Vec::new(),
            last_path: Told::Path("*".to_owned()),
            made_by: self.here,
            is_called: !self.is_uncalled,
            is_lost: false,
        });
        self.routers.len() - 1
    }

    /// A method that registers nothing: what it is given may be run by it.
    pub(in super::super) fn other(&mut self, router: usize, arguments: &[Value]) -> Value {
        self.run_all(arguments, &[]);
        Value::Router(router)
    }

    pub(in super::super) fn register(
        &mut self,
        router: usize,
        method: Option<String>,
        path: Told,
        site: Site,
    ) {
        let is_conditional = self.conditions > 0;
        let Some(own) = self.routers.get_mut(router) else { return };
        self.is_cut |= own.registrations.len() >= PLACES_MAX;
        if own.registrations.len() < PLACES_MAX {
            own.last_path = path.clone();
            own.registrations.push(Registration { method, path, site, is_conditional });
        }
    }

    pub(in super::super) fn last_path(&self, router: usize) -> Told {
        self.routers.get(router).map_or(Told::Unknown, |own| own.last_path.clone())
    }

    pub(in super::super) fn set_last_path(&mut self, router: usize, path: Told) {
        if let Some(own) = self.routers.get_mut(router) {
            own.last_path = path;
        }
    }

    pub(in super::super) fn set_prefix(&mut self, router: usize, prefix: Told) {
        if let Some(own) = self.routers.get_mut(router) {
            own.prefix = prefix;
        }
    }

    pub(in super::super) fn mount(&mut self, router: usize, to: usize, prefix: Told, site: Site) {
        let why = match prefix {
            Told::Path(_) => None,
            Told::Regex => Some(REGEX),
            Told::Unknown => Some(PREFIX),
        };
        if let Some(why) = why {
            self.unresolved(site, why);
        }
        self.mount_quietly(router, to, prefix);
    }

    pub(super) fn mount_quietly(&mut self, router: usize, to: usize, prefix: Told) {
        let is_conditional = self.conditions > 0;
        let Told::Path(prefix) = prefix else {
            if let Some(own) = self.routers.get_mut(to) {
                own.is_lost = true;
            }
            return;
        };
        let Some(own) = self.routers.get_mut(router).filter(|_| router != to) else { return };
        self.is_cut |= own.mounts.len() >= PLACES_MAX;
        if own.mounts.len() < PLACES_MAX {
            own.mounts.push(Mount { to, prefix, is_conditional });
        }
    }

    /// A new router below another.
    pub(in super::super) fn below(&mut self, router: usize, prefix: Told, site: Site) -> usize {
        let below = self.new_router(Made::Router);
        self.mount(router, below, prefix, site);
        below
    }

    /// The path that a value is.
    pub(in super::super) fn path(&self, value: &Value) -> Told {
        match value {
            Value::Text(text) => Told::Path(text.to_string()),
            Value::Regex => Told::Regex,
            _ => Told::Unknown,
        }
    }

    /// The paths that a value is: one, or those of a list.
    pub(in super::super) fn paths(&self, value: &Value) -> Vec<Told> {
        match value {
            Value::List(list) => self.list(*list).iter().map(|own| self.path(own)).collect(),
            other => vec![self.path(other)],
        }
    }

    pub(in super::super) fn unresolved(&mut self, site: Site, why: &'static str) {
        self.unresolved.insert((site.file, site.number, why));
    }

    /// Every route with its full path.
    pub(super) fn found(&mut self, unmounted: Option<&str>) -> Found {
        let (places, placed) = self.places(unmounted);
        let (mut found, mut seen) = (Found::default(), BTreeSet::new());
        let mut untold = Vec::new();
        for (number, router) in self.routers.iter().enumerate() {
            let own: &[Place] = places.get(&number).map_or(&[], Vec::as_slice);
            for registration in &router.registrations {
                let site = registration.site;
                if own.is_empty() {
                    if !router.is_lost {
                        let why = match router.made {
                            Made::Unplaced => UNPLACED,
                            _ => UNMOUNTED,
                        };
                        untold.push((site, why));
                    }
                    continue;
                }
                let path = match &registration.path {
                    Told::Path(path) => path,
                    Told::Regex => {
                        untold.push((site, REGEX));
                        continue;
                    }
                    Told::Unknown => {
                        untold.push((site, PATH));
                        continue;
                    }
                };
                for place in own {
                    let is_method = registration
                        .method
                        .as_ref()
                        .is_none_or(|own| METHODS.contains(&own.as_str()));
                    let whole = path::joined(self.framework, &place.prefix, path);
                    let read = whole.and_then(|whole| path::read(self.framework, &whole));
                    let (Some((path, also)), true, Some(at)) = (read, is_method, self.at(site))
                    else {
                        untold.push((site, NO_ROUTE));
                        continue;
                    };
                    // Fastify serves the root of a prefix with and without its slash.
                    let is_root = self.framework == Framework::Fastify
                        && path_is_root(&registration.path)
                        && !place.prefix.is_empty();
                    let also = match is_root {
                        true => Path::read(&format!("{}/", path.shown), Dialect::Any),
                        false => also,
                    };
                    let method = registration.method.clone();
                    if !seen.insert((method.clone(), path.shown.clone(), site)) {
                        continue;
                    }
                    let is_always = !registration.is_conditional && !place.is_conditional;
                    // Where a second one is no mistake, each is its own.
                    let root = match self.framework.refuses_duplicates() {
                        true => place.root,
                        false => usize::MAX - found.routes.len(),
                    };
                    let router = is_always.then_some(root);
                    found.placed += usize::from(placed.contains(&place.root));
                    found.routes.push(Route { method, path, also, at, router });
                }
            }
        }
        let told: BTreeSet<Site> = seen.iter().map(|(_, _, site)| *site).collect();
        for (site, why) in untold {
            // Told on the way on which something calls it.
            if !told.contains(&site) || !matches!(why, UNPLACED | UNMOUNTED) {
                self.unresolved(site, why);
            }
        }
        found.unresolved = self.untold();
        found
    }

    /// Under which prefixes each router is served, and which of them are served
    /// there because the options say so.
    fn places(&mut self, unmounted: Option<&str>) -> (Places, BTreeSet<usize>) {
        let mounted: BTreeSet<usize> =
            self.routers.iter().flat_map(|own| own.mounts.iter().map(|mount| mount.to)).collect();
        // What was made once more only because nothing was seen to call it.
        let served: BTreeSet<(usize, usize)> = self
            .routers
            .iter()
            .enumerate()
            .filter(|(at, own)| own.is_called || mounted.contains(at))
            .map(|(_, own)| own.made_by)
            .collect();
        for (at, own) in self.routers.iter_mut().enumerate() {
            let is_again = !own.is_called && !mounted.contains(&at) && own.made != Made::Unplaced;
            own.is_lost |= is_again && served.contains(&own.made_by);
        }
        let mut open = Vec::new();
        for (root, router) in self.routers.iter().enumerate() {
            if router.made == Made::App && !mounted.contains(&root) && !router.is_lost {
                open.push((root, Place { root, prefix: String::new(), is_conditional: false }, 0));
            }
        }
        let mut places = Places::new();
        self.spread(&mut places, open);
        self.lose_below();
        let Some(before) = unmounted else { return (places, BTreeSet::new()) };
        let outer =
            self.routers.iter().enumerate().filter(|(at, own)| {
                !places.contains_key(at) && !mounted.contains(at) && !own.is_lost
            });
        let placed: BTreeSet<usize> = outer.map(|(at, _)| at).collect();
        let place = |root: usize| Place { root, prefix: before.to_owned(), is_conditional: false };
        self.spread(&mut places, placed.iter().map(|root| (*root, place(*root), 0)).collect());
        (places, placed)
    }

    /// Serves each router at its place, and all that is mounted on it.
    fn spread(&mut self, places: &mut Places, mut open: Vec<(usize, Place, usize)>) {
        let mut count = 0;
        while let Some((number, place, depth)) = open.pop() {
            let Some(router) = self.routers.get(number) else { continue };
            let Told::Path(own) = &router.prefix else {
                self.routers.get_mut(number).into_iter().for_each(|own| own.is_lost = true);
                continue;
            };
            let Some(prefix) = path::mounted(self.framework, &place.prefix, own) else { continue };
            let place = Place { prefix, ..place };
            let known = places.entry(number).or_default();
            let is_known =
                known.iter().any(|it| it.root == place.root && it.prefix == place.prefix);
            if is_known {
                continue;
            }
            // Deeper than anyone nests routers: a circle that mounts itself.
            if depth > 64 || count > PLACES_MAX {
                self.is_cut = true;
                continue;
            }
            known.push(place.clone());
            count += 1;
            for mount in &router.mounts {
                let Some(prefix) = path::mounted(self.framework, &place.prefix, &mount.prefix)
                else {
                    continue;
                };
                let is_conditional = place.is_conditional || mount.is_conditional;
                open.push((
                    mount.to,
                    Place { root: place.root, prefix, is_conditional },
                    depth + 1,
                ));
            }
        }
    }

    /// What a router that is mounted nobody knows where serves is not told again.
    fn lose_below(&mut self) {
        let mut lost: Vec<usize> = self
            .routers
            .iter()
            .enumerate()
            .filter(|(_, own)| own.is_lost)
            .map(|(at, _)| at)
            .collect();
        while let Some(at) = lost.pop() {
            let below: Vec<usize> = self
                .routers
                .get(at)
                .map(|own| own.mounts.iter().map(|mount| mount.to).collect())
                .unwrap_or_default();
            for to in below {
                if let Some(own) = self.routers.get_mut(to)
                    && !own.is_lost
                {
                    own.is_lost = true;
                    lost.push(to);
                }
            }
        }
    }

    pub(in super::super) fn at(&self, site: Site) -> Option<Location> {
        let (path, facts) = self.files.get(site.file)?;
        let span = facts.sites.get(site.number)?.span;
        Some(Location { path: path.clone(), span: Some(span), commit: None })
    }

    /// Everything that could not be told, each place once.
    pub(in super::super) fn untold(&self) -> Vec<Unresolved> {
        let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
        for (file, number, why) in &self.unresolved {
            let site = Site { file: *file, number: *number };
            let text = self.facts(*file).and_then(|facts| facts.sites.get(*number));
            let text = text.map_or("", |site| &site.written).to_owned();
            if let Some(at) = self.at(site)
                && seen.insert((*file, at.span.map(|span| (span.line, span.column))))
            {
                all.push(Unresolved { at, text, why: (*why).to_owned() });
            }
        }
        if (self.fuel == 0 || self.is_cut)
            && let Some((path, _)) = self.files.first()
        {
            all.push(Unresolved {
                at: Location::file(path),
                text: "the files as a whole".to_owned(),
                why: "they are too much to be followed; name fewer of them in 'files'".to_owned(),
            });
        }
        all
    }
}
