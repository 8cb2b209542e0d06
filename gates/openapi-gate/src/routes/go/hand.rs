//! Routers that are handed to functions.

use std::ops::Range;

use super::facts::{Callee, Origin, Slot, Target, Text};
use super::walk::{Value, Walker};

impl Walker<'_> {
    /// Hands `slot` to the function that `argument` is: a literal, or the name
    /// of one.
    pub(super) fn hand(&mut self, argument: &Range<usize>, slot: Slot) {
        if self.source.word(argument.start) == "func" {
            self.handed.insert(argument.start, slot);
            return;
        }
        let callee = match self.chain(argument.start, false) {
            Value::Named(name) if argument.len() == 1 => Callee::Plain(name),
            Value::Named(name) => {
                let is_own = argument.len() == 3
                    && self
                        .receiver
                        .is_some_and(|(own, _)| own == self.source.word(argument.start));
                let own = self.receiver.filter(|_| is_own).map(|(_, own)| own.to_owned());
                Callee::Method(own, name)
            }
            // `users.Register` of a package is no value of ours yet.
            _ => match self.source.import(self.source.word(argument.start)) {
                Some(path) => {
                    Callee::Of(path.to_owned(), self.source.word(argument.start + 2).to_owned())
                }
                None => return,
            },
        };
        self.link(slot, Text::empty(), Target::Argument(callee, 0), argument.clone());
    }

    /// Whether an argument is names and calls after one another and nothing else:
    /// `r`, `s.router`, `r.Group("/v1")`.
    fn is_chain(&self, argument: &Range<usize>) -> bool {
        let source = self.source;
        let mut at = argument.start;
        while at < argument.end {
            at = match source.word(at) {
                "(" if at > argument.start => source.close(at) + 1,
                "." => at + 1,
                _ if source.is_ident(at) => at + 1,
                _ => return false,
            };
        }
        true
    }

    /// Routers among the arguments of a call that is no router's own.
    pub(super) fn handed_over(&mut self, callee: &Callee, open: usize) {
        if self.framework.is_none() {
            return;
        }
        for (index, argument) in
            self.source.elements(open).unwrap_or_default().into_iter().enumerate()
        {
            if !self.is_chain(&argument) {
                continue;
            }
            let slot = match self.chain(argument.start, false) {
                Value::Router(slot) => slot,
                Value::Made => Slot::Local(self.local(Origin::New)),
                Value::Named(name) if self.is_router(&name) => Slot::Named(name),
                Value::Result(made) if made.sounds_like_a_router() => {
                    Slot::Local(self.local(Origin::Result(made)))
                }
                _ => continue,
            };
            self.link(slot, Text::empty(), Target::Argument(callee.clone(), index), argument);
        }
    }
}
