//! Classes, their members and decorators.

use super::Parser;
use crate::routes::typescript::facts::{Class, Expr, Id, Member, Pattern, Stmt};
use crate::routes::typescript::lex::Kind;

const MODIFIERS: [&str; 11] = [
    "public",
    "private",
    "protected",
    "static",
    "readonly",
    "async",
    "abstract",
    "override",
    "get",
    "set",
    "declare",
];

impl Parser<'_> {
    /// A class with the decorators before it; or what else they stand before.
    pub(super) fn class_statement(&mut self, into: &mut Vec<Stmt>) {
        let decorators = self.decorators();
        match self.word() {
            "export" => return self.export_decorated(decorators, into),
            "abstract" => self.at += 1,
            _ => {}
        }
        if self.is("class") {
            self.bound_class(decorators, into);
        }
    }

    /// Reads a class and binds it to its name; gives the expression.
    pub(super) fn bound_class(&mut self, decorators: Vec<Id>, into: &mut Vec<Stmt>) -> Id {
        let class = self.class(decorators);
        let value = self.put(Expr::Class(class));
        let name = self.facts.classes.get(class).map_or("", |own| &own.name).to_owned();
        if !name.is_empty() {
            into.push(Stmt::Let(Pattern::Name(name), value));
        }
        value
    }

    /// `@A("x") @b.C()`
    pub(super) fn decorators(&mut self) -> Vec<Id> {
        let mut all = Vec::new();
        while self.is("@") {
            let at = self.at;
            self.at += 1;
            if self.is("(") {
                self.at = self.after(self.at);
                continue;
            }
            let mut value = self.put(Expr::Name(self.word().to_owned()));
            let mut name_at = self.at;
            self.at += 1;
            while self.is(".") {
                name_at = self.at + 1;
                value = self.put(Expr::Member(value, self.word_at(name_at).to_owned()));
                self.at += 2;
            }
            self.skip_angle();
            if self.is("(") {
                let close = self.after(self.at);
                value = self.call(value, name_at);
                let site = self.put_site(at..close);
                if let Some(Expr::Call(call)) = self.facts.expressions.get_mut(value) {
                    call.site = Some(site);
                }
            }
            all.push(value);
        }
        all
    }

    pub(super) fn skip_decorators(&mut self) {
        while self.is("@") {
            self.at += 2;
            while self.is(".") {
                self.at += 2;
            }
            if self.is("(") {
                self.at = self.after(self.at);
            }
        }
    }

    /// Reads from `class` on; gives its number.
    pub(super) fn class(&mut self, decorators: Vec<Id>) -> Id {
        self.at += 1;
        let mut name = String::new();
        if self.is_name_at(self.at) && !matches!(self.word(), "extends" | "implements") {
            name = self.word().to_owned();
            self.at += 1;
        }
        self.skip_angle();
        let parent = self.take("extends").then(|| self.expression());
        while self.at < self.end && !self.is("{") {
            self.at = self.after(self.at);
        }
        let members = self.within(|own, close| {
            let mut members = Vec::new();
            while own.at < close {
                let before = own.at;
                members.extend(own.member());
                own.at = own.at.max(before + 1);
            }
            members
        });
        let members = members.unwrap_or_default();
        self.facts.classes.push(Class { name, parent, decorators, members });
        self.facts.classes.len() - 1
    }

    fn member(&mut self) -> Option<Member> {
        if self.take(";") {
            return None;
        }
        let decorators = self.decorators();
        let (mut is_static, mut is_getter) = (false, false);
        loop {
            let next = self.word_at(self.at + 1);
            let is_modifier = MODIFIERS.contains(&self.word())
                && !matches!(next, "(" | "=" | ":" | ";" | "?" | "!" | "<" | "");
            if self.is("static") && next == "{" {
                // Read and not run: what it registers is told as that.
                self.at += 1;
                self.block();
                return None;
            }
            if !is_modifier && !self.is("*") {
                break;
            }
            is_static |= self.is("static");
            is_getter |= self.is("get");
            self.at += 1;
        }
        let (word, kind) = (self.word(), self.kind()?);
        let name = match kind {
            Kind::Quoted => super::literal::unquoted(word),
            Kind::Mark if word == "[" => String::new(),
            Kind::Mark => return None,
            _ => word.to_owned(),
        };
        self.at = self.after(self.at);
        if !self.take("?") {
            self.take("!");
        }
        let is_method = self.is("(") || self.is("<");
        if is_method {
            let value = Some(self.method()).filter(|id| *id != self.unknown());
            return Some(Member { name, decorators, value, is_static, is_method, is_getter });
        }
        if self.take(":") {
            self.skip_type();
        }
        let value = self.take("=").then(|| self.expression());
        self.end_statement();
        Some(Member { name, decorators, value, is_static, is_method, is_getter })
    }
}
