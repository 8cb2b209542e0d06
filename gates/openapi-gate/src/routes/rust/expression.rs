//! Expressions: what they give, and what is called on that.

use std::ops::Range;

use super::facts::{Callee, Text};
use super::source::Kind;
pub(super) use super::value::Value;
use super::walk::Walker;

impl<'s> Walker<'s> {
    /// What an expression gives.
    pub(super) fn expression(&mut self, range: Range<usize>) -> Value {
        if range.start >= range.end {
            return Value::Other;
        }
        self.deeper(|own| {
            let (mut value, mut at) = own.chain(range.start, range.end);
            while at < range.end {
                let is_plus = own.source.word(at) == "+";
                let (other, next) = own.chain(at + 1, range.end);
                value = match (is_plus, value, other) {
                    (true, Value::Text(mut text), other) => {
                        text.0.extend(other.text().0);
                        Value::Text(text)
                    }
                    _ => Value::Other,
                };
                at = next.max(at + 1);
            }
            value
        })
    }

    /// A primary expression and what is called on it; where it ends.
    fn chain(&mut self, at: usize, end: usize) -> (Value, usize) {
        let source = self.source;
        let mut at = at;
        while at < end && matches!(source.word(at), "&" | "*" | "mut" | "!" | "-" | "await") {
            at += 1;
        }
        let (mut value, mut here) = self.primary(at, end);
        while here < end {
            match source.word(here) {
                "?" => here += 1,
                "." if source.is_ident(here + 1) => {
                    let name = here + 1;
                    let mut open = here + 2;
                    if source.is_path(open) && source.word(open + 2) == "<" {
                        open = source.after_angles(open + 2, end);
                    }
                    if source.word(open) == "(" {
                        value = self.method(value, name, open);
                        here = source.after(open);
                    } else {
                        value = match source.word(name) {
                            "await" => value,
                            _ => Value::Other,
                        };
                        here += 2;
                    }
                }
                "." => {
                    value = match (value, source.word(here + 1)) {
                        (Value::Tuple(values), "0") => {
                            values.into_iter().next().unwrap_or_default()
                        }
                        _ => Value::Other,
                    };
                    here += 2;
                }
                "(" => {
                    self.arguments(here);
                    value = Value::Other;
                    here = source.after(here);
                }
                "[" => {
                    here = source.after(here);
                    value = Value::Other;
                }
                "as" => {
                    here += 1;
                    while source.is_ident(here) || source.is_path(here) {
                        here += if source.is_ident(here) { 1 } else { 2 };
                    }
                }
                _ => break,
            }
        }
        (value, here.max(at + 1).min(end.max(at + 1)))
    }

    fn primary(&mut self, at: usize, end: usize) -> (Value, usize) {
        let source = self.source;
        match source.word(at) {
            "(" => {
                let mut values = self.arguments(at);
                let is_tuple = source.elements(at).len() != 1;
                let value = if is_tuple { Value::Tuple(values) } else { values.remove(0) };
                (value, source.after(at))
            }
            "[" => (Value::Tuple(self.arguments(at)), source.after(at)),
            "{" => (self.block(at), source.after(at)),
            "unsafe" | "loop" if source.word(at + 1) == "{" => {
                (self.block(at + 1), source.after(at + 1))
            }
            "async" => {
                let open = at + 1 + usize::from(source.word(at + 1) == "move");
                match source.word(open) {
                    "{" => (self.block(open), source.after(open)),
                    _ => self.primary(open, end),
                }
            }
            "if" | "while" | "for" => self.branches(at, end),
            "match" => self.arms(at, end),
            "move" => self.primary(at + 1, end),
            "|" => self.closure(at, end, None),
            "return" | "break" => {
                let value = self.expression(at + 1..end);
                if source.word(at) == "return" {
                    self.returns.push(value);
                }
                (Value::Other, end)
            }
            "<" => {
                let after = source.after_angles(at, end);
                self.path(after + 2 * usize::from(source.is_path(after)), end)
            }
            _ => match source.kind(at) {
                Some(Kind::String | Kind::RawString) => {
                    let text = source.string(at);
                    (text.map_or(Value::Other, |it| Value::Text(Text::literal(&it))), at + 1)
                }
                Some(Kind::Ident) => self.path(at, end),
                _ => (Value::Other, at + 1),
            },
        }
    }

