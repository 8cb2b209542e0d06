//! Routers and handlers that nothing in the files mounts, where the options say
//! at which prefix such are served.

use std::collections::BTreeSet;

use super::super::Framework;
use super::super::facts::{Argument, Callee, Target, What};
use super::Linker;
use super::expand::State;
use super::names::Item;

impl<'f> Linker<'f> {
    /// Serves under `prefix` what is served nowhere; the outermost of each.
    pub(super) fn unmounted(&mut self, framework: Framework, prefix: &str) {
        let before = self.found.routes.len();
        let (nodes, handlers) = self.handed();
        let mut root = usize::MAX / 2;
        let mut state = || {
            root += 1;
            let prefix = Some(prefix.to_owned());
            State { prefix, is_conditional: false, root, depth: 0 }
        };
        for (file, (_, facts)) in self.files.iter().enumerate() {
            for number in 0..facts.nodes.len() {
                let own = self.entries.get(file).and_then(|own| own.get(number));
                let is_served = own.is_none_or(|own| {
                    own.iter().all(|entry| self.seen_entries.contains(&(file, *entry)))
                });
                let is_doubtful = facts.nodes.get(number).is_none_or(|node| node.is_doubtful);
                if !is_served && !is_doubtful && !nodes.contains(&(file, number)) {
                    self.node((file, number), state(), None);
                }
            }
        }
        // `utoipa::path` describes what others register.
        if framework != Framework::Axum {
            for (file, (_, facts)) in self.files.iter().enumerate() {
                for number in 0..facts.handlers.len() {
                    let item = (file, number);
                    if !self.seen_handlers.contains(&item) && !handlers.contains(&item) {
                        self.handler(file, number, &state());
                    }
                }
            }
        }
        self.found.placed = self.found.routes.len() - before;
    }

    /// Routers and handlers that some call hands to another router: their place
    /// is there, or it is told there that it is not known.
    fn handed(&self) -> (BTreeSet<Item>, BTreeSet<Item>) {
        let (mut nodes, mut handlers) = (BTreeSet::new(), BTreeSet::new());
        let mut open: Vec<(usize, &[String], &Target)> = Vec::new();
        for (file, (_, facts)) in self.files.iter().enumerate() {
            for entry in &facts.entries {
                if let What::Mount(_, target) | What::Below(_, target) = &entry.kind {
                    let node = facts.nodes.get(entry.node);
                    let module = node.map(|node| node.module.as_slice()).unwrap_or_default();
                    open.push((file, module, target));
                }
            }
            for function in &facts.functions {
                open.extend(function.returns.iter().filter_map(|target| match target {
                    Target::Node(_) => None,
                    target => Some((file, function.module.as_slice(), target)),
                }));
            }
        }
        while let Some((file, module, target)) = open.pop() {
            match target {
                Target::Node(node) => {
                    nodes.insert((file, *node));
                }
                Target::Call(callee, arguments) | Target::Parameter(callee, _, arguments) => {
                    nodes.extend(self.parameters_of(file, callee));
                    let handed = |it: &'f Argument| it.target.as_ref().map(|it| (file, module, it));
                    let arguments: &'f [Argument] = arguments;
                    open.extend(arguments.iter().filter_map(handed));
                }
                Target::Handler(path) => {
                    handlers.extend(self.names.find(&self.names.handlers, file, module, path));
                }
                Target::Api(_) => {}
            }
        }
        (nodes, handlers)
    }

    /// The routers that a called function takes or gives.
    fn parameters_of(&self, file: usize, callee: &Callee) -> Vec<Item> {
        let mut found = Vec::new();
        for (at, number) in self.meant(file, callee) {
            let Some(own) = self.facts(at).and_then(|facts| facts.functions.get(number)) else {
                continue;
            };
            found.extend(own.parameters.iter().map(|(_, node)| (at, *node)));
            found.extend(own.returns.iter().filter_map(|target| match target {
                Target::Node(node) => Some((at, *node)),
                _ => None,
            }));
        }
        found
    }
}
