//! JSON (RFC 8259) into a [`Document`], without recursion.

use std::borrow::Cow;

use memchr::memchr2;

use super::tree::{Document, SyntaxError, Value};

/// Deeper than any document a person wrote.
const DEPTH_MAX: usize = 512;

/// Reads `source`.
pub(crate) fn parse(source: &str) -> Result<Document, SyntaxError> {
    Scanner { source, at: 0, document: Document::default(), open: Vec::new() }.document()
}

struct Scanner<'s> {
    source: &'s str,
    at: usize,
    document: Document,
    open: Vec<Open>,
}

/// A collection whose end has not come yet.
struct Open {
    id: usize,
    /// Of a mapping, the key that waits for its value.
    key: Option<usize>,
    is_map: bool,
}

impl Scanner<'_> {
    fn document(mut self) -> Result<Document, SyntaxError> {
        if self.source.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        self.blank();
        loop {
            // A value, or the end of a collection that holds nothing.
            let id = self.value()?;
            let mut closed = match self.document.value_mut(id) {
                Some(Value::List(_)) => self.enter(id, false)?,
                Some(Value::Map(_)) => self.enter(id, true)?,
                _ => true,
            };
            // What follows a value: a comma, or the ends of collections.
            while closed {
                self.blank();
                let Some(open) = self.open.last() else {
                    if self.at < self.source.len() {
                        return Err(self.error("text after the document's end"));
                    }
                    return Ok(self.document);
                };
                let (open_id, is_map) = (open.id, open.is_map);
                match (self.byte(), is_map) {
                    (Some(b','), _) => {
                        self.at += 1;
                        self.blank();
                        if is_map {
                            self.key()?;
                        }
                        closed = false;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => self.leave(open_id),
                    (_, true) => return Err(self.error("expected ',' or '}'")),
                    (_, false) => return Err(self.error("expected ',' or ']'")),
                }
            }
        }
    }

    /// Opens the collection `id`; true if it is closed again at once.
    fn enter(&mut self, id: usize, is_map: bool) -> Result<bool, SyntaxError> {
        if self.open.len() == DEPTH_MAX {
            return Err(self.error("nested too deeply"));
        }
        self.open.push(Open { id, key: None, is_map });
        self.blank();
        let end = if is_map { b'}' } else { b']' };
        if self.byte() == Some(end) {
            self.leave(id);
            return Ok(true);
        }
        if is_map {
            self.key()?;
        }
        Ok(false)
    }

    fn leave(&mut self, id: usize) {
        self.at += 1;
        self.document.set_end(id, self.at);
        self.open.pop();
    }

    fn key(&mut self) -> Result<(), SyntaxError> {
        if self.byte() != Some(b'"') {
            return Err(self.error("expected a key in double quotes"));
        }
        let start = self.at;
        let text = self.string()?;
        let id = self.document.add(start..self.at, Value::Text(text));
        self.blank();
        if self.byte() != Some(b':') {
            return Err(self.error("expected ':'"));
        }
        self.at += 1;
        self.blank();
        if let Some(open) = self.open.last_mut() {
            open.key = Some(id);
        }
        Ok(())
    }

    /// Reads a value, or only the bracket that opens a collection.
    fn value(&mut self) -> Result<usize, SyntaxError> {
        let start = self.at;
        let value = match self.byte() {
            Some(b'{') => {
                self.at += 1;
                Value::Map(Vec::new())
            }
            Some(b'[') => {
                self.at += 1;
                Value::List(Vec::new())
            }
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.error("expected a value")),
        };
        let id = self.document.add(start..self.at, value);
        match self.open.last_mut() {
            None => self.document.set_root(id),
            Some(open) => {
                let key = open.key.take();
                match (self.document.value_mut(open.id), key) {
                    (Some(Value::List(items)), _) => items.push(id),
                    (Some(Value::Map(pairs)), Some(key)) => pairs.push((key, id)),
                    _ => {}
                }
            }
        }
        Ok(id)
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, SyntaxError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.error("expected a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Box<str>, SyntaxError> {
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        let digits = |scanner: &mut Self| {
            let count = scanner.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
            scanner.at += count;
            count
        };
        let leading_zero = self.byte() == Some(b'0');
        let whole = digits(self);
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(self.error("expected a number"));
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            if digits(self) == 0 {
                return Err(self.error("expected a digit"));
            }
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            if digits(self) == 0 {
                return Err(self.error("expected a digit"));
            }
        }
        Ok(self.source.get(start..self.at).unwrap_or_default().into())
    }

    /// The string that begins here.
    fn string(&mut self) -> Result<Box<str>, SyntaxError> {
        let start = self.at + 1;
        let mut end = start;
        let mut escaped = false;
        loop {
            let rest = self.source.as_bytes().get(end..).unwrap_or_default();
            match memchr2(b'"', b'\\', rest) {
                None => return Err(self.error("this string has no end")),
                Some(length) if rest.get(length) == Some(&b'"') => {
                    end += length;
                    break;
                }
                Some(length) => {
                    escaped = true;
                    end += length + 2;
                }
            }
        }
        let raw = self.source.get(start..end).unwrap_or_default();
        if let Some(control) = raw.bytes().position(|byte| byte < 0x20) {
            self.at = start + control;
            return Err(self.error("a control character in a string"));
        }
        let text = if escaped { unescape(raw).map(Cow::Owned) } else { Ok(Cow::Borrowed(raw)) };
        match text {
            Ok(text) => {
                self.at = end + 1;
                Ok(text.into())
            }
            Err(bad) => {
                self.at = start + bad;
                Err(self.error("an escape that JSON does not know"))
            }
        }
    }

    fn blank(&mut self) {
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.at += self.rest().iter().take_while(blank).count();
    }

    fn rest(&self) -> &[u8] {
        self.source.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn error(&self, reason: &str) -> SyntaxError {
        SyntaxError { at: self.at.min(self.source.len()), reason: reason.to_owned() }
    }
}

