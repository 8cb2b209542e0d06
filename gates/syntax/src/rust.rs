//! Rust, by [its reference](https://doc.rust-lang.org/reference/tokens.html). The
//! compiler's own lexer tells the same (a test holds the two against each other)
//! and looks at letters where this looks at bytes.

use memchr::{memchr, memmem};

use crate::scan::{Scan, is_name};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or a keyword, `r#` left out.
    Ident,
    /// `'a`.
    Lifetime,
    /// `"…"`.
    String,
    /// `r"…"`, hashes included.
    RawString,
    /// A number, a character, or a string of bytes or for C.
    Literal,
    /// `::`.
    PathSeparator,
    /// One character of punctuation.
    Mark,
    /// A string or a comment that is open to the end of the source.
    Broken,
}

/// One token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

impl Token {
    /// Its text in the source that it came from.
    #[must_use]
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// All tokens of `source`, comments left out.
#[must_use]
pub fn tokens(source: &str) -> Vec<Token> {
    let scan = Scan { source };
    let mut lexer = Lexer { scan, at: 0, tokens: Vec::with_capacity(source.len() / 8) };
    if source.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    // `#![…]` is an attribute, any other beginning of that kind names a program.
    let rest = source.get(lexer.at..).unwrap_or_default();
    if rest.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('[')) {
        lexer.skip_line();
    }
    while lexer.at < source.len() {
        lexer.step();
    }
    lexer.tokens
}

