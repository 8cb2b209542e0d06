//! TypeScript and JavaScript as tokens with their brackets matched. What is not
//! the language (JSX, a broken file) gives tokens too: reading never fails.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    Quoted,
    Number,
    Regex,
    /// A template, or a piece of one: it begins with `` ` `` or `}` and ends with
    /// `` ` `` or `${`.
    Template,
    Mark,
}

/// A range of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a line ended before it.
    pub(super) is_first: bool,
    /// The number of the token that closes this bracket; the count of tokens
    /// where none does; its own number where it opens nothing.
    pub(super) close: usize,
}

/// Longest first.
const MARKS: [&str; 27] = [
    "...", "===", "!==", "**=", "||=", "&&=", "??=", "=>", "?.", "??", "||", "&&", "==", "!=",
    "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**",
];

/// Words after which an expression begins, so that a slash begins a regular one.
const BEFORE_EXPRESSION: [&str; 13] = [
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "delete",
    "void",
    "throw",
    "new",
    "instanceof",
    "else",
    "await",
    "yield",
];

struct Lexer<'s> {
    text: &'s str,
    bytes: &'s [u8],
    tokens: Vec<Token>,
    at: usize,
    is_first: bool,
    /// Open braces: whether each is a hole of a template.
    braces: Vec<bool>,
}

/// The tokens of `text` without its comments.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        tokens: Vec::new(),
        at: 0,
        is_first: true,
        braces: Vec::new(),
    };
    if text.starts_with("#!") {
        lexer.skip_line();
    }
    while lexer.at < lexer.bytes.len() {
        lexer.step();
    }
    matched(&mut lexer.tokens, text);
    lexer.tokens
}

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        // Never between the bytes of one character.
        let mut end = end.min(self.bytes.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let close = self.tokens.len();
        self.tokens.push(Token { kind, start, end, is_first: self.is_first, close });
        self.is_first = false;
        self.at = end;
    }

    fn step(&mut self) {
        let start = self.at;
        match self.byte(0) {
            b'\n' | b'\r' => {
                self.is_first = true;
                self.at += 1;
            }
            b' ' | b'\t' | 0x0b | 0x0c => self.at += 1,
            b'/' if self.byte(1) == b'/' => self.skip_line(),
            b'/' if self.byte(1) == b'*' => {
                let rest = self.bytes.get(start + 2..).unwrap_or_default();
                let end = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
                let inner = rest.get(..end).unwrap_or_default();
                self.is_first |= memchr::memchr(b'\n', inner).is_some();
                self.at = start + 2 + end;
            }
            b'/' if self.regex_may_begin() => match self.regex_end() {
                Some(end) => self.push(Kind::Regex, start, end),
                None => self.mark(),
            },
            quote @ (b'"' | b'\'') => {
                let end = self.quoted_end(quote);
                self.push(Kind::Quoted, start, end);
            }
            b'`' => self.template(),
            b'}' if self.braces.last() == Some(&true) => {
                self.braces.pop();
                self.template();
            }
            b'0'..=b'9' => {
                let mut end = start + 1;
                let part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                while let Some(byte) = self.bytes.get(end) {
                    let next = self.bytes.get(end + 1).copied().unwrap_or(0);
                    let is_point = *byte == b'.' && next.is_ascii_digit();
                    if !part(*byte) && !is_point {
                        break;
                    }
                    end += 1;
                }
                self.push(Kind::Number, start, end);
            }
            byte if is_word(byte) => {
                let rest = self.bytes.get(start..).unwrap_or_default();
                let more = |byte: &u8| is_word(*byte) || byte.is_ascii_digit();
                let end = start + rest.iter().take_while(|byte| more(byte)).count();
                // A byte order mark is no name, and may stand before one.
                self.push(Kind::Word, start, end);
            }
            _ => self.mark(),
        }
    }

    fn mark(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        // `a?.5:b`: a question and a number.
        let is_optional = |mark: &str| mark != "?." || !self.byte(2).is_ascii_digit();
        let long = MARKS.iter().find(|mark| rest.starts_with(**mark) && is_optional(mark));
        match self.byte(0) {
            b'{' => self.braces.push(false),
            b'}' => {
                self.braces.pop();
            }
            _ => {}
        }
        self.push(Kind::Mark, self.at, self.at + long.map_or(1, |mark| mark.len()));
    }

    fn regex_may_begin(&self) -> bool {
        let Some(last) = self.tokens.last() else { return true };
        let text = self.text.get(last.start..last.end).unwrap_or_default();
        match last.kind {
            Kind::Word => BEFORE_EXPRESSION.contains(&text),
            // `</div>` of JSX is none.
            Kind::Mark => !matches!(text, ")" | "]" | "}" | "<" | "++" | "--"),
            Kind::Template => text.ends_with("${"),
            Kind::Quoted | Kind::Number | Kind::Regex => false,
        }
    }

    /// Where the regular expression here ends; none where the line ends first.
    fn regex_end(&self) -> Option<usize> {
        let (mut end, mut in_class) = (self.at + 1, false);
        loop {
            match self.bytes.get(end)? {
                b'\n' | b'\r' => return None,
                b'\\' => end += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => break,
                _ => {}
            }
            end += 1;
        }
        let flags = self.bytes.get(end + 1..).unwrap_or_default();
        Some(end + 1 + flags.iter().take_while(|byte| byte.is_ascii_alphabetic()).count())
    }

    /// Where the text in quotes ends: at its quote or with its line.
    fn quoted_end(&self, quote: u8) -> usize {
        let mut end = self.at + 1;
        while let Some(byte) = self.bytes.get(end) {
            match byte {
                b'\\' => end += 1,
                b'\n' | b'\r' => return end,
                byte if *byte == quote => return end + 1,
                _ => {}
            }
            end += 1;
        }
        end
    }

    fn template(&mut self) {
        let (start, mut end) = (self.at, self.at + 1);
        while let Some(byte) = self.bytes.get(end) {
            match byte {
                b'\\' => end += 1,
                b'`' => return self.push(Kind::Template, start, end + 1),
                b'$' if self.bytes.get(end + 1) == Some(&b'{') => {
                    self.braces.push(true);
                    return self.push(Kind::Template, start, end + 2);
                }
                _ => {}
            }
            end += 1;
        }
        self.push(Kind::Template, start, end);
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$' | b'#') || byte >= 0x80
}

