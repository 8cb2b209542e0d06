//! What a name, a field or a package variable is set to.

use super::facts::{Origin, Part, Slot, Target, Text};
use super::walk::{Bound, Value, Walker};

impl<'s> Walker<'s> {
    pub(super) fn assignment(&mut self, at: usize) {
        let source = self.source;
        let before = if at == 0 { "" } else { source.word(at - 1) };
        if source.word(at + 1) == ":" && matches!(before, "{" | ",") {
            // A field of a literal.
            if let Some(router) = self.made_or_known(at + 2) {
                self.keep(source.word(at), router);
            }
            return;
        }
        if before == "," {
            return;
        }
        let mut last = at;
        let mut names = vec![source.word(at)];
        while source.word(last + 1) == "," && source.is_ident(last + 2) {
            last += 2;
            names.push(source.word(last));
        }
        match source.word(last + 1) {
            ":=" => {
                let value = self.value(last + 2, names.len() == 1);
                let rest = names.split_off(1);
                names.into_iter().for_each(|name| self.bind(at, name, value.clone()));
                rest.into_iter().for_each(|name| self.bind(at, name, Bound::Opaque));
            }
            "=" if names.len() == 1 => {
                let value = self.value(last + 2, true);
                let known =
                    self.scope.iter_mut().rev().find(|(name, _)| Some(name) == names.first());
                match known {
                    Some((_, bound)) => *bound = value,
                    None if before == "const" => self.bind(at, source.word(at), value),
                    None => {
                        if let Some(router) = self.made_or_known(last + 2) {
                            self.keep(source.word(at), router);
                        }
                    }
                }
            }
            "." => {
                // `s.router = …`
                let mut field = at;
                while source.word(field + 1) == "." && source.is_ident(field + 2) {
                    field += 2;
                }
                if source.word(field + 1) == "="
                    && let Some(router) = self.made_or_known(field + 2)
                {
                    self.keep(source.word(field), router);
                }
            }
            _ => {}
        }
    }

    /// What a name that is set to the expression at `at` stands for.
    pub(super) fn value(&mut self, at: usize, may_be_text: bool) -> Bound {
        match self.chain(at, false) {
            Value::Router(slot) => return Bound::Router(slot),
            Value::Made => return Bound::Router(Slot::Local(self.local(Origin::New))),
            Value::Named(name) if self.is_router(&name) => return Bound::Router(Slot::Named(name)),
            Value::Result(callee) => return Bound::Result(callee),
            _ => {}
        }
        let text = self.text(at..self.end_of_statement(at));
        // A variable that is set once is as good as a constant.
        let name = self.source.word(at.saturating_sub(2));
        let is_set_again = || {
            self.extent.clone().any(|other| {
                self.source.word(other) == name
                    && (matches!(self.source.word(other + 1), "=" | "+=")
                        || (other > 0 && self.source.word(other - 1) == "&"))
                    && other + 2 != at
            })
        };
        let is_known = !text.0.iter().any(|part| matches!(part, Part::Unknown | Part::Field(..)));
        if may_be_text && is_known && !is_set_again() { Bound::Text(text) } else { Bound::Opaque }
    }

    /// The router that the expression at `at` gives, if it surely is one.
    pub(super) fn made_or_known(&mut self, at: usize) -> Option<Option<Slot>> {
        match self.chain(at, false) {
            Value::Made => Some(None),
            Value::Router(slot) => Some(Some(slot)),
            _ => None,
        }
    }

    /// Notes that the field or package variable `name` is the router, or one
    /// made for it.
    pub(super) fn keep(&mut self, name: &str, router: Option<Slot>) {
        self.facts.named.push((name.to_owned(), router.is_none()));
        let Some(from) = router else { return };
        let to = Target::Slot(Slot::Named(name.to_owned()));
        self.link(from, Text::empty(), to, 0..0);
    }
}
