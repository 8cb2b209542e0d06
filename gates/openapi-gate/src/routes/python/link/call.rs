//! Calls: of functions and classes of the files, of what packages have, of words
//! that the framework understands.

use kernel::Span;

use super::super::syntax::{Argument, Expression};
use super::machine::Machine;
use super::text;
use super::value::Value;

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
    pub(super) fn called(
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

    pub(super) fn call_within(&mut self, callee: &Value, called: &Called) -> Value {
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

    pub(super) fn call_member(&mut self, owner: &Value, name: &str, called: &Called) -> Value {
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
            (Value::Text(text), _) => text::method(text, name, called),
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

    pub(super) fn builtin(&mut self, name: &str, called: &Called) -> Option<Value> {
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
