//! What a string literal means.

use std::borrow::Cow;

/// The value of a string literal, quotes included in `literal`: raw or
/// interpreted. None if it is neither, is not terminated, holds an escape that
/// Go does not know, or means bytes that are no UTF-8.
#[must_use]
pub fn string_value(literal: &str) -> Option<Cow<'_, str>> {
    if let Some(raw) = literal.strip_prefix('`') {
        let raw = raw.strip_suffix('`').filter(|raw| !raw.contains('`'))?;
        // Carriage returns are discarded from a raw string's value.
        return Some(match raw.contains('\r') {
            true => Cow::Owned(raw.replace('\r', "")),
            false => Cow::Borrowed(raw),
        });
    }
    let text = literal.strip_prefix('"')?.strip_suffix('"')?;
    if !text.contains(['\\', '"', '\n']) {
        return Some(Cow::Borrowed(text));
    }
    unescape(text).map(Cow::Owned)
}

fn unescape(text: &str) -> Option<String> {
    let mut value = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        rest = rest.get(next.len_utf8()..)?;
        if matches!(next, '"' | '\n') {
            return None;
        }
        if next != '\\' {
            value.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let escape = rest.chars().next()?;
        let simple = match escape {
            'a' => Some(0x07),
            'b' => Some(0x08),
            'f' => Some(0x0c),
            'n' => Some(b'\n'),
            'r' => Some(b'\r'),
            't' => Some(b'\t'),
            'v' => Some(0x0b),
            '\\' => Some(b'\\'),
            '"' => Some(b'"'),
            _ => None,
        };
        if let Some(byte) = simple {
            value.push(byte);
            rest = rest.get(1..)?;
            continue;
        }
        let (skip, digits, radix) = match escape {
            'x' => (1, 2, 16),
            'u' => (1, 4, 16),
            'U' => (1, 8, 16),
            '0'..='7' => (0, 3, 8),
            _ => return None,
        };
        let number = rest.get(skip..skip + digits)?;
        // `from_str_radix` would take a sign.
        if !number.chars().all(|digit| digit.is_digit(radix)) {
            return None;
        }
        let number = u32::from_str_radix(number, radix).ok()?;
        match escape {
            'u' | 'U' => {
                let letter = char::from_u32(number)?;
                value.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => value.push(u8::try_from(number).ok()?),
        }
        rest = rest.get(skip + digits..)?;
    }
    String::from_utf8(value).ok()
}

#[cfg(test)]
mod tests {
    use super::string_value;

    fn value(literal: &str) -> Option<String> {
        string_value(literal).map(std::borrow::Cow::into_owned)
    }

    #[test]
    fn raw_and_interpreted() {
        assert_eq!(value("`a\\x`").as_deref(), Some("a\\x"));
        assert_eq!(value("`a\r\nb`").as_deref(), Some("a\nb"));
        assert_eq!(value("\"m/e\\x65/x\"").as_deref(), Some("m/ee/x"));
        assert_eq!(value("\"\\145\\u0065\\U00000065\\\"\\n\"").as_deref(), Some("eee\"\n"));
        assert_eq!(value("\"\\xc3\\xa9\"").as_deref(), Some("é"));
    }

    #[test]
    fn what_is_no_string_has_no_value() {
        for literal in [
            "",
            "\"",
            "`",
            "a",
            "\"a",
            "\"\\q\"",
            "\"\\x6\"",
            "\"\\xff\"",
            "\"\\u+065\"",
            "\"\\400\"",
            "\"a\"b\"",
            "\"\\\"",
        ] {
            assert_eq!(value(literal), None, "{literal}");
        }
    }
}
