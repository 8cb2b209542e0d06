//! Expressions, as far as a value or a call is in them.

use super::Parser;
use crate::routes::typescript::facts::{Call, Expr, Id};
use crate::routes::typescript::lex::Kind;

impl Parser<'_> {
    /// Expressions after one another: the last is the value, the others are done.
    pub(super) fn expressions(&mut self) -> Id {
        let mut all = vec![self.expression()];
        while self.take(",") {
            all.push(self.expression());
        }
        match all.as_slice() {
            [only] => *only,
            _ if all.iter().filter(|id| self.is_call(**id)).count() > 1 => {
                self.put(Expr::List(all))
            }
            _ => all.last().copied().unwrap_or_default(),
        }
    }

    pub(super) fn expression(&mut self) -> Id {
        if self.depth >= super::DEPTH_MAX {
            self.at = self.end;
            return self.unknown();
        }
        self.depth += 1;
        let read = self.assignment();
        self.depth -= 1;
        read
    }

    fn assignment(&mut self) -> Id {
        if let Some(arrow) = self.arrow() {
            return arrow;
        }
        let mut left = self.sum();
        loop {
            let word = self.word();
            match self.kind() {
                Some(Kind::Word) => match word {
                    "as" | "satisfies" if !self.is_first(self.at) => {
                        self.at += 1;
                        self.skip_type();
                    }
                    "in" | "instanceof" if !self.is_first(self.at) => {
                        self.at += 1;
                        self.sum();
                        left = self.unknown();
                    }
                    _ => return left,
                },
                Some(Kind::Mark) => match word {
                    "=" | "??=" | "||=" => {
                        self.at += 1;
                        let right = self.expression();
                        return self.put(Expr::Assign(left, right));
                    }
                    "||" | "??" => {
                        self.at += 1;
                        let right = self.arrow();
                        let right = right.unwrap_or_else(|| self.sum());
                        left = self.put(Expr::Or(left, right));
                    }
                    "&&" => {
                        self.at += 1;
                        let right = self.arrow();
                        let right = right.unwrap_or_else(|| self.sum());
                        left = self.put(Expr::Either(0, right));
                    }
                    "?" => {
                        self.at += 1;
                        let yes = self.expression();
                        if !self.take(":") {
                            return self.unknown();
                        }
                        let no = self.expression();
                        left = self.put(Expr::Either(yes, no));
                    }
                    "==" | "===" | "!=" | "!==" | "<" | ">" | "<=" | ">=" | "-" | "*" | "/"
                    | "%" | "&" | "|" | "^" | "**" | "+=" | "-=" | "*=" | "/=" | "%=" | "&&="
                    | "|=" => {
                        self.at += 1;
                        self.sum();
                        left = self.unknown();
                    }
                    _ => return left,
                },
                _ => return left,
            }
        }
    }

    /// `a + b`
    fn sum(&mut self) -> Id {
        let mut parts = vec![self.operand()];
        while self.is("+") {
            self.at += 1;
            parts.push(self.operand());
        }
        match parts.as_slice() {
            [only] => *only,
            _ => self.put(Expr::Joined(parts)),
        }
    }

    fn operand(&mut self) -> Id {
        let mut is_unknown = false;
        // Not by recursion: a file may be nothing but these.
        loop {
            match self.word() {
                "!" | "-" | "+" | "~" | "++" | "--" if self.kind() == Some(Kind::Mark) => {
                    is_unknown = true;
                }
                "typeof" | "void" | "delete" if self.is_operator() => is_unknown = true,
                "await" | "yield" if self.is_operator() => {}
                "<" if !self.is_jsx => {
                    // `<any>value`
                    let Some(end) = self.angle_end(self.at) else { return self.unknown() };
                    self.at = end;
                    continue;
                }
                _ => break,
            }
            self.at += 1;
            self.take("*");
        }
        let value = match self.arrow() {
            Some(arrow) => arrow,
            None => self.chain(),
        };
        if is_unknown && !self.is_call(value) { self.unknown() } else { value }
    }

    fn is_operator(&self) -> bool {
        self.kind() == Some(Kind::Word)
            && !matches!(self.word_at(self.at + 1), "." | ")" | "," | "=" | ":" | "=>" | "")
    }

    /// A value and what is asked of it: `.a`, `[b]`, `(c)`.
    fn chain(&mut self) -> Id {
        let mut value = if self.is("new") && self.word_at(self.at + 1) != "." {
            self.constructed()
        } else {
            self.primary()
        };
        loop {
            let word = self.word();
            match self.kind() {
                Some(Kind::Mark) => match word {
                    "." | "?." => {
                        let at = self.at + 1;
                        if word == "?." && matches!(self.word_at(at), "(" | "[") {
                            self.at += 1;
                            continue;
                        }
                        if !self.is_name_at(at) {
                            return value;
                        }
                        value = self.put(Expr::Member(value, self.word_at(at).to_owned()));
                        self.at = at + 1;
                        if let Some(end) = self.type_arguments() {
                            self.at = end;
                        }
                        if self.is("(") {
                            value = self.call(value, at);
                        }
                    }
                    "(" => value = self.call(value, self.at.saturating_sub(1)),
                    "[" => {
                        let name_at = self.at + 1;
                        let index = self.within(|own, _| own.expressions()).unwrap_or_default();
                        value = match self.facts.expressions.get(index) {
                            Some(Expr::Text(name)) => {
                                let name = name.clone();
                                self.put(Expr::Member(value, name))
                            }
                            _ => self.put(Expr::Index(value, index)),
                        };
                        if self.is("(") {
                            value = self.call(value, name_at);
                        }
                    }
                    "!" if !self.is_first(self.at) && self.word_at(self.at + 1) != "=" => {
                        self.at += 1;
                    }
                    "<" => match self.type_arguments() {
                        Some(end) => self.at = end,
                        None => return value,
                    },
                    "++" | "--" if !self.is_first(self.at) => {
                        self.at += 1;
                        value = self.unknown();
                    }
                    _ => return value,
                },
                Some(Kind::Template) if self.word().starts_with('`') => {
                    self.skip_template();
                    value = self.unknown();
                }
                _ => return value,
            }
        }
    }

    /// Where the type arguments of a call that begin here end.
    fn type_arguments(&self) -> Option<usize> {
        if !self.is("<") {
            return None;
        }
        let end = self.angle_end(self.at)?;
        let is_template = self.kind_at(end) == Some(Kind::Template);
        (is_template || self.is_at(end, "(")).then_some(end)
    }

    /// `new A.B<C>(d)`
    fn constructed(&mut self) -> Id {
        let at = self.at;
        // `new new …`
        while self.is("new") {
            self.at += 1;
        }
        let mut callee = self.primary();
        while self.is(".") && self.is_name_at(self.at + 1) {
            callee = self.put(Expr::Member(callee, self.word_at(self.at + 1).to_owned()));
            self.at += 2;
        }
        if let Some(end) = self.type_arguments() {
            self.at = end;
        }
        let (arguments, places) = match self.is("(") {
            true => self.elements(),
            false => Default::default(),
        };
        self.row_of_call(callee, &arguments, &places);
        let site = Some(self.put_site(at..at + 2));
        self.put(Expr::Call(Call { callee, arguments, is_new: true, site }))
    }

    fn primary(&mut self) -> Id {
        let word = self.word();
        let Some(kind) = self.kind() else { return self.unknown() };
        match kind {
            Kind::Quoted => {
                self.at += 1;
                let text = super::literal::unquoted(word);
                self.put(Expr::Text(text))
            }
            Kind::Number => {
                self.at += 1;
                self.put(Expr::Text(word.to_owned()))
            }
            Kind::Regex => {
                self.at += 1;
                self.put(Expr::Regex)
            }
            Kind::Template => self.template(),
            Kind::Word => match word {
                "function" => self.function(),
                "async" if self.is_at(self.at + 1, "function") => {
                    self.at += 1;
                    self.function()
                }
                "class" => {
                    let class = self.class(Vec::new());
                    self.put(Expr::Class(class))
                }
                "this" => {
                    self.at += 1;
                    self.put(Expr::This)
                }
                "import" | "require" if self.is_at(self.at + 1, "(") => self.module(),
                "null" | "undefined" | "true" | "false" => {
                    self.at += 1;
                    self.put(Expr::Name(word.to_owned()))
                }
                _ => {
                    self.at += 1;
                    self.put(Expr::Name(word.to_owned()))
                }
            },
            Kind::Mark => match word {
                "(" => self.within(|own, _| own.expressions()).unwrap_or_default(),
                "[" => self.list(),
                "{" => self.object_with(":").unwrap_or_default(),
                "@" => {
                    let decorators = self.decorators();
                    if self.is("class") {
                        let class = self.class(decorators);
                        return self.put(Expr::Class(class));
                    }
                    self.unknown()
                }
                _ => self.unknown(),
            },
        }
    }
}
