//! Expressions and calls.

use kernel::Span;

use super::super::syntax::{Argument, Expression, Function};
use super::machine::{ELEMENTS_MAX, Instance, Machine, TEXT_MAX};
use super::value::Value;
use super::web::{self, Kind};

/// A call's arguments, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Called {
    pub(super) positional: Vec<Value>,
    pub(super) named: Vec<(String, Value)>,
    /// Whether there are more, and nobody knows which.
    pub(super) is_open: bool,
    pub(super) file: usize,
    pub(super) span: Span,
    pub(super) written: String,
    /// The class or function that stands below, where it is a decorator.
    pub(super) decorated: Option<Value>,
}

impl Called {
    /// The argument of that place or name.
    pub(super) fn argument(&self, place: usize, name: &str) -> Option<&Value> {
        self.positional.get(place).or_else(|| self.keyword(name))
    }

    pub(super) fn keyword(&self, name: &str) -> Option<&Value> {
        self.named.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Whether it says that no schema shall have the route, or not always.
    pub(super) fn is_hidden(&self) -> bool {
        self.keyword("include_in_schema").is_some_and(|it| *it != Value::Truth(true))
    }
}

impl<'f> Machine<'f> {
    /// What an expression comes to.
    pub(super) fn evaluate(&mut self, expression: &'f Expression, scope: usize) -> Value {
        self.deeper(|own| own.evaluated(expression, scope)).unwrap_or(Value::Unknown)
    }

    fn evaluated(&mut self, expression: &'f Expression, scope: usize) -> Value {
        match expression {
            Expression::Text(text) => Value::text(text),
            Expression::Truth(own) => Value::Truth(*own),
            Expression::Nothing => Value::Nothing,
            Expression::Other => Value::Unknown,
            Expression::Name(name) => self.lookup(scope, name),
            Expression::All(inner) => self.evaluate(inner, scope),
            Expression::Sum(parts) => self.sum(parts, scope),
            Expression::Member(owner, name) => {
                let owner = self.evaluate(owner, scope);
                self.member(&owner, name)
            }
            Expression::Call(callee, arguments, span, written) => {
                if matches!(&**callee, Expression::Name(name) if name == "super") {
                    let this = self.lookup(scope, "self");
                    return Value::Member(Box::new(this), Self::shared("super"));
                }
                let value = self.evaluate(callee, scope);
                let called = self.called(arguments, scope, *span, written.as_deref());
                self.on_unknown(callee, &value, &called);
                self.call(&value, &called)
            }
            Expression::Item(owner, key) => {
                let owner = self.evaluate(owner, scope);
                let key = self.evaluate(key, scope);
                self.item(&owner, &key)
            }
            Expression::List(elements) => {
                let mut all = Vec::new();
                for element in elements {
                    let value = self.evaluate(element, scope);
                    match element {
                        Expression::All(_) => match self.elements(&value) {
                            Some(more) => all.extend(more),
                            None => all.push(value),
                        },
                        _ => all.push(value),
                    }
                }
                self.list(all)
            }
            Expression::Map(pairs) => {
                let mut all = Vec::new();
                for (key, value) in pairs {
                    let given = self.evaluate(value, scope);
                    match (value, &given) {
                        (Expression::All(_), Value::Map(map)) => {
                            all.extend(self.maps.get(*map).cloned().unwrap_or_default());
                        }
                        _ => {
                            let key = self.evaluate(key, scope);
                            all.push((key, given));
                        }
                    }
                }
                self.map(all)
            }
            Expression::Each(element, target, over) => {
                let over = self.evaluate(over, scope);
                let Some(all) = self.elements(&over).filter(|all| all.len() < 2_000) else {
                    return Value::Unknown;
                };
                let mut found = Vec::new();
                for value in all {
                    let inner = self.scope(scope, false);
                    self.assign(target, value, inner);
                    found.push(self.evaluate(element, inner));
                }
                self.list(found)
            }
            Expression::If(test, one, other) => {
                let truth = self.evaluate(test, scope).truth();
                match truth {
                    Some(true) => self.evaluate(one, scope),
                    Some(false) => self.evaluate(other, scope),
                    None => {
                        let one = self.evaluate(one, scope);
                        one.or(self.evaluate(other, scope))
                    }
                }
            }
            Expression::Not(inner) => {
                let truth = self.evaluate(inner, scope).truth();
                truth.map_or(Value::Unknown, |truth| Value::Truth(!truth))
            }
            Expression::IsNothing(inner) => match self.evaluate(inner, scope) {
                Value::Nothing => Value::Truth(true),
                Value::Unknown | Value::Choice(_) | Value::Imported(..) => Value::Unknown,
                _ => Value::Truth(false),
            },
            Expression::Or(all) => {
                let mut value: Option<Value> = None;
                for one in all {
                    let next = self.evaluate(one, scope);
                    let truth = next.truth();
                    let is_last = std::ptr::eq(one, all.last().unwrap_or(one));
                    if truth != Some(false) || is_last {
                        value = Some(match value {
                            Some(own) => own.or(next),
                            None => next,
                        });
                    }
                    if truth == Some(true) {
                        break;
                    }
                }
                value.unwrap_or(Value::Unknown)
            }
        }
    }

