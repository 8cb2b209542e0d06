//! Expressions and calls.

use super::super::syntax::Expression;
use super::machine::{ELEMENTS_MAX, Machine, TEXT_MAX};
use super::value::Value;

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

    pub(super) fn sum(&mut self, parts: &'f [Expression], scope: usize) -> Value {
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

    pub(super) fn item(&mut self, owner: &Value, key: &Value) -> Value {
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

    pub(super) fn bound(&mut self, value: Value, this: &Value) -> Value {
        let Value::Function(function) = value else { return value };
        if self.is_marked(function, "staticmethod") {
            return value;
        }
        if self.is_marked(function, "property") || self.is_marked(function, "cached_property") {
            return self.run_method(function, this.clone());
        }
        Value::Method(function, Box::new(this.clone()))
    }

    pub(super) fn is_marked(&self, function: usize, decorator: &str) -> bool {
        let Some(function) = self.functions.get(function) else { return false };
        function.syntax.decorators.iter().any(|it| it.last_name() == Some(decorator))
    }
}
