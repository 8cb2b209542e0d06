//! JavaScript and TypeScript: strings, templates, comments and regular expressions
//! told apart, so that nothing inside of them looks like code.
//!
//! What tokens alone cannot tell is decided by what stands before: a `/` after an
//! operand divides. JSX text is no code and may hold an apostrophe: a quote that
//! its own line does not close is a mark, so the harm is one letter.

use memchr::{memchr, memchr2, memmem};

use crate::scan::{Scan, is_name, is_name_of_script};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or a keyword.
    Word,
    /// A string literal, quotes included.
    String,
    /// A number.
    Number,
    /// A regular expression with its flags.
    Regex,
    /// A template, or a piece of one: it begins with `` ` `` or `}` and ends with
    /// `` ` `` or `${`.
    Template,
    /// An operator or a delimiter, as long as JavaScript has it: `?.`, `...`, `{`;
    /// but `>` always alone, because types nest in it.
    Mark,
    /// A template or a comment that is open to the end of the source. It is the
    /// last token, and may be empty.
    Broken,
}

/// One token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Whether a line ended before it.
    pub is_first: bool,
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

    /// Whether it is a template without a hole.
    #[must_use]
    pub fn is_plain_template(&self, source: &str) -> bool {
        let text = self.text(source);
        self.kind == Kind::Template && text.starts_with('`') && !text.ends_with("${")
    }
}

/// All tokens of `source`, comments left out.
#[must_use]
pub fn tokens(source: &str) -> Vec<Token> {
    let tokens = Vec::with_capacity(source.len() / 8);
    let scan = Scan { source };
    let mut lexer = Lexer { scan, at: 0, is_first: true, holes: Vec::new(), tokens };
    lexer.run();
    lexer.tokens
}

