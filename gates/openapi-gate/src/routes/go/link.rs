//! The facts of all files together: which router is served under which prefix,
//! and so what the full path of each registration is.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Location, Span};

use super::facts::{Callee, Facts, Method, Origin, Part, Registration, Row, Slot, Target, Text};
use super::words::{Joins, Words};
use crate::path::{Dialect, Path};
use crate::routes::{Found, METHODS, Route, Unresolved};
use crate::settings::{Framework, Static};

/// More places than any server mounts its routers at.
const PLACES_MAX: usize = 20_000;

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

struct Linker<'f> {
    files: &'f [(Utf8PathBuf, Facts)],
    wanted: &'f Static,
    consts: BTreeMap<(&'f Utf8Path, &'f str), Vec<&'f Text>>,
    folders: BTreeSet<&'f Utf8Path>,
    edges: BTreeMap<Key, Vec<Edge>>,
    mounted: BTreeMap<Key, Vec<Mounted>>,
    /// Routers that a call with an unknown prefix serves.
    lost: BTreeSet<Key>,
    found: Found,
}

/// Puts facts together; each is what [`super::read`] said about the file.
pub(crate) fn link(said: &[(&Utf8Path, &str)], wanted: &Static) -> Found {
    let read = said.iter().filter_map(|(path, text)| {
        serde_json::from_str::<Facts>(text).ok().map(|facts| ((*path).to_owned(), facts))
    });
    let files: Vec<(Utf8PathBuf, Facts)> = read.collect();
    let mut linker = Linker {
        consts: BTreeMap::new(),
        folders: files.iter().filter_map(|(path, _)| path.parent()).collect(),
        files: &files,
        wanted,
        edges: BTreeMap::new(),
        mounted: BTreeMap::new(),
        lost: BTreeSet::new(),
        found: Found::default(),
    };
    for (path, facts) in &files {
        for (name, text) in &facts.consts {
            linker.consts.entry((folder(path), name)).or_default().push(text);
        }
    }
    linker.draw_edges();
    linker.mount();
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

    fn key(&self, file: usize, slot: &Slot) -> Option<Key> {
        let (path, _) = self.file(file)?;
        match slot {
            Slot::Local(number) => Some(Key::Local(file, *number)),
            Slot::Named(name) => Some(Key::Named(folder(path).to_owned(), name.clone())),
            Slot::Default => Some(Key::Default),
            Slot::Unknown => None,
        }
    }

    /// The functions that a call in `file` can mean, each with its file; more
    /// than one only where they are the same function under build tags.
    fn functions(&self, file: usize, callee: &Callee) -> Vec<(usize, usize)> {
        let Some((path, _)) = self.file(file) else { return Vec::new() };
        let all = self.files.iter().enumerate().flat_map(|(file, (path, facts))| {
            let own = facts.functions.iter().enumerate();
            own.map(move |(index, function)| (file, index, folder(path), function))
        });
        let own = folder(path);
        let (folder, receiver, name) = match callee {
            Callee::Plain(name) => (Some(own), Some(None), name),
            Callee::Of(import, name) => match self.folder_of(import) {
                Some(folder) => (Some(folder), Some(None), name),
                None => return Vec::new(),
            },
            Callee::Method(Some(receiver), name) => {
                (Some(own), Some(Some(receiver.as_str())), name)
            }
            Callee::Method(None, name) => (None, None, name),
        };
        let fits: Vec<_> = all
            .filter(|(_, _, at, function)| {
                function.name == *name
                    && folder.is_none_or(|folder| folder == *at)
                    && match receiver {
                        Some(receiver) => function.receiver.as_deref() == receiver,
                        None => function.receiver.is_some(),
                    }
            })
            .collect();
        // A method of an unknown type: of this package if there is one.
        let near = fits.iter().any(|(_, _, at, _)| *at == own);
        let fits: Vec<_> = fits.into_iter().filter(|(_, _, at, _)| !near || *at == own).collect();
        let kinds: BTreeSet<_> =
            fits.iter().map(|(_, _, at, it)| (*at, it.receiver.as_deref())).collect();
        if kinds.len() > 1 {
            return Vec::new();
        }
        fits.into_iter().map(|(file, index, _, _)| (file, index)).collect()
    }

    /// The folder of this repository that holds the package imported by that
    /// path: the longest one that the path ends with.
    fn folder_of(&self, import: &str) -> Option<&'f Utf8Path> {
        let ends = |folder: &&&Utf8Path| {
            let folder = folder.as_str();
            !folder.is_empty()
                && import
                    .strip_suffix(folder)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        self.folders.iter().filter(ends).max_by_key(|folder| folder.as_str().len()).copied()
    }

    fn known(&self, file: usize, text: &Text) -> Option<String> {
        let (path, _) = self.file(file)?;
        self.known_in(folder(path), text, 8)
    }

    fn known_in(&self, folder: &Utf8Path, text: &Text, depth: usize) -> Option<String> {
        let mut known = String::new();
        for part in &text.0 {
            let (folder, name) = match part {
                Part::Literal(text) => {
                    known.push_str(text);
                    continue;
                }
                Part::Name(name) => (folder, name),
                Part::Of(import, name) => (self.folder_of(import)?, name),
                Part::Field(..) | Part::Unknown => return None,
            };
            let values = self.consts.get(&(folder, name.as_str()))?;
            let depth = depth.checked_sub(1)?;
            let (first, rest) = values.split_first()?;
            let value = self.known_in(folder, first, depth)?;
            if rest.iter().any(|other| self.known_in(folder, other, depth).as_ref() != Some(&value))
            {
                return None;
            }
            known.push_str(&value);
        }
        Some(known)
    }

    /// The routers that a target is.
    fn keys(&self, file: usize, target: &Target) -> Vec<Key> {
        // Longer than any chain of functions that return each other's router.
        self.keys_within(file, target, 8)
    }

    fn keys_within(&self, file: usize, target: &Target, depth: usize) -> Vec<Key> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        match target {
            Target::Slot(Slot::Local(number)) => {
                let origin = self.file(file).and_then(|(_, facts)| facts.locals.get(*number));
                match origin {
                    // Whether that is a router at all is for its function to say.
                    Some(Origin::Result(callee)) => {
                        self.keys_within(file, &Target::Result(callee.clone()), depth)
                    }
                    _ => vec![Key::Local(file, *number)],
                }
            }
            Target::Slot(slot) => self.key(file, slot).into_iter().collect(),
            Target::Result(callee) => {
                let of = |(file, index): (usize, usize)| {
                    let function =
                        self.file(file).and_then(|(_, facts)| facts.functions.get(index));
                    let slots = function.into_iter().flat_map(|function| &function.returns);
                    let keys =
                        |slot: &Slot| self.keys_within(file, &Target::Slot(slot.clone()), depth);
                    slots.flat_map(keys).collect::<Vec<_>>()
                };
                self.functions(file, callee).into_iter().flat_map(of).collect()
            }
            Target::Argument(callee, place) => {
                let of = |(file, index): (usize, usize)| {
                    let (_, facts) = self.file(file)?;
                    let function = facts.functions.get(index)?;
                    let own = function.parameters.iter().find(|(at, _)| at == place)?;
                    Some(Key::Local(file, own.1))
                };
                self.functions(file, callee).into_iter().filter_map(of).collect()
            }
        }
    }

    fn draw(&mut self, from: Key, to: Vec<Key>, prefix: Option<String>, is_conditional: bool) {
        for to in to.into_iter().filter(|to| *to != from) {
            let edge = Edge { to, prefix: prefix.clone(), is_conditional };
            self.edges.entry(from.clone()).or_default().push(edge);
        }
    }

    fn draw_edges(&mut self) {
        for (file, (_, facts)) in self.files.iter().enumerate() {
            for link in &facts.links {
                let Some(from) = self.key(file, &link.from) else { continue };
                let to = self.keys(file, &link.to);
                let prefix = self.known(file, &link.prefix);
                if prefix.is_none() && !to.is_empty() {
                    let why = "the prefix is not a constant, so the paths below it cannot be told";
                    self.unresolved(file, link.span, &link.written, why);
                }
                self.draw(from, to, prefix, link.is_conditional || facts.is_conditional);
            }
            for (number, origin) in facts.locals.iter().enumerate() {
                if let Origin::Result(callee) = origin {
                    let to = self.keys(file, &Target::Result(callee.clone()));
                    // Both names mean the same router.
                    for key in to {
                        let own = Key::Local(file, number);
                        self.draw(own.clone(), vec![key.clone()], Some(String::new()), false);
                        self.draw(key, vec![own], Some(String::new()), false);
                    }
                }
            }
            for registration in &facts.registrations {
                let Some(target) = self.mounts(file, registration) else { continue };
                let Some(from) = self.key(file, &registration.slot) else { continue };
                let prefix = self.prefix_of(file, registration);
                if prefix.is_none() {
                    let why = "the prefix is not a constant, so the paths below it cannot be told";
                    self.unresolved(file, registration.span, &registration.written, why);
                }
                self.draw(
                    from,
                    target,
                    prefix,
                    registration.is_conditional || facts.is_conditional,
                );
            }
        }
    }

    /// The routers that a registration hands everything below it to.
    fn mounts(&self, file: usize, registration: &Registration) -> Option<Vec<Key>> {
        let target = registration.target.as_ref()?;
        Some(self.keys(file, target)).filter(|keys| !keys.is_empty())
    }

    /// What stands before the paths of the router that is mounted there.
    fn prefix_of(&self, file: usize, registration: &Registration) -> Option<String> {
        let path = self.known(file, &registration.path)?;
        match (self.wanted.framework, &registration.strips) {
            (Some(Framework::NetHttp), None) => Some(String::new()),
            (Some(Framework::NetHttp), Some(strips)) => self.known(file, strips),
            _ => Some(path),
        }
    }

    /// Finds out under which prefixes each router is served.
    fn mount(&mut self) {
        let has_parent = self.with_parent();
        let mut roots: BTreeSet<Key> = BTreeSet::from([Key::Default]);
        for (file, (path, facts)) in self.files.iter().enumerate() {
            for (number, origin) in facts.locals.iter().enumerate() {
                if matches!(origin, Origin::New | Origin::Top) {
                    roots.insert(Key::Local(file, number));
                }
            }
            let made = facts.named.iter().filter(|(_, is_made)| *is_made);
            roots.extend(made.map(|(name, _)| Key::Named(folder(path).to_owned(), name.clone())));
        }
        let roots: Vec<Key> = roots.into_iter().filter(|key| !has_parent.contains(key)).collect();
        // A router that was made and is mounted nowhere here is served as it is.
        let mut open: Vec<(Key, Mounted, usize)> = Vec::new();
        for (root, key) in roots.into_iter().enumerate() {
            open.push((key, Mounted { root, prefix: String::new(), is_conditional: false }, 0));
        }
        let (mut places, joins) = (0, self.joins());
        while let Some((key, place, depth)) = open.pop() {
            let known = self.mounted.entry(key.clone()).or_default();
            let same = |it: &&Mounted| it.root == place.root && it.prefix == place.prefix;
            // Deeper than anyone nests routers: a circle that mounts itself.
            if known.iter().any(|it| same(&it)) || depth > 64 || places > PLACES_MAX {
                continue;
            }
            known.push(place.clone());
            places += 1;
            for edge in self.edges.get(&key).into_iter().flatten() {
                match &edge.prefix {
                    Some(prefix) => open.push((
                        edge.to.clone(),
                        Mounted {
                            root: place.root,
                            prefix: joined_by(&place.prefix, prefix, joins),
                            is_conditional: place.is_conditional || edge.is_conditional,
                        },
                        depth + 1,
                    )),
                    None => {
                        self.lost.insert(edge.to.clone());
                    }
                }
            }
        }
        let mut lost: Vec<Key> = self.lost.iter().cloned().collect();
        while let Some(key) = lost.pop() {
            for edge in self.edges.get(&key).into_iter().flatten() {
                if self.lost.insert(edge.to.clone()) {
                    lost.push(edge.to.clone());
                }
            }
        }
    }

    fn joins(&self) -> Joins {
        self.wanted.framework.map_or(Joins::AsWritten, |it| Words::of(it).joins)
    }

    /// Routers that another one serves, by any of their names.
    fn with_parent(&self) -> BTreeSet<Key> {
        let is_same = |from: &Key, to: &Key| {
            self.edges.get(to).is_some_and(|edges| edges.iter().any(|edge| edge.to == *from))
        };
        let edges = self
            .edges
            .iter()
            .flat_map(|(from, edges)| edges.iter().map(move |edge| (from, &edge.to)));
        let (same, below): (Vec<_>, Vec<_>) = edges.partition(|(from, to)| is_same(from, to));
        let mut found: BTreeSet<Key> = below.into_iter().map(|(_, to)| to.clone()).collect();
        let mut open: Vec<Key> = found.iter().cloned().collect();
        while let Some(key) = open.pop() {
            let names = same.iter().filter(|(from, _)| **from == key).map(|(_, to)| (*to).clone());
            let new: Vec<Key> = names.filter(|name| !found.contains(name)).collect();
            found.extend(new.iter().cloned());
            open.extend(new);
        }
        found
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
                let dialect = self.wanted.framework.map_or(Dialect::Any, Framework::dialect);
                let joins = self.joins();
                let read = route(&method, (&place.prefix, joins), &path, dialect);
                self.take(file, registration.span, &registration.written, read, router);
            }
        }
    }

    /// A registration on what is not known to be served anywhere.
    fn unplaced(&mut self, file: usize, registration: &Registration, key: Option<&Key>) {
        if key.is_some_and(|key| self.lost.contains(key)) {
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
                self.found.routes.push(Route { method, path, also, at, router });
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
        self.found.unresolved.push(Unresolved { at, text: text.to_owned(), why: why.to_owned() });
    }
}