/// Gives each opening bracket the number of its closing one.
fn matched(tokens: &mut [Token], text: &str) {
    let count = tokens.len();
    let mut open: Vec<(usize, u8)> = Vec::new();
    for at in 0..count {
        let Some(token) = tokens.get(at).copied() else { break };
        let word = text.get(token.start..token.end).unwrap_or_default().as_bytes();
        let (closes, opens) = match (token.kind, word) {
            (Kind::Mark, b"(") => (None, Some(b'(')),
            (Kind::Mark, b"[") => (None, Some(b'[')),
            (Kind::Mark, b"{") => (None, Some(b'{')),
            (Kind::Mark, b")") => (Some(b'('), None),
            (Kind::Mark, b"]") => (Some(b'['), None),
            (Kind::Mark, b"}") => (Some(b'{'), None),
            (Kind::Template, word) => {
                (word.starts_with(b"}").then_some(b'$'), word.ends_with(b"${").then_some(b'$'))
            }
            _ => (None, None),
        };
        if let Some(kind) = closes
            && let Some(depth) = open.iter().rposition(|(_, own)| *own == kind)
        {
            if let Some((opening, _)) = open.get(depth)
                && let Some(token) = tokens.get_mut(*opening)
            {
                token.close = at;
            }
            // What was opened within and never closed ends here too.
            for (opening, _) in open.drain(depth..).skip(1) {
                if let Some(token) = tokens.get_mut(opening) {
                    token.close = at;
                }
            }
        }
        if let Some(kind) = opens {
            open.push((at, kind));
            if let Some(token) = tokens.get_mut(at) {
                token.close = count;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|token| &text[token.start..token.end]).collect()
    }

    #[test]
    fn a_slash_is_told_by_what_stands_before_it() {
        assert_eq!(words("a / b / c"), ["a", "/", "b", "/", "c"]);
        assert_eq!(words("x = /[/'\"]/g.y"), ["x", "=", "/[/'\"]/g", ".", "y"]);
        assert_eq!(words("return /'/"), ["return", "/'/"]);
        assert_eq!(words("f(/`/, 1)"), ["f", "(", "/`/", ",", "1", ")"]);
        assert_eq!(words("(a) / 2 / (b)").len(), 9);
        assert_eq!(words("<p>it</p>"), ["<", "p", ">", "it", "<", "/", "p", ">"]);
    }

    #[test]
    fn templates_nest() {
        assert_eq!(words("`a${`b${c}`}d` e"), ["`a${", "`b${", "c", "}`", "}d`", "e"]);
        assert_eq!(words("`a${{b: 1}.b}c`").last(), Some(&"}c`"));
        assert_eq!(words("`\\`${'}'}`"), ["`\\`${", "'}'", "}`"]);
    }

    #[test]
    fn quotes_and_comments_hide_brackets() {
        assert_eq!(words("a(')') // (\n/* ( */ b"), ["a", "(", "')'", ")", "b"]);
        assert_eq!(words("'it\nb"), ["'it", "b"]);
        assert_eq!(words("a?.5:b?.c"), ["a", "?", ".", "5", ":", "b", "?.", "c"]);
    }

    #[test]
    fn what_is_not_closed_ends_with_what_holds_it() {
        let found = tokens("f(a, [b, {c) d");
        assert_eq!(found[1].close, 9);
        assert_eq!((found[4].close, found[7].close), (9, 9));
        assert_eq!(tokens("f(a")[1].close, 3);
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\PC\n`${}()/\\\\'\"*]{0,200}") {
            let found = tokens(&text);
            for (at, token) in found.iter().enumerate() {
                prop_assert!(text.get(token.start..token.end).is_some_and(|own| !own.is_empty()));
                prop_assert!(token.close >= at && token.close <= found.len());
            }
        }
    }
}
