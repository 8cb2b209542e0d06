//! Which functions may have to do with routes. Most of a server has not, and is
//! not run: only what registers, what names a package of the framework, what is
//! handed a router, and what calls such a function, by any of its names.

use std::collections::BTreeSet;

use super::run::Machine;
use super::value::{Closure, Value};
use crate::routes::typescript::facts::{Call, Expr, Facts, Id, Key, Pattern, Stmt};
use crate::routes::typescript::words::{self, Framework};

/// A function of so few expressions is run in any case: it may give a constant.
const SHORT: usize = 48;

/// Longer than any chain of functions down to the one that registers.
const ROUNDS_MAX: usize = 40;

/// A function, and what it is called.
struct Subject<'f> {
    place: (usize, usize),
    calls: BTreeSet<&'f str>,
    /// Other files that it names.
    files: Vec<usize>,
    names: Vec<&'f str>,
}

impl<'f> Machine<'f> {
    /// Whether running a function may tell anything.
    pub(super) fn is_followed(&self, closure: Closure) -> bool {
        let is_short =
            || self.function(closure).is_some_and(|own| own.to.saturating_sub(own.from) <= SHORT);
        self.relevant.contains(&(closure.file, closure.function)) || is_short()
    }

    /// Finds the functions that may have to do with routes.
    pub(super) fn find_relevant(&mut self) {
        let mut relevant = BTreeSet::new();
        let mut subjects = Vec::new();
        let mut relevant_files = BTreeSet::new();
        for (file, (_, facts)) in self.files.iter().enumerate() {
            let own = names_of_framework(facts, self.framework);
            let names = names_of_functions(facts);
            for (number, function) in facts.functions.iter().enumerate().skip(1) {
                let range = facts.expressions.get(function.from..function.to).unwrap_or_default();
                let is_handed =
                    function.parameters.iter().any(|it| self.framework.is_router_type(&it.r#type));
                let place = (file, number);
                let mut subject = Subject {
                    place,
                    calls: BTreeSet::new(),
                    files: Vec::new(),
                    names: names.get(number).cloned().unwrap_or_default(),
                };
                let mut is_relevant = is_handed;
                for expression in range {
                    match expression {
                        Expr::Call(call) => {
                            is_relevant |= registers(facts, call, self.framework);
                            subject.calls.extend(last_name(facts, call.callee));
                        }
                        Expr::Name(name) => is_relevant |= own.contains(name.as_str()),
                        Expr::Module(name) => {
                            if let Value::Module(other) = self.module(file, name) {
                                subject.files.push(other);
                            }
                            is_relevant |= name.contains(self.framework.needle());
                        }
                        _ => {}
                    }
                }
                if is_relevant {
                    relevant.insert(place);
                    relevant_files.insert(file);
                }
                subjects.push(subject);
            }
            if !own.is_empty() {
                relevant_files.insert(file);
            }
        }
        let mut names: BTreeSet<&str> = BTreeSet::new();
        let imports = self.imports();
        for _ in 0..ROUNDS_MAX {
            let before = (relevant.len(), relevant_files.len(), names.len());
            for subject in subjects.iter().filter(|it| relevant.contains(&it.place)) {
                names.extend(subject.names.iter());
            }
            // What a relevant file gives may have any name elsewhere.
            for (file, name) in &imports {
                if relevant_files.contains(file) {
                    names.insert(name);
                }
            }
            for subject in &subjects {
                let is_relevant = subject.calls.iter().any(|name| names.contains(name))
                    || subject.files.iter().any(|file| relevant_files.contains(file));
                if is_relevant && relevant.insert(subject.place) {
                    relevant_files.insert(subject.place.0);
                }
            }
            if before == (relevant.len(), relevant_files.len(), names.len()) {
                break;
            }
        }
        self.relevant = relevant;
    }

    /// The names that files bind to what other files export.
    fn imports(&self) -> Vec<(usize, &'f str)> {
        let mut all = Vec::new();
        for (file, (_, facts)) in self.files.iter().enumerate() {
            let Some(body) = facts.blocks.get(facts.body) else { continue };
            for statement in body {
                match statement {
                    Stmt::Import(local, module, _) => {
                        if let Value::Module(other) = self.module(file, module) {
                            all.push((other, local.as_str()));
                        }
                    }
                    Stmt::Let(pattern, value) => {
                        if let Some(Expr::Module(module)) = facts.expressions.get(*value)
                            && let Value::Module(other) = self.module(file, module)
                        {
                            let mut names = Vec::new();
                            pattern.names(&mut names);
                            all.extend(names.into_iter().map(|name| (other, name)));
                        }
                    }
                    _ => {}
                }
            }
        }
        all
    }
}

/// The last name of what is called.
fn last_name(facts: &Facts, callee: Id) -> Option<&str> {
    match facts.expressions.get(callee)? {
        Expr::Name(name) | Expr::Member(_, name) => Some(name),
        _ => None,
    }
}

/// Whether a call may register, mount or hand over.
fn registers(facts: &Facts, call: &Call, framework: Framework) -> bool {
    let is_named = |id: &Id| match facts.expressions.get(*id) {
        Some(Expr::Name(name) | Expr::Member(_, name)) => framework.is_router_name(name),
        _ => false,
    };
    if call.arguments.iter().any(is_named) {
        return true;
    }
    match facts.expressions.get(call.callee) {
        Some(Expr::Member(_, name)) if words::is_verb(name) => call.arguments.len() > 1,
        Some(Expr::Member(_, name)) => words::is_word(name) && !call.arguments.is_empty(),
        _ => false,
    }
}

/// The names that a file binds to packages of the framework.
fn names_of_framework(facts: &Facts, framework: Framework) -> BTreeSet<&str> {
    let needle = framework.needle();
    let is_own = |module: &str| !module.starts_with('.') && module.contains(needle);
    let mut all = Vec::new();
    for statement in facts.blocks.get(facts.body).into_iter().flatten() {
        match statement {
            Stmt::Import(local, module, _) if is_own(module) => all.push(local.as_str()),
            Stmt::Let(pattern, value) => match facts.expressions.get(*value) {
                Some(Expr::Module(module)) if is_own(module) => pattern.names(&mut all),
                _ => {}
            },
            _ => {}
        }
    }
    all.into_iter().collect()
}

/// By the number of each function, what it is called.
fn names_of_functions(facts: &Facts) -> Vec<Vec<&str>> {
    let mut all: Vec<Vec<&str>> = vec![Vec::new(); facts.functions.len()];
    let function = |id: Id| match facts.expressions.get(id) {
        Some(Expr::Function(number)) => Some(*number),
        _ => None,
    };
    let mut bound: Vec<(usize, &str)> = Vec::new();
    for statement in facts.blocks.iter().flatten() {
        if let Stmt::Let(Pattern::Name(name), value) = statement {
            bound.extend(function(*value).map(|number| (number, name.as_str())));
        }
    }
    for expression in &facts.expressions {
        match expression {
            Expr::Object(entries) => {
                for (key, value) in entries {
                    if let Key::Name(name) = key {
                        bound.extend(function(*value).map(|number| (number, name.as_str())));
                    }
                }
            }
            Expr::Assign(target, value) => {
                if let Some(name) = last_name(facts, *target) {
                    bound.extend(function(*value).map(|number| (number, name)));
                }
            }
            _ => {}
        }
    }
    for class in &facts.classes {
        for member in &class.members {
            let Some(number) = member.value.and_then(function) else { continue };
            let is_constructor = member.name == "constructor";
            bound.push((number, if is_constructor { &class.name } else { &member.name }));
        }
    }
    for (number, function) in facts.functions.iter().enumerate() {
        if !function.name.is_empty() {
            bound.push((number, &function.name));
        }
    }
    for (number, name) in bound {
        if let Some(names) = all.get_mut(number) {
            names.push(name);
        }
    }
    all
}
