//! Calls, functions and arrows.

use super::Parser;
use crate::routes::typescript::facts::{Call, Expr, Function, Id, Parameter, Pattern, Stmt};
use crate::routes::typescript::lex::Kind;
use crate::routes::typescript::words;

/// How much was read when a call began.
struct Mark {
    expressions: usize,
    blocks: usize,
    functions: usize,
    classes: usize,
    sites: usize,
    rows: usize,
}

impl Parser<'_> {
    /// The call of `callee`, whose last name is the token `name_at`.
    pub(super) fn call(&mut self, callee: Id, name_at: usize) -> Id {
        let first = self.at + 1;
        let name = match self.facts.expressions.get(callee) {
            Some(Expr::Member(_, name)) => name.clone(),
            _ => String::new(),
        };
        let mut arguments = Vec::new();
        let mut places = Vec::new();
        let mut first_end = first;
        let is_verb = words::is_verb(&name);
        self.within(|own, close| {
            while own.at < close {
                let (mark, start) = (own.mark(), own.at);
                let is_spread = own.take("...");
                let mut value = own.expression();
                if arguments.is_empty() {
                    first_end = own.at;
                }
                // What handles a request registers nothing.
                let is_handler = is_verb
                    && arguments.first().is_some_and(|first| own.is_path(*first))
                    && matches!(own.facts.expressions.get(value), Some(Expr::Function(_)));
                if is_handler {
                    own.forget(&mark);
                    value = own.put(Expr::Function(0));
                }
                if is_spread {
                    value = own.put(Expr::Spread(value));
                }
                arguments.push(value);
                places.push(start..own.at);
                own.skip_comma();
            }
        });
        self.row_of_call(callee, &arguments, &places);
        let may_register = words::is_word(&name);
        let site = may_register.then(|| {
            let mut site = self.site(name_at..first_end.max(first));
            site.written = self.site(first..first_end.max(first + 1)).written;
            self.facts.sites.push(site);
            self.facts.sites.len() - 1
        });
        self.put(Expr::Call(Call { callee, arguments, is_new: false, site }))
    }

    fn is_path(&self, id: Id) -> bool {
        match self.facts.expressions.get(id) {
            Some(Expr::Text(text)) => text.is_empty() || text.starts_with(['/', '*', ':']),
            _ => false,
        }
    }

    fn mark(&self) -> Mark {
        Mark {
            expressions: self.facts.expressions.len(),
            blocks: self.facts.blocks.len(),
            functions: self.facts.functions.len(),
            classes: self.facts.classes.len(),
            sites: self.facts.sites.len(),
            rows: self.facts.rows.len(),
        }
    }

    fn forget(&mut self, mark: &Mark) {
        self.facts.expressions.truncate(mark.expressions);
        self.facts.blocks.truncate(mark.blocks);
        self.facts.functions.truncate(mark.functions);
        self.facts.classes.truncate(mark.classes);
        self.facts.sites.truncate(mark.sites);
        self.facts.rows.truncate(mark.rows);
    }

    /// `require("x")`, `import("x")`
    pub(super) fn module(&mut self) -> Id {
        let callee = self.put(Expr::Name(self.word().to_owned()));
        let is_import = self.is("import");
        let name_at = self.at;
        self.at += 1;
        let only = self.kind_at(self.at + 1) == Some(Kind::Quoted)
            && (is_import || self.close(self.at) <= self.at + 3);
        if !only {
            return self.call(callee, name_at);
        }
        let name = super::literal::unquoted(self.word_at(self.at + 1));
        self.at = self.after(self.at);
        self.names(&name);
        self.put(Expr::Module(name))
    }

    /// Notes that the file names a module.
    pub(super) fn names(&mut self, module: &str) {
        if !self.facts.modules.iter().any(|known| known == module) {
            self.facts.modules.push(module.to_owned());
        }
    }

    /// An arrow function, if one begins here.
    pub(super) fn arrow(&mut self) -> Option<Id> {
        let is_async = self.is("async")
            && !self.is_first(self.at + 1)
            && (self.is_name_at(self.at + 1) || matches!(self.word_at(self.at + 1), "(" | "<"));
        let start = self.at + usize::from(is_async);
        if self.is_name_at(start) && self.is_at(start + 1, "=>") {
            let pattern = Pattern::Name(self.word_at(start).to_owned());
            self.at = start + 2;
            let parameter =
                Parameter { pattern, default: None, r#type: String::new(), is_rest: false };
            return Some(self.arrow_body(vec![parameter], self.facts.expressions.len()));
        }
        let mut open = start;
        if self.is_at(start, "<") {
            open = self.angle_end(start)?;
        }
        if !self.is_at(open, "(") {
            return None;
        }
        let after = self.after(open);
        if self.is_at(after, ":") {
            let before = self.at;
            self.at = after + 1;
            // A type takes the arrow of a function for its own.
            self.skip_return_type();
            let is_arrow = self.is("=>");
            let arrow = self.at;
            self.at = before;
            if !is_arrow {
                return None;
            }
            self.at = open;
            let from = self.facts.expressions.len();
            let parameters = self.parameters();
            self.at = arrow + 1;
            return Some(self.arrow_body(parameters, from));
        }
        if !self.is_at(after, "=>") {
            return None;
        }
        self.at = open;
        let from = self.facts.expressions.len();
        let parameters = self.parameters();
        self.at = after + 1;
        Some(self.arrow_body(parameters, from))
    }

    /// The type between a parameter list and its arrow.
    fn skip_return_type(&mut self) {
        let start = self.at;
        while self.at < self.end {
            match self.word() {
                "=>" if self.at > start => return,
                "<" => match self.angle_end(self.at) {
                    Some(end) => self.at = end,
                    None => return,
                },
                ";" | "," | "=" | "?" | ":" => return,
                _ => self.at = self.after(self.at),
            }
        }
    }

    fn arrow_body(&mut self, parameters: Vec<Parameter>, from: Id) -> Id {
        let body = if self.is("{") {
            self.block().unwrap_or_default()
        } else {
            let value = self.expression();
            self.put_block(vec![Stmt::Return(value)])
        };
        let (name, to) = (String::new(), self.facts.expressions.len());
        self.put_function(Function { name, parameters, body, is_arrow: true, from, to })
    }

    fn put_function(&mut self, function: Function) -> Id {
        self.facts.functions.push(function);
        let id = self.facts.functions.len() - 1;
        self.put(Expr::Function(id))
    }

    /// `function name(a, b) {}`
    pub(super) fn function(&mut self) -> Id {
        self.at += 1;
        self.take("*");
        let mut name = String::new();
        if self.is_name_at(self.at) {
            name = self.word().to_owned();
            self.at += 1;
        }
        self.named_method(name)
    }

    /// `(a, b) {}`, what follows the name of a method.
    pub(super) fn method(&mut self) -> Id {
        self.named_method(String::new())
    }

    fn named_method(&mut self, name: String) -> Id {
        self.skip_angle();
        if !self.is("(") {
            return self.unknown();
        }
        let from = self.facts.expressions.len();
        let parameters = self.parameters();
        if self.take(":") {
            self.skip_type();
        }
        // An overload has no body.
        if !self.is("{") {
            return self.unknown();
        }
        let body = self.block().unwrap_or_default();
        let to = self.facts.expressions.len();
        self.put_function(Function { name, parameters, body, is_arrow: false, from, to })
    }

    pub(super) fn function_statement(&mut self, into: &mut Vec<Stmt>) {
        let name_at = self.at + 1 + usize::from(self.word_at(self.at + 1) == "*");
        let name = self.word_at(name_at).to_owned();
        let value = self.function();
        if value != self.unknown() {
            into.insert(0, Stmt::Let(Pattern::Name(name), value));
        }
    }

    /// The parameters of the parentheses at hand.
    pub(super) fn parameters(&mut self) -> Vec<Parameter> {
        let read = self.within(|own, close| {
            let mut all = Vec::new();
            while own.at < close {
                all.push(own.parameter());
                own.skip_comma();
            }
            all
        });
        read.unwrap_or_default()
    }

    fn parameter(&mut self) -> Parameter {
        self.skip_decorators();
        while matches!(self.word(), "public" | "private" | "protected" | "readonly" | "override")
            && self.is_name_at(self.at + 1)
        {
            self.at += 1;
        }
        let is_rest = self.take("...");
        let pattern = self.pattern();
        self.take("?");
        let r#type = if self.take(":") { self.skip_type().to_owned() } else { String::new() };
        let default = self.take("=").then(|| self.expression());
        Parameter { pattern, default, r#type, is_rest }
    }
}
