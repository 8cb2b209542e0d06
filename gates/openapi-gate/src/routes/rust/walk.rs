//! One pass over the items of a file: modules, functions, constants, and what
//! their attributes say.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use kernel::SourceFile;

use super::attributes::Attributes;
use super::expression::Value;
use super::facts::{Const, Entry, Facts, Function, Module, Node, Target, Text, What};
use super::source::Source;
use super::words::{Attribute, Words};

/// Deeper than anyone nests: nothing below is read, and that is said.
const DEPTH_MAX: usize = 64;

/// More names than any function has in sight.
pub(super) const NAMES_MAX: usize = 500;

/// More values than any function gives: equal ones are not looked for further.
pub(super) const ALIKE_MAX: usize = 100;

pub(super) struct Walker<'s> {
    pub(super) source: &'s Source<'s>,
    pub(super) file: &'s SourceFile,
    pub(super) words: &'static Words,
    pub(super) facts: Facts,
    /// The module at hand, inside this file.
    pub(super) module: Vec<String>,
    /// Names of the function at hand.
    pub(super) scope: Vec<(&'s str, Value)>,
    pub(super) returns: Vec<Value>,
    /// Routers that are lent: what is called with them puts something on them.
    pub(super) lent: BTreeSet<usize>,
    /// How many conditions what is read now stands under.
    pub(super) conditions: usize,
    depth: usize,
    is_too_deep: bool,
    /// What the attributes of outer items put before every path.
    prefix: Text,
    /// Names that are another's here: `use routing::get as _get`.
    pub(super) renames: BTreeMap<String, Vec<String>>,
}

