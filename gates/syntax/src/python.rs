//! Python, by [its reference](https://docs.python.org/3/reference/lexical_analysis.html):
//! tokens, and where logical lines end.

use memchr::memchr2;

use crate::scan::{Scan, is_name};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or a keyword.
    Name,
    /// A number.
    Number,
    /// A string literal with its prefix and quotes; one on a single line ends with
    /// that line, closed or not.
    String,
    /// An operator or a delimiter, as long as Python has it: `:=`, `...`, `{`.
    Mark,
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

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A token of the logical line.
    Token(Token),
    /// The end of a logical line that had tokens: what stands between brackets, or
    /// behind a backslash, goes on with it.
    LineEnd,
}

/// Reads one step after the other.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    scan: Scan<'a>,
    at: usize,
    // Brackets that are open.
    depth: usize,
    indent: usize,
    // Nothing of a line has been read yet.
    is_fresh: bool,
    has_tokens: bool,
    is_whole: bool,
}

impl<'a> Lexer<'a> {
    /// A lexer at the beginning of `source`, behind its byte-order mark.
    #[must_use]
    pub fn new(source: &'a str) -> Lexer<'a> {
        let at = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let scan = Scan { source };
        Lexer { scan, at, depth: 0, indent: 0, is_fresh: true, has_tokens: false, is_whole: true }
    }

    /// How far in the logical line begins that is being read; a tab goes to the
    /// next multiple of 8.
    #[must_use]
    pub fn indent(&self) -> usize {
        self.indent
    }

    /// Whether nothing was open to the end so far: a string in three quotes may be.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn line_end(&mut self) -> Option<Step> {
        self.depth = 0;
        std::mem::take(&mut self.has_tokens).then_some(Step::LineEnd)
    }

    // Blanks at the beginning of a logical line, counted.
    fn measure(&mut self) {
        self.indent = 0;
        loop {
            match self.scan.byte(self.at) {
                b' ' => self.indent += 1,
                b'\t' => self.indent = self.indent / 8 * 8 + 8,
                0x0c => self.indent = 0,
                _ => return,
            }
            self.at += 1;
        }
    }

    fn token(&mut self, kind: Kind, end: usize) -> Step {
        let token = Token { kind, start: self.at, end: self.scan.on_boundary(end) };
        self.at = token.end;
        self.has_tokens = true;
        Step::Token(token)
    }

    // The quotes begin at `from`; a prefix may stand before them.
    fn string(&mut self, from: usize) -> Step {
        let prefix = self.scan.source.get(self.at..from).unwrap_or_default();
        let end = string_end(self.scan, from, prefix.contains(['f', 'F', 't', 'T']), 0);
        self.is_whole &= end.is_some();
        self.token(Kind::String, end.unwrap_or(self.scan.len()))
    }

    fn name(&mut self) -> Step {
        let end = self.scan.name_end(self.at, is_name);
        let is_prefix = end - self.at <= 2
            && matches!(self.scan.byte(end), b'\'' | b'"')
            && self
                .scan
                .source
                .get(self.at..end)
                .is_some_and(|prefix| prefix.bytes().all(|byte| b"rRbBuUfFtT".contains(&byte)));
        if is_prefix { self.string(end) } else { self.token(Kind::Name, end) }
    }

    fn mark(&mut self) -> Step {
        let length = match self.scan.rest(self.at) {
            [b'(' | b'[' | b'{', ..] => {
                self.depth += 1;
                1
            }
            [b')' | b']' | b'}', ..] => {
                self.depth = self.depth.saturating_sub(1);
                1
            }
            [b'.', b'.', b'.', ..]
            | [b'*', b'*', b'=', ..]
            | [b'/', b'/', b'=', ..]
            | [b'>', b'>', b'=', ..]
            | [b'<', b'<', b'=', ..] => 3,
            [b'*', b'*', ..]
            | [b'/', b'/', ..]
            | [b'>', b'>', ..]
            | [b'<', b'<' | b'>', ..]
            | [b'-', b'>', ..]
            | [
                b':' | b'=' | b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&'
                | b'|' | b'^',
                b'=',
                ..,
            ] => 2,
            _ => 1,
        };
        self.token(Kind::Mark, self.at + length)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        while self.at < self.scan.len() {
            let at = self.at;
            if self.is_fresh {
                // A line that begins as only statements do: what was open is a
                // mistake, and Python would have stopped there.
                if self.depth > 0
                    && begins_statement(self.scan.rest(at))
                    && let Some(end) = self.line_end()
                {
                    return Some(end);
                }
                self.is_fresh = false;
                if !self.has_tokens {
                    self.measure();
                    continue;
                }
            }
            match self.scan.byte(at) {
                // A lone carriage return ends a line too.
                b'\n' | b'\r' => {
                    self.at += if self.scan.rest(at).starts_with(b"\r\n") { 2 } else { 1 };
                    self.is_fresh = true;
                    if self.depth == 0
                        && let Some(end) = self.line_end()
                    {
                        return Some(end);
                    }
                }
                b' ' | b'\t' | 0x0c => {
                    self.at = self.scan.past(at, |byte| matches!(byte, b' ' | b'\t' | 0x0c));
                }
                b'#' => {
                    let rest = self.scan.rest(at);
                    self.at = at + memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                }
                // A line that goes on.
                b'\\' => {
                    self.at += match self.scan.rest(at + 1) {
                        [b'\r', b'\n', ..] => 3,
                        [b'\r' | b'\n', ..] => 2,
                        _ => 1,
                    };
                }
                b'\'' | b'"' => return Some(self.string(at)),
                b'0'..=b'9' => {
                    let end = self.scan.past(at, |byte| is_name(byte) || byte == b'.');
                    return Some(self.token(Kind::Number, end));
                }
                0x80.. if self.scan.wide_blank(at) > 0 => self.at += self.scan.wide_blank(at),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => return Some(self.name()),
                _ => return Some(self.mark()),
            }
        }
        self.line_end()
    }
}

