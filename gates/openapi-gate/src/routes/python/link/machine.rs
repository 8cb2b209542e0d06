//! Runs what is kept of the files, each once, as Python would: names are given
//! values, functions are gone through where they are called. Of a condition both
//! sides are run.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Span;

use super::super::Framework;
use super::super::syntax::{Class, Condition, Expression, Facts, Function, Statement};
use super::evaluate::Called;
use super::value::Value;
use super::web::{Edge, Entry, Registration, Router};

/// Steps that no honest program takes.
const STEPS_MAX: usize = 3_000_000;
/// Deeper than programs go around their routes, and well within a thread's stack.
const DEPTH_MAX: usize = 120;
/// Loops over more than this are over data.
const TURNS_MAX: usize = 600;

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
    conditions: usize,
    pub(super) is_class: bool,
    returned: Option<Value>,
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
    /// The routes that were told.
    pub(super) taken: BTreeSet<(usize, Span, String, Option<String>)>,
    /// The file that is run.
    pub(super) file: usize,
    /// Conditions under which names have more than one value.
    pub(super) conditions: usize,
    /// Conditions under which something is registered.
    pub(super) maybes: usize,
    /// How many conditions around are surely not so.
    idle: usize,
    /// Whether what files cannot tell yet may wait for the others.
    pub(super) may_wait: bool,
    /// Words of routers that wait: router, word, arguments, conditions.
    pub(super) waiting: Vec<(usize, String, Called, usize)>,
    /// The functions that are being run, and those that ever were.
    running: Vec<*const Function>,
    ran: BTreeSet<*const Function>,
    steps: usize,
    depth: usize,
}

