//! What looks like a registration and was never met: told, and not lost.

use super::run::Machine;
use super::value::{Site, Value};
use crate::routes::typescript::facts::{Expr, Facts, Id, Stmt};
use crate::routes::typescript::words;

const WHY: &str = "nothing is seen to run this, so where it registers cannot be told";

impl Machine<'_> {
    /// Tells registrations in files of the framework that nothing ran.
    pub(super) fn tell_unseen(&mut self) {
        for (file, (_, facts)) in self.files.iter().enumerate() {
            if !self.is_of_framework(file) {
                continue;
            }
            for expression in &facts.expressions {
                let Expr::Call(call) = expression else { continue };
                let Some(number) = call.site else { continue };
                let site = Site { file, number };
                let is_verb = match facts.expressions.get(call.callee) {
                    Some(Expr::Member(_, name)) => words::is_verb(name),
                    _ => false,
                };
                let is_route = match call.arguments.as_slice() {
                    [path, .., handler] => is_path(facts, *path) && is_function(facts, *handler),
                    _ => false,
                };
                if is_verb
                    && is_route
                    && !self.seen.contains(&site)
                    && !self.is_of_another(file, facts, call.callee)
                {
                    self.unresolved(site, WHY);
                }
            }
        }
    }

    /// Whether the call is made on something of a package that is not the
    /// framework.
    fn is_of_another(&self, file: usize, facts: &Facts, callee: Id) -> bool {
        let mut at = callee;
        let name = loop {
            match facts.expressions.get(at) {
                Some(Expr::Member(of, _)) => at = *of,
                Some(Expr::Call(call)) => at = call.callee,
                Some(Expr::Name(name)) => break name,
                _ => return false,
            }
        };
        let body = facts.blocks.get(facts.body).into_iter().flatten();
        let mut imports = body.filter_map(|statement| match statement {
            Stmt::Import(local, module, _) if local == name => Some(module),
            _ => None,
        });
        imports.any(|module| match self.module(file, module) {
            Value::Package(module, _) => !module.contains(self.framework.needle()),
            _ => false,
        })
    }
}

fn is_path(facts: &Facts, id: Id) -> bool {
    matches!(facts.expressions.get(id), Some(Expr::Text(text)) if text.starts_with('/'))
}

fn is_function(facts: &Facts, id: Id) -> bool {
    matches!(facts.expressions.get(id), Some(Expr::Function(_)))
}
