//! What is put on a router: routes, other routers, handlers.

use std::ops::Range;

use super::attributes::Attributes;
use super::facts::{Callee, Method, Target, Text, What};
use super::value::Value;
use super::walk::Walker;
use super::words::{Grammar, Word};

impl Walker<'_> {
    pub(super) fn route(&mut self, on: usize, first: Range<usize>, second: Range<usize>) {
        let text = self.expression(first.clone()).text();
        let value = self.expression(second);
        self.take(on, text, value, first);
    }

    /// Registers a route that takes what `value` says.
    pub(super) fn take(&mut self, on: usize, text: Text, value: Value, shown: Range<usize>) {
        let methods = match value {
            Value::Methods(methods) => methods,
            // An endpoint takes every method.
            Value::Path(_) | Value::Other if self.words.grammar == Grammar::Poem => {
                vec![Method::Any]
            }
            Value::Call(Callee::Path(_, path), _)
                if self.words.grammar == Grammar::Poem && is_endpoint(&path) =>
            {
                vec![Method::Any]
            }
            _ => vec![Method::Unknown],
        };
        for method in methods {
            self.entry(on, What::Route(method, text.clone()), shown.clone());
        }
    }

    pub(super) fn nest(
        &mut self,
        on: usize,
        word: Word,
        first: Range<usize>,
        second: Range<usize>,
    ) {
        let text = self.expression(first.clone()).text();
        let value = self.expression(second);
        let target = match &value {
            Value::Tuple(values) => {
                let node = self.node(Text::default(), true, first.clone());
                for value in values.clone() {
                    self.merge(node, value, &first);
                }
                Some(Target::Node(node))
            }
            Value::Path(_) if word == Word::NestService => None,
            value => value.target(),
        };
        let kind = match target {
            Some(target) if word == Word::NestService => What::Below(text, target),
            Some(target) => What::Mount(text, target),
            None if word == Word::NestService => {
                let mut text = text;
                text.0.extend(Text::literal("/{__rest__}").0);
                What::Route(Method::Any, text)
            }
            None => What::Unknown("what is served below it cannot be told".into()),
        };
        self.entry(on, kind, first);
    }

    /// Puts on a router what `value` serves.
    pub(super) fn merge(&mut self, on: usize, value: Value, at: &Range<usize>) {
        let kind = match value {
            Value::Tuple(values) => {
                values.into_iter().for_each(|value| self.merge(on, value, at));
                return;
            }
            Value::Path(path) => What::Mount(Text::default(), Target::Handler(path)),
            value => match value.target() {
                Some(target) => What::Mount(Text::default(), target),
                None => What::Unknown("what is served here cannot be told".into()),
            },
        };
        self.entry(on, kind, at.clone());
    }

    /// `configure(f)`, `configure(|cfg| …)`
    pub(super) fn hand(&mut self, on: usize, argument: Range<usize>) {
        let source = self.source;
        let start = argument.start + usize::from(source.word(argument.start) == "move");
        if source.word(start) == "|" {
            let is_new = self.lent.insert(on);
            self.closure(start, argument.end, Some(on));
            if is_new {
                self.lent.remove(&on);
            }
            return;
        }
        if source.word(start) == "{" {
            // One of several, by conditions.
            let end = source.close(start).min(argument.end);
            let mut at = start + 1;
            while at < end {
                let attributes = Attributes::read(source, at, end);
                let inner = attributes.end;
                let stop = if source.word(inner) == "{" { source.after(inner) } else { end };
                let range = match source.word(inner) {
                    "{" => inner + 1..stop.saturating_sub(1),
                    _ => inner..stop,
                };
                self.conditions += usize::from(attributes.is_conditional);
                if !attributes.is_test && !range.is_empty() {
                    self.deeper(|own| own.hand(on, range));
                }
                self.conditions -= usize::from(attributes.is_conditional);
                at = stop.max(at + 1);
            }
            return;
        }
        let kind = match self.expression(argument.clone()) {
            Value::Path(path) => {
                let callee = self.callee(path);
                What::Mount(Text::default(), Target::Parameter(callee, 0, Vec::new()))
            }
            // A function that gives the function.
            Value::Call(callee, arguments) => {
                What::Mount(Text::default(), Target::Call(callee, arguments))
            }
            Value::Node { whole, .. } => What::Mount(Text::default(), Target::Node(whole)),
            _ => What::Unknown("what is registered by it cannot be told".into()),
        };
        self.entry(on, kind, argument);
    }
}

/// `StaticFileEndpoint::new`, `endpoint::make_sync`
fn is_endpoint(path: &[String]) -> bool {
    match path {
        [.., kind, _] if kind.starts_with(char::is_uppercase) => true,
        [.., last] => matches!(last.as_str(), "make" | "make_sync"),
        [] => false,
    }
}
