//! What a router serves, and under which prefix: from the routers that nobody
//! mounts down to each route.

use super::super::facts::{Argument, Callee, Method, Target, What};
use super::super::path::{REST_BELOW, joined, read};
use super::super::words::Grammar;
use super::Linker;
use super::names::Item;
use crate::routes::Route;

/// More places than any server mounts its routers at.
const PLACES_MAX: usize = 50_000;

/// Deeper than anyone nests routers.
const DEPTH_MAX: usize = 48;

/// A call that is looked into: what it hands over.
pub(super) struct Frame<'f> {
    pub(super) arguments: &'f [Argument],
    /// Where the call stands.
    pub(super) file: usize,
    pub(super) module: &'f [String],
    pub(super) outer: Option<usize>,
    /// Which arguments were served on the way.
    used: Vec<usize>,
}

/// Where a router is served.
#[derive(Clone)]
pub(super) struct State {
    /// None where it cannot be told, which is told already.
    pub(super) prefix: Option<String>,
    pub(super) is_conditional: bool,
    pub(super) root: usize,
    pub(super) depth: usize,
}

impl<'f> Linker<'f> {
    fn deeper(&mut self, state: &State) -> Option<State> {
        self.places += 1;
        let is_fine = state.depth < DEPTH_MAX && self.places < PLACES_MAX;
        self.is_cut |= !is_fine;
        is_fine.then(|| State { depth: state.depth + 1, ..state.clone() })
    }

    /// Serves everything that is on a router.
    pub(super) fn node(&mut self, (file, number): Item, state: State, frame: Option<usize>) {
        let Some(mut state) = self.deeper(&state) else { return };
        let Some(facts) = self.facts(file) else { return };
        let Some(node) = facts.nodes.get(number) else { return };
        state.is_conditional |= self.conditional.get(file).copied().unwrap_or_default();
        let own = self.known(file, &node.module, &node.prefix, frame, 8);
        if own.is_none() && state.prefix.is_some() {
            let why = "the prefix is not a constant, so the paths below it cannot be told";
            self.unresolved(file, node.span, &node.written, why);
        }
        state.prefix = self.under(&state, own);
        if let Some(place) = node.parameter {
            self.argument(place, state.clone(), frame);
        }
        let Some(entries) = self.entries.get(file).and_then(|own| own.get(number)) else { return };
        for own in entries.clone() {
            let Some(entry) = facts.entries.get(own) else { continue };
            self.seen_entries.insert((file, own));
            let is_conditional = state.is_conditional || entry.is_conditional;
            let mut state = State { is_conditional, ..state.clone() };
            match &entry.kind {
                What::Route(method, text) => {
                    let path = self.known(file, &node.module, text, frame, 8);
                    if path.is_none() && state.prefix.is_some() {
                        let why = "the path is not a constant, so it cannot be told";
                        self.unresolved(file, entry.span, &entry.written, why);
                        continue;
                    }
                    let full = self.under(&state, path);
                    self.route(file, method, full, (entry.span, &entry.written), &state);
                }
                What::Mount(text, target) | What::Below(text, target) => {
                    let prefix = self.known(file, &node.module, text, frame, 8);
                    if prefix.is_none() && state.prefix.is_some() {
                        let why =
                            "the prefix is not a constant, so the paths below it cannot be told";
                        self.unresolved(file, entry.span, &entry.written, why);
                    }
                    state.prefix = self.under(&state, prefix);
                    let is_lost = state.prefix.is_none();
                    let is_told = self.target(file, &node.module, target, state.clone(), frame);
                    if !is_told && matches!(entry.kind, What::Below(..)) {
                        let full = self.under(&state, Some(REST_BELOW.to_owned()));
                        let place = (entry.span, entry.written.as_str());
                        self.route(file, &Method::Any, full, place, &state);
                    } else if !is_told && !is_lost && !node.is_doubtful {
                        let why = "what is served here is not in the files, so it cannot be told";
                        self.unresolved(file, entry.span, &entry.written, why);
                    }
                }
                What::Unknown(why) => {
                    if state.prefix.is_some() && !node.is_doubtful {
                        self.unresolved(file, entry.span, &entry.written, why);
                    }
                }
            }
        }
    }