/// Method and path of a registration under a prefix.
fn route(
    method: &Method,
    (prefix, joins): (&str, Joins),
    written: &str,
    dialect: Dialect,
) -> Option<(Option<String>, Path, Option<Path>)> {
    let (method, rest) = match method {
        Method::Any => (None, written),
        Method::Of(text) => (Some(text.known()?.to_ascii_uppercase()), written),
        Method::InPath => match written.split_once([' ', '\t']) {
            Some((method, rest)) => (Some(method.to_owned()), rest.trim_start()),
            None => (None, written),
        },
    };
    if method.as_ref().is_some_and(|method| !METHODS.contains(&method.as_str())) {
        return None;
    }
    // `example.com/path`: the host is no part of what a specification compares.
    let rest = match dialect {
        Dialect::NetHttp => rest.find('/').and_then(|at| rest.get(at..))?,
        _ => rest,
    };
    let full = match joined_by(prefix, rest, joins) {
        full if full.is_empty() && dialect == Dialect::Any => "/".to_owned(),
        full => full,
    };
    // Fiber's last parameter may be left out: `/a/:id?`.
    if let Some(whole) = full.strip_suffix('?').filter(|_| dialect == Dialect::Any)
        && let Some((bare, _)) = whole.rsplit_once("/:")
    {
        let bare = if bare.is_empty() { "/" } else { bare };
        return Some((method, Path::read(whole, dialect)?, Path::read(bare, dialect)));
    }
    let path = Path::read(&full, dialect)?;
    // A mounted chi router serves its root with and without the slash.
    let is_root = dialect == Dialect::Chi && rest == "/" && !prefix.is_empty();
    if is_root {
        let bare = Path::read(prefix.trim_end_matches('/'), dialect);
        return Some((method, bare.unwrap_or_else(|| path.clone()), Some(path)));
    }
    Some((method, path, None))
}

/// A prefix and a path, as the framework puts them together.
fn joined_by(prefix: &str, path: &str, joins: Joins) -> String {
    match joins {
        Joins::BySlash if !path.is_empty() && !path.starts_with('/') => {
            joined(prefix, &format!("/{path}"))
        }
        _ => joined(prefix, path),
    }
}

/// A prefix and a path, with one slash between them.
fn joined(prefix: &str, path: &str) -> String {
    if path.is_empty() {
        return prefix.to_owned();
    }
    let prefix = prefix.strip_suffix('*').unwrap_or(prefix).trim_end_matches('/');
    if prefix.is_empty() { path.to_owned() } else { format!("{prefix}{path}") }
}
