//! Statements and blocks.

use super::Parser;
use crate::routes::typescript::facts::{Expr, Id, Pattern, Stmt};
use crate::routes::typescript::lex::Kind;

impl Parser<'_> {
    /// Reads statements up to `end`; gives the number of their block.
    pub(super) fn statements(&mut self, end: usize) -> Id {
        let (mut block, outer) = (Vec::new(), self.end);
        self.end = end;
        while self.at < end {
            let before = self.at;
            self.statement(&mut block);
            self.at = self.at.max(before + 1);
        }
        self.end = outer;
        self.put_block(block)
    }

    /// Reads one statement; gives what it comes to.
    pub(super) fn one_statement(&mut self) -> Vec<Stmt> {
        let (mut block, before) = (Vec::new(), self.at);
        self.statement(&mut block);
        self.at = self.at.max(before + 1);
        block
    }

    pub(super) fn put_block(&mut self, block: Vec<Stmt>) -> Id {
        self.facts.blocks.push(block);
        self.facts.blocks.len() - 1
    }

    /// Reads the braces at hand as a block.
    pub(super) fn block(&mut self) -> Option<Id> {
        self.within(|own, close| own.statements(close))
    }

    fn statement(&mut self, into: &mut Vec<Stmt>) {
        if self.depth >= super::DEPTH_MAX {
            self.at = self.end;
            return;
        }
        if self.kind() != Some(Kind::Word) {
            match self.word() {
                ";" | "," | ")" | "]" | "}" => self.at += 1,
                "{" => into.extend(self.block().map(Stmt::Block)),
                "@" => self.class_statement(into),
                _ => self.expression_statement(into),
            }
            return;
        }
        let next = self.word_at(self.at + 1);
        match self.word() {
            "import" if !matches!(next, "(" | ".") => self.import(into),
            "export" => self.export(into),
            "const" if next == "enum" => {
                self.at += 1;
                self.enumeration(into);
            }
            "const" | "let" | "var" => self.declaration(into),
            "using" if self.is_name_at(self.at + 1) && !self.is_first(self.at + 1) => {
                self.declaration(into);
            }
            "function" => self.function_statement(into),
            "async" if next == "function" => {
                self.at += 1;
                self.function_statement(into);
            }
            "class" => self.class_statement(into),
            "abstract" if next == "class" => {
                self.at += 1;
                self.class_statement(into);
            }
            "enum" if self.is_name_at(self.at + 1) => self.enumeration(into),
            "interface" if self.is_name_at(self.at + 1) => self.skip_to_block(),
            "type" if self.is_name_at(self.at + 1) && !self.is_first(self.at + 1) => {
                self.at += 2;
                self.skip_angle();
                if self.take("=") {
                    self.skip_type();
                }
            }
            "declare" if self.is_name_at(self.at + 1) && !self.is_first(self.at + 1) => {
                self.skip_declared();
            }
            "namespace" | "module"
                if self.is_name_at(self.at + 1) && !self.is_first(self.at + 1) =>
            {
                self.at += 2;
                while self.is(".") {
                    self.at += 2;
                }
                if self.is("{") {
                    into.extend(self.block().map(Stmt::Block));
                }
            }
            "if" => {
                self.at += 1;
                self.condition(into);
                self.branch(into);
                while self.take("else") {
                    if self.take("if") {
                        self.condition(into);
                    }
                    self.branch(into);
                }
            }
            "for" => self.for_statement(into),
            "while" | "with" => {
                self.at += 1;
                self.condition(into);
                self.branch(into);
            }
            "switch" => {
                self.at += 1;
                self.condition(into);
                if self.is("{") {
                    into.extend(self.block().map(Stmt::If));
                }
            }
            "case" if next != ":" && next != "(" || self.is_case() => {
                self.at += 1;
                self.expression();
                self.take(":");
            }
            "default" if next == ":" => self.at += 2,
            "do" | "try" | "finally" if next == "{" => {
                self.at += 1;
                into.extend(self.block().map(Stmt::Block));
            }
            "catch" if matches!(next, "(" | "{") => {
                self.at += 1;
                if self.is("(") {
                    self.at = self.after(self.at);
                }
                self.branch(into);
            }
            "return" => {
                self.at += 1;
                let has_value = !self.is_first(self.at) && self.at < self.end && !self.is(";");
                if has_value {
                    let value = self.expressions();
                    into.push(Stmt::Return(value));
                }
                self.end_statement();
            }
            "throw" | "break" | "continue" | "debugger" if next != "." && next != "(" => {
                self.at += 1;
                self.end_statement();
            }
            _ if next == ":" && self.is_name_at(self.at) => self.at += 2,
            _ => self.expression_statement(into),
        }
    }

    /// `case (a):`
    fn is_case(&self) -> bool {
        self.is_at(self.at + 1, "(") && self.is_at(self.after(self.at + 1), ":")
    }

    /// Calls in a condition are made whichever way it goes.
    fn condition(&mut self, into: &mut Vec<Stmt>) {
        if self.is("(") {
            let value = self.within(|own, _| own.expressions());
            into.extend(value.filter(|id| self.is_call(*id)).map(Stmt::Do));
        }
    }

    /// What a condition decides over.
    fn branch(&mut self, into: &mut Vec<Stmt>) {
        if self.is("{") {
            into.extend(self.block().map(Stmt::If));
            return;
        }
        let mut block = Vec::new();
        self.depth += 1;
        let before = self.at;
        self.statement(&mut block);
        self.at = self.at.max(before + 1);
        self.depth -= 1;
        let block = self.put_block(block);
        into.push(Stmt::If(block));
    }

    fn for_statement(&mut self, into: &mut Vec<Stmt>) {
        self.at += 1;
        self.take("await");
        if !self.is("(") {
            return;
        }
        let head = self.within(|own, _| {
            if matches!(own.word(), "const" | "let" | "var") {
                own.at += 1;
                let pattern = own.pattern();
                let is_in = own.is("in");
                if own.take("of") || own.take("in") {
                    let over = own.expression();
                    return Some((pattern, if is_in { own.unknown() } else { over }));
                }
            }
            None
        });
        let mut block = Vec::new();
        if self.is("{") {
            block.extend(self.block().map(Stmt::Block));
        } else {
            self.depth += 1;
            self.statement(&mut block);
            self.depth -= 1;
        }
        let block = self.put_block(block);
        into.push(match head.flatten() {
            Some((pattern, over)) => Stmt::For(pattern, over, block),
            None => Stmt::For(Pattern::Nothing, self.unknown(), block),
        });
    }

    /// `const a = 1, { b } = c;`
    pub(super) fn declaration(&mut self, into: &mut Vec<Stmt>) {
        self.at += 1;
        loop {
            let pattern = self.pattern();
            self.take("!");
            if self.take(":") {
                self.skip_type();
            }
            if self.take("=") {
                let value = self.expression();
                into.push(Stmt::Let(pattern, value));
            } else {
                into.push(Stmt::Let(pattern, self.unknown()));
            }
            if !self.take(",") {
                break;
            }
        }
        self.end_statement();
    }

    pub(super) fn pattern(&mut self) -> Pattern {
        match self.word() {
            "{" => self
                .within(|own, close| {
                    let mut entries = Vec::new();
                    while own.at < close {
                        let key = own.word().trim_matches(['"', '\'']).to_owned();
                        if own.is("...") {
                            // What is left of it is not known.
                            own.at = close;
                            break;
                        }
                        own.at = own.after(own.at);
                        let pattern =
                            if own.take(":") { own.pattern() } else { Pattern::Name(key.clone()) };
                        entries.push((key, pattern));
                        own.skip_comma();
                    }
                    Pattern::Object(entries)
                })
                .unwrap_or(Pattern::Nothing),
            "[" => self
                .within(|own, close| {
                    let mut entries = Vec::new();
                    while own.at < close {
                        let entry = if own.is(",") { Pattern::Nothing } else { own.pattern() };
                        entries.push(entry);
                        own.skip_comma();
                    }
                    Pattern::List(entries)
                })
                .unwrap_or(Pattern::Nothing),
            name if self.kind() == Some(Kind::Word) => {
                self.at += 1;
                Pattern::Name(name.to_owned())
            }
            _ => Pattern::Nothing,
        }
    }

    fn expression_statement(&mut self, into: &mut Vec<Stmt>) {
        let before = self.at;
        let value = self.expressions();
        if self.is_call(value) {
            into.push(Stmt::Do(value));
        }
        if self.at > before {
            self.end_statement();
        }
    }

    /// Whether an expression does something.
    pub(super) fn is_call(&self, id: Id) -> bool {
        matches!(
            self.facts.expressions.get(id),
            Some(
                Expr::Call(_) | Expr::Assign(..) | Expr::Or(..) | Expr::Either(..) | Expr::List(_)
            )
        )
    }

    /// Skips to where the next statement may begin.
    pub(super) fn end_statement(&mut self) {
        while self.at < self.end && !self.is_first(self.at) {
            if self.take(";") {
                return;
            }
            self.at = self.after(self.at);
        }
        self.take(";");
    }

    /// `interface A extends B<C> {}`
    fn skip_to_block(&mut self) {
        while self.at < self.end && !self.is("{") {
            self.at = self.after(self.at);
        }
        self.at = self.after(self.at);
    }

    /// `declare` says what is elsewhere.
    fn skip_declared(&mut self) {
        self.at += 1;
        match self.word() {
            "global" | "module" | "namespace" | "class" | "interface" | "enum" | "abstract" => {
                self.skip_to_block();
            }
            _ => {
                let mut aside = Vec::new();
                self.at += usize::from(self.is("const") || self.is("let") || self.is("var"));
                self.pattern();
                self.skip_angle();
                if self.is("(") {
                    self.at = self.after(self.at);
                }
                if self.take(":") {
                    self.skip_type();
                }
                aside.clear();
                self.expression_statement(&mut aside);
            }
        }
    }

    /// `enum A { B = "b" }` as an object.
    pub(super) fn enumeration(&mut self, into: &mut Vec<Stmt>) {
        let name = self.word_at(self.at + 1).to_owned();
        self.at += 2;
        if !self.is("{") {
            return;
        }
        if let Some(value) = self.object_with("=") {
            into.insert(0, Stmt::Let(Pattern::Name(name), value));
        }
    }
}
