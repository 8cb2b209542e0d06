//! The facts of all files together: which router is served under which prefix,
//! and so what the full path of each registration is.

mod mounts;
mod names;
mod route;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Location, Span};

use super::facts::{Facts, Method, Origin, Part, Registration, Row, Slot, Text};
use super::own;
use super::words::Joins;
use crate::path::{Dialect, Path};
use crate::routes::{Found, Route, Unresolved};
use crate::settings::Static;
use route::{joined, route};

/// A router by file and what it is there; fields and package variables by
/// folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Local(usize, usize),
    Named(Utf8PathBuf, String),
    Default,
}

/// Where a router is served: its prefix, and whether always.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mounted {
    root: usize,
    prefix: String,
    is_conditional: bool,
}

struct Edge {
    to: Key,
    /// None where it cannot be told.
    prefix: Option<String>,
    is_conditional: bool,
}

/// A route by its file, line and column, its method and its path.
type Told = ((usize, u32, u32), Option<String>, String);

struct Linker<'f> {
    files: &'f [(Utf8PathBuf, Facts)],
    wanted: &'f Static,
    consts: BTreeMap<(&'f Utf8Path, &'f str), Vec<&'f Text>>,
    folders: BTreeSet<&'f Utf8Path>,
    edges: BTreeMap<Key, Vec<Edge>>,
    mounted: BTreeMap<Key, Vec<Mounted>>,
    /// Routers that a call with an unknown prefix serves.
    lost: BTreeSet<Key>,
    /// Numbers of roots from here on are of routers that nothing mounts.
    first_placed: usize,
    /// Whether there are more places than are followed.
    is_cut: bool,
    /// Routes that were told, by where and what they are, with their numbers.
    told: BTreeMap<Told, usize>,
    found: Found,
}

/// Puts facts together; each is what [`super::read`] said about the file.
pub(crate) fn link(said: &[(&Utf8Path, &str)], wanted: &Static) -> Found {
    let read = said.iter().filter_map(|(path, text)| {
        serde_json::from_str::<Facts>(text).ok().map(|facts| ((*path).to_owned(), facts))
    });
    let mut files: Vec<(Utf8PathBuf, Facts)> = read.collect();
    super::interface::settle(&mut files);
    let mut linker = Linker {
        consts: BTreeMap::new(),
        folders: files.iter().filter_map(|(path, _)| path.parent()).collect(),
        files: &files,
        wanted,
        edges: BTreeMap::new(),
        mounted: BTreeMap::new(),
        lost: BTreeSet::new(),
        first_placed: usize::MAX,
        is_cut: false,
        told: BTreeMap::new(),
        found: Found::default(),
    };
    for (path, facts) in &files {
        for (name, text) in &facts.consts {
            linker.consts.entry((folder(path), name)).or_default().push(text);
        }
    }
    linker.draw_edges();
    linker.mount();
    if linker.is_cut {
        let why = "routers are mounted in more places, or deeper, than are followed";
        let start = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
        linker.unresolved(0, start, "the files as a whole", why);
    }
    for file in 0..files.len() {
        linker.registrations(file);
        linker.rows(file);
    }
    linker.found
}

fn folder(path: &Utf8Path) -> &Utf8Path {
    path.parent().unwrap_or(Utf8Path::new(""))
}

