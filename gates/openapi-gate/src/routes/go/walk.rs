//! One pass over the tokens of a file: names in scope, routers among them, and
//! what is called on them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use kernel::SourceFile;

use super::facts::{Callee, Facts, Function, Link, Origin, Slot, Target, Text};
use super::signature::Taken;
use super::source::Source;
use super::words::Framework;
use crate::routes::Shape;

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Bound {
    Router(Slot),
    Text(Text),
    /// The variable of a loop over the table of that name.
    Loop(String),
    Result(Callee),
    Opaque,
}

/// What an expression gives.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Router(Slot),
    /// A router that is made here.
    Made,
    Package(String),
    /// A package variable, a function or a field.
    Named(String),
    /// The receiver of the method at hand.
    Receiver,
    Result(Callee),
    /// A route, by the number of its registration.
    Registered(usize),
    /// A router that takes only these methods from here on.
    Narrowed(Slot, Vec<Text>),
    /// A value of that type.
    Of(String),
    Other,
}

pub(super) struct Walker<'s> {
    pub(super) source: &'s Source<'s>,
    pub(super) file: &'s SourceFile,
    pub(super) framework: Option<Framework>,
    pub(super) shape: Option<&'s Shape>,
    /// Whether the file does not import the framework: what its functions take may
    /// still be a router.
    pub(super) is_importless: bool,
    pub(super) facts: Facts,
    pub(super) scope: Vec<(&'s str, Bound)>,
    blocks: Vec<Block>,
    /// Names that a block begins with, by its brace.
    pub(super) pending: BTreeMap<usize, Vec<(&'s str, Bound)>>,
    /// Braces of blocks that are entered under a condition.
    pub(super) conditional: BTreeSet<usize>,
    /// Braces of function literals.
    literals: BTreeSet<usize>,
    /// Routers that a call hands to its function literal, by the literal.
    pub(super) handed: BTreeMap<usize, Slot>,
    /// Sub-routers by the parenthesis of the call that makes them.
    pub(super) subs: BTreeMap<usize, Slot>,
    /// Names bound before this token belong to the block that begins there.
    pub(super) header_until: usize,
    /// The declaration at hand: its name, its tokens, its receiver's name and type.
    pub(super) declaration: &'s str,
    pub(super) extent: Range<usize>,
    pub(super) receiver: Option<(&'s str, &'s str)>,
    returns: Vec<Slot>,
    /// Parameters of the function at hand that are always at the top.
    tops: BTreeSet<usize>,
    /// Rows that are such only if their neighbours are.
    pub(super) doubtful: Vec<(usize, super::facts::Row)>,
    pub(super) sure_tables: BTreeSet<usize>,
}

struct Block {
    scope: usize,
    is_conditional: bool,
    is_literal: bool,
    brace: usize,
}

impl<'s> Walker<'s> {
    pub(super) fn new(
        source: &'s Source<'s>,
        file: &'s SourceFile,
        framework: Option<Framework>,
        shape: Option<&'s Shape>,
    ) -> Walker<'s> {
        let facts = Facts { is_conditional: source.is_conditional, ..Facts::default() };
        Walker {
            source,
            file,
            framework,
            shape,
            is_importless: false,
            facts,
            scope: Vec::new(),
            blocks: Vec::new(),
            pending: BTreeMap::new(),
            conditional: BTreeSet::new(),
            literals: BTreeSet::new(),
            handed: BTreeMap::new(),
            subs: BTreeMap::new(),
            header_until: 0,
            declaration: "",
            extent: 0..0,
            receiver: None,
            returns: Vec::new(),
            tops: BTreeSet::new(),
            doubtful: Vec::new(),
            sure_tables: BTreeSet::new(),
        }
    }

    /// Reads a function from its `func` on; returns the token after it.
    pub(super) fn function(&mut self, at: usize) -> usize {
        let source = self.source;
        let mut at = at + 1;
        self.receiver = None;
        if source.word(at) == "(" {
            let close = source.close(at);
            let names: Vec<usize> = (at + 1..close).filter(|at| source.is_ident(*at)).collect();
            let generic = (at + 1..close).find(|at| source.word(*at) == "[").unwrap_or(close);
            let own = names.iter().rfind(|at| **at < generic).map(|at| source.word(*at));
            let name = names.first().map(|at| source.word(*at)).filter(|_| names.len() > 1);
            self.receiver = own.map(|own| (name.unwrap_or_default(), own));
            at = close + 1;
        }
        let name = source.word(at);
        at += 1;
        if source.word(at) == "[" {
            at = source.close(at) + 1;
        }
        if source.word(at) != "(" {
            return at;
        }
        let parameters = self.parameters(at);
        self.tops = self.tops_among(at);
        let Some(body) = self.body(source.close(at) + 1) else { return source.close(at) + 1 };
        let end = source.close(body);
        (self.declaration, self.extent) = (name, body..end);
        let mut routers = Vec::new();
        let mut bindings = Vec::new();
        for (index, (name, taken)) in parameters.into_iter().enumerate() {
            let origin = match taken {
                Taken::Router if self.tops.contains(&index) => Some(Origin::Top),
                Taken::Router => Some(Origin::Parameter),
                Taken::Own(of) => Some(Origin::Own(of.to_owned())),
                Taken::Other => None,
            };
            let bound = match origin {
                Some(origin) => {
                    let local = self.local(origin);
                    routers.push((index, local));
                    Bound::Router(Slot::Local(local))
                }
                None => Bound::Opaque,
            };
            bindings.push((name, bound));
        }
        self.pending.insert(body, bindings);
        self.returns.clear();
        self.walk(body..end + 1);
        let returns = std::mem::take(&mut self.returns);
        if !routers.is_empty() || !returns.is_empty() {
            self.facts.functions.push(Function {
                receiver: self.receiver.map(|(_, own)| own.to_owned()),
                name: name.to_owned(),
                parameters: routers,
                returns,
            });
        }
        end + 1
    }

    /// Reads the value of a package variable.
    pub(super) fn variable(&mut self, name: &'s str, value: Range<usize>) {
        (self.declaration, self.extent, self.receiver) = (name, value.clone(), None);
        if let Some(router) = self.made_or_known(value.start) {
            self.keep(name, router);
        }
        self.walk(value);
    }

    fn walk(&mut self, range: Range<usize>) {
        let source = self.source;
        self.header_until = range.start;
        let (scope, blocks) = (self.scope.len(), self.blocks.len());
        for at in range {
            match source.word(at) {
                "{" => self.enter(at),
                "}" => self.leave(at),
                "if" | "else" | "switch" | "select" | "for" => self.header(at),
                "func" if source.word(at + 1) == "(" => self.literal(at),
                "return" => self.returned(at),
                "var" => self.declared(at),
                _ if !source.is_ident(at) => {}
                _ if at > 0 && source.word(at - 1) == "." => {}
                _ => {
                    self.assignment(at);
                    self.chain(at, true);
                }
            }
        }
        self.scope.truncate(scope);
        self.blocks.truncate(blocks);
        self.pending.clear();
    }

    fn enter(&mut self, at: usize) {
        self.rows_of_literal(at);
        let is_conditional = self.is_conditional() || self.conditional.contains(&at);
        let is_literal = self.literals.contains(&at);
        self.blocks.push(Block { scope: self.scope.len(), is_conditional, is_literal, brace: at });
        self.scope.extend(self.pending.remove(&at).unwrap_or_default());
    }

    fn leave(&mut self, at: usize) {
        while let Some(block) = self.blocks.pop() {
            self.scope.truncate(block.scope);
            if self.source.close(block.brace) >= at {
                break;
            }
        }
    }

    pub(super) fn is_conditional(&self) -> bool {
        self.blocks.last().is_some_and(|block| block.is_conditional)
    }

    /// The brace that the block at hand begins with.
    pub(super) fn brace(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.brace)
    }

    fn literal(&mut self, at: usize) {
        let source = self.source;
        let Some(body) = self.body(source.close(at + 1) + 1) else { return };
        let handed = self.handed.remove(&at);
        let mut bindings = Vec::new();
        for (index, (name, taken)) in self.parameters(at + 1).into_iter().enumerate() {
            let bound = match (&handed, taken) {
                (Some(slot), _) if index == 0 => Bound::Router(slot.clone()),
                (_, Taken::Router) => Bound::Router(Slot::Local(self.local(Origin::Parameter))),
                _ => Bound::Opaque,
            };
            bindings.push((name, bound));
        }
        self.literals.insert(body);
        self.pending.entry(body).or_default().extend(bindings);
    }

    fn returned(&mut self, at: usize) {
        if self.blocks.iter().any(|block| block.is_literal) {
            return;
        }
        let end = self.end_of_statement(at + 1);
        let (target, _) = self.target(at + 1..end);
        match target {
            Some(Target::Slot(slot)) => self.returns.push(slot),
            Some(Target::Result(callee)) if self.framework.is_some() => {
                let local = self.local(Origin::Result(callee));
                self.returns.push(Slot::Local(local));
            }
            _ => {}
        }
    }

    /// `var r chi.Router`
    fn declared(&mut self, at: usize) {
        let source = self.source;
        let end = self.end_of_statement(at + 1);
        if source.is_ident(at + 1) && self.is_router_type(at + 2..end) {
            let local = self.local(Origin::Sub);
            self.bind(at, source.word(at + 1), Bound::Router(Slot::Local(local)));
        }
    }

    pub(super) fn end_of_statement(&self, mut at: usize) -> usize {
        let source = self.source;
        while !source.is_end(at) && !matches!(source.word(at), ")" | "]" | "}") {
            at = match source.word(at) {
                "(" | "[" | "{" => source.close(at) + 1,
                _ => at + 1,
            };
        }
        at.min(source.len())
    }

    pub(super) fn link(&mut self, from: Slot, prefix: Text, to: Target, at: Range<usize>) {
        self.facts.links.push(Link {
            from,
            prefix,
            to,
            span: self.file.span(self.source.bytes(&at)),
            written: self.source.slice(&at).to_owned(),
            is_conditional: self.is_conditional(),
        });
    }

    pub(super) fn is_router(&self, name: &str) -> bool {
        self.facts.named.iter().any(|(known, _)| known == name)
    }

    pub(super) fn local(&mut self, origin: Origin) -> usize {
        self.facts.locals.push(origin);
        self.facts.locals.len() - 1
    }

    pub(super) fn bind(&mut self, at: usize, name: &'s str, bound: Bound) {
        if at < self.header_until {
            // A loop's own variable was bound when its header was read.
            let pending = self.pending.entry(self.header_until).or_default();
            if !pending.iter().any(|(known, _)| *known == name) {
                pending.push((name, bound));
            }
        } else {
            self.scope.push((name, bound));
        }
    }

    pub(super) fn bound(&self, name: &str) -> Option<&Bound> {
        self.scope.iter().rev().find(|(known, _)| *known == name).map(|(_, bound)| bound)
    }
}
