//! JavaScript and TypeScript as tokens, as far as imports need them: strings,
//! templates, comments and regular expressions are told apart, so that nothing
//! inside of them looks like code.
//!
//! What tokens alone cannot tell is decided by what stands before: a `/` after
//! an operand divides. JSX text is no code and may hold an apostrophe: a string
//! ends with its line at the latest, so the harm ends there too. What stays
//! open to the end of the file (a template, a comment) is told as
//! [`Kind::Broken`], and whoever reads the file must not call it clean.

use memchr::{memchr, memmem};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Word,
    /// A string literal, quotes included.
    String,
    /// A template without a hole, backquotes included.
    Template,
    /// A template's piece before or between holes, or a regular expression:
    /// an operand that names nothing.
    Other,
    /// A number.
    Number,
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

/// All tokens of `source`, comments left out.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { source, at: 0, holes: Vec::new(), tokens: Vec::new() };
    lexer.run();
    lexer.tokens
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    // For each template that is open: how many braces are open in its hole.
    holes: Vec<usize>,
    tokens: Vec<Token>,
}

impl<'a> Lexer<'a> {
    fn byte(&self, at: usize) -> u8 {
        self.source.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn rest(&self, at: usize) -> &'a [u8] {
        self.source.as_bytes().get(at..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, end: usize) {
        let end = self.on_boundary(end);
        self.tokens.push(Token { kind, start: self.at, end });
        self.at = end;
    }

    fn on_boundary(&self, at: usize) -> usize {
        let at = at.min(self.source.len());
        (at..=self.source.len()).find(|at| self.source.is_char_boundary(*at)).unwrap_or(at)
    }

    fn run(&mut self) {
        if self.source.starts_with("#!") {
            self.at = self.line_end(0);
        }
        while self.at < self.source.len() {
            let at = self.at;
            match self.byte(at) {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'/' if self.byte(at + 1) == b'/' => self.at = self.line_end(at),
                b'/' if self.byte(at + 1) == b'*' => match memmem::find(self.rest(at + 2), b"*/") {
                    Some(length) => self.at = at + 2 + length + 2,
                    None => self.push(Kind::Broken, self.source.len()),
                },
                b'/' if !self.after_operand() => self.regex(),
                b'\'' | b'"' => self.string(),
                b'`' => self.template(at + 1),
                b'}' if self.holes.last() == Some(&0) => {
                    self.holes.pop();
                    self.template(at + 1);
                }
                byte @ (b'{' | b'}') => {
                    if let Some(open) = self.holes.last_mut() {
                        *open = if byte == b'{' { *open + 1 } else { *open - 1 };
                    }
                    self.push(Kind::Mark, at + 1);
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'#' | b'\\' | 0x80.. => self.word(),
                b'0'..=b'9' => {
                    let end = self.past(at, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
                    self.push(Kind::Number, end);
                }
                _ => self.push(Kind::Mark, at + 1),
            }
        }
        if !self.holes.is_empty() {
            self.tokens.push(Token { kind: Kind::Broken, start: self.at, end: self.at });
        }
    }

    fn past(&self, at: usize, keep: impl Fn(u8) -> bool) -> usize {
        let rest = self.rest(at);
        at + rest.iter().position(|byte| !keep(*byte)).unwrap_or(rest.len())
    }

    fn line_end(&self, at: usize) -> usize {
        memchr(b'\n', self.rest(at)).map_or(self.source.len(), |length| at + length)
    }

    fn word(&mut self) {
        // An escape in a name is read as part of it; no import is spelled so.
        let is_part = |byte: u8| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'$' | b'#' | b'\\')
                || byte >= 0x80
        };
        let end = self.past(self.at, is_part);
        self.push(Kind::Word, end);
    }

    fn string(&mut self) {
        let quote = self.byte(self.at);
        let mut at = self.at + 1;
        loop {
            at = self.past(at, |byte| byte != quote && byte != b'\\' && byte != b'\n');
            match self.rest(at).first() {
                Some(byte) if *byte == quote => return self.push(Kind::String, at + 1),
                Some(b'\\') => at = (at + 2).min(self.source.len()),
                // An apostrophe in JSX text, most likely: no more than a mark.
                _ => return self.push(Kind::Mark, self.at + 1),
            }
        }
    }

    // A template from behind its backquote or a hole's brace, to the next hole
    // or its end.
    fn template(&mut self, from: usize) {
        let is_whole = self.byte(self.at) == b'`';
        let mut at = from;
        loop {
            at = self.past(at, |byte| !matches!(byte, b'`' | b'\\' | b'$'));
            match self.rest(at) {
                [b'`', ..] if is_whole => return self.push(Kind::Template, at + 1),
                [b'`', ..] => return self.push(Kind::Other, at + 1),
                [b'$', b'{', ..] => {
                    self.push(Kind::Other, at + 2);
                    self.holes.push(0);
                    return;
                }
                [b'$', ..] => at += 1,
                [b'\\', ..] => at = (at + 2).min(self.source.len()),
                _ => return self.push(Kind::Broken, self.source.len()),
            }
        }
    }

    fn regex(&mut self) {
        let mut at = self.at + 1;
        let mut in_class = false;
        loop {
            match self.rest(at).first() {
                Some(b'\\') => at += 2,
                Some(b'[') => (in_class, at) = (true, at + 1),
                Some(b']') => (in_class, at) = (false, at + 1),
                Some(b'/') if !in_class => {
                    let end = self.past(at + 1, |byte| byte.is_ascii_alphanumeric());
                    return self.push(Kind::Other, end);
                }
                // Not one after all (a JSX tag's end, say): a mark.
                None | Some(b'\n') => return self.push(Kind::Mark, self.at + 1),
                Some(_) => at += 1,
            }
        }
    }

    // Whether what stands before ends an operand, so that a '/' divides.
    fn after_operand(&self) -> bool {
        let Some(last) = self.tokens.last() else { return false };
        match last.kind {
            Kind::String | Kind::Template | Kind::Number => true,
            // A template's piece that ends in a hole's beginning expects one.
            Kind::Other => !last.text(self.source).ends_with("${"),
            Kind::Mark => matches!(last.text(self.source), ")" | "]" | "}"),
            Kind::Word => !matches!(
                last.text(self.source),
                "return"
                    | "typeof"
                    | "case"
                    | "in"
                    | "of"
                    | "do"
                    | "else"
                    | "void"
                    | "delete"
                    | "throw"
                    | "new"
                    | "await"
                    | "yield"
                    | "instanceof"
            ),
            Kind::Broken => false,
        }
    }
}

/// The value of a string or of a template without holes; none where an escape
/// is not understood.
pub(crate) fn value(literal: &str) -> Option<String> {
    let text = literal.get(1..literal.len().checked_sub(1)?)?;
    let mut value = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            value.push(letter);
            continue;
        }
        match letters.next()? {
            'n' => value.push('\n'),
            't' => value.push('\t'),
            'r' => value.push('\r'),
            'b' => value.push('\u{8}'),
            'f' => value.push('\u{c}'),
            'v' => value.push('\u{b}'),
            '\n' => {}
            'x' => value.push(hex(&mut letters, 2)?),
            'u' => {
                let mut ahead = letters.clone();
                if ahead.next() == Some('{') {
                    let digits: String = ahead.by_ref().take_while(|c| *c != '}').collect();
                    value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                    letters = ahead;
                } else {
                    value.push(hex(&mut letters, 4)?);
                }
            }
            '0'..='9' => return None,
            other => value.push(other),
        }
    }
    Some(value)
}

