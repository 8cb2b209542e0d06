//! The tokens of a file, one after the other.

use std::ops::Range;

use memchr::{memchr, memmem};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An identifier or a keyword: the grammar alone tells them apart.
    Ident,
    /// An interpreted string literal, quotes included.
    String,
    /// A raw string literal, quotes included.
    RawString,
    /// A rune literal.
    Rune,
    /// A number of any form.
    Number,
    /// A comment, with its `//` or its `/*` and `*/`.
    Comment,
    /// An operator or a delimiter, as long as the specification has it: `:=`,
    /// `...`, `{`.
    Operator,
    /// The end of a statement: `;`, or the line's end where Go puts one in
    /// (then the token is empty).
    Semicolon,
    /// What Go would refuse: a literal or a comment without an end, a character
    /// that begins nothing.
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
    /// Its bytes in the file.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Its text in the file that it came from.
    #[must_use]
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.range()).unwrap_or_default()
    }
}

/// All tokens of `source`.
#[must_use]
pub fn tokens(source: &str) -> Vec<Token> {
    Lexer::new(source).collect()
}

/// Reads tokens one at a time, for whoever needs only the head of a file.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    source: &'a str,
    at: usize,
    // Whether the line's end would end a statement here.
    ends_statement: bool,
}

impl<'a> Lexer<'a> {
    /// A lexer at the beginning of `source`, behind its byte-order mark.
    #[must_use]
    pub fn new(source: &'a str) -> Lexer<'a> {
        let at = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Lexer { source, at, ends_statement: false }
    }

    fn byte(&self, at: usize) -> u8 {
        // NUL is no part of any token, so it may stand for the end.
        self.source.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn rest(&self, at: usize) -> &'a [u8] {
        self.source.as_bytes().get(at..).unwrap_or_default()
    }

    // The first byte from `at` that `keep` refuses.
    fn past(&self, at: usize, keep: impl Fn(u8) -> bool) -> usize {
        let rest = self.rest(at);
        at + rest.iter().position(|byte| !keep(*byte)).unwrap_or(rest.len())
    }

    fn comment(&self) -> (Kind, usize) {
        if self.byte(self.at + 1) == b'/' {
            let end = memchr(b'\n', self.rest(self.at)).map_or(self.source.len(), |n| self.at + n);
            return (Kind::Comment, end);
        }
        match memmem::find(self.rest(self.at + 2), b"*/") {
            Some(length) => (Kind::Comment, self.at + 2 + length + 2),
            None => (Kind::Broken, self.source.len()),
        }
    }

    // A literal in `quote`s on one line, in which a backslash keeps the next
    // byte from ending it.
    fn quoted(&self, quote: u8, kind: Kind) -> (Kind, usize) {
        let mut at = self.at + 1;
        loop {
            at = self.past(at, |byte| byte != quote && byte != b'\\' && byte != b'\n');
            match self.rest(at).first() {
                Some(byte) if *byte == quote => return (kind, at + 1),
                Some(b'\\') if !matches!(self.byte(at + 1), b'\n' | 0) => at += 2,
                Some(b'\\') => at += 1,
                _ => return (Kind::Broken, self.on_boundary(at)),
            }
        }
    }

    fn raw(&self) -> (Kind, usize) {
        match memchr(b'`', self.rest(self.at + 1)) {
            Some(length) => (Kind::RawString, self.at + length + 2),
            None => (Kind::Broken, self.source.len()),
        }
    }

    // A backslash before a letter of several bytes skips only its first.
    fn on_boundary(&self, at: usize) -> usize {
        let at = at.min(self.source.len());
        (at..=self.source.len()).find(|at| self.source.is_char_boundary(*at)).unwrap_or(at)
    }

    fn number(&self) -> usize {
        let mut at = self.at;
        loop {
            at = self.past(at, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
            // The sign of an exponent belongs to the number; hexadecimal's is p.
            let is_hex = matches!(self.byte(self.at + 1), b'x' | b'X');
            let before = self.byte(at.saturating_sub(1)).to_ascii_lowercase();
            let exponent = before == if is_hex { b'p' } else { b'e' };
            if !(exponent && matches!(self.byte(at), b'+' | b'-')) {
                return at;
            }
            at += 1;
        }
    }

    fn operator(&self) -> (Kind, usize) {
        const LONG: [&[u8]; 26] = [
            b"<<=", b">>=", b"&^=", b"...", b"&&", b"||", b"<-", b"++", b"--", b"==", b"!=", b"<=",
            b">=", b":=", b"+=", b"-=", b"*=", b"/=", b"%=", b"&=", b"|=", b"^=", b"<<", b">>",
            b"&^", b"~",
        ];
        let rest = self.rest(self.at);
        if let Some(long) = LONG.iter().find(|long| rest.starts_with(long)) {
            return (Kind::Operator, self.at + long.len());
        }
        match self.byte(self.at) {
            b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'<' | b'>' | b'=' | b'!'
            | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b'.' | b':' => {
                (Kind::Operator, self.at + 1)
            }
            _ => (Kind::Broken, self.at + 1),
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let is_blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\r');
        self.at = self.past(self.at, is_blank);
        while self.byte(self.at) == b'\n' && !self.ends_statement {
            self.at = self.past(self.at, |byte| byte == b'\n' || is_blank(byte));
        }
        let start = self.at;
        let (kind, end) = match self.byte(start) {
            // Either the end of the file or a NUL, which Go refuses.
            0 if start >= self.source.len() => {
                let owed = std::mem::take(&mut self.ends_statement);
                return owed.then_some(Token { kind: Kind::Semicolon, start, end: start });
            }
            b'\n' => (Kind::Semicolon, start),
            b';' => (Kind::Semicolon, start + 1),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => {
                let more = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
                (Kind::Ident, self.past(start, more))
            }
            b'0'..=b'9' => (Kind::Number, self.number()),
            b'.' if self.byte(start + 1).is_ascii_digit() => (Kind::Number, self.number()),
            b'"' => self.quoted(b'"', Kind::String),
            b'\'' => self.quoted(b'\'', Kind::Rune),
            b'`' => self.raw(),
            b'/' if matches!(self.byte(start + 1), b'/' | b'*') => self.comment(),
            _ => self.operator(),
        };
        let token = Token { kind, start, end };
        self.at = end;
        self.ends_statement = match kind {
            // A comment that spans lines acts like the line's end; one that does
            // not leaves things as they were.
            Kind::Comment if token.text(self.source).contains('\n') && self.ends_statement => {
                self.at = start;
                self.ends_statement = false;
                return Some(Token { kind: Kind::Semicolon, start, end: start });
            }
            Kind::Comment => self.ends_statement,
            Kind::Ident => ends_statement(token.text(self.source)),
            Kind::String | Kind::RawString | Kind::Rune | Kind::Number => true,
            Kind::Operator => {
                matches!(token.text(self.source), ")" | "]" | "}" | "++" | "--")
            }
            Kind::Semicolon | Kind::Broken => false,
        };
        Some(token)
    }
}

// Of the keywords, only these four may end a statement.
fn ends_statement(word: &str) -> bool {
    const KEYWORDS: [&str; 21] = [
        "case",
        "chan",
        "const",
        "default",
        "defer",
        "else",
        "for",
        "func",
        "go",
        "goto",
        "if",
        "import",
        "interface",
        "map",
        "package",
        "range",
        "select",
        "struct",
        "switch",
        "type",
        "var",
    ];
    !KEYWORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    fn texts(source: &str) -> Vec<&str> {
        let shown = |kind, text| if kind == Kind::Semicolon { ";" } else { text };
        tokens(source).iter().map(|token| shown(token.kind, token.text(source))).collect()
    }

    #[test]
    fn line_ends_become_semicolons_where_go_puts_them() {
        assert_eq!(texts("a\n\n\nb"), ["a", ";", "b", ";"]);
        assert_eq!(texts("a +\nb\n"), ["a", "+", "b", ";"]);
        assert_eq!(texts("return\nif\nx"), ["return", ";", "if", "x", ";"]);
        assert_eq!(texts("f(\n1,\n)\n"), ["f", "(", "1", ",", ")", ";"]);
        assert_eq!(texts("a // b\nc"), ["a", "// b", ";", "c", ";"]);
        assert_eq!(texts("a /* b\n */ c"), ["a", ";", "/* b\n */", "c", ";"]);
    }

    #[test]
    fn literals_hold_what_looks_like_their_end() {
        assert_eq!(texts("\"a\\\"b\" `c\nd` '\\''"), ["\"a\\\"b\"", "`c\nd`", "'\\''", ";"]);
        assert_eq!(
            texts("0x1p-2 1e+9 .5 1_0i a.b"),
            ["0x1p-2", "1e+9", ".5", "1_0i", "a", ".", "b", ";"]
        );
        assert_eq!(texts("x...y:=<-z&^=q"), ["x", "...", "y", ":=", "<-", "z", "&^=", "q", ";"]);
    }

    #[test]
    fn what_go_refuses_is_broken_and_reading_goes_on() {
        let kinds =
            |source: &str| tokens(source).iter().map(|token| token.kind).collect::<Vec<_>>();
        assert_eq!(kinds("\"a\nb"), [Kind::Broken, Kind::Ident, Kind::Semicolon]);
        assert_eq!(kinds("`a"), [Kind::Broken]);
        assert_eq!(kinds("/* a"), [Kind::Broken]);
        assert_eq!(kinds("#\0"), [Kind::Broken, Kind::Broken]);
        assert_eq!(kinds("\"\\é\n"), [Kind::Broken]);
    }

    #[test]
    fn a_byte_order_mark_is_no_token() {
        assert_eq!(texts("\u{feff}package a"), ["package", "a", ";"]);
    }
}