struct Lexer<'a> {
    scan: Scan<'a>,
    at: usize,
    is_first: bool,
    // For each template that is open: how many braces are open in its hole.
    holes: Vec<usize>,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn push(&mut self, kind: Kind, end: usize) {
        let end = self.scan.on_boundary(end);
        self.tokens.push(Token { kind, is_first: self.is_first, start: self.at, end });
        self.is_first = false;
        self.at = end;
    }

    fn run(&mut self) {
        if self.scan.source.starts_with("#!") {
            self.skip_line();
        }
        while self.at < self.scan.len() {
            self.step();
        }
        if !self.holes.is_empty() && self.tokens.last().is_some_and(|it| it.kind != Kind::Broken) {
            self.push(Kind::Broken, self.at);
        }
    }

    fn step(&mut self) {
        let at = self.at;
        match self.scan.byte(at) {
            b'\n' | b'\r' => {
                self.is_first = true;
                self.at += 1;
            }
            b' ' | b'\t' | 0x0b | 0x0c => {
                self.at = self.scan.past(at, |byte| matches!(byte, b' ' | b'\t'));
                self.at = self.at.max(at + 1);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'#' | b'\\' => self.word(),
            b'/' if self.scan.byte(at + 1) == b'/' => self.skip_line(),
            b'/' if self.scan.byte(at + 1) == b'*' => self.comment(),
            b'/' if !self.after_operand() => match self.regex_end() {
                Some(end) => self.push(Kind::Regex, end),
                None => self.mark(),
            },
            b'\'' | b'"' => self.string(),
            b'`' => self.template(),
            b'}' if self.holes.last() == Some(&0) => {
                self.holes.pop();
                self.template();
            }
            byte @ (b'{' | b'}') => {
                if let Some(open) = self.holes.last_mut() {
                    *open = if byte == b'{' { *open + 1 } else { *open - 1 };
                }
                self.push(Kind::Mark, at + 1);
            }
            b'0'..=b'9' => self.number(),
            0x80.. => match self.scan.wide_blank(at) {
                0 => self.word(),
                length => {
                    let separators = ["\u{2028}", "\u{2029}"];
                    let rest = self.scan.source.get(at..).unwrap_or_default();
                    self.is_first |= separators.iter().any(|it| rest.starts_with(it));
                    self.at += length;
                }
            },
            _ => self.mark(),
        }
    }

    fn skip_line(&mut self) {
        let rest = self.scan.rest(self.at);
        self.at += memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    fn comment(&mut self) {
        let rest = self.scan.rest(self.at + 2);
        let Some(length) = memmem::find(rest, b"*/") else {
            return self.push(Kind::Broken, self.scan.len());
        };
        self.is_first |= memchr(b'\n', rest.get(..length).unwrap_or_default()).is_some();
        self.at += length + 4;
    }

    // An escape in a name is read as a part of it.
    fn word(&mut self) {
        let end = self.scan.name_end(self.at, is_name_of_script);
        self.push(Kind::Word, end);
    }

    fn number(&mut self) {
        let mut end = self.at;
        loop {
            end = self.scan.past(end, is_name);
            if self.scan.byte(end) != b'.' || !self.scan.byte(end + 1).is_ascii_digit() {
                return self.push(Kind::Number, end);
            }
            end += 1;
        }
    }

    fn string(&mut self) {
        let quote = self.scan.byte(self.at);
        let mut at = self.at + 1;
        loop {
            at = self.scan.past(at, |byte| byte != quote && !matches!(byte, b'\\' | b'\n' | b'\r'));
            match self.scan.rest(at) {
                [b'\\', b'\r', b'\n', ..] => at += 3,
                [b'\\', ..] => at += 2,
                [byte, ..] if *byte == quote => return self.push(Kind::String, at + 1),
                _ => return self.push(Kind::Mark, self.at + 1),
            }
        }
    }

    // From a backquote, or the brace that closes a hole, to the next hole or the end.
    fn template(&mut self) {
        let mut at = self.at + 1;
        loop {
            at = self.scan.past(at, |byte| !matches!(byte, b'`' | b'\\' | b'$'));
            match self.scan.rest(at) {
                [b'`', ..] => return self.push(Kind::Template, at + 1),
                [b'$', b'{', ..] => {
                    self.push(Kind::Template, at + 2);
                    return self.holes.push(0);
                }
                [b'$', ..] => at += 1,
                [b'\\', ..] => at += 2,
                _ => return self.push(Kind::Broken, self.scan.len()),
            }
        }
    }

    // None where the line ends first: no regular expression after all.
    fn regex_end(&self) -> Option<usize> {
        let (mut at, mut in_class) = (self.at + 1, false);
        loop {
            match self.scan.rest(at) {
                [] | [b'\n' | b'\r', ..] => return None,
                [b'\\', ..] => at += 1,
                [b'[', ..] => in_class = true,
                [b']', ..] => in_class = false,
                [b'/', ..] if !in_class => break,
                _ => {}
            }
            at += 1;
        }
        Some(self.scan.past(at + 1, |byte| byte.is_ascii_alphabetic()))
    }

    fn mark(&mut self) {
        let length = match self.scan.rest(self.at) {
            // `a?.5:b`: a question and a number.
            [b'?', b'.', b'0'..=b'9', ..] => 1,
            [b'.', b'.', b'.', ..]
            | [b'=' | b'!', b'=', b'=', ..]
            | [b'*', b'*', b'=', ..]
            | [b'|', b'|', b'=', ..]
            | [b'&', b'&', b'=', ..]
            | [b'?', b'?', b'=', ..] => 3,
            [b'=', b'>', ..]
            | [b'?', b'.' | b'?', ..]
            | [b'|', b'|', ..]
            | [b'&', b'&', ..]
            | [b'+', b'+', ..]
            | [b'-', b'-', ..]
            | [b'*', b'*', ..]
            | [
                b'=' | b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^',
                b'=',
                ..,
            ] => 2,
            _ => 1,
        };
        self.push(Kind::Mark, self.at + length);
    }

    // Whether what stands before ends an operand, so that a '/' divides.
    fn after_operand(&self) -> bool {
        let Some(last) = self.tokens.last() else { return false };
        let text = last.text(self.scan.source);
        match last.kind {
            Kind::String | Kind::Number | Kind::Regex => true,
            // A piece that ends in a hole's beginning expects one.
            Kind::Template => !text.ends_with("${"),
            // `</div>` of JSX is none either.
            Kind::Mark => matches!(text, ")" | "]" | "}" | "<" | "++" | "--"),
            Kind::Word => !matches!(
                text,
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

/// A configuration that may have comments, a mark of byte order and a comma before a
/// closing bracket, as plain JSON.
#[must_use]
pub fn plain_json(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tokens = tokens(text);
    let mut plain = String::with_capacity(text.len());
    for (at, token) in tokens.iter().enumerate() {
        let word = token.text(text);
        let closes = tokens.get(at + 1).map(|next| next.text(text));
        if token.kind == Kind::Mark && word == "," && matches!(closes, Some("}" | "]")) {
            continue;
        }
        plain.push_str(word);
        // Keeps two words apart. "- 1" is no number, and nothing asks for one.
        plain.push(' ');
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        tokens(source).iter().map(|token| token.text(source)).collect()
    }

    #[test]
    fn a_configuration_is_plain_json_without_what_json_lacks() {
        let text = "\u{feff}{ // a\n \"a\": [1, /* , */ \"b, // c\",],}";
        assert_eq!(plain_json(text), "{ \"a\" : [ 1 , \"b, // c\" ] } ");
    }

    #[test]
    fn what_is_no_code_hides() {
        assert_eq!(texts("a // import 'x'\n/* b */ c"), ["a", "c"]);
        assert_eq!(texts("'a\\'b' \"c\" 'd\\\r\ne'"), ["'a\\'b'", "\"c\"", "'d\\\r\ne'"]);
        assert_eq!(texts("a(')') // (\n/* ( */ b"), ["a", "(", "')'", ")", "b"]);
    }

    #[test]
    fn a_slash_is_told_by_what_stands_before_it() {
        assert_eq!(texts("a / b / c"), ["a", "/", "b", "/", "c"]);
        assert_eq!(texts("x = /[/'\"`]/g.y"), ["x", "=", "/[/'\"`]/g", ".", "y"]);
        assert_eq!(texts("return /'/"), ["return", "/'/"]);
        assert_eq!(texts("do /'/.x"), ["do", "/'/", ".", "x"]);
        assert_eq!(texts("f(/`/, 1)"), ["f", "(", "/`/", ",", "1", ")"]);
        assert_eq!(texts("(a) / 2 / (b)").len(), 9);
        assert_eq!(texts("i++ / 2 / j").len(), 6);
        assert_eq!(texts("<p>it</p>"), ["<", "p", ">", "it", "<", "/", "p", ">"]);
    }

    #[test]
    fn templates_nest() {
        assert_eq!(texts("`a${`b${c}`}d` e"), ["`a${", "`b${", "c", "}`", "}d`", "e"]);
        assert_eq!(texts("`a${{b: 1}.b}c`").last(), Some(&"}c`"));
        assert_eq!(texts("`\\`${'}'}`"), ["`\\`${", "'}'", "}`"]);
    }

    #[test]
    fn jsx_text_does_not_swallow_what_follows() {
        assert_eq!(texts("'it\nb"), ["'", "it", "b"]);
        for source in ["<p>Don't {import(x)}</p>", "<a href='y' />\nimport(x)"] {
            let found = texts(source);
            let is_there = found.windows(4).any(|four| four == ["import", "(", "x", ")"]);
            assert!(is_there, "{source}");
        }
    }

    #[test]
    fn marks_are_as_long_as_javascript_has_them() {
        assert_eq!(texts("a?.5:b?.c"), ["a", "?", ".", "5", ":", "b", "?.", "c"]);
        assert_eq!(texts("...a ?? b ??= c => d"), ["...", "a", "??", "b", "??=", "c", "=>", "d"]);
        assert_eq!(texts("A<B<C>>(1.5)"), ["A", "<", "B", "<", "C", ">", ">", "(", "1.5", ")"]);
    }

    #[test]
    fn blanks_of_several_bytes_end_a_name() {
        assert_eq!(texts("\u{feff}import\u{a0}'x'\u{2028}é"), ["import", "'x'", "é"]);
        let found = tokens("a\u{2028}b /*\n*/ c d");
        let first: Vec<bool> = found.iter().map(|token| token.is_first).collect();
        assert_eq!(first, [true, true, true, false]);
    }

    #[test]
    fn what_stays_open_is_told() {
        for source in ["`a", "/* a", "`a${b", "`${`", "a }`${"] {
            assert_eq!(tokens(source).last().map(|last| last.kind), Some(Kind::Broken), "{source}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text_has_tokens(source in "[ -~\n\r`'\"/{}$\\\\é\u{a0}]{0,60}|.{0,30}") {
            let mut end = 0;
            for token in tokens(&source) {
                prop_assert!(source.get(token.start..token.end).is_some());
                prop_assert!(token.start >= end);
                prop_assert!(token.end > token.start || token.kind == Kind::Broken);
                end = token.end;
            }
        }
    }
}
