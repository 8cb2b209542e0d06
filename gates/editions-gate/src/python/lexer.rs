//! Python as logical lines of tokens, as far as imports need them.
//!
//! Source: <https://docs.python.org/3/reference/lexical_analysis.html>.

use memchr::memchr2;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or a keyword.
    Name,
    /// A string literal with its prefix and quotes.
    String,
    /// A number.
    Number,
    /// One character of punctuation.
    Mark,
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

/// A logical line: what stands between brackets, or behind a backslash, goes on
/// with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Blanks before its first token.
    pub(crate) indent: usize,
    pub(crate) tokens: Vec<Token>,
}

/// Hands out the logical lines of `source` one after the other, and says whether
/// it was read to its end: a string in three quotes may stay open.
pub(crate) fn each_line(source: &str, mut hand: impl FnMut(&Line)) -> bool {
    let at = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lexer = Lexer { source, at, line_start: at, depth: 0, is_whole: true };
    let mut line = Line::default();
    while let Some(step) = lexer.step() {
        match step {
            Step::Token(token) => {
                if line.tokens.is_empty() {
                    line.indent = token.start.saturating_sub(lexer.line_start);
                }
                line.tokens.push(token);
            }
            Step::End if line.tokens.is_empty() => {}
            Step::End => {
                hand(&line);
                line.tokens.clear();
            }
            Step::Nothing => {}
        }
    }
    if !line.tokens.is_empty() {
        hand(&line);
    }
    lexer.is_whole
}

enum Step {
    Token(Token),
    /// The end of a logical line.
    End,
    Nothing,
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    line_start: usize,
    depth: usize,
    is_whole: bool,
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

    fn token(&mut self, kind: Kind, end: usize) -> Step {
        let token = Token { kind, start: self.at, end: end.min(self.source.len()) };
        self.at = token.end;
        Step::Token(token)
    }

    fn step(&mut self) -> Option<Step> {
        let at = self.at;
        if at >= self.source.len() {
            return None;
        }
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        Some(match self.byte(at) {
            // A lone carriage return ends a line too.
            b'\n' | b'\r' => {
                self.at += if self.rest(at).starts_with(b"\r\n") { 2 } else { 1 };
                if self.depth == 0 {
                    self.line_start = self.at;
                    return Some(Step::End);
                }
                Step::Nothing
            }
            b' ' | b'\t' | 0x0c => {
                self.at = self.past(at, |byte| matches!(byte, b' ' | b'\t' | 0x0c));
                Step::Nothing
            }
            b'#' => {
                self.at =
                    memchr2(b'\n', b'\r', self.rest(at)).map_or(self.source.len(), |n| at + n);
                Step::Nothing
            }
            // A line that goes on.
            b'\\' => {
                self.at = match self.rest(at + 1) {
                    [b'\r', b'\n', ..] => at + 3,
                    [b'\r' | b'\n', ..] => at + 2,
                    _ => at + 1,
                };
                Step::Nothing
            }
            b'\'' | b'"' => self.string(at),
            b'0'..=b'9' => {
                let end = self.past(at, |byte| is_name(byte) || byte == b'.');
                self.token(Kind::Number, end)
            }
            byte if is_name(byte) => {
                let end = self.past(at, is_name);
                let is_prefix = end - at <= 2
                    && self.source.get(at..end).is_some_and(|prefix| {
                        prefix.bytes().all(|byte| b"rRbBuUfFtT".contains(&byte))
                    });
                if is_prefix && matches!(self.byte(end), b'\'' | b'"') {
                    return Some(self.string(end));
                }
                self.token(Kind::Name, end)
            }
            byte => {
                match byte {
                    b'(' | b'[' | b'{' => self.depth += 1,
                    b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                self.token(Kind::Mark, at + 1)
            }
        })
    }

    // The quotes begin at `from`; a prefix may stand before them. A backslash
    // keeps the next byte from ending the string even where it is raw.
    fn string(&mut self, from: usize) -> Step {
        let quote = self.byte(from);
        let three = [quote; 3];
        let is_long = self.rest(from).starts_with(&three);
        let mut at = if is_long { from + 3 } else { from + 1 };
        loop {
            at = self.past(at, |byte| !matches!(byte, b'\\' | b'\n' | b'\r') && byte != quote);
            match self.rest(at) {
                [b'\\', b'\r', b'\n', ..] => at += 3,
                [b'\\', ..] => at += 2,
                [b'\n' | b'\r', ..] if is_long => at += 1,
                rest if is_long && rest.starts_with(&three) => {
                    return self.token(Kind::String, at + 3);
                }
                [byte, ..] if is_long && *byte == quote => at += 1,
                [byte, ..] if *byte == quote => return self.token(Kind::String, at + 1),
                // A line's end in a short string is none of Python's.
                [b'\n' | b'\r', ..] => return self.token(Kind::Mark, self.at + 1),
                _ => {
                    self.is_whole = false;
                    self.at = self.source.len();
                    return Step::Nothing;
                }
            }
        }
    }
}

/// The value of a string literal; none for bytes, for a literal with holes, and
/// where an escape is not understood.
pub(crate) fn value(literal: &str) -> Option<String> {
    let from = literal.find(['\'', '"'])?;
    let (prefix, quoted) = literal.split_at_checked(from)?;
    let prefix = prefix.to_ascii_lowercase();
    let marks = if quoted.len() >= 6 && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''"))
    {
        3
    } else {
        1
    };
    let text = quoted.get(marks..quoted.len().checked_sub(marks)?)?;
    if prefix.contains('b') || (prefix.contains(['f', 't']) && text.contains(['{', '}'])) {
        return None;
    }
    if prefix.contains('r') || !text.contains('\\') {
        return Some(text.to_owned());
    }
    let mut value = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            value.push(letter);
            continue;
        }
        let digits = match letters.next()? {
            '\n' => continue,
            'x' => 2,
            'u' => 4,
            'U' => 8,
            quote @ ('\\' | '\'' | '"') => {
                value.push(quote);
                continue;
            }
            first @ '0'..='7' => {
                let mut number = first.to_digit(8)?;
                for _ in 0..2 {
                    let mut ahead = letters.clone();
                    let Some(digit) = ahead.next().and_then(|next| next.to_digit(8)) else { break };
                    number = number * 8 + digit;
                    letters = ahead;
                }
                value.push(char::from_u32(number)?);
                continue;
            }
            _ => return None,
        };
        let mut number = 0_u32;
        for _ in 0..digits {
            number = number.checked_mul(16)?.checked_add(letters.next()?.to_digit(16)?)?;
        }
        value.push(char::from_u32(number)?);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(source: &str) -> (Vec<Line>, bool) {
        let mut lines = Vec::new();
        let is_whole = each_line(source, |line| lines.push(line.clone()));
        (lines, is_whole)
    }

