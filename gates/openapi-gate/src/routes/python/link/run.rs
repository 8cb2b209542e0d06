//! Statements: names are given values, classes and functions are made, branches
//! and loops are gone through.

use super::super::syntax::{Class, Condition, Expression, Function, Statement};
use super::machine::{ClassValue, ELEMENTS_MAX, FunctionValue, Machine, TEXT_MAX};
use super::value::Value;

/// Loops over more than this are over data.
const TURNS_MAX: usize = 600;

impl<'f> Machine<'f> {
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

    pub(super) fn statement(&mut self, statement: &'f Statement, scope: usize) {
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

    pub(super) fn perhaps(&mut self, body: &'f [Statement], scope: usize) {
        self.conditions += 1;
        self.maybes += 1;
        self.block(body, scope);
        self.conditions -= 1;
        self.maybes -= 1;
    }

    /// Runs a branch. One that surely is the one, or surely not, as far as the
    /// source tells, still registers under a condition; only names are sure.
    pub(super) fn branch(
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
    pub(super) fn truth(&mut self, test: &'f Expression, scope: usize) -> Option<bool> {
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
            (Value::Choice(all), _) => {
                for one in all.iter() {
                    self.extended(one.clone(), added.clone());
                }
                None
            }
            (Value::List(number), _) => {
                let mut more = self.elements(&added).unwrap_or_else(|| vec![added.clone()]);
                // Of a list that hangs on itself there is no end.
                self.is_cut |= more.len() > ELEMENTS_MAX;
                more.truncate(ELEMENTS_MAX);
                let is_free = self.takes(more.len());
                if let Some(list) = self.lists.get_mut(*number).filter(|_| is_free) {
                    match list.len() < ELEMENTS_MAX {
                        true => list.extend(more),
                        false => self.is_cut = true,
                    }
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
    pub(super) fn rebind(&mut self, target: &'f Expression, value: Value, scope: usize) {
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

    pub(super) fn class(&mut self, syntax: &'f Class, scope: usize) {
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

    pub(super) fn define(&mut self, syntax: &'f Function, scope: usize) {
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
}
