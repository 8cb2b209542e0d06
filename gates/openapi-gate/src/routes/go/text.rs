//! Texts put together from constants.

use std::ops::Range;

use go_syntax::Kind;

use super::facts::{Part, Text};
use super::walk::{Bound, Walker};
use crate::routes::METHODS;

impl Walker<'_> {
    /// The text of an expression, as far as it is made of constants.
    pub(super) fn text(&self, range: Range<usize>) -> Text {
        let source = self.source;
        let mut parts = Vec::new();
        let (mut start, mut at) = (range.start, range.start);
        while at <= range.end {
            if at == range.end || source.word(at) == "+" {
                parts.extend(self.operand(start..at));
                start = at + 1;
            }
            at = match source.word(at) {
                "(" | "[" | "{" if at < range.end => source.close(at) + 1,
                _ => at + 1,
            };
        }
        if at != range.end + 1 && start < range.end {
            parts.push(Part::Unknown);
        }
        Text(parts)
    }

    fn operand(&self, range: Range<usize>) -> Vec<Part> {
        let source = self.source;
        let at = range.start;
        match (range.len(), source.kind(at)) {
            (1, Some(Kind::String | Kind::RawString)) => {
                vec![source.string(at).map_or(Part::Unknown, Part::Literal)]
            }
            (1, Some(Kind::Ident)) => match self.bound(source.word(at)) {
                Some(Bound::Text(text)) => text.0.clone(),
                Some(_) => vec![Part::Unknown],
                None => vec![Part::Name(source.word(at).to_owned())],
            },
            (3, Some(Kind::Ident)) if source.word(at + 1) == "." && source.is_ident(at + 2) => {
                let (owner, name) = (source.word(at), source.word(at + 2));
                let part = match (self.bound(owner), source.import(owner)) {
                    (Some(Bound::Loop(table)), _) => Part::Field(table.clone(), name.to_owned()),
                    (Some(_), _) => Part::Unknown,
                    (None, Some("net/http")) => match http_method(name) {
                        Some(method) => Part::Literal(method.to_owned()),
                        None => Part::Unknown,
                    },
                    // Frameworks repeat the names of the methods: `fiber.MethodGet`, `echo.GET`.
                    (None, Some(path)) if self.words().is_some_and(|it| it.is_import(path)) => {
                        match METHODS.iter().find(|it| **it == name).copied().or(http_method(name))
                        {
                            Some(method) => Part::Literal(method.to_owned()),
                            None => Part::Unknown,
                        }
                    }
                    (None, Some(path)) => Part::Of(path.to_owned(), name.to_owned()),
                    (None, None) => Part::Unknown,
                };
                vec![part]
            }
            _ => vec![Part::Unknown],
        }
    }
}

/// The method of `http.MethodGet` and so on.
fn http_method(name: &str) -> Option<&'static str> {
    let word = name.strip_prefix("Method")?;
    METHODS.iter().find(|method| method.eq_ignore_ascii_case(word)).copied()
}
