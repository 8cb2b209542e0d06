//! Python source as tokens in logical lines, with brackets matched.

use std::ops::Range;

/// One token; comments and white space are none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    start: usize,
    end: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    /// With its prefix and quotes.
    Text,
    Sign,
}

/// A logical line: what stands between two ends of statements.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// How far in it begins.
    pub(super) indent: usize,
    pub(super) tokens: Range<usize>,
}

/// A file's tokens.
pub(super) struct Source<'s> {
    pub(super) text: &'s str,
    tokens: Vec<Token>,
    /// For each opening bracket the number of its closing one.
    closing: Vec<usize>,
    pub(super) lines: Vec<Line>,
}

/// Signs of more than one letter, the longest first.
const SIGNS: [&str; 25] = [
    "**=", "//=", ">>=", "<<=", "...", "->", ":=", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=",
    "%=", "@=", "&=", "|=", "^=", "**", "//", ">>", "<<", "<>",
];

impl<'s> Source<'s> {
    pub(super) fn new(text: &'s str) -> Source<'s> {
        let mut source =
            Source { text, tokens: Vec::new(), closing: Vec::new(), lines: Vec::new() };
        source.split();
        source
    }

    /// The text of token `at`; empty past the end.
    pub(super) fn word(&self, at: usize) -> &'s str {
        self.tokens.get(at).and_then(|it| self.text.get(it.start..it.end)).unwrap_or_default()
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The closing bracket of the one at `at`, if it stands before `end`.
    pub(super) fn close(&self, at: usize, end: usize) -> Option<usize> {
        self.closing.get(at).copied().filter(|close| *close > at && *close < end)
    }

    /// The token after the one at `at`, or after the bracket that begins there.
    pub(super) fn next(&self, at: usize, end: usize) -> usize {
        match self.word(at) {
            "(" | "[" | "{" => self.close(at, end).map_or(end, |close| close + 1),
            _ => at + 1,
        }
    }

    /// The bytes of a range of tokens.
    pub(super) fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.tokens.get(range.start).map_or(self.text.len(), |token| token.start);
        let last = range.end.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |token| token.end).max(start)
    }

    fn split(&mut self) {
        let bytes = self.text.as_bytes();
        let mut open: Vec<usize> = Vec::new();
        let mut at = if self.text.starts_with('\u{feff}') { 3 } else { 0 };
        let (mut indent, mut first, mut is_fresh) = (0, 0, true);
        while let Some(byte) = bytes.get(at).copied() {
            if is_fresh {
                // A line that begins as only statements do: what was open is a mistake.
                if !open.is_empty() && begins_statement(bytes.get(at..).unwrap_or_default()) {
                    open.clear();
                    self.end_line(indent, &mut first);
                }
                is_fresh = false;
                if open.is_empty() && first == self.tokens.len() {
                    (indent, at) = measured(bytes, at);
                    continue;
                }
            }
            match byte {
                b'\n' => {
                    at += 1;
                    is_fresh = true;
                    if open.is_empty() {
                        self.end_line(indent, &mut first);
                    }
                }
                b' ' | b'\t' | b'\r' | 0x0c => at += 1,
                b'\\' => {
                    // A statement that goes on in the next line.
                    let rest = bytes.get(at + 1..).unwrap_or_default();
                    at += match rest {
                        [b'\r', b'\n', ..] => 3,
                        [b'\n', ..] => 2,
                        _ => 1,
                    };
                }
                b'#' => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                b';' if open.is_empty() => {
                    at += 1;
                    self.end_line(indent, &mut first);
                }
                _ => {
                    let (kind, end) = self.token(at);
                    let number = self.tokens.len();
                    match byte {
                        b'(' | b'[' | b'{' if kind == Kind::Sign => open.push(number),
                        b')' | b']' | b'}' if kind == Kind::Sign => {
                            if let Some(own) = open.pop().and_then(|it| self.closing.get_mut(it)) {
                                *own = number;
                            }
                        }
                        _ => {}
                    }
                    self.tokens.push(Token { kind, start: at, end });
                    self.closing.push(0);
                    at = end;
                }
            }
        }
        self.end_line(indent, &mut first);
    }

    fn end_line(&mut self, indent: usize, first: &mut usize) {
        if *first < self.tokens.len() {
            self.lines.push(Line { indent, tokens: *first..self.tokens.len() });
            *first = self.tokens.len();
        }
    }

    /// What the token that begins at `at` is, and where it ends.
    fn token(&self, at: usize) -> (Kind, usize) {
        let rest = self.text.get(at..).unwrap_or_default();
        let mut letters = rest.chars();
        let first = letters.next().unwrap_or(' ');
        if first.is_alphabetic() || first == '_' {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let is_prefix = length <= 2
                && rest
                    .get(..length)
                    .is_some_and(|it| it.bytes().all(|b| b"rRbBuUfFtT".contains(&b)));
            if is_prefix && rest.get(length..).is_some_and(|it| it.starts_with(['"', '\''])) {
                let is_format = rest.get(..length).is_some_and(|it| it.contains(['f', 'F', 't']));
                return (Kind::Text, end_of_text(self.text.as_bytes(), at + length, is_format, 0));
            }
            return (Kind::Name, at + length);
        }
        if first.is_ascii_digit() {
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
            return (Kind::Number, at + rest.find(|c| !is_part(c)).unwrap_or(rest.len()));
        }
        if first == '"' || first == '\'' {
            return (Kind::Text, end_of_text(self.text.as_bytes(), at, false, 0));
        }
        let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
        (Kind::Sign, at + sign.map_or(first.len_utf8(), |sign| sign.len()))
    }
}

