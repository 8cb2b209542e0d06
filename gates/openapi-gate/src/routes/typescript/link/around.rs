//! What names mean at a place of a file that nothing may ever run: those of the
//! file, and the constants of the functions around it.

use std::collections::{BTreeMap, BTreeSet};

use super::run::Machine;
use super::value::Value;
use crate::routes::typescript::facts::{Expr, Facts, Function, Id, Stmt};

/// Which functions stand around each expression of a file.
pub(in super::super) struct Around {
    file: usize,
    /// The innermost by the number of the expression; 0 is none.
    innermost: Vec<usize>,
    /// The next one outwards by the number of the function.
    outer: BTreeMap<usize, usize>,
    /// Scopes by the number of the function, the file's own by 0.
    scopes: BTreeMap<usize, usize>,
}

impl<'f> Machine<'f> {
    /// Looks at a file.
    pub(in super::super) fn around(&mut self, file: usize) -> Around {
        let module = self.load(file);
        let scope = self.new_scope(Some(module));
        let mut around = Around {
            file,
            innermost: Vec::new(),
            outer: BTreeMap::new(),
            scopes: BTreeMap::from([(0, scope)]),
        };
        let Some(facts) = self.facts(file) else { return around };
        for name in nested(facts, facts.body) {
            self.bind(scope, name, Value::Unknown);
        }
        around.innermost = vec![0; facts.expressions.len()];
        let functions = facts.functions.iter().enumerate().skip(1);
        let mut functions: Vec<(usize, &Function)> = functions.collect();
        functions.sort_by_key(|(_, own)| (own.from, usize::MAX - own.to));
        for (number, own) in functions {
            let Some(range) = around.innermost.get_mut(own.from..own.to) else { continue };
            around.outer.insert(number, range.first().copied().unwrap_or_default());
            range.fill(number);
        }
        around
    }

    /// The scope of an expression.
    pub(in super::super) fn scope_at(&mut self, around: &mut Around, id: Id) -> usize {
        let (mut chain, mut at) = (Vec::new(), around.innermost.get(id).copied());
        let mut scope = 0;
        while let Some(number) = at {
            if let Some(known) = around.scopes.get(&number) {
                scope = *known;
                break;
            }
            chain.push(number);
            at = around.outer.get(&number).copied().filter(|outer| *outer != number);
        }
        let functions = self.facts(around.file).map_or(&[][..], |facts| &facts.functions);
        for number in chain.into_iter().rev() {
            scope = self.new_scope(Some(scope));
            if let Some(function) = functions.get(number) {
                self.bind_constants(around.file, scope, function);
            }
            around.scopes.insert(number, scope);
        }
        scope
    }

    /// Binds what a function's own names are: unknown, but for the constants that
    /// it begins with.
    fn bind_constants(&mut self, file: usize, scope: usize, function: &'f Function) {
        let Some(facts) = self.facts(file) else { return };
        let mut own = Vec::new();
        for parameter in &function.parameters {
            parameter.pattern.names(&mut own);
        }
        let statements = || facts.blocks.get(function.body).into_iter().flatten();
        for statement in statements() {
            if let Stmt::Let(pattern, _) = statement {
                pattern.names(&mut own);
            }
        }
        let nested = nested(facts, function.body);
        for name in own.iter().chain(&nested) {
            self.bind(scope, name, Value::Unknown);
        }
        let range = facts.expressions.get(function.from..function.to).unwrap_or_default();
        let assigned = range.iter().filter_map(|it| match it {
            Expr::Assign(to, _) => match facts.expressions.get(*to) {
                Some(Expr::Name(name)) => Some(name.as_str()),
                _ => None,
            },
            _ => None,
        });
        // What has one name at two places, or two values, is told and not guessed.
        let doubtful: BTreeSet<&str> = assigned.chain(nested).collect();
        for statement in statements() {
            let Stmt::Let(pattern, value) = statement else { continue };
            let mut names = Vec::new();
            pattern.names(&mut names);
            if !names.iter().any(|name| doubtful.contains(name)) {
                let value = self.value(file, scope, *value);
                self.destructure(scope, pattern, value);
            }
        }
    }
}

/// The names that the blocks within a block bind.
fn nested(facts: &Facts, body: Id) -> Vec<&str> {
    let (mut names, mut open) = (Vec::new(), vec![body]);
    while let Some(block) = open.pop() {
        for statement in facts.blocks.get(block).into_iter().flatten() {
            match statement {
                Stmt::Let(pattern, _) if block != body => pattern.names(&mut names),
                Stmt::For(pattern, _, inner) => {
                    pattern.names(&mut names);
                    open.push(*inner);
                }
                Stmt::Block(inner) | Stmt::If(inner) => open.push(*inner),
                _ => {}
            }
        }
    }
    names
}
