//! What a function takes, as far as routers are among it, and where its body is.

use std::collections::BTreeSet;
use std::ops::Range;

use super::walk::Walker;
use super::words::Word;

/// What a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken<'s> {
    Router,
    /// Of that type of the package, which another file declares.
    Own(&'s str),
    Other,
}

impl<'s> Walker<'s> {
    /// Names of parameters from the parenthesis at `open`, and what each is.
    pub(super) fn parameters(&self, open: usize) -> Vec<(&'s str, Taken<'s>)> {
        let source = self.source;
        let mut found = Vec::new();
        let mut waiting: Vec<&str> = Vec::new();
        for piece in source.elements(open).unwrap_or_default() {
            let first = source.word(piece.start);
            if piece.len() == 1 {
                waiting.push(first);
                continue;
            }
            let is_named = source.is_ident(piece.start)
                && !matches!(source.word(piece.start + 1), "." | "(")
                && first != "func";
            let own_type = piece.start + usize::from(is_named)..piece.end;
            let taken = if self.is_router_type(own_type.clone()) {
                Taken::Router
            } else if own_type.len() == 1 {
                self.of_own_type(source.word(own_type.start))
            } else {
                Taken::Other
            };
            found.extend(waiting.drain(..).map(|name| (name, taken)));
            found.push((if is_named { first } else { "" }, taken));
        }
        found.extend(waiting.into_iter().map(|_| ("", Taken::Other)));
        found
    }

    /// What a type of the package is, as far as this file can tell.
    fn of_own_type(&self, name: &'s str) -> Taken<'s> {
        if self.facts.interfaces.iter().any(|own| own == name) {
            Taken::Router
        } else if self.is_importless {
            Taken::Own(name)
        } else {
            Taken::Other
        }
    }

    /// Whether the interface whose braces open at `open` is one that a router of the
    /// framework is handed over as: it embeds one, or names a method that registers
    /// and a type of the framework's.
    pub(super) fn is_router_interface(&self, open: usize) -> bool {
        let source = self.source;
        let Some(words) = self.words() else { return false };
        let inside = open + 1..source.close(open);
        let is_of_framework = |at: usize| {
            source.word(at + 1) == "."
                && source.import(source.word(at)).is_some_and(|it| words.is_import(it))
        };
        let registers = |at: usize| {
            let name = source.word(at);
            source.is_ident(at)
                && source.word(at + 1) == "("
                && (1..=3).any(|count| matches!((words.word)(name, count), Some(Word::Route(..))))
        };
        inside.clone().any(|at| self.is_router_type(at..at + 3) && source.is_end(at + 3))
            || (inside.clone().any(registers) && inside.clone().any(is_of_framework))
    }

    /// Which parameters from the parenthesis at `open` are of a type that is
    /// always at the top.
    pub(super) fn tops_among(&self, open: usize) -> BTreeSet<usize> {
        let source = self.source;
        let pieces = source.elements(open).unwrap_or_default().into_iter().enumerate();
        let is_top = |piece: &Range<usize>| {
            let name = source.word(piece.end.saturating_sub(1));
            let package = source.word(piece.end.saturating_sub(3));
            self.is_router_name(package, name)
                && self.words().is_some_and(|words| words.roots.contains(&name))
        };
        pieces.filter(|(_, piece)| is_top(piece)).map(|(index, _)| index).collect()
    }

    /// The brace of the body after the parameters that end before `at`; none
    /// for the type of a function.
    pub(super) fn body(&self, mut at: usize) -> Option<usize> {
        let source = self.source;
        loop {
            match source.word(at) {
                "{" => return Some(at),
                "(" | "[" => at = source.close(at) + 1,
                "interface" | "struct" if source.word(at + 1) == "{" => {
                    at = source.close(at + 1) + 1;
                }
                "." | "*" | "<-" | "..." => at += 1,
                _ if source.is_ident(at) => at += 1,
                _ => return None,
            }
        }
    }

    /// Whether these tokens are the type of a router.
    pub(super) fn is_router_type(&self, range: Range<usize>) -> bool {
        let start = range.start + usize::from(self.source.word(range.start) == "*");
        range.end == start + 3
            && self.source.word(start + 1) == "."
            && self.is_router_name(self.source.word(start), self.source.word(start + 2))
    }

    pub(super) fn is_router_name(&self, package: &str, name: &str) -> bool {
        let (Some(words), Some(path)) = (self.words(), self.source.import(package)) else {
            return false;
        };
        words.is_import(path) && words.types.contains(&name)
    }
}