fn begins_statement(rest: &[u8]) -> bool {
    let starts: [&[u8]; 5] = [b"def ", b"class ", b"@", b"import ", b"async def "];
    starts.iter().any(|start| rest.starts_with(start))
}

/// How far in the line at `at` begins, and the first letter of it.
fn measured(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let mut indent = 0;
    loop {
        match bytes.get(at) {
            Some(b' ') => indent += 1,
            Some(b'\t') => indent = indent / 8 * 8 + 8,
            Some(b'\r' | 0x0c) => {}
            _ => return (indent, at),
        }
        at += 1;
    }
}

/// Where the literal ends whose first quote stands at `at`. Between the braces of
/// a format the same quotes may stand again.
fn end_of_text(bytes: &[u8], at: usize, is_format: bool, depth: usize) -> usize {
    let quote = bytes.get(at).copied().unwrap_or_default();
    let is_long = bytes.get(at + 1) == Some(&quote) && bytes.get(at + 2) == Some(&quote);
    let mut here = if is_long { at + 3 } else { at + 1 };
    let mut braces = 0_usize;
    while let Some(byte) = bytes.get(here).copied() {
        match byte {
            b'\\' => here += 1,
            b'\n' if !is_long => return here,
            b'{' if is_format => match bytes.get(here + 1) {
                Some(b'{') if braces == 0 => here += 1,
                _ => braces += 1,
            },
            b'}' if is_format => braces = braces.saturating_sub(1),
            _ if byte == quote => {
                let ends = !is_long
                    || (bytes.get(here + 1) == Some(&quote) && bytes.get(here + 2) == Some(&quote));
                if braces > 0 && !is_long && depth < 4 {
                    let inner = end_of_text(bytes, here, false, depth + 1);
                    // One that goes past its line was the end of this one.
                    if bytes.get(inner.saturating_sub(1)) == Some(&quote) && inner > here + 1 {
                        here = inner;
                        continue;
                    }
                    return here + 1;
                }
                if ends {
                    return if is_long { here + 3 } else { here + 1 };
                }
            }
            _ => {}
        }
        here += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str) -> Vec<(usize, Vec<String>)> {
        let source = Source::new(text);
        let words =
            |line: &Line| line.tokens.clone().map(|at| source.word(at).to_owned()).collect();
        source.lines.iter().map(|line| (line.indent, words(line))).collect()
    }

    #[test]
    fn lines_are_statements() {
        let found = lines("a = (1,\n  2)  # b\nif x:\n\ty; z\n\n  \\\n  w\n");
        let words: Vec<_> = found.iter().map(|(indent, it)| (*indent, it.join(" "))).collect();
        let expected = [(0, "a = ( 1 , 2 )"), (0, "if x :"), (8, "y"), (8, "z"), (2, "w")];
        assert_eq!(words, expected.map(|(indent, it)| (indent, it.to_owned())));
    }

    #[test]
    fn texts_are_one_token() {
        for text in [
            "'a'",
            "\"a'b\"",
            "r'\\d'",
            "b''",
            "f'{x}'",
            "f'{x['a']}/b'",
            "'''a\n'b''c'''",
            "rb'a'",
            "f'{{a}}'",
            "'\\''",
            "f\"{x[\"a\"]}\"",
        ] {
            assert_eq!(lines(&format!("{text} z")), [(0, vec![text.to_owned(), "z".to_owned()])]);
        }
    }

    #[test]
    fn an_open_bracket_ends_with_the_next_definition() {
        let found = lines("a = f(\n\ndef g():\n  pass\n");
        assert_eq!(found.len(), 3);
    }

    proptest! {
        #[test]
        fn any_text_is_split(text in "[ -~\n\t\\\\'\"{}()fé]{0,80}|.{0,40}") {
            let source = Source::new(&text);
            let mut end = 0;
            for line in &source.lines {
                prop_assert!(line.tokens.start >= end && line.tokens.end > line.tokens.start);
                end = line.tokens.end;
                for at in line.tokens.clone() {
                    prop_assert!(!source.word(at).is_empty());
                }
            }
        }
    }
}