fn hex(letters: &mut std::str::Chars<'_>, count: usize) -> Option<char> {
    let mut number = 0;
    for _ in 0..count {
        number = number * 16 + letters.next()?.to_digit(16)?;
    }
    char::from_u32(number)
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
        assert_eq!(texts("a // import 'x'\n/* b */ c"), ["a", "c"]);
        assert_eq!(texts("'a\\'b' \"c\""), ["'a\\'b'", "\"c\""]);
        assert_eq!(
            texts("x = /'[/]`/g.test(y)"),
            ["x", "=", "/'[/]`/g", ".", "test", "(", "y", ")"]
        );
        assert_eq!(texts("a / b / c"), ["a", "/", "b", "/", "c"]);
        assert_eq!(
            texts("`a${ {b: `c`} }d` + e"),
            ["`a${", "{", "b", ":", "`c`", "}", "}d`", "+", "e"]
        );
    }

    #[test]
    fn jsx_text_does_not_swallow_what_follows() {
        let source = "<p>Don't</p>\nimport('x')";
        assert!(texts(source).ends_with(&["import", "(", "'x'", ")"]));
        assert!(texts("<a href='x' />\nimport('y')").ends_with(&["import", "(", "'y'", ")"]));
    }

    #[test]
    fn what_stays_open_is_told() {
        for source in ["`a", "/* a", "`a${b", "`${`"] {
            assert_eq!(tokens(source).last().map(|last| last.kind), Some(Kind::Broken), "{source}");
        }
    }

    #[test]
    fn escapes_are_read() {
        assert_eq!(value("'a\\x62\\u0063\\u{64}\\'\\q'").as_deref(), Some("abcd'q"));
        assert_eq!(value("'\\xzz'"), None);
        assert_eq!(value("'"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text_has_tokens(source in "[ -~\n`'\"/{}$\\\\é]{0,60}|.{0,30}") {
            let mut end = 0;
            for token in tokens(&source) {
                prop_assert!(source.get(token.start..token.end).is_some());
                prop_assert!(token.start >= end);
                end = token.end;
            }
            let _ = value(&source);
        }
    }
}