    fn texts(source: &str) -> Vec<Vec<&str>> {
        let (lines, _) = lines(source);
        lines.iter().map(|line| line.tokens.iter().map(|t| t.text(source)).collect()).collect()
    }

    #[test]
    fn a_logical_line_goes_on_in_brackets_and_behind_a_backslash() {
        assert_eq!(texts("a (\n b, # c\n)\nd"), [vec!["a", "(", "b", ",", ")"], vec!["d"]]);
        assert_eq!(texts("a \\\n b\n\n\nc"), [vec!["a", "b"], vec!["c"]]);
    }

    #[test]
    fn strings_hide_what_looks_like_code() {
        assert_eq!(texts("'''a\nimport b\n''' c"), [vec!["'''a\nimport b\n'''", "c"]]);
        assert_eq!(texts("rb'\\'' f\"{a}\""), [vec!["rb'\\''", "f\"{a}\""]]);
        assert!(!lines("x\n'''a").1);
        assert!(lines("x 'a\nb").1);
    }

    #[test]
    fn values_are_read() {
        assert_eq!(value("'a\\x62\\143\\u0064'").as_deref(), Some("abcd"));
        assert_eq!(value("r'a\\x'").as_deref(), Some("a\\x"));
        assert_eq!(value("\"\"\"ab\"\"\"").as_deref(), Some("ab"));
        assert_eq!(value("f'ab'").as_deref(), Some("ab"));
        for literal in ["f'{a}'", "b'a'", "'\\N{x}'", "a", "'"] {
            assert_eq!(value(literal), None, "{literal}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_text_has_lines(source in "[ -~\n'\"\\\\é]{0,60}|.{0,30}") {
            for line in lines(&source).0 {
                for token in line.tokens {
                    prop_assert!(source.get(token.start..token.end).is_some());
                }
            }
            let _ = value(&source);
        }
    }
}
