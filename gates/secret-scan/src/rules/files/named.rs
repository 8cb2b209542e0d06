//! A name and its value as two fields: `name: X` and `value: Y` of a container's
//! environment, `<property name="x" value="y"/>`, `<string name="x">y</string>`,
//! `<key>x</key><string>y</string>`, `{"key": "x", "value": "y"}`.

use std::ops::Range;

use super::value;
use crate::rules::generic;

const NAME_LEN_MAX: usize = 64;
const GAP_LEN_MAX: usize = 96;
/// The longest keyword.
const LONGEST: usize = 8;
const VALUE_LEN_MIN: usize = 8;
const VALUE_LEN_MAX: usize = 150;

/// The value of the field whose name holds the keyword at `hit`.
pub fn pair(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let name = name(text, &hit)?;
    let found = value_after(text, name.end)?;
    let value = text.get(found.clone())?;
    let is_secret = (VALUE_LEN_MIN..=VALUE_LEN_MAX).contains(&value.len())
        && !value::is_reference(value)
        && !value::is_weak(value, text.get(name.clone())?)
        && generic::is_secret(&text.get(name)?.to_ascii_lowercase(), value);
    is_secret.then_some(found)
}

/// Where a name ends whose value may stand at `at` or after it, with nothing between
/// but what parts fields, if one does.
pub fn name_before(text: &[u8], at: usize) -> Option<usize> {
    let near = text.get(at.saturating_sub(GAP_LEN_MAX)..at)?;
    let end = at - near.iter().rev().take_while(is_gap).count();
    let before = text.get(..end)?;
    let end = before.strip_suffix(b"</key>").unwrap_or(before).len();
    let name = before.get(..end)?.iter().rev().take(2 * NAME_LEN_MAX + LONGEST);
    let len = name.take_while(is_name).count();
    if len == 0 {
        return None;
    }
    is_named(before.get(..end - len)?).then_some(end)
}

/// The name around the keyword at `hit`, if it is the value of a field that names.
fn name(text: &[u8], hit: &Range<usize>) -> Option<Range<usize>> {
    let before = text.get(..hit.start)?;
    let left = before.iter().rev().take(NAME_LEN_MAX).take_while(is_name).count();
    let right = text.get(hit.end..)?.iter().take(NAME_LEN_MAX).take_while(is_name).count();
    let name = hit.start - left..hit.end + right;
    let before = text.get(..name.start)?;
    if before.ends_with(b"<key>") && !text.get(name.end..)?.starts_with(b"</key>") {
        return None;
    }
    is_named(before).then_some(name)
}

/// Where the value may begin of a name that ends before `at`.
pub fn value_behind(text: &[u8], at: usize) -> Option<usize> {
    name_before(text, at)?;
    let near = text.get(at..)?.iter().take(GAP_LEN_MAX);
    Some(at + near.take_while(is_gap).count())
}

/// What parts the two fields.
fn is_gap(byte: &&u8) -> bool {
    byte.is_ascii_whitespace() || b",\"'".contains(byte)
}

fn is_name(byte: &&u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Whether what follows `before` is the value of a field that names.
fn is_named(before: &[u8]) -> bool {
    if before.ends_with(b"<key>") {
        return true;
    }
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
    let before = trim(before);
    let Some(before) = before.strip_suffix(b":").or(before.strip_suffix(b"=")) else {
        return false;
    };
    let before = trim(before);
    let before = before.strip_suffix(b"\"").unwrap_or(before);
    let word = before.iter().rev().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = before[before.len() - word..].to_ascii_lowercase();
    [&b"name"[..], b"key"].contains(&word.as_slice())
}

fn trim(text: &[u8]) -> &[u8] {
    let blanks = text.iter().rev().take(16).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &text[..text.len() - blanks]
}

/// The value that follows the name that ends at `end`, on that line or the next.
fn value_after(text: &[u8], end: usize) -> Option<Range<usize>> {
    let rest = text.get(end..)?;
    let rest = &rest[..rest.len().min(GAP_LEN_MAX)];
    if let Some(rest) = rest.strip_prefix(b"</key>") {
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let at = end + b"</key>".len() + blanks;
        text.get(at..)?.starts_with(b"<string>").then_some(())?;
        return until(text, at + b"<string>".len(), b'<');
    }
    // The second line's end is the pair's.
    let lines = memchr::memchr_iter(b'\n', rest).nth(1).unwrap_or(rest.len());
    let rest = &rest[..lines];
    let quote = rest.first().filter(|byte| matches!(byte, b'"' | b'\''));
    let closed = usize::from(quote.is_some());
    if quote.is_some() && rest.get(1) == Some(&b'>') {
        return until(text, end + 2, b'<');
    }
    let word = memchr::memmem::find(&rest.to_ascii_lowercase(), b"value")?;
    let between = rest.get(closed..word)?;
    if between.is_empty() || !between.iter().all(|byte| is_gap(&byte)) {
        return None;
    }
    let mut at = end + word + b"value".len();
    at += usize::from(text.get(at) == Some(&b'"'));
    at += blanks(text, at);
    matches!(text.get(at), Some(b':' | b'=')).then_some(())?;
    at += 1 + blanks(text, at + 1);
    match text.get(at)? {
        quote @ (b'"' | b'\'') => until(text, at + 1, *quote),
        _ => {
            let bare = text.get(at..)?.iter().take(VALUE_LEN_MAX + 1);
            let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"'<>{}(),".contains(byte);
            let len = bare.take_while(|byte| !is_end(byte)).count();
            text.get(at + len).is_none_or(u8::is_ascii_whitespace).then_some(at..at + len)
        }
    }
}

fn blanks(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default().iter().take(16);
    rest.take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// What stands from `from` to `end`, which must be on the same line.
fn until(text: &[u8], from: usize, end: u8) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let len = rest.iter().take(VALUE_LEN_MAX + 1).position(|b| *b == end || *b == b'\n')?;
    (rest.get(len) == Some(&end)).then_some(from..from + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Option<String> {
        let at = text.to_ascii_lowercase().find("password")?;
        let found = pair(text.as_bytes(), at..at + 8)?;
        text.get(found).map(str::to_owned)
    }

    #[test]
    fn names_and_values() {
        let value = crate::rules::sample::Numbers::of("named").text("0-9A-Za-z", 16);
        for text in [
            format!("- name: DB_PASSWORD\n  value: {value}\n"),
            format!("- name: DB_PASSWORD\n  value: \"{value}\"\n"),
            format!("{{\"name\": \"DB_PASSWORD\", \"value\": \"{value}\"}}"),
            format!("<property name=\"db.password\" value=\"{value}\"/>"),
            format!("<property name=\"db.password\">{value}</property>"),
            format!("<key>Password</key>\n  <string>{value}</string>"),
            format!("<add key='Password' value='{value}' />"),
        ] {
            assert_eq!(find(&text).as_deref(), Some(value.as_str()), "{text}");
        }
        for text in [
            format!("- name: DB_PASSWORD\n  valueFrom: {value}\n"),
            format!("- name: DB_PASSWORD\n- name: X\n  value: {value}\n"),
            format!("- title: DB_PASSWORD\n  value: {value}\n"),
            "- name: DB_PASSWORD\n  value: $(OTHER_1)\n".to_owned(),
            "- name: DB_PASSWORD\n  value: password-of-the-db\n".to_owned(),
            "- name: DB_PASSWORD".to_owned(),
        ] {
            assert_eq!(find(&text), None, "{text}");
        }
    }
}
