//! Which tokens belong together: brackets, attributes and the items they are of.

use std::ops::Range;

use syntax::rust::{Kind, Token};

/// A file's tokens with where each bracket closes.
pub(crate) struct Tokens<'a> {
    pub(crate) source: &'a str,
    pub(crate) tokens: &'a [Token],
    closes: Vec<usize>,
}

/// What an attribute says of the item behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Only a build of the tests has the item.
    pub(crate) is_test: bool,
    /// The token of `path = "…"`.
    pub(crate) path: Option<usize>,
    /// The path holds whatever the configuration.
    pub(crate) is_path_certain: bool,
    /// `#![…]`: of what is around it.
    pub(crate) is_inner: bool,
    /// The token behind it.
    pub(crate) end: usize,
}

const ITEMS: [&str; 17] = [
    "fn",
    "mod",
    "use",
    "struct",
    "enum",
    "union",
    "impl",
    "trait",
    "const",
    "static",
    "type",
    "extern",
    "unsafe",
    "async",
    "pub",
    "macro_rules",
    "let",
];

impl<'a> Tokens<'a> {
    /// Pairs the brackets of `tokens`; one without a partner closes at the end.
    pub(crate) fn new(source: &'a str, tokens: &'a [Token]) -> Tokens<'a> {
        let mut closes = vec![tokens.len(); tokens.len()];
        let mut open: Vec<(usize, &str)> = Vec::new();
        for (at, token) in tokens.iter().enumerate().filter(|(_, one)| one.kind == Kind::Mark) {
            let opening = match token.text(source) {
                mark @ ("(" | "[" | "{") => {
                    open.push((at, mark));
                    continue;
                }
                ")" => "(",
                "]" => "[",
                "}" => "{",
                _ => continue,
            };
            // What Rust would refuse: a partner further out is none.
            let is_pair = open.last().is_some_and(|(_, mark)| *mark == opening);
            if let Some((from, _)) = open.pop_if(|_| is_pair)
                && let Some(close) = closes.get_mut(from)
            {
                *close = at;
            }
        }
        Tokens { source, tokens, closes }
    }

    pub(crate) fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map(|token| token.text(self.source)).unwrap_or_default()
    }

    pub(crate) fn is(&self, at: usize, kind: Kind) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == kind)
    }

    /// Whether it is a literal whose value is text.
    pub(crate) fn is_text(&self, at: usize) -> bool {
        self.is(at, Kind::String) || self.is(at, Kind::RawString)
    }

    /// Bytes from the token at `first` to the end of the one at `last`.
    pub(crate) fn span(&self, first: usize, last: usize) -> Range<usize> {
        let start = self.tokens.get(first).map(|token| token.start);
        let end = self.tokens.get(last).map(|token| token.end);
        start.zip(end).map_or(0..0, |(start, end)| start..end.max(start))
    }

    /// Where the bracket at `at` closes: the end, where it does not.
    pub(crate) fn close(&self, at: usize) -> usize {
        self.closes.get(at).copied().unwrap_or(self.tokens.len())
    }

    /// The attribute whose `#` is at `at`.
    pub(crate) fn attribute(&self, at: usize) -> Option<Attribute> {
        let is_inner = self.text(at + 1) == "!";
        let open = if is_inner { at + 2 } else { at + 1 };
        if self.text(at) != "#" || self.text(open) != "[" {
            return None;
        }
        let close = self.close(open);
        let first = self.text(open + 1);
        let mut attribute = Attribute { is_inner, end: close + 1, ..Attribute::default() };
        if matches!(first, "path" | "cfg_attr") {
            attribute.path = (open + 1..close).find(|at| {
                let is_path = self.text(*at) == "path" && self.text(at + 1) == "=";
                is_path && self.is_text(at + 2)
            });
            attribute.path = attribute.path.map(|at| at + 2);
            attribute.is_path_certain = attribute.path.is_some() && first == "path";
        }
        attribute.is_test = match first {
            "cfg" => self.needs_test(open + 2),
            _ => {
                // `#[test]`, `#[tokio::test(…)]`.
                let ends = (open + 1..close)
                    .find(|at| !self.is(*at, Kind::Ident) && !self.is(*at, Kind::PathSeparator));
                let last = ends.unwrap_or(close).saturating_sub(1);
                matches!(self.text(last), "test" | "bench" | "rstest")
            }
        };
        Some(attribute)
    }

    // `(test)` and `(all(test, …))`, and nothing less certain.
    fn needs_test(&self, open: usize) -> bool {
        let mut open = open;
        while self.text(open) == "(" && self.text(open + 1) == "all" {
            let inner = open + 2;
            let close = self.close(inner);
            let mut at = inner + 1;
            let mut nested = None;
            while at < close {
                let ends = matches!(self.text(at + 1), "," | ")");
                if self.text(at) == "test" && ends {
                    return true;
                }
                nested = nested.or((self.text(at) == "all").then_some(at - 1));
                at = if self.text(at + 1) == "(" { self.close(at + 1) + 1 } else { at + 1 };
            }
            // One level more is enough for what people write.
            match nested.filter(|next| *next > open && self.text(*next) == "(") {
                Some(next) => open = next,
                None => return false,
            }
        }
        self.text(open) == "(" && self.text(open + 1) == "test" && self.text(open + 2) == ")"
    }

    /// The token behind the item that begins at `at`.
    pub(crate) fn item_end(&self, at: usize) -> usize {
        let mut at = at;
        while let Some(attribute) = self.attribute(at) {
            at = attribute.end;
        }
        let is_item = ITEMS.contains(&self.text(at));
        while at < self.tokens.len() {
            match self.text(at) {
                "(" | "[" => at = self.close(at),
                "{" => return self.close(at).saturating_add(1).min(self.tokens.len()),
                ";" => return at + 1,
                // A field or an arm.
                "," if !is_item => return at + 1,
                ")" | "]" | "}" => return at,
                _ => {}
            }
            at += 1;
        }
        self.tokens.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syntax::rust::tokens;

    fn is_test(source: &str) -> bool {
        let tokens = tokens(source);
        Tokens::new(source, &tokens).attribute(0).unwrap().is_test
    }

    #[test]
    fn attributes_of_tests() {
        for source in [
            "#[test]",
            "#[cfg(test)]",
            "#![cfg(test)]",
            "#[tokio::test(flavor = \"x\")]",
            "#[cfg(all(test, unix))]",
            "#[cfg(all(any(a, b), test))]",
        ] {
            assert!(is_test(source), "{source}");
        }
        for source in [
            "#[cfg(not(test))]",
            "#[cfg(any(test, feature = \"x\"))]",
            "#[cfg(all(not(test), unix))]",
            "#[cfg(feature = \"test\")]",
            "#[derive(test)]",
            "#[cfg(all(any(test, a), b))]",
            "#[cfg(",
        ] {
            assert!(!is_test(source), "{source}");
        }
    }

    #[test]
    fn an_item_ends_with_its_block_or_semicolon() {
        let end = |source: &str| {
            let tokens = tokens(source);
            let at = Tokens::new(source, &tokens).item_end(0);
            tokens.get(at).map(|token| token.text(source).to_owned())
        };
        assert_eq!(
            end("#[a] #[b] pub fn f<A, B>(x: [u8; 2]) { g(); } next").as_deref(),
            Some("next")
        );
        assert_eq!(end("use a::b; next").as_deref(), Some("next"));
        assert_eq!(end("field: A, next: B").as_deref(), Some("next"));
        assert_eq!(end("field: A } next").as_deref(), Some("}"));
        assert_eq!(end("fn f("), None);
    }
}