impl<'f> Linker<'f> {
    fn file(&self, file: usize) -> Option<&'f (Utf8PathBuf, Facts)> {
        self.files.get(file)
    }

    fn registrations(&mut self, file: usize) {
        let Some((_, facts)) = self.file(file) else { return };
        for registration in &facts.registrations {
            let key = self.key(file, &registration.slot);
            let places = key.as_ref().and_then(|key| self.mounted.get(key)).cloned();
            let places = places.unwrap_or_default();
            if places.is_empty() {
                self.unplaced(file, registration, key.as_ref());
                continue;
            }
            if self.mounts(file, registration).is_some() {
                continue;
            }
            if self.is_over_table(file, &registration.path) {
                continue;
            }
            let Some(path) = self.known(file, &registration.path) else {
                let why = "the path is not a constant, so it cannot be told";
                self.unresolved(file, registration.span, &registration.written, why);
                continue;
            };
            let method = match &registration.method {
                Method::Any => Some(Method::Any),
                Method::InPath => Some(Method::InPath),
                Method::Of(text) => {
                    self.known(file, text).map(|text| Method::Of(Text::literal(&text)))
                }
            };
            let Some(method) = method else {
                let why = "the method is not a constant, so it cannot be told";
                self.unresolved(file, registration.span, &registration.written, why);
                continue;
            };
            for place in places {
                let is_conditional = place.is_conditional || registration.is_conditional;
                let path = if registration.is_mount { joined(&path, "/*") } else { path.clone() };
                let router = (!is_conditional && !facts.is_conditional).then_some(place.root);
                let dialect = own(self.wanted).map_or(Dialect::Any, super::dialect);
                let joins = self.joins();
                let read = route(&method, (&place.prefix, joins), &path, dialect);
                self.found.placed += usize::from(place.root >= self.first_placed);
                self.take(file, registration.span, &registration.written, read, router);
            }
        }
    }

    /// A registration on what is not known to be served anywhere.
    fn unplaced(&mut self, file: usize, registration: &Registration, key: Option<&Key>) {
        if key.is_some_and(|key| self.lost.contains(key)) {
            return;
        }
        let is_nobodys = |facts: &Facts| {
            facts.is_importless
                && matches!(&registration.slot, Slot::Local(number)
                    if matches!(facts.locals.get(*number), Some(Origin::Result(_))))
        };
        if self.file(file).is_some_and(|(_, facts)| is_nobodys(facts)) {
            return;
        }
        let is_router = match (&registration.slot, self.file(file)) {
            (Slot::Local(number), Some((_, facts))) => {
                !matches!(facts.locals.get(*number), Some(Origin::Result(_)) | None)
            }
            (Slot::Named(name), Some((path, _))) => self.files.iter().any(|(other, facts)| {
                folder(other) == folder(path) && facts.named.iter().any(|(known, _)| known == name)
            }),
            _ => false,
        };
        let looks_like_a_route = self.known(file, &registration.path).is_some_and(|path| {
            let path = path.rsplit(' ').next().unwrap_or_default();
            path.starts_with('/')
        });
        let why = if is_router {
            "no call in the files hands this router its place, so the prefix cannot be told"
        } else if looks_like_a_route {
            "what it is called on is not known to be a router, so the path cannot be told"
        } else {
            return;
        };
        self.unresolved(file, registration.span, &registration.written, why);
    }

    /// Whether a path comes from the rows of a table that a shape found.
    fn is_over_table(&self, file: usize, path: &Text) -> bool {
        let Some((own, _)) = self.file(file) else { return false };
        path.0.iter().any(|part| match part {
            Part::Field(table, _) => self.files.iter().any(|(other, facts)| {
                folder(other) == folder(own) && facts.rows.iter().any(|row| row.table == *table)
            }),
            _ => false,
        })
    }

    /// Where the rows of a table are registered, by the loops over it: a
    /// prefix each.
    fn loops(&self, folder_of_table: &Utf8Path, table: &str) -> Vec<Option<Mounted>> {
        let mut places = Vec::new();
        for (file, (path, facts)) in self.files.iter().enumerate() {
            if folder(path) != folder_of_table {
                continue;
            }
            for registration in &facts.registrations {
                let parts = &registration.path.0;
                let is_over = |part: &Part| matches!(part, Part::Field(over, _) if over == table);
                if !parts.iter().any(is_over) {
                    continue;
                }
                let last_is_field = parts.last().is_some_and(is_over);
                let rest = parts.iter().filter(|part| !is_over(part)).cloned().collect();
                let before = self.known(file, &Text(rest)).filter(|_| last_is_field);
                let own = self.key(file, &registration.slot);
                let own = own.and_then(|key| self.mounted.get(&key)).cloned().unwrap_or_default();
                match before {
                    Some(before) if !own.is_empty() => {
                        places.extend(own.into_iter().map(|place| {
                            let prefix = joined(&place.prefix, before.trim_start());
                            let is_conditional =
                                place.is_conditional || registration.is_conditional;
                            Some(Mounted { prefix, is_conditional, ..place })
                        }))
                    }
                    _ => places.push(None),
                }
            }
        }
        places
    }

    fn rows(&mut self, file: usize) {
        let Some((path, facts)) = self.file(file) else { return };
        let mut places: BTreeMap<&str, Vec<Option<Mounted>>> = BTreeMap::new();
        for row in &facts.rows {
            let at =
                places.entry(&row.table).or_insert_with(|| self.loops(folder(path), &row.table));
            let nowhere =
                Mounted { root: usize::MAX, prefix: String::new(), is_conditional: false };
            let at = if at.is_empty() { vec![Some(nowhere)] } else { at.clone() };
            self.row(file, row, at, facts.is_conditional);
        }
    }

    fn row(&mut self, file: usize, row: &Row, places: Vec<Option<Mounted>>, is_conditional: bool) {
        let method = match &row.method {
            None => Some(Method::InPath),
            Some(text) => self.known(file, text).map(|text| match text.as_str() {
                "" | "*" | "ANY" => Method::Any,
                text => Method::Of(Text::literal(text)),
            }),
        };
        let dialect = self.wanted.shape.as_ref().map_or(Dialect::Any, |shape| shape.dialect);
        let (Some(path), Some(method)) = (self.known(file, &row.path), method) else {
            let why = "its method or path is not a constant, so it cannot be told";
            return self.unresolved(file, row.span, &row.written, why);
        };
        for place in places {
            let Some(place) = place else {
                let why = "where its table is registered cannot be told";
                self.unresolved(file, row.span, &row.written, why);
                continue;
            };
            let router = (!place.is_conditional && !is_conditional).then_some(place.root);
            let read = route(&method, (&place.prefix, Joins::AsWritten), &path, dialect);
            self.take(file, row.span, &row.written, read, router);
        }
    }

    fn take(
        &mut self,
        file: usize,
        span: Span,
        written: &str,
        read: Option<(Option<String>, Path, Option<Path>)>,
        router: Option<usize>,
    ) {
        let Some((path, _)) = self.file(file) else { return };
        let at = Location { path: path.clone(), span: Some(span), commit: None };
        match read {
            Some((method, path, also)) => {
                let place = (file, span.line, span.column);
                let key = (place, method.clone(), path.shown.clone());
                let known = self.told.get(&key).and_then(|it| self.found.routes.get_mut(*it));
                match known {
                    // Two programs may serve one router at the same place; what is
                    // served always somewhere is no matter of conditions.
                    Some(known) if router.is_none() || known.router != router => {
                        known.router = known.router.or(router);
                    }
                    _ => {
                        self.told.insert(key, self.found.routes.len());
                        self.found.routes.push(Route { method, path, also, at, router });
                    }
                }
            }
            None => {
                let why = "it is no method and path that the router knows";
                self.unresolved(file, span, written, why);
            }
        }
    }

    fn unresolved(&mut self, file: usize, span: Span, text: &str, why: &str) {
        let Some((path, _)) = self.file(file) else { return };
        let at = Location { path: path.clone(), span: Some(span), commit: None };
        // One registration of several methods is told once.
        if self.found.unresolved.last().is_some_and(|known| known.at == at) {
            return;
        }
        self.found.unresolved.push(Unresolved { at, text: text.to_owned(), why: why.to_owned() });
    }
}