    pub(super) fn map(&mut self, pairs: Vec<(Value, Value)>) -> Value {
        if pairs.len() > ELEMENTS_MAX || !self.takes(pairs.len()) {
            return Value::Unknown;
        }
        self.maps.push(pairs);
        Value::Map(self.maps.len() - 1)
    }

    fn sum(&mut self, parts: &'f [Expression], scope: usize) -> Value {
        let values: Vec<Value> = parts.iter().map(|it| self.evaluate(it, scope)).collect();
        let is_list = |it: &Value| matches!(it, Value::List(_) | Value::Routes(_));
        if values.iter().any(is_list) {
            let mut all = Vec::new();
            for value in values {
                if all.len() > ELEMENTS_MAX {
                    return Value::Unknown;
                }
                match self.elements(&value) {
                    Some(more) => all.extend(more),
                    None => all.push(value),
                }
            }
            return self.list(all);
        }
        let texts: Option<String> = values.iter().map(Value::as_text).collect();
        let text = texts.filter(|text| text.len() < TEXT_MAX && self.takes(text.len() / 16));
        text.map_or(Value::Unknown, |text| Value::text(&text))
    }

    fn item(&mut self, owner: &Value, key: &Value) -> Value {
        match owner {
            Value::Map(number) => {
                let pairs = self.maps.get(*number).map(Vec::as_slice).unwrap_or_default();
                let found = pairs.iter().rev().find(|(own, _)| own == key);
                let is_known = pairs.iter().all(|(own, _)| own.as_text().is_some());
                let other = if is_known { Value::Nothing } else { Value::Unknown };
                found.map_or(other, |(_, value)| value.clone())
            }
            // An enumeration's member by its name, or a type of something.
            Value::Class(_) => match key {
                Value::Text(name) => self.member(owner, name),
                _ => owner.clone(),
            },
            Value::Library(_) => owner.clone(),
            _ => Value::Unknown,
        }
    }

    /// What `name` of a value is.
    pub(super) fn member(&mut self, owner: &Value, name: &str) -> Value {
        let as_member = || Value::Member(Box::new(owner.clone()), Self::shared(name));
        match owner {
            Value::Choice(all) => {
                let known = all.iter().filter(|it| !matches!(it, Value::Nothing));
                let found: Vec<Value> = known.map(|it| self.member(it, name)).collect();
                found.into_iter().reduce(Value::or).unwrap_or(Value::Unknown)
            }
            Value::Module(file) => self.of_module(*file, name, 16).unwrap_or(Value::Unknown),
            Value::Folder(folder) => self.of_folder(folder, name).unwrap_or(Value::Unknown),
            Value::Library(library) if &**library == "django.conf.settings" => {
                self.setting(name).unwrap_or_else(as_member)
            }
            Value::Library(library) => Value::Library(Self::shared(&format!("{library}.{name}"))),
            Value::Made(library) => Value::Made(Self::shared(&format!("{library}.{name}"))),
            Value::Class(class) => match self.of_class(*class, name, 0) {
                Some(Value::Function(function)) if self.is_marked(function, "classmethod") => {
                    Value::Method(function, Box::new(owner.clone()))
                }
                Some(value) => value,
                None => as_member(),
            },
            Value::Instance(number) => {
                let Some(instance) = self.instances.get(*number) else { return Value::Unknown };
                let class = instance.class;
                if let Some(value) = instance.names.get(name) {
                    return value.clone();
                }
                match self.of_class(class, name, 0) {
                    Some(value) => self.bound(value, owner),
                    None => as_member(),
                }
            }
            Value::Router(number) => {
                let known = self.routers.get(*number);
                if let Some(value) = known.and_then(|router| router.names.get(name)) {
                    return value.clone();
                }
                let class = known.and_then(|router| router.class);
                match class.and_then(|class| self.of_class(class, name, 0)) {
                    Some(value) => self.bound(value, owner),
                    None => self.router_member(*number, name).unwrap_or_else(as_member),
                }
            }
            Value::Text(_) if matches!(name, "value" | "name") => owner.clone(),
            Value::Member(this, word) if &**word == "super" => {
                let class = match &**this {
                    Value::Instance(number) => self.instances.get(*number).map(|it| it.class),
                    Value::Router(number) => self.routers.get(*number).and_then(|it| it.class),
                    _ => None,
                };
                let bases = class.and_then(|class| self.classes.get(class)).map(|it| &it.bases);
                for base in bases.cloned().unwrap_or_default() {
                    if let Value::Class(base) = base
                        && let Some(value) = self.of_class(base, name, 0)
                    {
                        return self.bound(value, this);
                    }
                }
                Value::Member(this.clone(), Self::shared(name))
            }
            Value::Unknown => Value::Unknown,
            _ => as_member(),
        }
    }