/// The names of everything that is called anywhere.
fn called_names(files: &[(Utf8PathBuf, Facts)]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut blocks: Vec<&[Statement]> = files.iter().map(|(_, facts)| &*facts.body).collect();
    let mut values: Vec<&Expression> = Vec::new();
    while let Some(block) = blocks.pop() {
        for statement in block {
            match statement {
                Statement::Assign(_, value)
                | Statement::Extend(_, value)
                | Statement::Do(value)
                | Statement::Return(value) => values.push(value),
                Statement::Class(class) => {
                    blocks.push(&class.body);
                    values.extend(&class.decorators);
                }
                Statement::Function(function) => {
                    blocks.push(&function.body);
                    values.extend(&function.decorators);
                }
                Statement::Block(_, body) => blocks.push(body),
                Statement::For(_, over, body) => {
                    values.push(over);
                    blocks.push(body);
                }
                Statement::Import(..) | Statement::From(..) => {}
            }
        }
        while let Some(value) = values.pop() {
            match value {
                Expression::Call(callee, arguments, ..) => {
                    names.extend(callee.last_name());
                    values.push(callee);
                    values.extend(arguments.iter().map(|it| &it.1));
                }
                Expression::Member(inner, _) | Expression::All(inner) => values.push(inner),
                Expression::List(all) | Expression::Or(all) => values.extend(all),
                Expression::If(_, one, other) => values.extend([&**one, &**other]),
                Expression::Each(one, _, other) => values.extend([&**one, &**other]),
                _ => {}
            }
        }
    }
    names
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
        let called: BTreeSet<&str> = called_names(self.files);
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
        if let Some((written, span)) = &facts.unreadable {
            self.lose(*span, written, "the file cannot be read");
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

    pub(super) fn block(&mut self, body: &'f [Statement], scope: usize) {
        self.deeper(|own| {
            // Whether one of the branches so far is surely the one.
            let mut taken = Some(false);
            for statement in body {
                match statement {
                    Statement::Block(condition, body) => {
                        own.branch(condition, body, scope, &mut taken)
                    }
                    statement => own.statement(statement, scope),
                }
            }
        });
    }

    fn statement(&mut self, statement: &'f Statement, scope: usize) {
        match statement {
            Statement::Import(module, alias) => self.import(module, alias.as_deref(), scope),
            Statement::From(module, names) => self.import_from(module, names, scope),
            Statement::Assign(targets, value) => {
                let value = self.evaluate(value, scope);
                for target in targets {
                    self.assign(target, value.clone(), scope);
                }
            }
            Statement::Extend(target, value) => {
                let added = self.evaluate(value, scope);
                let known = self.evaluate(target, scope);
                let value = self.extended(known, added);
                if let Some(value) = value {
                    self.assign(target, value, scope);
                }
            }
            Statement::Do(value) => {
                self.evaluate(value, scope);
            }
            Statement::Return(value) => {
                let value = self.evaluate(value, scope);
                let Some(own) = self.scopes.get_mut(scope) else { return };
                own.returned = Some(match own.returned.take() {
                    Some(known) => known.or(value),
                    None => value,
                });
            }
            Statement::Class(class) => self.class(class, scope),
            Statement::Function(function) => self.define(function, scope),
            Statement::Block(..) => {}
            Statement::For(target, over, body) => {
                let over = self.evaluate(over, scope);
                match self.elements(&over).filter(|all| all.len() <= TURNS_MAX) {
                    Some(all) => {
                        for value in all {
                            self.rebind(target, value, scope);
                            self.block(body, scope);
                        }
                    }
                    None => {
                        self.rebind(target, Value::Unknown, scope);
                        self.perhaps(body, scope);
                    }
                }
            }
        }
    }

    fn perhaps(&mut self, body: &'f [Statement], scope: usize) {
        self.conditions += 1;
        self.maybes += 1;
        self.block(body, scope);
        self.conditions -= 1;
        self.maybes -= 1;
    }

    /// Runs a branch. One that surely is the one, or surely not, as far as the
    /// source tells, still registers under a condition; only names are sure.
    fn branch(
        &mut self,
        condition: &'f Condition,
        body: &'f [Statement],
        scope: usize,
        taken: &mut Option<bool>,
    ) {
        let (before, truth) = match condition {
            Condition::Always => return self.block(body, scope),
            Condition::Perhaps => return self.perhaps(body, scope),
            Condition::If(test) => (Some(false), self.truth(test, scope)),
            Condition::ElseIf(test) => (*taken, self.truth(test, scope)),
            Condition::Else => (*taken, Some(true)),
        };
        let is_this = match (before, truth) {
            (Some(true), _) | (_, Some(false)) => Some(false),
            (Some(false), truth) => truth,
            (None, _) => None,
        };
        *taken = match (before, truth) {
            (Some(true), _) => Some(true),
            (Some(false), truth) => truth,
            (None, _) => None,
        };
        match is_this {
            None => self.perhaps(body, scope),
            Some(is_this) => {
                self.maybes += 1;
                self.idle += usize::from(!is_this);
                self.block(body, scope);
                self.idle -= usize::from(!is_this);
                self.maybes -= 1;
            }
        }
    }

    /// Whether a test is so. A switch may be set the other way where it runs.
    fn truth(&mut self, test: &'f Expression, scope: usize) -> Option<bool> {
        let is_switch = |value: &Value| matches!(value, Value::Truth(_));
        match test {
            Expression::Not(inner) if !matches!(**inner, Expression::IsNothing(_)) => {
                let value = self.evaluate(inner, scope);
                if is_switch(&value) { None } else { value.truth().map(|truth| !truth) }
            }
            Expression::Not(_) | Expression::IsNothing(_) => self.evaluate(test, scope).truth(),
            _ => {
                let value = self.evaluate(test, scope);
                if is_switch(&value) { None } else { value.truth() }
            }
        }
    }

    /// The elements of a list that is known.
    pub(super) fn elements(&self, value: &Value) -> Option<Vec<Value>> {
        match value {
            Value::List(number) => self.lists.get(*number).cloned(),
            Value::Map(number) => {
                Some(self.maps.get(*number)?.iter().map(|(key, _)| key.clone()).collect())
            }
            _ => None,
        }
    }

    /// A list that an operation or a call lengthens; where it is one of its own
    /// kind, a new value.
    pub(super) fn extended(&mut self, known: Value, added: Value) -> Option<Value> {
        match (&known, &added) {
            (Value::List(number), _) => {
                let mut more = self.elements(&added).unwrap_or_else(|| vec![added.clone()]);
                // Of a list that hangs on itself there is no end.
                more.truncate(ELEMENTS_MAX);
                let is_free = self.takes(more.len());
                let list = self.lists.get_mut(*number).filter(|it| it.len() < ELEMENTS_MAX);
                if let Some(list) = list.filter(|_| is_free) {
                    list.extend(more);
                }
                None
            }
            (Value::Routes(router), _) => {
                for entry in self.elements(&added).unwrap_or_else(|| vec![added.clone()]) {
                    self.add_entry(*router, &entry);
                }
                None
            }
            (Value::Text(one), Value::Text(other)) if one.len() + other.len() < TEXT_MAX => {
                Some(Value::text(&format!("{one}{other}")))
            }
            _ => Some(Value::Unknown),
        }
    }

    /// Gives the target of a loop its next value.
    fn rebind(&mut self, target: &'f Expression, value: Value, scope: usize) {
        let conditions = std::mem::take(&mut self.conditions);
        self.assign(target, value, scope);
        self.conditions = conditions;
    }

    pub(super) fn assign(&mut self, target: &'f Expression, value: Value, scope: usize) {
        match target {
            Expression::Name(name) => self.bind(scope, name, value),
            Expression::List(targets) => {
                let values = self.elements(&value).unwrap_or_default();
                for (number, target) in targets.iter().enumerate() {
                    let value = values.get(number).cloned().unwrap_or(Value::Unknown);
                    self.assign(target, value, scope);
                }
            }
            Expression::Member(owner, name) => {
                let owner = self.evaluate(owner, scope);
                let is_conditional = self.conditions > 0;
                match owner {
                    Value::Instance(number) => {
                        if let Some(instance) = self.instances.get_mut(number) {
                            let known = instance.names.remove(name.as_str());
                            let value = match known {
                                Some(known) if is_conditional => known.or(value),
                                _ => value,
                            };
                            instance.names.insert(name, value);
                        }
                    }
                    Value::Router(number) if name == "router" => {
                        if let Value::Router(other) = value {
                            self.same(number, other);
                        }
                    }
                    Value::Router(number) if matches!(name.as_str(), "url_prefix" | "prefix") => {
                        if let Some(router) = self.routers.get_mut(number) {
                            router.prefix = value.as_text().map(str::to_owned);
                        }
                    }
                    Value::Router(number) => {
                        if let Some(router) = self.routers.get_mut(number) {
                            router.names.insert(name.clone(), value);
                        }
                    }
                    Value::Module(file) => self.bind(file, name, value),
                    _ => {}
                }
            }
            Expression::Item(owner, key) => {
                let owner = self.evaluate(owner, scope);
                let key = self.evaluate(key, scope);
                if let Value::Map(number) = owner
                    && let Some(map) = self.maps.get_mut(number).filter(|it| it.len() < 10_000)
                {
                    map.push((key, value));
                }
            }
            _ => {}
        }
    }

    pub(super) fn bind(&mut self, scope: usize, name: &'f str, value: Value) {
        let conditions = self.conditions;
        let is_idle = self.idle > 0;
        let Some(own) = self.scopes.get_mut(scope) else { return };
        if is_idle && own.names.contains_key(name) {
            return;
        }
        let known = own.names.remove(name);
        let value = match known {
            // What it was before may still be so.
            Some(known) if conditions > own.conditions => known.or(value),
            _ => value,
        };
        own.names.insert(name, value);
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

    fn class(&mut self, syntax: &'f Class, scope: usize) {
        let mut bases = Vec::new();
        for base in &syntax.bases {
            if base.0.is_none() {
                bases.push(self.evaluate(&base.1, scope));
            }
        }
        let inner = self.scope(scope, true);
        let number = self.classes.len();
        self.classes.push(ClassValue { scope: inner, bases });
        self.bind(scope, &syntax.name, Value::Class(number));
        self.block(&syntax.body, inner);
        for decorator in syntax.decorators.iter().rev() {
            self.decorate(decorator, Value::Class(number), scope);
        }
    }

    fn define(&mut self, syntax: &'f Function, scope: usize) {
        let is_class = self.scopes.get(scope).is_some_and(|own| own.is_class);
        let class =
            is_class.then(|| self.classes.iter().rposition(|it| it.scope == scope)).flatten();
        let number = self.functions.len();
        self.functions.push(FunctionValue { syntax, scope, file: self.file, class });
        let value = Value::Function(number);
        self.bind(scope, &syntax.name, value.clone());
        for decorator in syntax.decorators.iter().rev() {
            self.decorate(decorator, value.clone(), scope);
        }
    }

    /// Runs a function with its parameters' values; what it gives.
    pub(super) fn enter(
        &mut self,
        number: usize,
        give: impl FnOnce(&mut Self, usize, &'f Function),
    ) -> Value {
        let Some(function) = self.functions.get(number) else { return Value::Unknown };
        let (syntax, outer, file) = (function.syntax, function.scope, function.file);
        let pointer = std::ptr::from_ref(syntax);
        if self.running.contains(&pointer) || self.running.len() > 24 || syntax.body.is_empty() {
            return Value::Unknown;
        }
        self.running.push(pointer);
        self.ran.insert(pointer);
        let scope = self.scope(outer, false);
        give(self, scope, syntax);
        let own = std::mem::replace(&mut self.file, file);
        self.block(&syntax.body, scope);
        self.file = own;
        self.running.pop();
        let returned = self.scopes.get_mut(scope).and_then(|scope| scope.returned.take());
        returned.unwrap_or(Value::Unknown)
    }

    /// Runs a function that nothing in the files calls: whoever starts the
    /// program does.
    fn call_of_nobody(&mut self, number: usize) {
        let Some(function) = self.functions.get(number) else { return };
        let (syntax, class) = (function.syntax, function.class);
        let pointer = std::ptr::from_ref(syntax);
        if self.ran.contains(&pointer) || syntax.body.is_empty() {
            return;
        }
        let this = class.map(|class| {
            let known = self.instances.iter().position(|it| it.class == class);
            match known {
                Some(known) => Value::Instance(known),
                None => self.instantiate_of_nobody(class),
            }
        });
        // Making the instance may have run it.
        if self.ran.contains(&pointer) {
            return;
        }
        self.enter(number, |own, scope, syntax| own.give_nothing(scope, syntax, this));
    }

    fn instantiate_of_nobody(&mut self, class: usize) -> Value {
        self.instances.push(Instance { class, names: BTreeMap::new() });
        let value = Value::Instance(self.instances.len() - 1);
        let init = self.classes.get(class).and_then(|it| self.scopes.get(it.scope));
        let init = init.and_then(|scope| scope.names.get("__init__")).cloned();
        if let Some(Value::Function(init)) = init {
            let this = Some(value.clone());
            self.enter(init, |own, scope, syntax| own.give_nothing(scope, syntax, this));
        }
        value
    }

    /// Gives each parameter what it is where nobody says.
    fn give_nothing(&mut self, scope: usize, syntax: &'f Function, mut this: Option<Value>) {
        for parameter in &syntax.parameters {
            let default = parameter.default.as_ref().map(|it| self.evaluate(it, scope));
            let router = || super::web::parameter(&parameter.name, parameter.of.as_deref());
            let value = match (this.take(), default) {
                (Some(this), _) => this,
                (None, Some(value)) if value != Value::Nothing => value,
                (None, default) => match router() {
                    Some(kind) => self.new_router(kind, Some(String::new()), None),
                    None => default.unwrap_or(Value::Unknown),
                },
            };
            self.bind(scope, &parameter.name, value);
        }
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
