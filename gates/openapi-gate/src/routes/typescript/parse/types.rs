//! Types are skipped.

use super::Parser;
use crate::routes::typescript::lex::Kind;

/// More tokens than any list of type arguments has.
const ANGLE_MAX: usize = 400;

impl Parser<'_> {
    /// The token after the angle brackets that begin at `at`, if that is what
    /// they are.
    pub(super) fn angle_end(&self, at: usize) -> Option<usize> {
        let (mut depth, mut at) = (0_usize, at);
        for _ in 0..ANGLE_MAX {
            let word = self.word_at(at);
            match self.kind_at(at)? {
                Kind::Mark => match word {
                    "<" => depth += 1,
                    ">" => {
                        depth -= 1;
                        if depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    // `A<B>= c`
                    ">=" if depth == 1 => return None,
                    "(" | "[" | "{" => at = self.close(at),
                    "," | "." | "|" | "&" | "=>" | "?" | ":" | "-" | "=" | "..." => {}
                    _ => return None,
                },
                Kind::Template => at = self.close(at),
                Kind::Regex => return None,
                Kind::Word | Kind::Quoted | Kind::Number => {}
            }
            at += 1;
        }
        None
    }

    /// Skips the angle brackets at hand, if there are any.
    pub(super) fn skip_angle(&mut self) {
        if self.is("<")
            && let Some(end) = self.angle_end(self.at)
        {
            self.at = end;
        }
    }

    /// Skips a type; gives the first name in it.
    pub(super) fn skip_type(&mut self) -> &str {
        let start = self.at;
        let mut named = None;
        loop {
            while matches!(self.word(), "|" | "&" | "-" | "...")
                || (matches!(
                    self.word(),
                    "keyof"
                        | "typeof"
                        | "readonly"
                        | "unique"
                        | "asserts"
                        | "infer"
                        | "new"
                        | "abstract"
                ) && self.starts_type(self.at + 1))
            {
                self.at += 1;
            }
            if self.is("<") {
                self.skip_angle();
            }
            match self.kind() {
                Some(Kind::Word) => {
                    named.get_or_insert(self.at);
                    self.at += 1;
                    while self.is(".") && self.is_name_at(self.at + 1) {
                        if named == Some(self.at - 1) {
                            named = Some(self.at + 1);
                        }
                        self.at += 2;
                    }
                }
                Some(Kind::Quoted | Kind::Number) => self.at += 1,
                Some(Kind::Template) => self.skip_template(),
                Some(Kind::Mark) if matches!(self.word(), "(" | "[" | "{") => {
                    self.at = self.after(self.at);
                }
                _ => break,
            }
            loop {
                match self.word() {
                    "<" => match self.angle_end(self.at) {
                        Some(end) => self.at = end,
                        None => break,
                    },
                    "[" if !self.is_first(self.at) => self.at = self.after(self.at),
                    // `import("x").y`
                    "(" if self.is_at(self.at.wrapping_sub(1), "import") => {
                        self.at = self.after(self.at);
                    }
                    "." if self.is_name_at(self.at + 1) => self.at += 2,
                    _ => break,
                }
            }
            match self.word() {
                "|" | "&" => {}
                "=>" | "extends" => self.at += 1,
                "is" if !self.is_first(self.at) => self.at += 1,
                "?" | ":" if self.is_conditional_type(start) => self.at += 1,
                _ => break,
            }
        }
        named.map_or("", |at| self.word_at(at))
    }

    fn starts_type(&self, at: usize) -> bool {
        match self.kind_at(at) {
            Some(Kind::Mark) => matches!(self.word_at(at), "(" | "[" | "{" | "<"),
            Some(Kind::Regex) | None => false,
            _ => !self.is_first(at),
        }
    }

    /// `A extends B ? C : D`
    fn is_conditional_type(&self, start: usize) -> bool {
        let mut at = start;
        while at < self.at {
            if self.is_at(at, "extends") {
                return true;
            }
            at = self.after(at);
        }
        false
    }

    pub(super) fn skip_template(&mut self) {
        while self.kind() == Some(Kind::Template) {
            let close = self.close(self.at);
            if close == self.at {
                self.at += 1;
                return;
            }
            self.at = close;
        }
    }
}