struct Lexer<'a> {
    scan: Scan<'a>,
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn push(&mut self, kind: Kind, end: usize) {
        self.push_from(self.at, kind, end);
    }

    fn push_from(&mut self, start: usize, kind: Kind, end: usize) {
        let end = self.scan.on_boundary(end);
        self.tokens.push(Token { kind, start, end });
        self.at = end;
    }

    fn skip_line(&mut self) {
        let rest = self.scan.rest(self.at);
        self.at += memchr(b'\n', rest).unwrap_or(rest.len());
    }

    fn step(&mut self) {
        let at = self.at;
        match self.scan.byte(at) {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => {
                self.at = self.scan.past(at + 1, |byte| matches!(byte, b' ' | b'\n'));
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'/' if self.scan.byte(at + 1) == b'/' => self.skip_line(),
            b'/' if self.scan.byte(at + 1) == b'*' => self.comment(),
            b'"' => self.string(at, Kind::String),
            b'\'' => self.quote(at),
            b':' if self.scan.byte(at + 1) == b':' => self.push(Kind::PathSeparator, at + 2),
            b'0'..=b'9' => self.number(),
            0x80.. => match self.scan.wide_blank(at) {
                0 => self.word(),
                length => self.at += length,
            },
            _ => self.push(Kind::Mark, at + 1),
        }
    }

    // Block comments nest.
    fn comment(&mut self) {
        let mut depth = 0_usize;
        let mut at = self.at;
        loop {
            at = self.scan.past(at, |byte| !matches!(byte, b'/' | b'*'));
            match self.scan.rest(at) {
                [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
                [b'*', b'/', ..] => (depth, at) = (depth.saturating_sub(1), at + 2),
                [] => return self.push(Kind::Broken, self.scan.len()),
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
        let end = self.scan.name_end(at, is_name);
        // Prefixes of literals have two letters at most.
        if end - at > 2 {
            return self.push(Kind::Ident, end);
        }
        let word = self.scan.source.get(at..end).unwrap_or_default();
        match (word, self.scan.byte(end)) {
            ("b" | "c", b'"') => self.string(end, Kind::Literal),
            ("b", b'\'') => self.quote(end),
            ("r", b'"' | b'#') => self.raw(end, Kind::RawString),
            ("br" | "cr", b'"' | b'#') => self.raw(end, Kind::Literal),
            _ => self.push(Kind::Ident, end),
        }
    }

    // `r#"…"#`, or `r#name`, whose name is all that matters.
    fn raw(&mut self, hashes: usize, kind: Kind) {
        let quote = self.scan.past(hashes, |byte| byte == b'#');
        if self.scan.byte(quote) != b'"' {
            let end = self.scan.name_end(quote, is_name);
            let is_name = kind == Kind::RawString && quote == hashes + 1 && end > quote;
            return match is_name {
                true => self.push_from(quote, Kind::Ident, end),
                false => self.push(Kind::Ident, hashes),
            };
        }
        let closing = format!("\"{}", "#".repeat(quote - hashes));
        match memmem::find(self.scan.rest(quote + 1), closing.as_bytes()) {
            Some(length) => self.push(kind, quote + 1 + length + closing.len()),
            None => self.push(Kind::Broken, self.scan.len()),
        }
    }

    fn string(&mut self, from: usize, kind: Kind) {
        let mut at = from + 1;
        loop {
            at = self.scan.past(at, |byte| byte != b'"' && byte != b'\\');
            match self.scan.rest(at).first() {
                Some(b'"') => return self.push(kind, at + 1),
                Some(_) => at += 2,
                None => return self.push(Kind::Broken, self.scan.len()),
            }
        }
    }

    // A character, or a lifetime, which nothing closes.
    fn quote(&mut self, quote: usize) {
        if self.scan.byte(quote + 1) == b'\\' {
            let end = self.scan.past(quote + 3, |byte| byte != b'\'' && byte != b'\n');
            let is_closed = self.scan.byte(end) == b'\'';
            return self.push(Kind::Literal, if is_closed { end + 1 } else { end });
        }
        let mut letters = self.scan.source.get(quote + 1..).unwrap_or_default().chars();
        match (letters.next(), letters.next()) {
            (Some(letter), Some('\'')) if letter != '\'' => {
                self.push(Kind::Literal, quote + 1 + letter.len_utf8() + 1);
            }
            _ => {
                let end = self.scan.name_end(quote + 1, is_name);
                // More letters than a character has, which the compiler refuses later.
                match self.scan.byte(end) {
                    b'\'' if end > quote + 1 => self.push(Kind::Literal, end + 1),
                    _ => self.push(Kind::Lifetime, end),
                }
            }
        }
    }

    // `1.0`, `1.`, `1e-5`, but not `1..2` and not `1.max(2)`; a suffix ends it.
    fn number(&mut self) {
        let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
        let mut end = self.at;
        if !matches!(self.scan.rest(end), [b'0', b'x' | b'o' | b'b', ..]) {
            end = self.scan.past(end, is_digit);
            let next = self.scan.byte(end + 1);
            let is_member = next.is_ascii_alphabetic() || matches!(next, b'.' | b'_' | 0x80..);
            if self.scan.byte(end) == b'.' && !is_member {
                end = self.scan.past(end + 1, is_digit);
            }
            end += match self.scan.rest(end) {
                [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..] => 2,
                _ => 0,
            };
        }
        self.push(Kind::Literal, self.scan.name_end(end, is_name));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ra_ap_rustc_lexer as compiler;

    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        tokens(source).iter().map(|token| token.text(source)).collect()
    }

    #[test]
    fn what_is_no_code_hides() {
        assert_eq!(texts("a /* b /* c */ d */ e // f\ng"), ["a", "e", "g"]);
        assert_eq!(texts("r#\"a\"b\"# br\"x\" \"c\\\"\""), ["r#\"a\"b\"#", "br\"x\"", "\"c\\\"\""]);
        assert_eq!(texts("'a' 'b '\\'' b'\"' 'é'"), ["'a'", "'b", "'\\''", "b'\"'", "'é'"]);
        assert_eq!(texts("r#use::x"), ["use", "::", "x"]);
        assert_eq!(texts("\u{feff}#!/bin/x 'y\nuse\u{2028}a"), ["use", "a"]);
        assert_eq!(texts("#![a]").len(), 5);
    }

    #[test]
    fn numbers_are_whole() {
        assert_eq!(
            texts("1.0 1..2 1.max 1e-5_f64 0xe+1 x.0.1"),
            [
                "1.0", "1", ".", ".", "2", "1", ".", "max", "1e-5_f64", "0xe", "+", "1", "x", ".",
                "0.1"
            ]
        );
    }

    #[test]
    fn what_stays_open_is_told() {
        for source in ["\"a", "/* a", "r#\"a\"", "b\"a"] {
            assert_eq!(tokens(source).last().map(|last| last.kind), Some(Kind::Broken), "{source}");
        }
    }

    // What the compiler's lexer says, in this one's words.
    fn told(source: &str) -> Option<Vec<(Kind, &str)>> {
        use compiler::{LiteralKind, TokenKind as Is};
        let mut found: Vec<(Kind, &str)> = Vec::new();
        let mut at = compiler::strip_shebang(source).unwrap_or(0);
        let mut is_behind_colon = false;
        for token in compiler::tokenize(source.get(at..)?, compiler::FrontmatterAllowed::No) {
            let text = source.get(at..at + token.len as usize)?;
            at += token.len as usize;
            let was_behind_colon = std::mem::take(&mut is_behind_colon);
            let kind = match token.kind {
                Is::LineComment { .. } | Is::Whitespace => continue,
                Is::BlockComment { terminated: true, .. } => continue,
                Is::Ident => Kind::Ident,
                Is::RawIdent => {
                    found.push((Kind::Ident, text.strip_prefix("r#")?));
                    continue;
                }
                Is::Lifetime { starts_with_number: false } => Kind::Lifetime,
                Is::Literal { kind: LiteralKind::Int { .. }, .. } => Kind::Literal,
                Is::Literal { kind: LiteralKind::Float { base, .. }, .. } => match base {
                    compiler::Base::Decimal => Kind::Literal,
                    _ => return None,
                },
                Is::Literal { kind, suffix_start } if suffix_start == token.len => match kind {
                    LiteralKind::Str { terminated: true } => Kind::String,
                    LiteralKind::RawStr { n_hashes: Some(_) } => Kind::RawString,
                    LiteralKind::Char { terminated: true }
                    | LiteralKind::Byte { terminated: true }
                    | LiteralKind::ByteStr { terminated: true }
                    | LiteralKind::CStr { terminated: true }
                    | LiteralKind::RawByteStr { n_hashes: Some(_) }
                    | LiteralKind::RawCStr { n_hashes: Some(_) } => Kind::Literal,
                    _ => return None,
                },
                // What the compiler goes on to refuse may be read otherwise.
                Is::Literal { .. }
                | Is::Unknown
                | Is::UnknownPrefix
                | Is::UnknownPrefixLifetime
                | Is::RawLifetime
                | Is::InvalidIdent
                | Is::GuardedStrPrefix
                | Is::Lifetime { .. }
                | Is::BlockComment { .. } => return None,
                Is::Colon if was_behind_colon => {
                    found.pop();
                    found.push((Kind::PathSeparator, "::"));
                    continue;
                }
                _ => {
                    is_behind_colon = token.kind == Is::Colon;
                    Kind::Mark
                }
            };
            found.push((kind, text));
        }
        Some(found)
    }

    fn own(source: &str) -> Vec<(Kind, &str)> {
        tokens(source).iter().map(|token| (token.kind, token.text(source))).collect()
    }

    #[test]
    fn the_compilers_lexer_reads_this_very_file_alike() {
        for source in [include_str!("rust.rs"), include_str!("python.rs"), include_str!("scan.rs")]
        {
            assert_eq!(Some(own(source)), told(source));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text_has_tokens(source in "[ -~\n'\"r#/*\\\\é\u{a0}]{0,60}|.{0,30}") {
            let mut end = 0;
            for token in tokens(&source) {
                prop_assert!(source.get(token.start..token.end).is_some());
                prop_assert!(token.start >= end && token.end > token.start);
                end = token.end;
            }
        }

        #[test]
        fn the_compilers_lexer_reads_alike(
            source in "((r|b|br|c|x1|é|self|1|0x1f|1e-5|2\\.5|'a'|'\\\\n'|'a|\"|#|\\\\|::|:|/|\\*|//|/\\*|\\*/|\\.|-|>|\\(|\\{|\\}| |\n){0,16})"
        ) {
            if let Some(told) = told(&source) {
                prop_assert_eq!(own(&source), told);
            }
        }
    }
}