    /// A prefix or path under the one at hand.
    fn under(&self, state: &State, own: Option<String>) -> Option<String> {
        Some(joined(state.prefix.as_deref()?, &own?, self.grammar))
    }

    /// Serves what a call hands over, as that call sees it.
    fn argument(&mut self, place: usize, state: State, frame: Option<usize>) {
        let Some(own) = frame.and_then(|frame| self.frames.get_mut(frame)) else { return };
        own.used.push(place);
        let (file, module, outer) = (own.file, own.module, own.outer);
        let target = own.arguments.get(place).and_then(|argument| argument.target.as_ref());
        if let Some(target) = target {
            self.target(file, module, target, state, outer);
        }
    }

    /// Serves a target; whether it is known what that is.
    pub(super) fn target(
        &mut self,
        file: usize,
        module: &'f [String],
        target: &'f Target,
        state: State,
        frame: Option<usize>,
    ) -> bool {
        let Some(state) = self.deeper(&state) else { return true };
        match target {
            Target::Node(node) => {
                self.node((file, *node), state, frame);
                true
            }
            Target::Call(callee, arguments) => {
                let functions = self.names.called(file, callee);
                if functions.is_empty() {
                    // Nobody here: it serves what it is handed.
                    let handed: Vec<&Target> =
                        arguments.iter().filter_map(|it| it.target.as_ref()).collect();
                    let is_told = !handed.is_empty();
                    for target in handed {
                        self.target(file, module, target, state.clone(), frame);
                    }
                    return is_told;
                }
                let is_several = functions.len() > 1;
                for function in functions {
                    let mut state = state.clone();
                    state.is_conditional |= is_several;
                    self.call(file, module, function, arguments, state, frame);
                }
                true
            }
            Target::Parameter(callee, place, arguments) => {
                let functions = self.names.called(file, callee);
                let is_several = functions.len() > 1;
                let mut is_told = false;
                for (at, number) in functions {
                    let function = self.facts(at).and_then(|facts| facts.functions.get(number));
                    let own = function.and_then(|function| {
                        function.parameters.iter().find(|(own, _)| own == place)
                    });
                    let Some((_, node)) = own else { continue };
                    let mut state = state.clone();
                    state.is_conditional |= is_several;
                    let frame = self.frame(file, callee, module, arguments, frame);
                    self.node((at, *node), state, Some(frame));
                    is_told = true;
                }
                is_told
            }
            Target::Handler(path) => {
                let found = self.names.find(&self.names.handlers, file, module, path);
                for (at, number) in &found {
                    self.handler(*at, *number, &state);
                }
                !found.is_empty()
            }
            Target::Api(path) => self.api(file, module, path, &state),
        }
    }

    fn frame(
        &mut self,
        file: usize,
        callee: &'f Callee,
        module: &'f [String],
        arguments: &'f [Argument],
        outer: Option<usize>,
    ) -> usize {
        let module = match callee {
            Callee::Path(module, _) => module,
            Callee::Method(_) => module,
        };
        self.frames.push(Frame { arguments, file, module, outer, used: Vec::new() });
        self.frames.len() - 1
    }

    /// Serves what a function gives.
    fn call(
        &mut self,
        file: usize,
        module: &'f [String],
        (at, number): Item,
        arguments: &'f [Argument],
        state: State,
        outer: Option<usize>,
    ) {
        let Some(function) = self.facts(at).and_then(|facts| facts.functions.get(number)) else {
            return;
        };
        self.frames.push(Frame { arguments, file, module, outer, used: Vec::new() });
        let frame = self.frames.len() - 1;
        for target in &function.returns {
            self.target(at, &function.module, target, state.clone(), Some(frame));
        }
        // What is handed over and not given back is served by whoever took it.
        for (place, argument) in arguments.iter().enumerate() {
            let is_used = self.frames.get(frame).is_some_and(|it| it.used.contains(&place));
            if is_used || argument.target.is_none() {
                continue;
            }
            match function.parameters.iter().find(|(own, _)| *own == place) {
                Some((_, node)) => self.node((at, *node), state.clone(), Some(frame)),
                None => self.argument(place, state.clone(), Some(frame)),
            }
        }
    }

