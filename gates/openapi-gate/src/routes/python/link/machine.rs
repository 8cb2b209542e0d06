//! Runs what is kept of the files, each once, as Python would: names are given
//! values, functions are gone through where they are called. Of a condition both
//! sides are run.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Span;

use super::super::Framework;
use super::super::syntax::{Facts, Function};
use super::call::Called;
use super::function;
use super::value::Value;
use super::web::{Edge, Entry, Registration, Router};

/// Steps that no honest program takes.
const STEPS_MAX: usize = 3_000_000;
/// Deeper than programs go around their routes, and well within a thread's stack.
const DEPTH_MAX: usize = 120;

/// More than any list of routes has.
pub(super) const ELEMENTS_MAX: usize = 20_000;
/// Longer than any path.
pub(super) const TEXT_MAX: usize = 2_000;

/// Names with their values.
#[derive(Default)]
pub(super) struct Scope<'f> {
    pub(super) names: BTreeMap<&'f str, Value>,
    pub(super) parent: Option<usize>,
    /// Files all of whose names are taken over.
    pub(super) stars: Vec<usize>,
    /// How many conditions it began under.
    pub(super) conditions: usize,
    pub(super) is_class: bool,
    pub(super) returned: Option<Value>,
}

pub(super) struct ClassValue {
    pub(super) scope: usize,
    pub(super) bases: Vec<Value>,
}

pub(super) struct FunctionValue<'f> {
    pub(super) syntax: &'f Function,
    /// Where its names are looked for.
    pub(super) scope: usize,
    pub(super) file: usize,
    /// The class that it stands in.
    pub(super) class: Option<usize>,
}

pub(super) struct Instance<'f> {
    pub(super) class: usize,
    pub(super) names: BTreeMap<&'f str, Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Begun,
    Done,
}

/// Everything that is known while files are run.
pub(super) struct Machine<'f> {
    pub(super) files: &'f [(Utf8PathBuf, Facts)],
    pub(super) framework: Framework,
    /// Each file by its path without `.py` or `/__init__.py`.
    pub(super) index: BTreeMap<&'f str, usize>,
    pub(super) folders: BTreeSet<&'f Utf8Path>,
    states: Vec<State>,
    /// The first ones are the files', by their numbers.
    pub(super) scopes: Vec<Scope<'f>>,
    pub(super) lists: Vec<Vec<Value>>,
    pub(super) maps: Vec<Vec<(Value, Value)>>,
    pub(super) classes: Vec<ClassValue>,
    pub(super) functions: Vec<FunctionValue<'f>>,
    pub(super) instances: Vec<Instance<'f>>,
    pub(super) routers: Vec<Router>,
    pub(super) entries: Vec<Entry>,
    pub(super) registrations: Vec<Registration>,
    pub(super) edges: Vec<Edge>,
    /// What could not be told, by file and place.
    pub(super) lost: BTreeMap<(usize, Span), (String, String)>,
    /// What decorators say of functions and classes.
    pub(super) marks: BTreeMap<(bool, usize), Vec<(String, Called)>>,
    /// What is registered on each of Django's routers.
    pub(super) registered: BTreeMap<usize, Vec<Value>>,
    /// Files whose patterns others include.
    pub(super) included: BTreeSet<usize>,
    /// Routers of django-ninja that some list of patterns serves.
    pub(super) placed: BTreeSet<usize>,
    /// The routes that were told.
    pub(super) taken: BTreeSet<(usize, Span, String, Option<String>)>,
    /// The file that is run.
    pub(super) file: usize,
    /// Conditions under which names have more than one value.
    pub(super) conditions: usize,
    /// Conditions under which something is registered.
    pub(super) maybes: usize,
    /// How many conditions around are surely not so.
    pub(super) idle: usize,
    /// Whether what files cannot tell yet may wait for the others.
    pub(super) may_wait: bool,
    /// Words of routers that wait: router, word, arguments, conditions.
    pub(super) waiting: Vec<(usize, String, Called, usize)>,
    /// The functions that are being run, and those that ever were.
    pub(super) running: Vec<*const Function>,
    pub(super) ran: BTreeSet<*const Function>,
    steps: usize,
    /// Whether a list became longer than any is followed.
    pub(super) is_cut: bool,
    depth: usize,
}

impl<'f> Machine<'f> {
    pub(super) fn new(files: &'f [(Utf8PathBuf, Facts)], framework: Framework) -> Machine<'f> {
        let name = |path: &'f Utf8PathBuf| {
            let text = path.as_str();
            let text = text.strip_suffix("/__init__.py").or_else(|| text.strip_suffix(".py"));
            text.unwrap_or_default()
        };
        let folders = files.iter().flat_map(|(path, _)| path.ancestors().skip(1)).collect();
        Machine {
            files,
            framework,
            index: files.iter().enumerate().map(|(file, (path, _))| (name(path), file)).collect(),
            folders,
            states: vec![State::New; files.len()],
            scopes: files.iter().map(|_| Scope::default()).collect(),
            lists: Vec::new(),
            maps: Vec::new(),
            classes: Vec::new(),
            functions: Vec::new(),
            instances: Vec::new(),
            routers: Vec::new(),
            entries: Vec::new(),
            registrations: Vec::new(),
            edges: Vec::new(),
            lost: BTreeMap::new(),
            marks: BTreeMap::new(),
            registered: BTreeMap::new(),
            included: BTreeSet::new(),
            placed: BTreeSet::new(),
            taken: BTreeSet::new(),
            file: 0,
            conditions: 0,
            maybes: 0,
            idle: 0,
            may_wait: true,
            waiting: Vec::new(),
            running: Vec::new(),
            ran: BTreeSet::new(),
            steps: 0,
            is_cut: false,
            depth: 0,
        }
    }

