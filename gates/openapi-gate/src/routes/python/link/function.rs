//! Functions: with what they are called, and those that nothing calls.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use super::super::syntax::{Expression, Facts, Function, Statement};
use super::call::Called;
use super::machine::{Instance, Machine};
use super::value::Value;
use super::web::{self, Kind};

/// The names of everything that is called anywhere.
pub(super) fn called_names(files: &[(Utf8PathBuf, Facts)]) -> BTreeSet<&str> {
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
    pub(super) fn call_of_nobody(&mut self, number: usize) {
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

    pub(super) fn instantiate_of_nobody(&mut self, class: usize) -> Value {
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
    pub(super) fn give_nothing(
        &mut self,
        scope: usize,
        syntax: &'f Function,
        mut this: Option<Value>,
    ) {
        for parameter in &syntax.parameters {
            let default = parameter.default.as_ref().map(|it| self.evaluate(it, scope));
            let router = || web::parameter(&parameter.name, parameter.of.as_deref());
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

    pub(super) fn run_function(
        &mut self,
        number: usize,
        this: Option<Value>,
        called: &Called,
    ) -> Value {
        self.enter(number, |own, scope, syntax| own.give(scope, syntax, this, called))
    }

    /// Gives a function's parameters the arguments of a call.
    pub(super) fn give(
        &mut self,
        scope: usize,
        syntax: &'f Function,
        this: Option<Value>,
        called: &Called,
    ) {
        let mut given = this.into_iter().chain(called.positional.iter().cloned());
        let mut is_named_only = false;
        for parameter in &syntax.parameters {
            if let Some(name) = parameter.name.strip_prefix('*') {
                is_named_only = true;
                // Either those left over, by place or by name.
                let rest: Vec<Value> = given.by_ref().collect();
                let is_known = |own: &str| syntax.parameters.iter().any(|it| it.name == own);
                let more = called.named.iter().filter(|(own, _)| !is_known(own));
                let more: Vec<(Value, Value)> =
                    more.map(|(own, value)| (Value::text(own), value.clone())).collect();
                let value = match rest.is_empty() {
                    true => self.map(more),
                    false => self.list(rest),
                };
                self.bind(scope, name, value);
                continue;
            }
            let by_place = if is_named_only { None } else { given.next() };
            let value = by_place.or_else(|| called.keyword(&parameter.name).cloned());
            let value = match (value, &parameter.default) {
                (Some(value), _) => value,
                (None, _) if called.is_open => Value::Unknown,
                (None, Some(default)) => self.evaluate(default, scope),
                (None, None) => Value::Unknown,
            };
            // Where it comes from is not among the files; its type says what it is.
            let is_told = !matches!(value, Value::Unknown | Value::Made(_) | Value::Member(..));
            let kind = parameter.of.as_deref().and_then(|of| web::parameter("", Some(of)));
            let value = match kind {
                Some(Kind::App) if !is_told => {
                    self.new_router(Kind::App, Some(String::new()), None)
                }
                _ => value,
            };
            self.bind(scope, &parameter.name, value);
        }
    }

    /// Runs a function that takes nothing but its instance.
    pub(super) fn run_method(&mut self, function: usize, this: Value) -> Value {
        self.enter(function, |own, scope, syntax| {
            if let Some(first) = syntax.parameters.first() {
                own.bind(scope, &first.name, this);
            }
        })
    }

    pub(super) fn instantiate(&mut self, class: usize, called: &Called) -> Value {
        let value = match self.library_base(class, 0) {
            Some(library) => match self.made(&library, called) {
                Some(Value::Router(router)) => {
                    if let Some(router) = self.routers.get_mut(router) {
                        router.class = Some(class);
                    }
                    Value::Router(router)
                }
                _ => self.instance(class, called),
            },
            None => self.instance(class, called),
        };
        if let Some(Value::Function(init)) = self.of_class(class, "__init__", 0) {
            self.run_function(init, Some(value.clone()), called);
        }
        value
    }

    pub(super) fn instance(&mut self, class: usize, called: &Called) -> Value {
        let mut instance = Instance { class, names: Default::default() };
        // Settings and records take what they hold by name.
        if let Some(own) = self.classes.get(class) {
            let scope = self.scopes.get(own.scope);
            for (name, value) in &called.named {
                let known = scope.and_then(|scope| scope.names.get_key_value(name.as_str()));
                if let Some((name, _)) = known {
                    instance.names.insert(name, value.clone());
                }
            }
        }
        self.instances.push(instance);
        Value::Instance(self.instances.len() - 1)
    }

    /// The class of a package that a class stands on, if its framework makes
    /// routers of it.
    pub(super) fn library_base(&self, class: usize, depth: usize) -> Option<std::rc::Rc<str>> {
        let own = self.classes.get(class).filter(|_| depth < 16)?;
        own.bases.iter().find_map(|base| match base {
            Value::Class(base) => self.library_base(*base, depth + 1),
            Value::Library(name) if self.makes_router(name) => Some(name.clone()),
            _ => None,
        })
    }
}
