//! Names, and what is bound to them.

use std::collections::BTreeMap;

use super::run::Machine;
use super::value::Value;
use crate::routes::typescript::facts::Pattern;

#[derive(Debug, Default)]
pub(super) struct Scope<'f> {
    pub(super) parent: Option<usize>,
    pub(super) names: BTreeMap<&'f str, Value>,
}

impl<'f> Machine<'f> {
    pub(super) fn new_scope(&mut self, parent: Option<usize>) -> usize {
        self.scopes.push(Scope { parent, names: BTreeMap::new() });
        self.scopes.len() - 1
    }

    pub(super) fn bind(&mut self, scope: usize, name: &'f str, value: Value) {
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.names.insert(name, value);
        }
    }

    /// What a name means; none where nothing binds it.
    pub(super) fn look_up(&self, scope: usize, name: &str) -> Option<Value> {
        let mut at = Some(scope);
        while let Some(scope) = at.and_then(|at| self.scopes.get(at)) {
            if let Some(value) = scope.names.get(name) {
                return Some(value.clone());
            }
            at = scope.parent;
        }
        None
    }

    /// Whether nothing binds a name.
    pub(in super::super) fn is_unbound(&self, scope: usize, name: &str) -> bool {
        self.look_up(scope, name).is_none()
    }

    /// Gives a name that is bound already another value.
    pub(super) fn rebind(&mut self, scope: usize, name: &'f str, value: Value) {
        let mut at = Some(scope);
        while let Some(number) = at {
            let Some(scope) = self.scopes.get_mut(number) else { break };
            if let Some(known) = scope.names.get_mut(name) {
                *known = value;
                return;
            }
            at = scope.parent;
        }
        self.bind(scope, name, value);
    }

    /// Gives a function or class a member besides its own.
    pub(super) fn attach(&mut self, to: &Value, name: &str, value: Value) {
        if let Some((kind, file, number)) = identity(to) {
            self.attached.insert((kind, file, number, name.to_owned()), value);
        }
    }

    pub(super) fn attached(&self, to: &Value, name: &str) -> Option<Value> {
        let (kind, file, number) = identity(to)?;
        self.attached.get(&(kind, file, number, name.to_owned())).cloned()
    }

    /// Takes a value apart as the pattern says.
    pub(super) fn destructure(&mut self, scope: usize, pattern: &'f Pattern, value: Value) {
        match pattern {
            Pattern::Nothing => {}
            Pattern::Name(name) => self.bind(scope, name, value),
            Pattern::Object(entries) => {
                for (key, pattern) in entries {
                    let field = self.member(&value, key);
                    self.destructure(scope, pattern, field);
                }
            }
            Pattern::List(entries) => {
                let items = match value {
                    Value::List(list) => self.list(list),
                    _ => Vec::new(),
                };
                for (at, pattern) in entries.iter().enumerate() {
                    let item = items.get(at).cloned().unwrap_or(Value::Unknown);
                    self.destructure(scope, pattern, item);
                }
            }
        }
    }
}

/// What tells a function or class from the others.
fn identity(value: &Value) -> Option<(bool, usize, usize)> {
    match value {
        Value::Function(own) => Some((true, own.file, own.function)),
        Value::Class(file, class, _) => Some((false, *file, *class)),
        _ => None,
    }
}