    /// `|a, b| body`; `on` is what its parameter is, if that is a router.
    pub(super) fn closure(&mut self, at: usize, end: usize, on: Option<usize>) -> (Value, usize) {
        let source = self.source;
        let close = (at + 1..end).find(|at| source.word(*at) == "|").unwrap_or(end);
        let scope = self.scope.len();
        let mut parameter = None;
        for element in source.split(at + 1..close) {
            let name = (element.clone()).find(|at| !matches!(source.word(*at), "mut" | "&" | "("));
            let typed = element.clone().find(|at| source.word(*at) == ":");
            let is_router = typed.is_some_and(|colon| self.is_router(colon..element.end));
            let value = match on {
                Some(node) => Value::node(node),
                None if is_router => {
                    let node = self.node(Text::default(), false, element.clone());
                    self.lent.insert(node);
                    parameter = Some(node);
                    Value::node(node)
                }
                None => Value::Other,
            };
            self.scope.push((source.word(name.unwrap_or(element.start)), value));
        }
        let mut body = close + 1;
        if source.is_mark(body, "->") {
            while body < end && source.word(body) != "{" {
                body += 1;
            }
        }
        // What it returns is not what the function at hand returns.
        let returns = std::mem::take(&mut self.returns);
        let value = self.expression(body..end);
        let mut given = std::mem::replace(&mut self.returns, returns);
        given.push(value);
        self.scope.truncate(scope);
        let router =
            given.into_iter().find(|it| matches!(it, Value::Node { .. } | Value::Call(..)));
        (parameter.map(Value::node).or(router).unwrap_or_default(), end)
    }

    /// A path, and the call or macro that it may be.
    fn path(&mut self, at: usize, end: usize) -> (Value, usize) {
        let source = self.source;
        let mut path = Vec::new();
        let mut here = at;
        if source.is_path(here) {
            here += 2;
        }
        while here < end {
            if source.is_ident(here) {
                path.push(source.word(here).to_owned());
                here += 1;
            }
            if !source.is_path(here) {
                break;
            }
            here += 2;
            if source.word(here) == "<" {
                here = source.after_angles(here, end);
                if !source.is_path(here) {
                    break;
                }
                here += 2;
            }
        }
        if path.is_empty() {
            return (Value::Other, here.max(at + 1));
        }
        let is_bang = source.word(here) == "!" && !source.is_mark(here, "!=");
        match source.word(here) {
            "!" if is_bang && matches!(source.word(here + 1), "(" | "[" | "{") => {
                (self.invocation(&path, here + 1), source.after(here + 1))
            }
            "(" => (self.call(path, at, here), source.after(here)),
            "{" if path.last().is_some_and(|it| it.starts_with(|c: char| c.is_uppercase())) => {
                // Fields of a literal.
                for element in source.elements(here) {
                    let colon = element.clone().find(|at| source.word(*at) == ":");
                    let value =
                        self.expression(colon.map_or(element.start, |it| it + 1)..element.end);
                    self.settle(value, &element);
                }
                (Value::Path(path), source.after(here))
            }
            _ => {
                let bound = match path.as_slice() {
                    [name] => self.bound(name),
                    _ => None,
                };
                let value = bound.cloned();
                (value.unwrap_or(Value::Path(path)), here)
            }
        }
    }

    /// What the elements of a bracket give.
    pub(super) fn arguments(&mut self, open: usize) -> Vec<Value> {
        let elements = self.source.elements(open);
        let values: Vec<Value> = elements.into_iter().map(|it| self.expression(it)).collect();
        if values.is_empty() { vec![Value::Other] } else { values }
    }

    pub(super) fn callee(&self, path: Vec<String>) -> Callee {
        Callee::Path(self.module.clone(), path)
    }
}