    /// What a class has of that name, by itself or from the classes it stands on.
    pub(super) fn of_class(&self, class: usize, name: &str, depth: usize) -> Option<Value> {
        let own = self.classes.get(class).filter(|_| depth < 16)?;
        if let Some(value) = self.named(own.scope, name) {
            return Some(value);
        }
        own.bases.iter().find_map(|base| match base {
            Value::Class(base) => self.of_class(*base, name, depth + 1),
            _ => None,
        })
    }

    fn bound(&mut self, value: Value, this: &Value) -> Value {
        let Value::Function(function) = value else { return value };
        if self.is_marked(function, "staticmethod") {
            return value;
        }
        if self.is_marked(function, "property") || self.is_marked(function, "cached_property") {
            return self.run_method(function, this.clone());
        }
        Value::Method(function, Box::new(this.clone()))
    }

    /// Runs a function that takes nothing but its instance.
    pub(super) fn run_method(&mut self, function: usize, this: Value) -> Value {
        self.enter(function, |own, scope, syntax| {
            if let Some(first) = syntax.parameters.first() {
                own.bind(scope, &first.name, this);
            }
        })
    }

    fn is_marked(&self, function: usize, decorator: &str) -> bool {
        let Some(function) = self.functions.get(function) else { return false };
        function.syntax.decorators.iter().any(|it| it.last_name() == Some(decorator))
    }

    fn called(
        &mut self,
        arguments: &'f [Argument],
        scope: usize,
        span: Span,
        written: Option<&str>,
    ) -> Called {
        let mut called = Called {
            positional: Vec::new(),
            named: Vec::new(),
            is_open: false,
            file: self.file,
            span,
            written: written.unwrap_or_default().to_owned(),
            decorated: None,
        };
        for Argument(name, expression) in arguments {
            let value = self.evaluate(expression, scope);
            match (name, expression, &value) {
                (Some(name), ..) => called.named.push((name.clone(), value)),
                (None, Expression::All(_), Value::Map(map)) => {
                    for (key, value) in self.maps.get(*map).cloned().unwrap_or_default() {
                        match key.as_text() {
                            Some(key) => called.named.push((key.to_owned(), value)),
                            None => called.is_open = true,
                        }
                    }
                }
                (None, Expression::All(_), _) => match self.elements(&value) {
                    Some(more) => called.positional.extend(more),
                    None => called.is_open = true,
                },
                (None, ..) => called.positional.push(value),
            }
        }
        if !self.takes(called.positional.len() + called.named.len()) {
            called.positional.clear();
            called.named.clear();
            called.is_open = true;
        }
        if written.is_none() {
            let first = called.positional.first().and_then(Value::as_text);
            called.written = first.map(|text| format!("\"{text}\"")).unwrap_or_default();
        }
        called
    }

    /// What a call gives.
    pub(super) fn call(&mut self, callee: &Value, called: &Called) -> Value {
        self.deeper(|own| own.call_within(callee, called)).unwrap_or(Value::Unknown)
    }

    fn call_within(&mut self, callee: &Value, called: &Called) -> Value {
        match callee {
            Value::Choice(all) => {
                let found: Vec<Value> = all.iter().map(|it| self.call(it, called)).collect();
                found.into_iter().reduce(Value::or).unwrap_or(Value::Unknown)
            }
            Value::Function(function) => self.run_function(*function, None, called),
            Value::Method(function, this) => {
                self.run_function(*function, Some((**this).clone()), called)
            }
            Value::Class(class) => self.instantiate(*class, called),
            Value::Library(name) => match self.builtin(name, called) {
                Some(value) => value,
                None => self.made(name, called).unwrap_or_else(|| {
                    // `Middleware(app)` serves what it is given; a function may not.
                    let last = name.rsplit('.').next().unwrap_or_default();
                    let is_class = last.starts_with(|c: char| c.is_ascii_uppercase());
                    let inner = if is_class { wrapped(called) } else { None };
                    inner.unwrap_or_else(|| Value::Made(name.clone()))
                }),
            },
            Value::Made(name) => {
                self.made(name, called).unwrap_or_else(|| Value::Made(name.clone()))
            }
            Value::Member(owner, name) => self.call_member(owner, name, called),
            // What is wrapped around a view.
            _ => self.made("?", called).unwrap_or(Value::Unknown),
        }
    }