fn begins_statement(rest: &[u8]) -> bool {
    let starts: [&[u8]; 5] = [b"def ", b"class ", b"@", b"import ", b"async def "];
    starts.iter().any(|start| rest.starts_with(start))
}

// Where the literal ends whose first quote stands at `at`; none where nothing ends
// it. A backslash keeps the next byte from doing so even where the literal is raw.
// Between the braces of a format the same quotes may stand again.
fn string_end(scan: Scan<'_>, at: usize, is_format: bool, depth: usize) -> Option<usize> {
    let quote = scan.byte(at);
    let three = [quote; 3];
    let is_long = scan.rest(at).starts_with(&three);
    let mut here = if is_long { at + 3 } else { at + 1 };
    let mut braces = 0_usize;
    loop {
        here = scan.past(here, |byte| {
            byte != quote && !matches!(byte, b'\\' | b'\n' | b'\r' | b'{' | b'}')
        });
        here += match scan.rest(here) {
            [] => return None,
            [b'\\', b'\r', b'\n', ..] => 3,
            [b'\\', ..] => 2,
            [b'\n' | b'\r', ..] if !is_long => return Some(here),
            [b'{', b'{', ..] if is_format && braces == 0 => 2,
            [b'{', ..] if is_format => {
                braces += 1;
                1
            }
            [b'}', ..] => {
                braces = braces.saturating_sub(1);
                1
            }
            [byte, ..] if *byte == quote && braces > 0 && !is_long && depth < 4 => {
                // One that goes past its line was the end of this one.
                let inner = string_end(scan, here, false, depth + 1);
                match inner.filter(|end| *end > here + 1 && scan.byte(end - 1) == quote) {
                    Some(inner) => inner - here,
                    None => return Some(here + 1),
                }
            }
            [byte, ..] if *byte == quote && !is_long => return Some(here + 1),
            rest if is_long && rest.starts_with(&three) => return Some(here + 3),
            _ => 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(source: &str) -> Vec<(usize, Vec<&str>)> {
        let (mut lines, mut line) = (Vec::new(), Vec::new());
        let mut lexer = Lexer::new(source);
        while let Some(step) = lexer.next() {
            match step {
                Step::Token(token) => line.push(token.text(source)),
                Step::LineEnd => lines.push((lexer.indent(), std::mem::take(&mut line))),
            }
        }
        assert_eq!(line, [""; 0], "a line without end");
        lines
    }

    fn is_whole(source: &str) -> bool {
        let mut lexer = Lexer::new(source);
        while lexer.next().is_some() {}
        lexer.is_whole()
    }

    #[test]
    fn a_logical_line_goes_on_in_brackets_and_behind_a_backslash() {
        assert_eq!(
            lines("a (\n b, # c\n)\nd"),
            [(0, vec!["a", "(", "b", ",", ")"]), (0, vec!["d"])]
        );
        assert_eq!(lines("a \\\n b\n\n\n c"), [(0, vec!["a", "b"]), (1, vec!["c"])]);
        assert_eq!(
            lines("a\r\tb\r\n  \\\r\n  c"),
            [(0, vec!["a"]), (8, vec!["b"]), (2, vec!["c"])]
        );
    }

    #[test]
    fn strings_hide_what_looks_like_code() {
        for text in [
            "'a'",
            "\"a'b\"",
            "r'\\d'",
            "b''",
            "f'{x}'",
            "f'{x['a']}/b'",
            "'''a\n'b''c'''",
            "rb'\\''",
            "f'{{a}}'",
            "'\\''",
            "T\"{x[\"a\"]}\"",
            "'''a\nimport b\n'''",
            "'a\\\r\nb'",
        ] {
            assert_eq!(lines(&format!("{text} z")), [(0, vec![text, "z"])], "{text}");
        }
    }

    #[test]
    fn what_stays_open_is_told() {
        assert!(is_whole("x 'a\nb"));
        assert!(!is_whole("x\n'''a"));
        assert!(!is_whole("x\n'a"));
    }

    #[test]
    fn an_open_bracket_ends_with_the_next_definition() {
        assert_eq!(lines("a = f(\n\ndef g():\n  pass\n").len(), 3);
    }

    #[test]
    fn marks_are_as_long_as_python_has_them() {
        let found = lines("a...b **= c := d->e // f<>g !=h");
        let expected =
            ["a", "...", "b", "**=", "c", ":=", "d", "->", "e", "//", "f", "<>", "g", "!=", "h"];
        assert_eq!(found, [(0, expected.to_vec())]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_text_has_tokens(source in "[ -~\n\r\t'\"{}()f\\\\é\u{a0}]{0,60}|.{0,30}") {
            let mut end = 0;
            for step in Lexer::new(&source) {
                if let Step::Token(token) = step {
                    prop_assert!(token.start >= end && token.end > token.start);
                    prop_assert!(source.get(token.start..token.end).is_some());
                    end = token.end;
                }
            }
        }
    }
}
