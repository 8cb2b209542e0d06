//! What a file takes from others and gives to others.

use super::Parser;
use super::literal::unquoted;
use crate::routes::typescript::facts::{Export, Expr, Id, Pattern, Stmt};
use crate::routes::typescript::lex::Kind;

impl Parser<'_> {
    /// `import a, { b as c } from "x"`, `import * as d from "x"`, `import e = require("x")`
    pub(super) fn import(&mut self, into: &mut Vec<Stmt>) {
        self.at += 1;
        if self.kind() == Some(Kind::Quoted) {
            let module = unquoted(self.word());
            self.names(&module);
            self.at += 1;
            return self.end_statement();
        }
        let is_type = self.is("type")
            && self.word_at(self.at + 1) != "from"
            && self.word_at(self.at + 1) != ",";
        self.at += usize::from(is_type);
        let mut names: Vec<(String, String)> = Vec::new();
        if self.is_name_at(self.at) {
            names.push((self.word().to_owned(), "default".to_owned()));
            self.at += 1;
            if self.take("=") {
                let value = self.expression();
                let name = names.pop().map(|(name, _)| name).unwrap_or_default();
                into.push(Stmt::Let(Pattern::Name(name), value));
                return self.end_statement();
            }
            self.take(",");
        }
        if self.take("*") {
            self.take("as");
            names.push((self.word().to_owned(), "*".to_owned()));
            self.at += 1;
        } else if self.is("{") {
            names.extend(self.specifiers());
        }
        if !self.take("from") || self.kind() != Some(Kind::Quoted) {
            return;
        }
        let module = unquoted(self.word());
        self.at += 1;
        if !is_type {
            self.names(&module);
            for (local, name) in names {
                into.insert(0, Stmt::Import(local, module.clone(), name));
            }
        }
        self.end_statement();
    }

    /// `{ a, b as c }`: each name here and what it is there.
    fn specifiers(&mut self) -> Vec<(String, String)> {
        let read = self.within(|own, close| {
            let mut names = Vec::new();
            while own.at < close {
                if own.is("type") && !matches!(own.word_at(own.at + 1), "," | "as" | "") {
                    own.skip_comma();
                    continue;
                }
                let name = own.word().trim_matches(['"', '\'']).to_owned();
                own.at += 1;
                let mut local = name.clone();
                if own.take("as") {
                    local = own.word().trim_matches(['"', '\'']).to_owned();
                }
                names.push((local, name));
                own.skip_comma();
            }
            names
        });
        read.unwrap_or_default()
    }

    pub(super) fn export(&mut self, into: &mut Vec<Stmt>) {
        self.at += 1;
        self.export_decorated(Vec::new(), into);
    }

    /// What follows `export`, or decorators before it.
    pub(super) fn export_decorated(&mut self, decorators: Vec<Id>, into: &mut Vec<Stmt>) {
        self.take("export");
        let at = self.at;
        let mut decorators = decorators;
        decorators.extend(self.decorators());
        match self.word() {
            "default" => {
                self.at += 1;
                let site = self.put_site(at..self.at + 1);
                decorators.extend(self.decorators());
                if self.is("abstract") && self.is_at(self.at + 1, "class") {
                    self.at += 1;
                }
                if self.is("interface") && self.is_name_at(self.at + 1) {
                    return self.named_of(into);
                }
                let is_async = self.is("async") && self.is_at(self.at + 1, "function");
                let value = if self.is("class") {
                    self.bound_class(decorators, into)
                } else if self.is("function") || is_async {
                    self.at += usize::from(is_async);
                    let name = self.word_at(self.at + 1).to_owned();
                    let value = self.function();
                    if !matches!(name.as_str(), "(" | "*" | "<" | "") && value != 0 {
                        into.insert(0, Stmt::Let(Pattern::Name(name), value));
                    }
                    value
                } else {
                    let value = self.expression();
                    self.end_statement();
                    value
                };
                self.facts.exports.push(Export::Value("default".to_owned(), value, site));
            }
            "*" => {
                self.at += 1;
                let name = self.take("as").then(|| self.word().to_owned());
                self.at += usize::from(name.is_some());
                if self.take("from") && self.kind() == Some(Kind::Quoted) {
                    let module = unquoted(self.word());
                    self.names(&module);
                    let site = self.put_site(at..self.at);
                    self.facts.exports.push(match name {
                        Some(name) => Export::From(module, "*".to_owned(), name, site),
                        None => Export::All(module),
                    });
                }
                self.end_statement();
            }
            "{" => {
                let open = self.at;
                let names = self.specifiers();
                let mut from = None;
                if self.take("from") && self.kind() == Some(Kind::Quoted) {
                    from = Some(unquoted(self.word()));
                }
                for (here, name) in names {
                    let site = self.put_site(open..open + 2);
                    let export = match &from {
                        Some(module) => Export::From(module.clone(), name, here, site),
                        None => {
                            let value = self.put(Expr::Name(name));
                            Export::Value(here, value, site)
                        }
                    };
                    self.facts.exports.push(export);
                }
                if let Some(module) = from {
                    self.names(&module);
                }
                self.end_statement();
            }
            "=" => {
                self.at += 1;
                let value = self.expression();
                let site = self.put_site(at..self.at);
                self.facts.exports.push(Export::Value("=".to_owned(), value, site));
                self.end_statement();
            }
            "type" if self.is_at(self.at + 1, "{") || self.is_at(self.at + 1, "*") => {
                self.at += 2;
                self.end_statement();
            }
            "import" => self.import(into),
            "class" | "abstract" => {
                if self.is("abstract") {
                    self.at += 1;
                }
                let site = self.put_site(self.at..self.at + 2);
                let value = self.bound_class(decorators, into);
                if let Some(Expr::Class(class)) = self.facts.expressions.get(value)
                    && let Some(own) = self.facts.classes.get(*class)
                {
                    self.facts.exports.push(Export::Value(own.name.clone(), value, site));
                }
            }
            _ => self.named_of(into),
        }
    }

    /// A declaration, all of whose names are exported.
    fn named_of(&mut self, into: &mut Vec<Stmt>) {
        let at = self.at;
        let mut own = Vec::new();
        match self.word() {
            "const" | "let" | "var" if self.word_at(self.at + 1) != "enum" => {
                self.declaration(&mut own);
            }
            _ => own = self.one_statement(),
        }
        for statement in own {
            if let Stmt::Let(pattern, _) = &statement {
                let mut names = Vec::new();
                pattern.names(&mut names);
                for name in names {
                    let site = self.put_site(at..at + 3);
                    let value = self.put(Expr::Name(name.to_owned()));
                    self.facts.exports.push(Export::Value(name.to_owned(), value, site));
                }
                // A function is there before what calls it.
                match self.word_at(at) {
                    "const" | "let" | "var" => into.push(statement),
                    _ => into.insert(0, statement),
                }
            }
        }
    }
}

impl Pattern {
    /// Every name that is bound in it.
    pub(in crate::routes::typescript) fn names<'p>(&'p self, into: &mut Vec<&'p str>) {
        match self {
            Pattern::Name(name) => into.push(name),
            Pattern::Object(entries) => entries.iter().for_each(|(_, own)| own.names(into)),
            Pattern::List(entries) => entries.iter().for_each(|own| own.names(into)),
            Pattern::Nothing => {}
        }
    }
}
