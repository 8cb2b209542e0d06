//! A Go file as tokens with their brackets matched.

use std::ops::Range;

use go_syntax::{Kind, Token, string_value, tokens};

/// A file's tokens without its comments.
pub(crate) struct Source<'s> {
    pub(crate) text: &'s str,
    tokens: Vec<Token>,
    /// For each opening bracket the number of its closing one.
    closing: Vec<usize>,
    /// Name in this file and path of each import.
    pub(crate) imports: Vec<(String, String)>,
    pub(crate) is_conditional: bool,
}

impl<'s> Source<'s> {
    pub(crate) fn new(text: &'s str) -> Source<'s> {
        let mut is_conditional = false;
        let mut found = tokens(text);
        found.retain(|token| {
            if token.kind == Kind::Comment {
                is_conditional |= token.text(text).starts_with("//go:build ");
            }
            token.kind != Kind::Comment
        });
        let closing = matched(&found, text);
        let mut source =
            Source { text, tokens: found, closing, imports: Vec::new(), is_conditional };
        source.imports = source.read_imports();
        source
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The text of token `at`; empty past the end.
    pub(crate) fn word(&self, at: usize) -> &'s str {
        self.tokens.get(at).map_or("", |token| token.text(self.text))
    }

    pub(crate) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub(crate) fn is_ident(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Ident)
    }

    pub(crate) fn is_end(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(Kind::Semicolon) | None)
    }

    /// The closing bracket of the one at `at`; the end where it has none.
    pub(crate) fn close(&self, at: usize) -> usize {
        self.closing.get(at).copied().filter(|close| *close > at).unwrap_or(self.tokens.len())
    }

    /// The value of the string literal at `at`.
    pub(crate) fn string(&self, at: usize) -> Option<String> {
        let is_string = matches!(self.kind(at), Some(Kind::String | Kind::RawString));
        is_string.then(|| string_value(self.word(at))).flatten().map(|text| text.into_owned())
    }

    /// The bytes of a range of tokens.
    pub(crate) fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.tokens.get(range.start).map_or(self.text.len(), |token| token.start);
        let last = range.end.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |token| token.end).max(start)
    }

    /// The text of a range of tokens.
    pub(crate) fn slice(&self, range: &Range<usize>) -> &'s str {
        self.text.get(self.bytes(range)).unwrap_or_default()
    }

    /// The elements between the bracket at `open` and its closing one; none
    /// where these are statements.
    pub(crate) fn elements(&self, open: usize) -> Option<Vec<Range<usize>>> {
        let close = self.close(open);
        let mut elements = Vec::new();
        let (mut at, mut start) = (open + 1, open + 1);
        while at < close {
            match (self.word(at), self.kind(at)) {
                ("(" | "[" | "{", _) => at = self.close(at),
                // A line's end before the closing bracket ends a statement.
                (_, Some(Kind::Semicolon)) => return None,
                (",", _) => {
                    elements.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        if start < close {
            elements.push(start..close.min(self.len()));
        }
        Some(elements)
    }

    /// The path of the import that is called `name` in this file.
    pub(crate) fn import(&self, name: &str) -> Option<&str> {
        self.imports.iter().find(|(own, _)| own == name).map(|(_, path)| path.as_str())
    }

    fn read_imports(&self) -> Vec<(String, String)> {
        let mut imports = Vec::new();
        let mut at = 0;
        while at < self.len() {
            match self.word(at) {
                "import" if self.word(at + 1) == "(" => {
                    let close = self.close(at + 1);
                    imports.extend((at + 2..close).filter_map(|at| self.read_import(at)));
                    at = close;
                }
                "import" => imports.extend((at + 1..at + 3).filter_map(|at| self.read_import(at))),
                // Imports come before everything else.
                "func" | "var" | "const" | "type" => break,
                _ => {}
            }
            at += 1;
        }
        imports
    }

    fn read_import(&self, at: usize) -> Option<(String, String)> {
        let path = self.string(at)?;
        let before = at.checked_sub(1).filter(|before| self.is_ident(*before));
        let own = before.map(|before| self.word(before)).filter(|word| *word != "import");
        let name = own.map_or_else(|| package_name(&path).to_owned(), str::to_owned);
        Some((name, path))
    }
}

/// The name that a package most likely has: the last part of its path that is
/// no version.
fn package_name(path: &str) -> &str {
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    path.rsplit('/').find(|part| !is_version(part)).unwrap_or(path)
}

fn matched(tokens: &[Token], text: &str) -> Vec<usize> {
    let mut closing = vec![0; tokens.len()];
    let mut open: Vec<(usize, u8)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Operator {
            continue;
        }
        let wanted = match token.text(text) {
            "(" => b')',
            "[" => b']',
            "{" => b'}',
            word @ (")" | "]" | "}") => {
                let byte = word.as_bytes().first().copied();
                // A bracket that closes nothing is passed over; one that closes
                // an outer bracket closes the inner ones with it.
                if let Some(depth) = open.iter().rposition(|(_, wanted)| Some(*wanted) == byte) {
                    for (opened, _) in open.drain(depth..) {
                        if let Some(slot) = closing.get_mut(opened) {
                            *slot = at;
                        }
                    }
                }
                continue;
            }
            _ => continue,
        };
        open.push((at, wanted));
    }
    closing
}