/// The meaning of a string's inside; the place of an escape that has none.
fn unescape(raw: &str) -> Result<String, usize> {
    let mut text = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(c) = raw.get(at..).and_then(|rest| rest.chars().next()) {
        if c != '\\' {
            text.push(c);
            at += c.len_utf8();
            continue;
        }
        let escape = raw.as_bytes().get(at + 1).ok_or(at)?;
        let simple = match escape {
            b'"' | b'\\' | b'/' => char::from(*escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (c, length) = unicode(raw, at).ok_or(at)?;
                text.push(c);
                at += length;
                continue;
            }
            _ => return Err(at),
        };
        text.push(simple);
        at += 2;
    }
    Ok(text)
}

/// The character of the `\uXXXX` at `at`, two of them where it takes a pair. A
/// half pair stands for the replacement character.
fn unicode(raw: &str, at: usize) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = raw.get(at..at + 6)?.strip_prefix("\\u")?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    };
    let first = unit(at)?;
    let pair = unit(at + 6);
    let units = [first, pair.unwrap_or(0)];
    match char::decode_utf16(units).next()? {
        Ok(c) if c.len_utf16() == 2 => Some((c, 12)),
        Ok(c) => Some((c, 6)),
        Err(_) => Some((char::REPLACEMENT_CHARACTER, 6)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_have_spans() {
        let source = "{\"a\": [1, -2.5e3, true, null], \"b\\u00e9\\ud83d\\ude00\": \"x\\n\"}";
        let document = parse(source).unwrap();
        let texts = document.nodes().map(|node| &source[node.span()]).collect::<Vec<_>>();
        assert_eq!(texts[0], source);
        assert_eq!(texts[1..4], ["\"a\"", "[1, -2.5e3, true, null]", "1"]);
        assert_eq!(document.pointer("/a/1").unwrap().text(), Some("-2.5e3"));
        assert!(document.pointer("/a/2").unwrap().is_true());
        assert_eq!(document.pointer("/bé😀").unwrap().text(), Some("x\n"));
        assert!(document.pointer("/a/9").is_none() && document.pointer("a").is_none());
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for (source, at) in [
            ("", 0),
            ("{", 1),
            ("{\"a\"}", 4),
            ("{\"a\":1,}", 7),
            ("[1,]", 3),
            ("[1 2]", 3),
            ("01", 2),
            ("1 1", 2),
            ("\"a\nb\"", 2),
            ("\"\\q\"", 1),
            ("[tru]", 1),
            ("\"", 0),
            ("{\"a\":1]", 6),
        ] {
            assert_eq!(parse(source).map(|_| ()).unwrap_err().at, at, "{source}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&("[".repeat(500) + &"]".repeat(500))).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_text_is_read_as_serde_json_reads_it(
            source in prop_oneof![any::<String>(), "[\\[\\]{},:\"a\\\\u0-9eE.+\\- tru\n]{0,24}"],
        ) {
            let ours = parse(&source);
            let theirs = serde_json::from_str::<serde_json::Value>(&source);
            // They refuse half a surrogate pair and numbers beyond a double.
            if theirs.is_ok() {
                prop_assert!(ours.is_ok(), "{:?}", ours);
            } else if !source.contains("\\u") && !source.contains(['e', 'E']) {
                prop_assert!(ours.is_err(), "{source}");
            }
            if let Ok(document) = ours {
                for node in document.nodes() {
                    prop_assert!(source.get(node.span()).is_some());
                }
            }
        }
    }
}