    fn call_member(&mut self, owner: &Value, name: &str, called: &Called) -> Value {
        let first = called.positional.first();
        match (owner, name) {
            (Value::Router(router), "__init__") => {
                self.initialise(*router, called);
                Value::Nothing
            }
            (Value::Router(router), _) => {
                let all = called.positional.iter().chain(called.named.iter().map(|(_, it)| it));
                if self.may_wait && all.into_iter().any(Value::is_late) {
                    self.waiting.push((*router, name.to_owned(), called.clone(), self.maybes));
                    return Value::Unknown;
                }
                self.word(*router, name, called).unwrap_or(Value::Unknown)
            }
            (Value::Text(text), _) => text_method(text, name, called),
            (Value::Routes(_) | Value::List(_), "append" | "extend" | "insert") => {
                let value = if name == "insert" { called.positional.get(1) } else { first };
                let mut value = value.cloned().unwrap_or(Value::Unknown);
                if name != "extend" {
                    value = self.list(vec![value]);
                }
                self.extended(owner.clone(), value);
                Value::Nothing
            }
            (Value::Map(_), "get") => {
                let key = first.cloned().unwrap_or(Value::Unknown);
                match (self.item(owner, &key), called.positional.get(1)) {
                    (Value::Nothing, Some(default)) => default.clone(),
                    (value, _) => value,
                }
            }
            (Value::Map(map), "items" | "values" | "keys") => {
                let pairs = self.maps.get(*map).cloned().unwrap_or_default();
                let mut all = Vec::new();
                for (key, value) in pairs {
                    all.push(match name {
                        "items" => self.list(vec![key, value]),
                        "keys" => key,
                        _ => value,
                    });
                }
                self.list(all)
            }
            (Value::Class(_), "as_view") => self.as_view(owner, called),
            (Value::Class(class), "model_validate" | "parse_obj" | "create") => {
                self.instantiate(*class, called)
            }
            _ => Value::Unknown,
        }
    }

    fn run_function(&mut self, number: usize, this: Option<Value>, called: &Called) -> Value {
        self.enter(number, |own, scope, syntax| own.give(scope, syntax, this, called))
    }

