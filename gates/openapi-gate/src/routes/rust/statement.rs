//! Statements: what names stand for, and what is put on routers on the way.

use std::ops::Range;

use super::attributes::Attributes;
use super::facts::{Text, What};
use super::value::Value;
use super::walk::{NAMES_MAX, Walker};

impl Walker<'_> {
    /// Reads the block that opens at `open`; what its last expression gives.
    pub(super) fn block(&mut self, open: usize) -> Value {
        self.deeper(|own| {
            let scope = own.scope.len();
            let end = own.source.close(open).min(own.source.len());
            let mut last = Value::Other;
            let mut at = open + 1;
            while at < end {
                let (value, next) = own.statement(at, end);
                last = value;
                at = next.max(at + 1);
            }
            own.scope.truncate(scope);
            last
        })
    }

    /// Reads the statement at `at`: what it gives, if it is the last one.
    fn statement(&mut self, at: usize, end: usize) -> (Value, usize) {
        let source = self.source;
        let attributes = Attributes::read(source, at, end);
        let start = attributes.end;
        let is_item = match source.word(start) {
            "fn" | "mod" | "use" | "impl" | "struct" | "enum" | "static" | "trait" | "pub"
            | "type" | "macro_rules" => true,
            "const" => source.word(start + 1) != "{",
            "async" | "unsafe" => source.word(start + 1) == "fn",
            _ => false,
        };
        if is_item {
            return (Value::Other, self.item(at, end, false));
        }
        let stop = self.end_of_statement(start, end);
        let next = stop + usize::from(source.word(stop) == ";");
        if attributes.is_test {
            return (Value::Other, next);
        }
        self.conditions += usize::from(attributes.is_conditional);
        let value = match source.word(start) {
            "let" => {
                self.binding(start + 1..stop);
                Value::Other
            }
            "return" => {
                let value = self.expression(start + 1..stop);
                self.returns.push(value);
                Value::Other
            }
            _ => {
                let value = self.assignment(start..stop);
                match source.word(stop) {
                    ";" => {
                        // Whether it is served at all is no condition of one route.
                        let conditions = std::mem::take(&mut self.conditions);
                        self.settle(value, &(start..stop));
                        self.conditions = conditions;
                        Value::Other
                    }
                    _ => value,
                }
            }
        };
        self.conditions -= usize::from(attributes.is_conditional);
        (value, next)
    }

    /// The end of the statement at `at`: its semicolon, or its last brace.
    fn end_of_statement(&self, at: usize, end: usize) -> usize {
        let source = self.source;
        let is_block = matches!(
            source.word(at),
            "if" | "match" | "for" | "while" | "loop" | "unsafe" | "async" | "{"
        );
        let mut here = at;
        while here < end && source.word(here) != ";" {
            let is_brace = source.word(here) == "{";
            here = source.after(here);
            let goes_on = matches!(source.word(here), "else" | "." | "?");
            if is_block && is_brace && !goes_on {
                break;
            }
        }
        here.min(end)
    }

    /// `pattern = expression`, after the `let`.
    fn binding(&mut self, range: Range<usize>) {
        let source = self.source;
        let mut at = range.start;
        while at < range.end && source.word(at) != "=" {
            at = source.after(at);
        }
        let stop = range.clone().find(|at| source.word(*at) == "else").unwrap_or(range.end);
        let value = self.expression(at + 1..stop.max(at + 1));
        if stop < range.end {
            self.expression(stop + 1..range.end);
        }
        let value = self.settle(value, &range);
        let mut name = range.start;
        while matches!(source.word(name), "mut" | "ref") {
            name += 1;
        }
        if source.word(name) == "(" {
            // `let (router, api) = …`: the router is the first of them.
            let values = match value {
                Value::Tuple(values) => values,
                value => vec![value],
            };
            let mut values = values.into_iter();
            for element in source.elements(name) {
                let is_mut = usize::from(source.word(element.start) == "mut");
                let own = source.word(element.start + is_mut);
                self.scope.push((own, values.next().unwrap_or_default()));
            }
        } else if source.word(name + 1) == "(" {
            // `let Some(x) = …`
            for at in name + 2..source.close(name + 1) {
                self.scope.push((source.word(at), Value::Other));
            }
        } else {
            self.scope.push((source.word(name), value));
        }
    }

    /// `name = expression`, or an expression.
    fn assignment(&mut self, range: Range<usize>) -> Value {
        let source = self.source;
        let name = source.word(range.start);
        let is_set = source.word(range.start + 1) == "=" && !source.is_mark(range.start + 1, "==");
        if !is_set || !source.is_ident(range.start) {
            return self.expression(range);
        }
        let value = self.expression(range.start + 2..range.end);
        let value = self.settle(value, &range);
        let mut near = self.scope.iter_mut().rev().take(NAMES_MAX);
        if let Some((_, bound)) = near.find(|(known, _)| *known == name) {
            *bound = match (&bound, value) {
                // Built under a condition, and its text is not one.
                (Value::Text(_), _) => Value::Other,
                (_, value) => value,
            };
        }
        Value::Other
    }

    /// A call that routers are handed to serves them, unless someone serves
    /// what it gives.
    pub(super) fn settle(&mut self, value: Value, at: &Range<usize>) -> Value {
        match value {
            Value::Call(..) if value.matters() => {
                let is_doubtful = !value.is_sure();
                let value = self.as_router(value, at);
                if let Some(last) = self.facts.nodes.last_mut() {
                    last.is_doubtful = is_doubtful;
                }
                value
            }
            value => value,
        }
    }

    /// A router that serves what `value` is.
    pub(super) fn as_router(&mut self, value: Value, at: &Range<usize>) -> Value {
        let Some(target) = value.target() else { return value };
        if let Value::Node { .. } = value {
            return value;
        }
        let node = self.node(Text::default(), true, at.clone());
        self.entry(node, What::Mount(Text::default(), target), at.clone());
        Value::node(node)
    }
}