    /// Runs every file, and then what nothing in them calls.
    pub(super) fn run(&mut self) {
        for file in self.order() {
            self.file(file);
        }
        self.may_wait = false;
        self.waited();
        // First those that nothing calls by name, for they may call the others.
        let called: BTreeSet<&str> = function::called_names(self.files);
        for is_first in [true, false] {
            let mut next = 0;
            while let Some(function) = self.functions.get(next) {
                if !is_first || !called.contains(function.syntax.name.as_str()) {
                    self.call_of_nobody(next);
                }
                next += 1;
            }
        }
    }

    /// Does what waited for files that import each other.
    fn waited(&mut self) {
        for (router, name, mut called, maybes) in std::mem::take(&mut self.waiting) {
            self.file = called.file;
            for value in &mut called.positional {
                *value = self.forced(value.clone(), 16);
            }
            for (_, value) in &mut called.named {
                *value = self.forced(value.clone(), 16);
            }
            let own = std::mem::replace(&mut self.maybes, maybes);
            self.word(router, &name, &called);
            self.maybes = own;
        }
    }

    /// The files, those that others import before these.
    fn order(&self) -> Vec<usize> {
        let mut order = Vec::new();
        let mut is_seen = vec![false; self.files.len()];
        for root in 0..self.files.len() {
            let mut open = vec![(root, false)];
            while let Some((file, is_done)) = open.pop() {
                if is_done {
                    order.push(file);
                    continue;
                }
                let Some(seen) = is_seen.get_mut(file).filter(|seen| !**seen) else { continue };
                *seen = true;
                open.push((file, true));
                let imports = self.imports(file);
                open.extend(imports.into_iter().rev().map(|other| (other, false)));
            }
        }
        order
    }

    /// Runs a file, if that has not begun.
    pub(super) fn file(&mut self, file: usize) {
        let Some(state) = self.states.get_mut(file).filter(|state| **state == State::New) else {
            return;
        };
        if self.depth + 20 > DEPTH_MAX {
            return;
        }
        *state = State::Begun;
        let Some((_, facts)) = self.files.get(file) else { return };
        let (own, conditions) = (self.file, self.conditions);
        (self.file, self.conditions) = (file, 0);
        for own in &facts.unread {
            self.lose(own.span, &own.written, &own.why);
        }
        let maybes = std::mem::take(&mut self.maybes);
        self.block(&facts.body, file);
        (self.file, self.conditions, self.maybes) = (own, conditions, maybes);
        if let Some(state) = self.states.get_mut(file) {
            *state = State::Done;
        }
    }

    /// Whether a file has begun and not ended.
    pub(super) fn is_running(&self, file: usize) -> bool {
        self.states.get(file) == Some(&State::Begun)
    }

    /// Whether no more steps may be taken, or a list may be no longer, so that
    /// something was not run.
    pub(super) fn is_tired(&self) -> bool {
        self.steps >= STEPS_MAX || self.is_cut
    }

    /// Whether one more step may be taken.
    pub(super) fn steps(&mut self) -> bool {
        self.steps += 1;
        self.steps < STEPS_MAX
    }

    /// Goes one deeper, unless that is too deep.
    pub(super) fn deeper<T>(&mut self, then: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH_MAX || !self.steps() {
            return None;
        }
        self.depth += 1;
        let result = then(self);
        self.depth -= 1;
        Some(result)
    }

    /// Takes as many steps at once as there are things that are put somewhere.
    pub(super) fn takes(&mut self, count: usize) -> bool {
        self.steps = self.steps.saturating_add(count);
        self.steps < STEPS_MAX
    }

    pub(super) fn list(&mut self, elements: Vec<Value>) -> Value {
        if !self.takes(elements.len()) {
            return Value::Unknown;
        }
        self.lists.push(elements);
        Value::List(self.lists.len() - 1)
    }

    pub(super) fn scope(&mut self, parent: usize, is_class: bool) -> usize {
        let conditions = self.conditions;
        let scope = Scope { parent: Some(parent), conditions, is_class, ..Scope::default() };
        self.scopes.push(scope);
        self.scopes.len() - 1
    }

    /// What a file says of the place of something that cannot be told.
    pub(super) fn lose(&mut self, span: Span, written: &str, why: &str) {
        let at = (self.file, span);
        self.lost.entry(at).or_insert_with(|| (written.to_owned(), why.to_owned()));
    }

    /// The same of a file as a whole.
    pub(super) fn lose_file(&mut self, file: usize, written: &str, why: &str) {
        let own = std::mem::replace(&mut self.file, file);
        self.lose(Span { line: 1, column: 1, end_line: 1, end_column: 1 }, written, why);
        self.file = own;
    }

    /// Notes what a decorator says.
    pub(super) fn mark(&mut self, word: &str, called: &Called) {
        if let Some(value) = &called.decorated {
            self.marks.entry(value.key()).or_default().push((word.to_owned(), called.clone()));
        }
    }

    pub(super) fn named(&self, scope: usize, name: &str) -> Option<Value> {
        self.scopes.get(scope)?.names.get(name).cloned()
    }

    pub(super) fn shared(text: &str) -> Rc<str> {
        Rc::from(text)
    }
}
