//! The value of a named field, in whatever the file is written: `name: value`,
//! `name = "value"`, `<name>value</name>`, `name="value"`,
//! `define('NAME', 'value')`, `name value`.

use std::ops::Range;

use super::value;

/// How a field is read.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Whether more of the name may stand before the keyword: `DB_` before `PASSWORD`.
    pub is_end_of_name: bool,
    /// Whether a blank alone parts name and value.
    pub by_blank: bool,
    /// Whether only a value in quotes counts, as in programs.
    pub quoted: bool,
    /// The least length of a value.
    pub len_min: usize,
    /// Whether `postgres` and `secret` count: in a file of one's own they do,
    /// in a file that ships with a project they are the default.
    pub weak_too: bool,
}

/// A field of exactly that name.
pub const NAMED: Field =
    Field { is_end_of_name: false, by_blank: false, quoted: false, len_min: 4, weak_too: true };

/// The longest value: a key in base 64.
const LEN_MAX: usize = 8 << 10;
/// Attributes of an XML element before its text.
const TAG_LEN_MAX: usize = 100;
const BLANKS_MAX: usize = 64;

impl Field {
    /// The literal assigned to the field whose name ends in the keyword at `hit`.
    pub fn value(&self, text: &[u8], hit: &Range<usize>) -> Option<Range<usize>> {
        let before = hit.start.checked_sub(1).and_then(|at| text.get(at)).copied();
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let first = text.get(hit.start).copied()?;
        // A keyword may hold the mark before the name, so as to turn up less.
        let is_bounded = self.is_end_of_name || !is_name(first);
        if !is_bounded && before.is_some_and(is_name) {
            return None;
        }
        let range = if before == Some(b'<') || first == b'<' {
            element(text, hit.end)?
        } else {
            self.assigned(text, hit.end)?
        };
        let found = text.get(range.clone())?;
        let is_long = (self.len_min..=LEN_MAX).contains(&found.len());
        let counts = self.weak_too || !value::is_weak(found, name(text, hit));
        (is_long && counts && !value::is_reference(found)).then_some(range)
    }

    fn assigned(&self, text: &[u8], end: usize) -> Option<Range<usize>> {
        // The keyword may hold the operator, so as to turn up less.
        let is_operator = end.checked_sub(1).and_then(|at| text.get(at)) == Some(&b'=');
        let closed = end + usize::from(!is_operator && quote(text, end).is_some());
        let at = blanks(text, closed);
        let rest = text.get(at..)?;
        let operator = if is_operator {
            0
        } else if rest.starts_with(b"=>") || rest.starts_with(b":=") {
            2
        } else if matches!(rest.first(), Some(b'=' | b':'))
            || (closed > end && rest.first() == Some(&b','))
        {
            1
        } else if self.by_blank && at > closed {
            0
        } else {
            return None;
        };
        let from = blanks(text, at + operator);
        if let Some(mark) = quote(text, from) {
            let from = from + 1;
            let len =
                text.get(from..)?.iter().take(LEN_MAX).position(|b| *b == mark || *b == b'\n')?;
            return (text.get(from + len) == Some(&mark)).then_some(from..from + len);
        }
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"'<>`".contains(byte);
        let rest = text.get(from..)?.iter().take(LEN_MAX + 1);
        let to = from + rest.take_while(|byte| !is_end(byte)).count();
        // `a = f("x")` and `a = b;` are programs.
        let is_literal = !matches!(text.get(to), Some(b'"' | b'\'' | b'`' | b'<' | b'>'))
            && !matches!(text.get(from..to)?.last(), Some(b';' | b'(' | b'{' | b'[' | b','));
        (!self.quoted && is_literal).then_some(from..to)
    }
}

/// The text of the XML element whose name ends at `end`.
fn element(text: &[u8], end: usize) -> Option<Range<usize>> {
    let tag = text.get(end..)?;
    let len = tag.iter().take(TAG_LEN_MAX).position(|byte| matches!(byte, b'>' | b'<' | b'\n'))?;
    let is_open = tag.get(len) == Some(&b'>') && tag.get(len.wrapping_sub(1)) != Some(&b'/');
    let is_whole_name = matches!(tag.first(), Some(b'>' | b' ' | b'\t'));
    let from = end + len + 1;
    let to =
        text.get(from..)?.iter().take(LEN_MAX).position(|byte| matches!(byte, b'<' | b'\n'))?;
    (is_open && is_whole_name && text.get(from + to) == Some(&b'<')).then_some(from..from + to)
}

/// The whole name that the keyword at `hit` ends.
fn name<'a>(text: &'a [u8], hit: &Range<usize>) -> &'a [u8] {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let before = text.get(..hit.start).unwrap_or_default();
    let len = before.iter().rev().take(BLANKS_MAX).take_while(is_name).count();
    text.get(hit.start - len..hit.end).unwrap_or_default()
}

fn quote(text: &[u8], at: usize) -> Option<u8> {
    text.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\''))
}

fn blanks(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default().iter().take(BLANKS_MAX);
    from + rest.take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: Field, line: &str) -> Option<&str> {
        let at = line.to_ascii_lowercase().find("pass")?;
        field.value(line.as_bytes(), &(at..at + 4)).and_then(|range| line.get(range))
    }

    #[test]
    fn a_field_is_read_in_every_notation() {
        for line in [
            "\"pass\": \"ab12\",",
            "pass: ab12",
            "pass = ab12 # a comment",
            "<Pass>ab12</Pass>",
            "<Pass encoding=\"x\">ab12</Pass>",
            "a pass=\"ab12\" b",
            "define( 'PASS', 'ab12' );",
            "'pass' => 'ab12',",
        ] {
            assert_eq!(read(NAMED, line), Some("ab12"), "{line}");
        }
        let marked = |line: &str, hit: Range<usize>| {
            NAMED.value(line.as_bytes(), &hit).and_then(|range| line.get(range)).map(str::to_owned)
        };
        assert_eq!(marked("x<pass>ab12</pass>", 1..6).as_deref(), Some("ab12"));
        assert_eq!(marked("a\npass = ab12", 1..6).as_deref(), Some("ab12"));
        assert_eq!(marked("{\"pass\": \"ab12\"}", 1..7).as_deref(), Some("ab12"));
        assert_eq!(marked("pass='ab12'", 0..5).as_deref(), Some("ab12"));
        assert_eq!(marked("pass=ab12", 0..5).as_deref(), Some("ab12"));
        assert_eq!(read(Field { by_blank: true, ..NAMED }, "login x pass ab12\n"), Some("ab12"));
        assert_eq!(read(Field { is_end_of_name: true, ..NAMED }, "X_PASS='ab12'"), Some("ab12"));
    }

    #[test]
    fn what_is_no_literal_is_no_value() {
        for line in [
            "x_pass: ab12",
            "pass: ${PASS}",
            "pass = read(\"x\")",
            "pass = other;",
            "pass: null",
            "<Pass>",
            "<Pass/>ab12</Pass>",
            "<Passive>ab12</Passive>",
            "pass ab12",
            "pass: \"\"",
            "pass",
        ] {
            assert_eq!(read(NAMED, line), None, "{line}");
        }
        assert_eq!(read(Field { quoted: true, ..NAMED }, "pass: ab12"), None);
        let strict = Field { weak_too: false, is_end_of_name: true, ..NAMED };
        assert_eq!(read(strict, "POSTGRES_PASS=postgres"), None);
        assert_eq!(read(strict, "POSTGRES_PASS=ab12"), Some("ab12"));
    }
}