    /// Gives a function's parameters the arguments of a call.
    fn give(&mut self, scope: usize, syntax: &'f Function, this: Option<Value>, called: &Called) {
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

    fn instantiate(&mut self, class: usize, called: &Called) -> Value {
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

    fn instance(&mut self, class: usize, called: &Called) -> Value {
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

    /// Does what a decorator says of `value`.
    pub(super) fn decorate(&mut self, decorator: &'f Expression, value: Value, scope: usize) {
        let Expression::Call(callee_expression, arguments, span, written) = decorator else {
            let callee = self.evaluate(decorator, scope);
            // `@publish.mapping.delete`
            if let Value::Member(mapping, word) = &callee
                && let Value::Member(action, name) = &**mapping
                && &**name == "mapping"
            {
                let nowhere = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
                let mut called = self.called(&[], scope, nowhere, None);
                called.decorated = Some((**action).clone());
                self.mark(&format!("mapping.{word}"), &called);
            }
            if matches!(callee, Value::Function(_) | Value::Method(..)) {
                let called = self.called(
                    &[],
                    scope,
                    Span { line: 1, column: 1, end_line: 1, end_column: 1 },
                    None,
                );
                self.call(&callee, &Called { positional: vec![value], ..called });
            }
            return;
        };
        let callee = self.evaluate(callee_expression, scope);
        let mut called = self.called(arguments, scope, *span, written.as_deref());
        called.decorated = Some(value.clone());
        self.on_unknown(callee_expression, &callee, &called);
        // What turns a class into handlers moves routes that are known already.
        let all = called.positional.iter().chain(called.named.iter().map(|(_, value)| value));
        if matches!(value, Value::Class(_))
            && matches!(callee, Value::Function(_))
            && all.clone().any(|it| it.router().is_some())
            && all.clone().all(|it| it.as_text().is_none())
        {
            return;
        }
        let given = self.call(&callee, &called);
        if matches!(given, Value::Function(_) | Value::Method(..)) {
            self.call(&given, &Called { positional: vec![value], named: Vec::new(), ..called });
        }
    }

    fn builtin(&mut self, name: &str, called: &Called) -> Option<Value> {
        let first = called.positional.first();
        let second = called.positional.get(1).or_else(|| called.keyword("default"));
        match name.strip_prefix("builtins.").unwrap_or(name) {
            "os.environ.get"
            | "os.getenv"
            | "environ.get"
            | "decouple.config"
            | "os.environ.setdefault" => Some(second.cloned().unwrap_or(Value::Nothing)),
            "pydantic.Field" | "pydantic.fields.Field" | "dataclasses.field" => {
                Some(called.argument(0, "default").cloned().unwrap_or(Value::Unknown))
            }
            "list" | "tuple" | "set" | "sorted" | "reversed" | "frozenset" => {
                let all = first.and_then(|it| self.elements(it))?;
                Some(self.list(all))
            }
            "str" => first.filter(|it| it.as_text().is_some()).cloned(),
            "getattr" => {
                let name = second?.as_text()?.to_owned();
                let value = self.member(&first?.clone(), &name);
                // What else may stand there is set where it runs.
                let is_told = !matches!(value, Value::Unknown | Value::Made(_) | Value::Member(..));
                let default = called.positional.get(2).filter(|_| !is_told);
                Some(default.cloned().unwrap_or(value))
            }
            "itertools.chain" => {
                let mut all = Vec::new();
                for value in &called.positional {
                    all.extend(self.elements(value)?);
                }
                Some(self.list(all))
            }
            "importlib.import_module" => {
                let name = first?.as_text()?;
                self.module(name, self.file)
            }
            "functools.partial" => first.cloned(),
            "typing.cast" => second.cloned(),
            "django.conf.settings" => None,
            _ => None,
        }
    }
}

/// The only router among the arguments: what wraps it serves it.
pub(super) fn wrapped(called: &Called) -> Option<Value> {
    let all = called.positional.iter().chain(called.named.iter().map(|(_, value)| value));
    let mut routers = all.filter_map(Value::router);
    match (routers.next(), routers.next()) {
        (Some(only), None) => Some(Value::Router(only)),
        _ => None,
    }
}

fn text_method(text: &str, name: &str, called: &Called) -> Value {
    let first = called.positional.first();
    let letters = match first {
        None => Some(" \t\n"),
        Some(value) => value.as_text(),
    };
    let strip = |side: fn(&str, &[char]) -> String| match letters {
        Some(letters) => Value::text(&side(text, &letters.chars().collect::<Vec<_>>())),
        None => Value::Unknown,
    };
    match name {
        "rstrip" => strip(|text, letters| text.trim_end_matches(letters).to_owned()),
        "lstrip" => strip(|text, letters| text.trim_start_matches(letters).to_owned()),
        "strip" => strip(|text, letters| text.trim_matches(letters).to_owned()),
        "lower" => Value::text(&text.to_lowercase()),
        "upper" => Value::text(&text.to_uppercase()),
        "removesuffix" | "removeprefix" => match first.and_then(Value::as_text) {
            Some(part) if name == "removesuffix" => {
                Value::text(text.strip_suffix(part).unwrap_or(text))
            }
            Some(part) => Value::text(text.strip_prefix(part).unwrap_or(text)),
            None => Value::Unknown,
        },
        "replace" => match (first.and_then(Value::as_text), called.positional.get(1)) {
            (Some(from), Some(Value::Text(to))) if !from.is_empty() && text.len() < 500 => {
                Value::text(&text.replace(from, to))
            }
            _ => Value::Unknown,
        },
        "format" => formatted(text, called),
        _ => Value::Unknown,
    }
}

fn formatted(text: &str, called: &Called) -> Value {
    let (mut out, mut rest, mut next) = (String::new(), text, 0);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        if from.starts_with("{{") || from.starts_with("}}") {
            out.push_str(from.get(..1).unwrap_or_default());
            rest = from.get(2..).unwrap_or_default();
            continue;
        }
        let Some(end) = from.find('}') else { return Value::Unknown };
        let name = from.get(1..end).unwrap_or_default();
        let value = match name.parse::<usize>() {
            Ok(place) => called.positional.get(place),
            Err(_) if name.is_empty() => {
                next += 1;
                called.positional.get(next - 1)
            }
            Err(_) => called.keyword(name),
        };
        let Some(value) = value.and_then(Value::as_text) else { return Value::Unknown };
        out.push_str(value);
        rest = from.get(end + 1..).unwrap_or_default();
        if out.len() > 2_000 {
            return Value::Unknown;
        }
    }
    out.push_str(rest);
    Value::text(&out)
}
