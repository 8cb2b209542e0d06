//! Texts, lists and objects.

use std::ops::Range;

use super::Parser;
use crate::routes::typescript::facts::{Expr, Id, Key};
use crate::routes::typescript::lex::Kind;

impl Parser<'_> {
    /// A template as its parts.
    pub(super) fn template(&mut self) -> Id {
        let mut parts = Vec::new();
        while self.kind() == Some(Kind::Template) {
            let piece = self.word();
            let inner = piece.strip_prefix(['`', '}']).unwrap_or(piece);
            let is_open = inner.ends_with("${");
            let inner = inner.strip_suffix("${").or(inner.strip_suffix('`')).unwrap_or(inner);
            let text = unescaped(inner);
            parts.push(self.put(Expr::Text(text)));
            if !is_open {
                self.at += 1;
                break;
            }
            let close = self.close(self.at);
            let hole = self.within(|own, _| own.expressions());
            parts.push(hole.unwrap_or_default());
            // The closing brace begins the next piece.
            self.at = close;
        }
        match parts.as_slice() {
            [only] => *only,
            _ => self.put(Expr::Joined(parts)),
        }
    }

    pub(super) fn list(&mut self) -> Id {
        let (items, places) = self.elements();
        self.row_of_list(&items, &places);
        self.put(Expr::List(items))
    }

    /// What stands between the brackets at hand, and the tokens of each.
    pub(super) fn elements(&mut self) -> (Vec<Id>, Vec<Range<usize>>) {
        let read = self.within(|own, close| {
            let (mut items, mut places) = (Vec::new(), Vec::new());
            while own.at < close {
                let start = own.at;
                items.push(own.element());
                places.push(start..own.at);
                own.skip_comma();
            }
            (items, places)
        });
        read.unwrap_or_default()
    }

    fn element(&mut self) -> Id {
        if self.take("...") {
            let value = self.expression();
            return self.put(Expr::Spread(value));
        }
        self.expression()
    }

    /// An object, or the members of an enumeration: what stands between a key
    /// and its value is `between`.
    pub(super) fn object_with(&mut self, between: &str) -> Option<Id> {
        let entries = self.within(|own, close| {
            let (mut entries, mut places) = (Vec::new(), Vec::new());
            while own.at < close {
                let start = own.at;
                if let Some(entry) = own.entry(between) {
                    entries.push(entry);
                    places.push(start..own.at);
                }
                own.skip_comma();
            }
            own.row_of_object(&entries, &places);
            entries
        })?;
        Some(self.put(Expr::Object(entries)))
    }

    fn entry(&mut self, between: &str) -> Option<(Key, Id)> {
        if self.take("...") {
            let value = self.expression();
            return Some((Key::Spread, value));
        }
        // `async *name() {}`, `get name() {}`
        while (matches!(self.word(), "async" | "get" | "set")
            && !matches!(self.word_at(self.at + 1), "(" | ":" | "," | "" | "=" | "<"))
            || self.is("*")
        {
            self.at += 1;
        }
        let (word, kind) = (self.word(), self.kind()?);
        let key = match kind {
            Kind::Mark if word == "[" => {
                Key::Computed(self.within(|own, _| own.expression()).unwrap_or_default())
            }
            Kind::Quoted => {
                self.at += 1;
                Key::Name(unquoted(word))
            }
            Kind::Word | Kind::Number => {
                self.at += 1;
                Key::Name(word.to_owned())
            }
            _ => return None,
        };
        if self.is("(") || self.is("<") {
            let value = self.method();
            return Some((key, value));
        }
        if self.take(between) {
            let value = self.expression();
            return Some((key, value));
        }
        // `{ name }`, or a member of an enumeration that is counted.
        if between != ":" {
            return Some((key, self.unknown()));
        }
        let value = self.put(Expr::Name(word.to_owned()));
        Some((key, value))
    }
}

/// The value of a text with its quotes.
pub(super) fn unquoted(text: &str) -> String {
    let quote = text.chars().next().unwrap_or('"');
    let inner = text.strip_prefix(quote).unwrap_or(text);
    unescaped(inner.strip_suffix(quote).unwrap_or(inner))
}

fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let (mut value, mut rest) = (String::with_capacity(text.len()), text.chars());
    while let Some(c) = rest.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => value.push('\n'),
            Some('t') => value.push('\t'),
            Some('r') => value.push('\r'),
            Some('\n') | None => {}
            Some(code @ ('u' | 'x')) => value.push(point(code, &mut rest)),
            Some(other) => value.push(other),
        }
    }
    value
}

/// The character of `\xHH`, `\uHHHH` or `\u{H…}`.
fn point(code: char, rest: &mut std::str::Chars<'_>) -> char {
    let mut ahead = rest.clone();
    let digits: String = match ahead.next() {
        Some('{') => {
            let digits = ahead.by_ref().take_while(|c| *c != '}').take(8).collect();
            *rest = ahead;
            digits
        }
        _ => rest.by_ref().take(if code == 'x' { 2 } else { 4 }).collect(),
    };
    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
}
