//! A text as words, names, texts and signs.

use std::ops::Range;

use crate::postgres::Fault;
use crate::settings::Dialect;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// A name in quotes.
    Name,
    Text,
    Sign,
    /// Ends a statement, whatever sign it is.
    End,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

#[derive(Default)]
pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Range<usize>>,
    pub(super) faults: Vec<Fault>,
}

pub(super) fn lex(text: &str, dialect: Dialect) -> Lexed {
    let mut lexed = Lexed::default();
    let mut delimiter = ";".to_owned();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        let begins_line =
            text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
        let directive = rest.get(..10).filter(|it| it.eq_ignore_ascii_case("delimiter "));
        let is_sign = |sign: &str| rest.starts_with(sign);
        if first.is_whitespace() || first == '\u{feff}' {
            at += first.len_utf8();
        } else if dialect == Dialect::Mysql && begins_line && directive.is_some() {
            // The client's own: what ends a statement from here on.
            let line = rest.lines().next().unwrap_or_default();
            delimiter = line.get(10..).unwrap_or_default().trim().to_owned();
            if delimiter.is_empty() {
                delimiter = ";".to_owned();
            }
            at += line.len();
        } else if is_sign(&delimiter) {
            lexed.tokens.push(Token { kind: Kind::End, span: at..at + delimiter.len() });
            at += delimiter.len();
        } else if is_sign("--") || (first == '#' && dialect == Dialect::Mysql) {
            let end = at + rest.find('\n').unwrap_or(rest.len());
            lexed.comments.push(at..end);
            at = end;
        } else if is_sign("/*!") && dialect == Dialect::Mysql {
            // MySQL runs what is in it.
            let inner = rest.get(3..).unwrap_or_default();
            at += 3 + inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        } else if is_sign("*/") && dialect == Dialect::Mysql {
            at += 2;
        } else if is_sign("/*") {
            let end = rest.find("*/").map(|end| at + end + 2);
            lexed.comments.push(at..end.unwrap_or(text.len()));
            if end.is_none() {
                lexed.fault(at, "this comment has no end");
            }
            at = end.unwrap_or(text.len());
        } else if matches!(first, '\'' | '"' | '`') || (first == '[' && dialect == Dialect::Sqlite)
        {
            let kind = match first {
                '\'' => Kind::Text,
                '"' if dialect == Dialect::Mysql => Kind::Text,
                _ => Kind::Name,
            };
            let close = if first == '[' { ']' } else { first };
            let escapes = dialect != Dialect::Sqlite && first != '`';
            let end = quoted(rest, close, escapes).map(|end| at + end);
            if end.is_none() {
                lexed.fault(at, "this text has no end");
            }
            let end = end.unwrap_or(text.len());
            lexed.tokens.push(Token { kind, span: at..end });
            at = end;
        } else if is_word(first) {
            let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            // A delimiter may be glued to a word.
            let word = rest.get(..length).unwrap_or_default();
            let length = word.find(&delimiter).filter(|it| *it > 0).unwrap_or(length);
            lexed.tokens.push(Token { kind: Kind::Word, span: at..at + length });
            at += length;
        } else {
            let length = first.len_utf8();
            lexed.tokens.push(Token { kind: Kind::Sign, span: at..at + length });
            at += length;
        }
    }
    lexed
}

impl Lexed {
    fn fault(&mut self, at: usize, reason: &str) {
        self.faults.push(Fault { span: at..at + 1, reason: reason.to_owned() });
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '@')
}

/// The length of a quoted text.
fn quoted(text: &str, close: char, escapes: bool) -> Option<usize> {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && escapes {
            letters.next();
        } else if letter == close {
            match letters.peek() {
                Some((_, next)) if *next == close => {
                    letters.next();
                }
                _ => return Some(at + letter.len_utf8()),
            }
        }
    }
    None
}
