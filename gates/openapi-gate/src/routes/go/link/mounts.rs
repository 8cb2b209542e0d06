//! Which router is served under which prefix.

use std::collections::BTreeSet;

use super::super::facts::{Origin, Registration, Slot, Target};
use super::super::own;
use super::super::words::{Framework, Joins, Words};
use super::route::joined_by;
use super::{Edge, Key, Linker, Mounted, folder};

/// More places than any server mounts its routers at.
const PLACES_MAX: usize = 20_000;

impl Linker<'_> {
    fn draw(&mut self, from: Key, to: Vec<Key>, prefix: Option<String>, is_conditional: bool) {
        for to in to.into_iter().filter(|to| *to != from) {
            let edge = Edge { to, prefix: prefix.clone(), is_conditional };
            self.edges.entry(from.clone()).or_default().push(edge);
        }
    }

    pub(super) fn draw_edges(&mut self) {
        for (file, (_, facts)) in self.files.iter().enumerate() {
            for link in &facts.links {
                let Some(from) = self.giver(file, &link.from) else { continue };
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
                let Some(from) = self.giver(file, &registration.slot) else { continue };
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

    /// What may serve another router: none where it is what a function gives that
    /// gives no router, as `cors.New(…)` in `cors.New(…).Handler(r)`.
    fn giver(&self, file: usize, slot: &Slot) -> Option<Key> {
        if let Slot::Local(number) = slot
            && let Some((_, facts)) = self.file(file)
            && let Some(Origin::Result(callee)) = facts.locals.get(*number)
            && self.keys(file, &Target::Result(callee.clone())).is_empty()
        {
            return None;
        }
        self.key(file, slot)
    }

    /// The routers that a registration hands everything below it to.
    pub(super) fn mounts(&self, file: usize, registration: &Registration) -> Option<Vec<Key>> {
        let target = registration.target.as_ref()?;
        Some(self.keys(file, target)).filter(|keys| !keys.is_empty())
    }

    /// What stands before the paths of the router that is mounted there.
    fn prefix_of(&self, file: usize, registration: &Registration) -> Option<String> {
        let path = self.known(file, &registration.path)?;
        match (own(self.wanted), &registration.strips) {
            (Some(Framework::NetHttp), None) => Some(String::new()),
            (Some(Framework::NetHttp), Some(strips)) => self.known(file, strips),
            _ => Some(path),
        }
    }

    /// Finds out under which prefixes each router is served.
    pub(super) fn mount(&mut self) {
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
        let mut places = 0;
        self.first_placed = roots.len();
        self.spread(roots, 0, "", &mut places);
        self.lose_below();
        if let Some(prefix) = &self.wanted.unmounted {
            let rest = self.unmounted(&has_parent);
            self.spread(rest, self.first_placed, prefix, &mut places);
        }
    }

    /// Routers that nothing mounts, the outermost of each.
    fn unmounted(&self, has_parent: &BTreeSet<Key>) -> Vec<Key> {
        let mut found = Vec::new();
        for (file, (path, facts)) in self.files.iter().enumerate() {
            let known = |origin: &Origin| !matches!(origin, Origin::Result(_));
            let locals = facts.locals.iter().enumerate().filter(|(_, origin)| known(origin));
            found.extend(locals.map(|(number, _)| Key::Local(file, number)));
            let named = facts.named.iter();
            found.extend(named.map(|(name, _)| Key::Named(folder(path).to_owned(), name.clone())));
        }
        found.retain(|key| {
            !self.mounted.contains_key(key) && !self.lost.contains(key) && !has_parent.contains(key)
        });
        found
    }

    /// Serves each of `roots` under `prefix`, and all that is mounted on it.
    fn spread(&mut self, roots: Vec<Key>, first: usize, prefix: &str, places: &mut usize) {
        let mut open: Vec<(Key, Mounted, usize)> = Vec::new();
        for (root, key) in (first..).zip(roots) {
            let prefix = prefix.to_owned();
            open.push((key, Mounted { root, prefix, is_conditional: false }, 0));
        }
        let joins = self.joins();
        while let Some((key, place, depth)) = open.pop() {
            let known = self.mounted.entry(key.clone()).or_default();
            let same = |it: &&Mounted| it.root == place.root && it.prefix == place.prefix;
            if known.iter().any(|it| same(&it)) {
                continue;
            }
            // Deeper than anyone nests routers: a circle that mounts itself.
            if depth > 64 || *places > PLACES_MAX {
                self.is_cut = true;
                continue;
            }
            known.push(place.clone());
            *places += 1;
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
    }

    /// What stands on a router that nobody knows the place of has none either.
    fn lose_below(&mut self) {
        let mut lost: Vec<Key> = self.lost.iter().cloned().collect();
        while let Some(key) = lost.pop() {
            for edge in self.edges.get(&key).into_iter().flatten() {
                if self.lost.insert(edge.to.clone()) {
                    lost.push(edge.to.clone());
                }
            }
        }
    }

    pub(super) fn joins(&self) -> Joins {
        own(self.wanted).map_or(Joins::AsWritten, |it| Words::of(it).joins)
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
}
