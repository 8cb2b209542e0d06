//! Rust as tokens, comments left out, as far as paths and literals need them.
//!
//! Source: <https://doc.rust-lang.org/reference/tokens.html>.

use memchr::{memchr, memmem};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or a keyword, `r#` left out.
    Ident,
    /// A string literal, quotes and hashes included.
    String,
    /// A number, character or lifetime: an operand that names nothing.
    Other,
    /// `::`.
    PathSeparator,
    /// One character of punctuation.
    Mark,
    /// Open to the end of the file.
    Broken,
}

/// One token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    pub(crate) fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// All tokens of `source`.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { source, at: 0, tokens: Vec::new() };
    while lexer.at < source.len() {
        lexer.step();
    }
    lexer.tokens
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl<'a> Lexer<'a> {
    fn byte(&self, at: usize) -> u8 {
        self.source.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn rest(&self, at: usize) -> &'a [u8] {
        self.source.as_bytes().get(at..).unwrap_or_default()
    }

    fn past(&self, at: usize, keep: impl Fn(u8) -> bool) -> usize {
        let rest = self.rest(at);
        at + rest.iter().position(|byte| !keep(*byte)).unwrap_or(rest.len())
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let end = end.min(self.source.len());
        self.tokens.push(Token { kind, start, end });
        self.at = end;
    }

    fn step(&mut self) {
        let at = self.at;
        match self.byte(at) {
            b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
            b'/' if self.byte(at + 1) == b'/' => {
                self.at = memchr(b'\n', self.rest(at)).map_or(self.source.len(), |n| at + n);
            }
            b'/' if self.byte(at + 1) == b'*' => self.block_comment(),
            b'"' => self.string(at),
            b'\'' => self.quote(),
            b':' if self.byte(at + 1) == b':' => self.push(Kind::PathSeparator, at, at + 2),
            b'0'..=b'9' => {
                let end = self.past(at, is_name);
                self.push(Kind::Other, at, end);
            }
            byte if is_name(byte) => self.word(),
            _ => self.push(Kind::Mark, at, at + 1),
        }
    }

    // Block comments nest.
    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        let mut at = self.at;
        loop {
            at = self.past(at, |byte| !matches!(byte, b'/' | b'*'));
            match self.rest(at) {
                [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
                [b'*', b'/', ..] => (depth, at) = (depth.saturating_sub(1), at + 2),
                [] => return self.push(Kind::Broken, self.at, self.source.len()),
                _ => at += 1,
            }
            if depth == 0 {
                self.at = at;
                return;
            }
        }
    }

    fn word(&mut self) {
        let at = self.at;
        let end = self.past(at, is_name);
        let word = self.source.get(at..end).unwrap_or_default();
        match (word, self.byte(end)) {
            ("b" | "c", b'"') => self.string(end),
            ("b", b'\'') => {
                self.at = end;
                self.quote();
            }
            ("r" | "br" | "cr", b'"' | b'#') => self.raw(at, end),
            _ => self.push(Kind::Ident, at, end),
        }
    }

    // `r#"…"#`, or `r#name`, whose name is all that matters.
    fn raw(&mut self, start: usize, hashes_start: usize) {
        let quote = self.past(hashes_start, |byte| byte == b'#');
        if self.byte(quote) != b'"' {
            if quote == hashes_start + 1 && is_name(self.byte(quote)) {
                let end = self.past(quote, is_name);
                return self.push(Kind::Ident, quote, end);
            }
            return self.push(Kind::Ident, start, hashes_start);
        }
        let closing = format!("\"{}", "#".repeat(quote - hashes_start));
        match memmem::find(self.rest(quote + 1), closing.as_bytes()) {
            Some(length) => self.push(Kind::String, start, quote + 1 + length + closing.len()),
            None => self.push(Kind::Broken, start, self.source.len()),
        }
    }

    fn string(&mut self, from: usize) {
        let mut at = from + 1;
        loop {
            at = self.past(at, |byte| byte != b'"' && byte != b'\\');
            match self.rest(at).first() {
                Some(b'"') => return self.push(Kind::String, from, at + 1),
                Some(_) => at += 2,
                None => return self.push(Kind::Broken, from, self.source.len()),
            }
        }
    }

    // A character, or a lifetime, which nothing closes.
    fn quote(&mut self) {
        let at = self.at;
        if self.byte(at + 1) == b'\\' {
            let end = self.past(at + 3, |byte| byte != b'\'' && byte != b'\n');
            return self.push(Kind::Other, at, (end + 1).min(self.source.len()));
        }
        let rest = self.source.get(at + 1..).unwrap_or_default();
        let mut letters = rest.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), Some('\'')) if letter != '\'' => {
                self.push(Kind::Other, at, at + 1 + letter.len_utf8() + 1);
            }
            _ => {
                let end = self.past(at + 1, is_name);
                self.push(Kind::Other, at, end);
            }
        }
    }
}

/// The value of a plain or raw string literal; none where an escape is not
/// understood.
pub(crate) fn value(literal: &str) -> Option<String> {
    let from = literal.find('"')?;
    let hashes = literal.get(..from)?.matches('#').count();
    let text = literal.get(from + 1..literal.len().checked_sub(1 + hashes)?)?;
    if literal.starts_with(['r', 'c']) || !text.contains('\\') {
        return Some(text.to_owned());
    }
    let mut value = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            value.push(letter);
            continue;
        }
        match letters.next()? {
            same @ ('\\' | '"' | '\'') => value.push(same),
            '\n' => while letters.next_if(|next| next.is_whitespace()).is_some() {},
            'x' => {
                let high = letters.next()?.to_digit(16)?;
                value.push(char::from_u32(high * 16 + letters.next()?.to_digit(16)?)?);
            }
            'u' => {
                let digits: String = letters.by_ref().take_while(|c| *c != '}').collect();
                let digits = digits.strip_prefix('{')?.replace('_', "");
                value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
            }
            _ => return None,
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        tokens(source).iter().map(|token| token.text(source)).collect()
    }

    #[test]
    fn what_is_no_code_hides() {
        assert_eq!(texts("a /* b /* c */ d */ e // f\ng"), ["a", "e", "g"]);
        assert_eq!(texts("r#\"a\"b\"# br\"x\" \"c\\\"\""), ["r#\"a\"b\"#", "br\"x\"", "\"c\\\"\""]);
        assert_eq!(texts("'a' 'b '\\'' b'\"' 'é'"), ["'a'", "'b", "'\\''", "'\"'", "'é'"]);
        assert_eq!(texts("r#use::x"), ["use", "::", "x"]);
    }

    #[test]
    fn what_stays_open_is_told() {
        for source in ["\"a", "/* a", "r#\"a\""] {
            assert_eq!(tokens(source).last().map(|last| last.kind), Some(Kind::Broken), "{source}");
        }
    }

    #[test]
    fn values_are_read() {
        assert_eq!(value("\"e\\x65\\u{65}\\\"\"").as_deref(), Some("eee\""));
        assert_eq!(value("r#\"a\\\"#").as_deref(), Some("a\\"));
        assert_eq!(value("\"a\\\n   b\"").as_deref(), Some("ab"));
        assert_eq!(value("\""), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_text_has_tokens(source in "[ -~\n'\"r#/*\\\\é]{0,60}|.{0,30}") {
            let mut end = 0;
            for token in tokens(&source) {
                prop_assert!(source.get(token.start..token.end).is_some());
                prop_assert!(token.start >= end);
                end = token.end;
                let _ = value(token.text(&source));
            }
        }
    }
}
