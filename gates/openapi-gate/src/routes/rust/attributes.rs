//! Attributes of an item: whether it is built, and what it serves.

use std::ops::Range;

use super::facts::{Handler, Method, Text};
use super::source::Source;
use super::walk::Walker;
use super::words::{Attribute, verb};
use crate::routes::METHODS;

/// The attributes before an item.
pub(super) struct Attributes {
    /// Where the item itself begins.
    pub(super) end: usize,
    /// Built only for tests.
    pub(super) is_test: bool,
    pub(super) is_conditional: bool,
    /// The others: path, and the bracket of the arguments.
    pub(super) others: Vec<(Vec<String>, usize)>,
}

impl Attributes {
    pub(super) fn read(source: &Source<'_>, mut at: usize, end: usize) -> Attributes {
        let mut found =
            Attributes { end: at, is_test: false, is_conditional: false, others: Vec::new() };
        while source.word(at) == "#" && at < end {
            let open = at + 1 + usize::from(source.word(at + 1) == "!");
            if source.word(open) != "[" {
                break;
            }
            let mut path = Vec::new();
            let mut here = open + 1;
            while source.is_ident(here) || source.is_path(here) {
                if source.is_path(here) {
                    here += 2;
                } else {
                    path.push(source.word(here).to_owned());
                    here += 1;
                }
            }
            match path.last().map(String::as_str) {
                Some("cfg") => match condition(source, here + 1..source.close(here)) {
                    Some(true) => found.is_test = true,
                    Some(false) => found.is_conditional = true,
                    None => {}
                },
                Some("test" | "rstest" | "test_case" | "bench") => found.is_test = true,
                _ => found.others.push((path, here)),
            }
            at = source.after(open);
        }
        found.end = at;
        found
    }
}

/// Whether a condition holds in tests alone; none where it holds always.
fn condition(source: &Source<'_>, range: Range<usize>) -> Option<bool> {
    match (source.word(range.start), source.word(range.start + 1)) {
        ("test", _) => Some(true),
        // What is no test is what is served.
        ("not", "(") if source.word(range.start + 2) == "test" => None,
        ("all", "(") => {
            let parts = source.elements(range.start + 1);
            Some(parts.iter().any(|part| source.word(part.start) == "test"))
        }
        _ => Some(false),
    }
}

impl Walker<'_> {
    /// Notes what the function `name` says of itself.
    pub(super) fn handler(&mut self, name: &str, is_impl: bool, attributes: &Attributes) {
        for (path, open) in &attributes.others {
            let parts: Vec<&str> = path.iter().map(String::as_str).collect();
            let said = (self.words.attribute)(&parts);
            let is_of_api = is_impl && parts == ["oai"];
            let (methods, text, shown) = match said {
                Some(Attribute::Verb(verb)) if self.source.word(*open) == "(" => {
                    let Some(first) = self.source.elements(*open).into_iter().next() else {
                        continue;
                    };
                    let text = self.expression(first.clone()).text();
                    (vec![Method::Of(verb.to_owned())], Some(text), first)
                }
                Some(Attribute::Arguments) => self.said(*open),
                _ => continue,
            };
            let Some(text) = text else { continue };
            let methods = match (methods.is_empty(), is_of_api) {
                (false, _) => methods,
                (true, _) => vec![Method::Unknown],
            };
            let mut path = self.prefix().clone();
            path.0.extend(text.0);
            self.facts.handlers.push(Handler {
                module: self.module.clone(),
                name: name.to_owned(),
                methods,
                path,
                span: self.file.span(self.source.bytes(&shown)),
                written: self.source.slice(&shown),
                is_conditional: self.conditions > 0,
                is_of_api,
            });
        }
    }

    /// Method and path that stand among the arguments of an attribute.
    fn said(&mut self, open: usize) -> (Vec<Method>, Option<Text>, Range<usize>) {
        let source = self.source;
        let (mut methods, mut path, mut shown) = (Vec::new(), None, open..open + 1);
        let mut before = Text::default();
        let of = |word: &str| {
            let word = word.to_ascii_uppercase();
            METHODS.contains(&word.as_str()).then_some(Method::Of(word))
        };
        for element in source.elements(open) {
            let (first, second) = (source.word(element.start), source.word(element.start + 1));
            match (first, second) {
                ("path" | "uri", "=") => {
                    shown = element.start + 2..element.end;
                    path = Some(self.expression(shown.clone()).text());
                }
                ("context_path", "=") => {
                    before = self.expression(element.start + 2..element.end).text();
                }
                ("method", "=") => {
                    let value = element.start + 2;
                    let word = source.string(value);
                    methods.extend(of(word.as_deref().unwrap_or(source.word(value))));
                }
                ("method" | "operations", "(") => {
                    let inner = source.elements(element.start + 1);
                    methods.extend(inner.into_iter().filter_map(|it| of(source.word(it.start))));
                }
                (_, "") | (_, "," | ")") if verb(&first.to_ascii_lowercase()).is_some() => {
                    methods.extend(of(first));
                }
                _ if path.is_none() && source.string(element.start).is_some() => {
                    path = Some(self.expression(element.clone()).text());
                    shown = element;
                }
                _ => {}
            }
        }
        let path = path.map(|path| {
            before.0.extend(path.0);
            before
        });
        (methods, path, shown)
    }

    /// The path that an attribute puts before those inside.
    pub(super) fn prefix_of(&mut self, open: usize) -> Option<Text> {
        let source = self.source;
        if source.word(open) != "(" {
            return None;
        }
        let elements = source.elements(open);
        let named = elements.iter().find(|it| source.word(it.start) == "prefix_path");
        match (named, elements.first()) {
            (Some(own), _) => Some(self.expression(own.start + 2..own.end).text()),
            (None, Some(first)) if source.string(first.start).is_some() => {
                Some(self.expression(first.clone()).text())
            }
            _ => None,
        }
    }
}