impl<'s> Walker<'s> {
    pub(super) fn new(
        source: &'s Source<'s>,
        file: &'s SourceFile,
        words: &'static Words,
    ) -> Walker<'s> {
        Walker {
            source,
            file,
            words,
            facts: Facts::default(),
            module: Vec::new(),
            scope: Vec::new(),
            returns: Vec::new(),
            lent: BTreeSet::new(),
            conditions: 0,
            depth: 0,
            is_too_deep: false,
            prefix: Text::default(),
            renames: BTreeMap::new(),
        }
    }

    /// Runs `read` one level deeper; not at all where that is too deep.
    pub(super) fn deeper<T: Default>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= DEPTH_MAX {
            if !self.is_too_deep {
                self.is_too_deep = true;
                let node = self.node(Text::default(), true, 0..1);
                self.entry(node, What::Unknown("it is nested deeper than is read".into()), 0..1);
            }
            return T::default();
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Reads the items of a module, a file, or an `impl`.
    pub(super) fn items(&mut self, range: Range<usize>, is_impl: bool) {
        let mut at = range.start;
        while at < range.end {
            at = self.item(at, range.end, is_impl).max(at + 1);
        }
    }

    /// Reads the item at `at`, if one begins there; what comes after it.
    pub(super) fn item(&mut self, at: usize, end: usize, is_impl: bool) -> usize {
        let source = self.source;
        let attributes = Attributes::read(source, at, end);
        let mut at = attributes.end;
        if source.word(at) == "pub" {
            at += 1;
            if source.word(at) == "(" {
                at = source.after(at);
            }
        }
        while matches!(source.word(at), "async" | "unsafe" | "extern" | "default" | "const")
            && (matches!(source.word(at + 1), "fn" | "async" | "unsafe" | "extern")
                || source.kind(at + 1) == Some(super::source::Kind::String))
        {
            at += if source.is_ident(at + 1) { 1 } else { 2 };
        }
        if attributes.is_test {
            if source.word(at) == "mod" && source.word(at + 2) == ";" {
                self.outer_module(at + 1, true);
            }
            return self.after_item(at, end);
        }
        self.conditions += usize::from(attributes.is_conditional);
        let after = match source.word(at) {
            "mod" if source.word(at + 2) == "{" => {
                self.deeper(|own| own.module(at, &attributes));
                source.after(at + 2)
            }
            "mod" => {
                if attributes.is_conditional {
                    self.outer_module(at + 1, false);
                }
                at + 3
            }
            "use" => {
                let stop = self.after_item(at, end);
                self.deeper(|own| own.uses(at + 1..stop - 1, Vec::new()));
                stop
            }
            "const" | "static" if source.is_ident(at + 1) => {
                let stop = self.after_item(at, end);
                self.constant(at + 1..stop.saturating_sub(1));
                stop
            }
            "fn" => {
                self.deeper(|own| own.function(at, end, is_impl, &attributes));
                self.after_item(at, end)
            }
            "impl" | "trait" => {
                let open = self.brace(at, end);
                if source.word(open) == "{" {
                    self.deeper(|own| own.implementation(at, open, &attributes));
                }
                source.after(open)
            }
            "macro_rules" | "struct" | "enum" | "union" | "type" => self.after_item(at, end),
            _ => at,
        };
        self.conditions -= usize::from(attributes.is_conditional);
        after
    }

    /// The first brace from `at` on, or the semicolon that ends the item.
    fn brace(&self, mut at: usize, end: usize) -> usize {
        while at < end && !matches!(self.source.word(at), "{" | ";") {
            at = self.source.after(at);
        }
        at
    }

    fn after_item(&self, mut at: usize, end: usize) -> usize {
        let source = self.source;
        let has_value = matches!(source.word(at), "const" | "static" | "use" | "type");
        while at < end {
            match source.word(at) {
                ";" => return at + 1,
                "{" if !has_value => return source.after(at),
                _ => at = source.after(at),
            }
        }
        end
    }

    fn outer_module(&mut self, name: usize, is_test: bool) {
        let mut path = self.module.clone();
        path.push(self.source.word(name).to_owned());
        self.facts.mods.push(Module { path, is_test });
    }

    fn module(&mut self, at: usize, attributes: &Attributes) {
        let source = self.source;
        self.module.push(source.word(at + 1).to_owned());
        let before = self.prefixed(attributes);
        self.items(at + 3..source.close(at + 2), false);
        self.prefix = before;
        self.module.pop();
    }

    fn implementation(&mut self, at: usize, open: usize, attributes: &Attributes) {
        let source = self.source;
        let mut from = at + 1;
        if source.word(from) == "<" {
            from = source.after_angles(from, open);
        }
        let (mut name, mut here) = ("", from);
        while here < open {
            match source.word(here) {
                "where" => break,
                "for" => name = "",
                "<" => {
                    here = source.after_angles(here, open);
                    continue;
                }
                word if source.is_ident(here) && word != "dyn" => name = word,
                _ => {}
            }
            here += 1;
        }
        self.module.push(name.to_owned());
        let before = self.prefixed(attributes);
        self.items(open + 1..source.close(open), true);
        self.prefix = before;
        self.module.pop();
    }

    /// Puts what the attributes say before the prefix; gives the one that was.
    fn prefixed(&mut self, attributes: &Attributes) -> Text {
        let before = self.prefix.clone();
        for (path, arguments) in &attributes.others {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            if (self.words.attribute)(&path) == Some(Attribute::Prefix)
                && let Some(text) = self.prefix_of(*arguments)
            {
                self.prefix.0.extend(text.0);
            }
        }
        before
    }

    pub(super) fn prefix(&self) -> &Text {
        &self.prefix
    }

    /// `NAME: &str = "text"`
    fn constant(&mut self, range: Range<usize>) {
        let source = self.source;
        let Some(assign) = range.clone().find(|at| source.word(*at) == "=") else { return };
        let is_text = (range.start..assign).any(|at| source.word(at) == "str");
        if !is_text {
            return;
        }
        let text = self.expression(assign + 1..range.end).text();
        if !text.is_unknown() {
            let name = source.word(range.start).to_owned();
            self.facts.consts.push(Const { module: self.module.clone(), name, text });
        }
    }

    /// Reads a function from its `fn` on.
    fn function(&mut self, at: usize, end: usize, is_impl: bool, attributes: &Attributes) {
        let source = self.source;
        let name = source.word(at + 1);
        self.handler(name, is_impl, attributes);
        let mut open = at + 2;
        if source.word(open) == "<" {
            open = source.after_angles(open, end);
        }
        if source.word(open) != "(" {
            return;
        }
        let body = self.brace(source.after(open), end);
        if source.word(body) != "{" {
            return;
        }
        // A function inside a function has names of its own.
        let scope = std::mem::take(&mut self.scope);
        let returns = std::mem::take(&mut self.returns);
        let conditions = std::mem::take(&mut self.conditions);
        let is_conditional = conditions > 0;
        let (mut parameters, mut place, mut is_method) = (Vec::new(), 0, false);
        for parameter in source.elements(open) {
            let colon = parameter.clone().find(|at| source.word(*at) == ":");
            let Some(colon) = colon else {
                is_method |= parameter.clone().any(|at| source.word(at) == "self");
                continue;
            };
            let own = source.word(colon - 1);
            if own == "self" {
                is_method = true;
                continue;
            }
            if self.is_router(colon + 1..parameter.end) {
                let node = self.node(Text::default(), false, parameter.clone());
                if source.word(colon + 1) == "&" {
                    self.lent.insert(node);
                }
                if let Some(last) = self.facts.nodes.last_mut() {
                    last.parameter = Some(place);
                }
                parameters.push((place, node));
                self.scope.push((own, Value::node(node)));
            } else {
                self.scope.push((own, Value::Parameter(place)));
            }
            place += 1;
        }
        self.conditions = usize::from(is_conditional);
        let gives_router = self.is_router(source.after(open)..body);
        let last = self.block(body);
        let mut given = std::mem::replace(&mut self.returns, returns);
        given.push(last);
        let mut targets: Vec<Target> = Vec::new();
        for value in given {
            let target = match value {
                Value::Call(..) if !gives_router && !value.matters() => None,
                value => value.target(),
            };
            let last = targets.len().saturating_sub(ALIKE_MAX);
            let is_known = |target: &Target| targets.iter().skip(last).any(|it| it == target);
            let new = target.filter(|target| !is_known(target));
            targets.extend(new);
        }
        self.scope = scope;
        self.conditions = conditions;
        if !parameters.is_empty() || !targets.is_empty() {
            self.facts.functions.push(Function {
                module: self.module.clone(),
                name: name.to_owned(),
                is_method,
                parameters,
                returns: targets,
            });
        }
    }

    /// Whether a type is one of a router.
    pub(super) fn is_router(&self, range: Range<usize>) -> bool {
        let source = self.source;
        range.into_iter().any(|at| source.is_ident(at) && (self.words.is_router)(source.word(at)))
    }

    /// What a name stands for in the function at hand.
    pub(super) fn bound(&self, name: &str) -> Option<&Value> {
        let mut near = self.scope.iter().rev().take(NAMES_MAX);
        near.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// A new router.
    pub(super) fn node(&mut self, prefix: Text, is_made: bool, at: Range<usize>) -> usize {
        self.facts.nodes.push(Node {
            prefix,
            is_made,
            parameter: None,
            is_doubtful: false,
            module: self.module.clone(),
            span: self.file.span(self.source.bytes(&at)),
            written: self.source.slice(&at),
        });
        self.facts.nodes.len() - 1
    }

    /// Puts something on a router.
    pub(super) fn entry(&mut self, node: usize, kind: What, at: Range<usize>) {
        let span = self.file.span(self.source.bytes(&at));
        let written = self.source.slice(&at);
        let is_conditional = self.conditions > 0;
        self.facts.entries.push(Entry { node, kind, span, written, is_conditional });
    }
}
