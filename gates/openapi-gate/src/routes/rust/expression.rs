//! Statements and expressions: what they give, and what is put on routers on
//! the way.

use std::ops::Range;

use super::attributes::Attributes;
use super::facts::{Callee, Part, Target, Text, What};
use super::source::Kind;
pub(super) use super::value::Value;
use super::walk::{ALIKE_MAX, NAMES_MAX, Walker};

impl<'s> Walker<'s> {
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
                        self.settle(value, &(start..stop));
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

    /// `if … { } else { }`, `for … { }`, `while … { }`
    fn branches(&mut self, at: usize, end: usize) -> (Value, usize) {
        let source = self.source;
        let scope = self.scope.len();
        let mut values = Vec::new();
        let mut here = at;
        loop {
            let mut open = here + 1;
            while open < end && source.word(open) != "{" {
                open = source.after(open);
            }
            self.header(here + 1..open);
            self.conditions += 1;
            values.push(self.block(open));
            self.conditions -= 1;
            self.scope.truncate(scope);
            here = source.after(open);
            if source.word(here) != "else" || here >= end {
                break;
            }
            here += 1;
            if source.word(here) == "{" {
                self.conditions += 1;
                values.push(self.block(here));
                self.conditions -= 1;
                here = source.after(here);
                break;
            }
        }
        (self.either(values, at), here)
    }

    /// What stands before a block: a condition, or `x in xs`; its names hide
    /// others.
    fn header(&mut self, range: Range<usize>) {
        let source = self.source;
        let mut at = range.start;
        if source.word(at) == "let" || range.clone().any(|at| source.word(at) == "in") {
            while at < range.end && !matches!(source.word(at), "=" | "in") {
                if source.is_ident(at) {
                    self.scope.push((source.word(at), Value::Other));
                }
                at += 1;
            }
            at += 1;
        }
        let names = self.scope.len();
        self.expression(at..range.end);
        self.scope.truncate(names);
    }

    fn arms(&mut self, at: usize, end: usize) -> (Value, usize) {
        let source = self.source;
        let mut open = at + 1;
        while open < end && source.word(open) != "{" {
            open = source.after(open);
        }
        self.expression(at + 1..open);
        let close = source.close(open).min(source.len());
        let mut values = Vec::new();
        let mut here = open + 1;
        self.conditions += 1;
        while here < close {
            while here < close && !source.is_mark(here, "=>") {
                here = source.after(here);
            }
            let start = here + 2;
            let mut stop = start;
            while stop < close && source.word(stop) != "," {
                let is_block = stop == start && source.word(stop) == "{";
                stop = source.after(stop);
                if is_block && !matches!(source.word(stop), "." | "?") {
                    break;
                }
            }
            if start < close {
                values.push(self.expression(start..stop.min(close)));
            }
            here = stop.max(here + 1);
        }
        self.conditions -= 1;
        (self.either(values, at), source.after(open))
    }

    /// One of several values: a router that serves each of them.
    fn either(&mut self, values: Vec<Value>, at: usize) -> Value {
        let mut targets: Vec<Target> = Vec::new();
        let mut only = None;
        for value in values {
            if let Some(target) = value.argument().target
                && !targets.iter().rev().take(ALIKE_MAX).any(|it| *it == target)
            {
                targets.push(target);
                only = Some(value);
            }
        }
        if targets.len() < 2 {
            return only.unwrap_or_default();
        }
        let has_node = targets.iter().any(|it| matches!(it, Target::Node(_)));
        if !has_node {
            return only.unwrap_or_default();
        }
        let node = self.node(Text::default(), true, at..at + 1);
        self.conditions += 1;
        for target in targets {
            self.entry(node, What::Mount(Text::default(), target), at..at + 1);
        }
        self.conditions -= 1;
        Value::node(node)
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

    /// `format!`, `concat!`, and lists of handlers.
    fn invocation(&mut self, path: &[String], open: usize) -> Value {
        let name = path.last().map_or("", String::as_str);
        match name {
            "format" => self.format(open),
            "concat" => {
                let parts = self.arguments(open).into_iter().flat_map(|value| value.text().0);
                Value::Text(Text(parts.collect()))
            }
            name if self.words.lists.contains(&name) => self.list(open),
            "matches" | "macro_rules" => Value::Other,
            "vec" => Value::Tuple(self.arguments(open)),
            _ => {
                let values = self.arguments(open);
                for value in values {
                    self.settle(value, &(open..open + 1));
                }
                Value::Other
            }
        }
    }

    /// `format!("{}/a/{B}", A)`
    fn format(&mut self, open: usize) -> Value {
        let source = self.source;
        let elements = source.elements(open);
        let Some(pattern) = elements.first().and_then(|first| source.string(first.start)) else {
            self.arguments(open);
            return Value::Other;
        };
        let mut named: Vec<(&str, Text)> = Vec::new();
        let mut rest: Vec<Text> = Vec::new();
        for element in elements.into_iter().skip(1) {
            if source.is_ident(element.start) && source.word(element.start + 1) == "=" {
                let text = self.expression(element.start + 2..element.end).text();
                named.push((source.word(element.start), text));
            } else {
                rest.push(self.expression(element).text());
            }
        }
        let mut rest = rest.into_iter();
        let mut text = Text::default();
        let mut pattern = pattern.as_str();
        while let Some(at) = pattern.find(['{', '}']) {
            let (before, after) = pattern.split_at_checked(at).unwrap_or((pattern, ""));
            text.0.push(Part::Literal(before.to_owned()));
            if let Some(after) = after.strip_prefix("{{") {
                text.0.push(Part::Literal("{".to_owned()));
                pattern = after;
            } else if let Some(after) = after.strip_prefix("}}") {
                text.0.push(Part::Literal("}".to_owned()));
                pattern = after;
            } else if let Some((name, after)) =
                after.strip_prefix('{').and_then(|it| it.split_once('}'))
            {
                let value = match name {
                    "" => rest.next(),
                    name if name.contains(':') => None,
                    name => named.iter().find(|(known, _)| *known == name).map_or_else(
                        || {
                            let constant = || Value::Path(vec![name.to_owned()]);
                            Some(self.bound(name).map_or_else(constant, Value::clone).text())
                        },
                        |(_, text)| Some(text.clone()),
                    ),
                };
                text.0.extend(value.unwrap_or_else(Text::unknown).0);
                pattern = after;
            } else {
                return Value::Other;
            }
        }
        text.0.push(Part::Literal(pattern.to_owned()));
        Value::Text(text)
    }
}