    pub(super) fn handler(&mut self, file: usize, number: usize, state: &State) {
        let Some(handler) = self.facts(file).and_then(|facts| facts.handlers.get(number)) else {
            return;
        };
        self.seen_handlers.insert((file, number));
        let place = (handler.span, handler.written.as_str());
        let path = self.known(file, &handler.module, &handler.path, None, 8);
        if path.is_none() && state.prefix.is_some() {
            let why = "the path is not a constant, so it cannot be told";
            return self.unresolved(file, handler.span, &handler.written, why);
        }
        let full = self.under(state, path);
        let is_conditional = state.is_conditional
            || handler.is_conditional
            || self.conditional.get(file).copied().unwrap_or_default();
        let state = State { is_conditional, ..state.clone() };
        for method in &handler.methods {
            self.route(file, method, full.clone(), place, &state);
        }
    }

    /// Serves the methods of a type that say what they serve.
    fn api(&mut self, file: usize, module: &[String], path: &[String], state: &State) -> bool {
        let mut found = Vec::new();
        for (at, (_, facts)) in self.files.iter().enumerate() {
            let of =
                facts.handlers.iter().enumerate().filter(|(_, handler)| {
                    handler.is_of_api && handler.module.last() == path.last()
                });
            found.extend(of.map(|(number, handler)| (at, number, handler)));
        }
        // Of several types with one name it is the one that the path means.
        let types: std::collections::BTreeSet<_> =
            found.iter().map(|(at, _, handler)| (*at, &handler.module)).collect();
        if types.len() > 1 {
            found.retain(|(at, _, handler)| {
                let mut path = path.to_vec();
                path.push(handler.name.clone());
                let meant = self.names.find(&self.names.handlers, file, module, &path);
                meant.iter().any(|(own, _)| own == at)
            });
        }
        let is_told = !found.is_empty();
        for (at, number, _) in found {
            self.handler(at, number, state);
        }
        is_told
    }

    fn route(
        &mut self,
        file: usize,
        method: &Method,
        full: Option<String>,
        (span, written): (kernel::Span, &str),
        state: &State,
    ) {
        let Some(full) = full else { return };
        let method = match method {
            Method::Any => None,
            Method::Of(method) => Some(method.clone()),
            Method::Unknown => {
                let why = "its methods cannot be told";
                return self.unresolved(file, span, written, why);
            }
        };
        self.places += 1;
        if self.places > PLACES_MAX {
            self.is_cut = true;
            return;
        }
        let Some(at) = self.at(file, span) else { return };
        match read(&full, self.grammar) {
            Some((path, also)) => {
                // Rocket tells routes of one path apart by rank, format and query, and
                // does not start where it cannot.
                let root = match self.grammar {
                    Grammar::Rocket => usize::MAX - self.places,
                    _ => state.root,
                };
                let router = (!state.is_conditional).then_some(root);
                let route = Route { method, path, also, at, router };
                // Two programs may serve one router at the same place.
                let place = (file, span.line as usize);
                let shown = format!("{} {}", span.column, route.shown());
                match self.seen_routes.get(&(place, shown.clone())) {
                    None => {
                        self.seen_routes.insert((place, shown), self.found.routes.len());
                        self.found.routes.push(route);
                    }
                    Some(known) => {
                        // What is served always somewhere is no matter of conditions.
                        if let Some(known) = self.found.routes.get_mut(*known) {
                            known.router = known.router.or(route.router);
                        }
                    }
                }
            }
            None => {
                let why = "it is no path that the router knows";
                self.unresolved(file, span, written, why);
            }
        }
    }
}
