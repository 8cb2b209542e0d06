//! The facts of all files together: which router is served under which prefix,
//! and so what the full path of each route is.

mod expand;
mod names;
mod unmounted;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Location, Span};

use super::Framework;
use super::facts::{Callee, Facts, Part, Target, Text, What};
use super::words::{Grammar, Words};
use crate::routes::{Found, Unresolved};
use expand::{Frame, State};
use names::{Item, Names};

struct Linker<'f> {
    files: &'f [(Utf8PathBuf, Facts)],
    names: Names<'f>,
    grammar: Grammar,
    /// Files that are built only under a condition.
    conditional: Vec<bool>,
    /// Entries of each file, by node.
    entries: Vec<Vec<Vec<usize>>>,
    /// Entries and handlers that are served somewhere.
    seen_entries: BTreeSet<Item>,
    seen_handlers: BTreeSet<Item>,
    /// Routes that were told, by where and what they are, with their numbers.
    seen_routes: BTreeMap<(Item, String), usize>,
    frames: Vec<Frame<'f>>,
    /// How many places were looked at.
    places: usize,
    /// Whether there were more than are looked at.
    is_cut: bool,
    found: Found,
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
    let files: Vec<(Utf8PathBuf, Facts)> = read.collect();
    let (is_test, conditional) = conditions(&files);
    let kept = files.into_iter().zip(is_test.iter().zip(conditional));
    let kept = kept.filter(|(_, (is_test, _))| !**is_test).map(|(file, (_, own))| (file, own));
    let (files, conditional): (Vec<_>, Vec<bool>) = kept.unzip();
    let entries = files.iter().map(|(_, facts)| {
        let mut by_node = vec![Vec::new(); facts.nodes.len()];
        for (number, entry) in facts.entries.iter().enumerate() {
            if let Some(own) = by_node.get_mut(entry.node) {
                own.push(number);
            }
        }
        by_node
    });
    let mut linker = Linker {
        files: &files,
        names: Names::new(&files),
        grammar: Words::of(framework).grammar,
        conditional,
        entries: entries.collect(),
        seen_entries: BTreeSet::new(),
        seen_handlers: BTreeSet::new(),
        seen_routes: BTreeMap::new(),
        frames: Vec::new(),
        places: 0,
        is_cut: false,
        found: Found::default(),
    };
    linker.roots();
    if let Some(prefix) = unmounted {
        linker.unmounted(framework, prefix);
    }
    linker.unplaced(framework);
    if linker.is_cut {
        let why = "routers are mounted in more places, or deeper, than are followed";
        linker.unresolved(0, Span { line: 1, column: 1, end_line: 1, end_column: 1 }, "", why);
    }
    linker.found
}

/// Which files are built for tests alone, and which under a condition.
fn conditions(files: &[(Utf8PathBuf, Facts)]) -> (Vec<bool>, Vec<bool>) {
    let names = Names::new(files);
    let below = |is_test: bool| -> BTreeSet<Vec<String>> {
        let all = files.iter().enumerate().flat_map(|(file, (path, facts))| {
            let own = facts.mods.iter().filter(move |module| module.is_test == is_test);
            let package = names::Place::of(path);
            let names = &names;
            own.map(move |module| {
                let mut full = vec![package.package().to_owned()];
                full.extend(names.full(file, &module.path));
                full
            })
        });
        all.collect()
    };
    let (tests, conditional) = (below(true), below(false));
    let is_below = |modules: &BTreeSet<Vec<String>>, path: &Utf8Path| {
        let place = names::Place::of(path);
        let mut full = vec![place.package().to_owned()];
        full.extend(place.module.iter().cloned());
        (1..=full.len()).any(|cut| full.get(..cut).is_some_and(|own| modules.contains(own)))
    };
    files.iter().map(|(path, _)| (is_below(&tests, path), is_below(&conditional, path))).unzip()
}

impl<'f> Linker<'f> {
    fn facts(&self, file: usize) -> Option<&'f Facts> {
        self.files.get(file).map(|(_, facts)| facts)
    }

    /// Serves what nobody else does: a router that was made and is mounted
    /// nowhere is served as it is.
    fn roots(&mut self) {
        let (called, mounted) = self.consumed();
        let mut root = 0;
        for (file, (_, facts)) in self.files.iter().enumerate() {
            let mut state = |is_conditional: bool| {
                root += 1;
                State { prefix: Some(String::new()), is_conditional, root, depth: 0 }
            };
            for (number, node) in facts.nodes.iter().enumerate() {
                if node.is_made && !mounted.contains(&(file, number)) {
                    self.node((file, number), state(false), None);
                }
            }
            for (number, function) in facts.functions.iter().enumerate() {
                if called.contains(&(file, number)) {
                    continue;
                }
                for target in &function.returns {
                    if !matches!(target, Target::Node(_)) {
                        let own = state(false);
                        self.target(file, &function.module, target, own, None);
                    }
                }
            }
        }
    }

    /// Functions whose routers someone mounts, and nodes that someone mounts.
    fn consumed(&self) -> (BTreeSet<Item>, BTreeSet<Item>) {
        let (mut called, mut mounted) = (BTreeSet::new(), BTreeSet::new());
        let mut open: Vec<(usize, &Target)> = Vec::new();
        let mut returned: Vec<(Item, usize)> = Vec::new();
        for (file, (_, facts)) in self.files.iter().enumerate() {
            open.extend(facts.entries.iter().filter_map(|entry| match &entry.kind {
                What::Mount(_, target) | What::Below(_, target) => Some((file, target)),
                _ => None,
            }));
            for (number, function) in facts.functions.iter().enumerate() {
                for target in &function.returns {
                    match target {
                        // Mounted where its function is called.
                        Target::Node(node) => returned.push(((file, number), *node)),
                        target => open.push((file, target)),
                    }
                }
            }
        }
        while let Some((file, target)) = open.pop() {
            match target {
                Target::Node(node) => {
                    mounted.insert((file, *node));
                }
                Target::Call(callee, arguments) | Target::Parameter(callee, _, arguments) => {
                    if matches!(target, Target::Call(..)) {
                        called.extend(self.meant(file, callee));
                    }
                    open.extend(
                        arguments.iter().filter_map(|it| it.target.as_ref()).map(|it| (file, it)),
                    );
                }
                Target::Handler(_) | Target::Api(_) => {}
            }
        }
        for (function, node) in returned {
            if called.contains(&function) {
                mounted.insert((function.0, node));
            }
        }
        (called, mounted)
    }

    /// The functions that a call means, or may mean.
    fn meant(&self, file: usize, callee: &Callee) -> Vec<Item> {
        match callee {
            Callee::Method(name) => self.names.methods(name).to_vec(),
            callee => self.names.called(file, callee),
        }
    }

    /// What no router serves.
    fn unplaced(&mut self, framework: Framework) {
        for (file, (_, facts)) in self.files.iter().enumerate() {
            for (number, entry) in facts.entries.iter().enumerate() {
                if self.seen_entries.contains(&(file, number)) {
                    continue;
                }
                let why = match &entry.kind {
                    What::Unknown(why) => why.as_str(),
                    // What it mounts is told by itself.
                    What::Mount(_, target) | What::Below(_, target)
                        if self.is_of_files(file, entry.node, target) =>
                    {
                        continue;
                    }
                    _ => {
                        "no call in the files hands this router its place, so the prefix cannot \
                          be told"
                    }
                };
                self.unresolved(file, entry.span, &entry.written, why);
            }
            // `utoipa::path` describes what others register.
            if framework == Framework::Axum {
                continue;
            }
            for (number, handler) in facts.handlers.iter().enumerate() {
                if !self.seen_handlers.contains(&(file, number)) {
                    let why = "nothing in the files mounts this handler, so its prefix cannot be \
                               told";
                    self.unresolved(file, handler.span, &handler.written, why);
                }
            }
        }
    }

    /// Whether a target is something in the files.
    fn is_of_files(&self, file: usize, node: usize, target: &Target) -> bool {
        match target {
            Target::Node(_) | Target::Api(_) => true,
            Target::Call(callee, _) | Target::Parameter(callee, ..) => {
                !self.meant(file, callee).is_empty()
            }
            Target::Handler(path) => {
                let node = self.facts(file).and_then(|facts| facts.nodes.get(node));
                let module = node.map(|node| node.module.as_slice()).unwrap_or_default();
                !self.names.find(&self.names.handlers, file, module, path).is_empty()
            }
        }
    }

    /// A text as it is, if constants and arguments fix it.
    fn known(
        &self,
        file: usize,
        module: &[String],
        text: &Text,
        frame: Option<usize>,
        depth: usize,
    ) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let mut known = String::new();
        for part in &text.0 {
            match part {
                Part::Literal(text) => known.push_str(text),
                Part::Path(path) => {
                    let items = self.names.find(&self.names.consts, file, module, path);
                    let values = items.into_iter().map(|(file, number)| {
                        let own = self.facts(file)?.consts.get(number)?;
                        self.known(file, &own.module, &own.text, None, depth)
                    });
                    let values: BTreeSet<Option<String>> = values.collect();
                    // Under conditions it may be this or that.
                    let mut values = values.into_iter();
                    let value = values.next().filter(|_| values.next().is_none())??;
                    known.push_str(&value);
                }
                Part::Parameter(place) => {
                    let frame = self.frames.get(frame?)?;
                    let text = frame.arguments.get(*place)?.text.as_ref()?;
                    let value = self.known(frame.file, frame.module, text, frame.outer, depth)?;
                    known.push_str(&value);
                }
                Part::Unknown => return None,
            }
        }
        Some(known)
    }

    fn at(&self, file: usize, span: Span) -> Option<Location> {
        let (path, _) = self.files.get(file)?;
        Some(Location { path: path.clone(), span: Some(span), commit: None })
    }

    fn unresolved(&mut self, file: usize, span: Span, text: &str, why: &str) {
        let Some(at) = self.at(file, span) else { return };
        let is_known = |it: &Unresolved| it.at == at && it.why == why;
        if !self.found.unresolved.iter().rev().take(8).any(is_known) {
            let (text, why) = (text.to_owned(), why.to_owned());
            self.found.unresolved.push(Unresolved { at, text, why });
        }
    }
}
