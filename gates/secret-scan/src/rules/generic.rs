//! A secret told by nothing but the name it is assigned to and by how
//! unpredictable it is.
//!
//! Read by hand and not by a regular expression: names such as `key` and
//! `token` stand on every tenth line of a program.

use std::ops::Range;

use super::files::reads_as_reference;
use super::words::{holds_word, is_harmless};
use crate::engine::pattern::Match;

/// Parts of names that say that a secret is assigned.
pub const KEYWORDS: &[&str] = &[
    "_pass",
    "access",
    "auth",
    "api",
    "credential",
    "creds",
    "key",
    "passwd",
    "password",
    "secret",
    "token",
];
/// A value below it is no secret, in bits a character.
pub const ENTROPY_MIN: f64 = 3.5;
const NAME_LEFT_LEN_MAX: usize = 50;
const NAME_RIGHT_LEN_MAX: usize = 24;
const VALUE_LEN_MIN: usize = 10;
const VALUE_LEN_MAX: usize = 150;

/// The value assigned to the name that holds the keyword at `hit`.
pub fn find(text: &[u8], hit: Range<usize>) -> Option<Match> {
    let keyword = text.get(hit.clone())?;
    // `api` inside a word (`rapid`, `capital`) is none; `Api` and `API` are.
    if keyword.eq_ignore_ascii_case(b"api") && !api_stands_out(text, &hit) {
        return None;
    }
    let name_end = skip(text, hit.end, NAME_RIGHT_LEN_MAX, is_name_or_blank);
    let closed = skip(text, name_end, 3, |b| b"'\"`)] \t".contains(&b));
    let operator = operator(text.get(closed..)?)?;
    let opened = skip(text, closed + operator, 8, |b| b"'\"`= \t\r\n".contains(&b));
    // A comma assigns only in calls such as set("name", "value").
    let quoted = text.get(closed..opened)?.iter().any(|byte| b"'\"`".contains(byte));
    if text.get(closed) == Some(&b',') && !quoted {
        return None;
    }
    let mut value_end = skip(text, opened, VALUE_LEN_MAX + 1, is_value);
    let is_password = !ends_here(text, value_end);
    if is_password {
        value_end = password_end(text, opened)?;
    }
    let value = text.get(opened..value_end)?;
    if !(VALUE_LEN_MIN..=VALUE_LEN_MAX).contains(&value.len()) {
        return None;
    }
    let name_start = hit.start
        - text[..hit.start]
            .iter()
            .rev()
            .take(NAME_LEFT_LEN_MAX)
            .take_while(|b| is_name(**b))
            .count();
    let name = text.get(name_start..name_end)?.to_ascii_lowercase();
    let name = name.trim_ascii();
    let is_word = !names_password(name) && is_identifier(value);
    if is_password && !(names_password(name) && is_strong(value)) {
        return None;
    }
    if is_no_secret_name(name, value) || is_no_secret_value(value) || is_word {
        return None;
    }
    Some(Match { whole: name_start..value_end, groups: vec![Some(opened..value_end)] })
}

/// Whether an assignment may follow the name that a keyword ends in at `end`.
/// Says yes for everything that [`super::format::ASSIGNMENT`] matches.
pub fn assignment_follows(text: &[u8], end: usize) -> bool {
    for byte in text.get(end..).unwrap_or_default().iter().take(48) {
        match byte {
            b'=' | b':' | b'>' | b',' | b'|' | b'?' | b'+' => return true,
            b'"' | b'\'' | b'`' | b')' | b']' | b'.' | b'-' | b'_' | b' ' | b'\t' => {}
            byte if byte.is_ascii_alphanumeric() => {}
            _ => return false,
        }
    }
    false
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

fn is_name_or_blank(byte: u8) -> bool {
    is_name(byte) || matches!(byte, b' ' | b'\t')
}

fn is_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'=' | b'+' | b'/')
}

fn skip(text: &[u8], from: usize, most: usize, is: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().take(most).take_while(|byte| is(**byte)).count()
}

fn api_stands_out(text: &[u8], hit: &Range<usize>) -> bool {
    let keyword = &text[hit.clone()];
    if keyword != b"api" {
        return keyword == b"Api" || keyword == b"API";
    }
    let before = hit.start.checked_sub(1).map(|at| text[at]);
    !before.is_some_and(|byte| byte.is_ascii_lowercase())
}

/// Length of the assignment operator at the start of `text`.
fn operator(text: &[u8]) -> Option<usize> {
    const OPERATORS: [&[u8]; 13] =
        [b":::=", b"::=", b":=", b"=>", b"->", b"?=", b"+=", b".=", b"||", b"=", b":", b">", b","];
    OPERATORS.iter().find(|operator| text.starts_with(operator)).map(|operator| operator.len())
}

/// The end of a quoted password that begins at `start`: it may hold what no key
/// does, but nothing by which texts refer to others.
fn password_end(text: &[u8], start: usize) -> Option<usize> {
    const LEN_MIN: usize = 12;
    const LEN_MAX: usize = 64;
    let quote = start.checked_sub(1).and_then(|at| text.get(at))?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let is_part =
        |byte: u8| byte.is_ascii_graphic() && byte != *quote && !b"$<>{}()\\`".contains(&byte);
    let end = skip(text, start, LEN_MAX + 1, is_part);
    (text.get(end) == Some(quote) && (LEN_MIN..=LEN_MAX).contains(&(end - start))).then_some(end)
}

/// Whether it is what a person is told a good password is, not an address, a
/// path or a sentence.
fn is_strong(value: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    let is_mixed =
        has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    is_mixed
        && !reads_as_reference(value)
        && memchr::memmem::find(value, b"://").is_none()
        && !(value.contains(&b'@') && value.iter().rev().take(5).any(|byte| *byte == b'.'))
        && !value.iter().any(|byte| matches!(byte, b',' | b';' | b'[' | b']'))
}

fn ends_here(text: &[u8], end: usize) -> bool {
    match text.get(end) {
        None => true,
        Some(b'\\') => matches!(text.get(end + 1), Some(b'n' | b'r' | b't' | b'"')),
        Some(byte) => byte.is_ascii_whitespace() || b"'\"`;".contains(byte),
    }
}

/// Names that hold a keyword and yet name no secret.
fn is_no_secret_name(name: &[u8], value: &[u8]) -> bool {
    let value_has = |word: &[u8]| memchr::memmem::find(value, word).is_some();
    is_harmless(name)
        // `api` and `apiary` as part of a package's coordinates: name:jar:1.2.
        || (name.ends_with(b"api") && (value_has(b".") || value_has(b"-")))
        // A UUID tells things apart unless its name says that it opens something.
        || (is_uuid(value) && (name == b"key" || name.ends_with(b"id")))
}

/// Values that are words, versions, paths, references or placeholders.
fn is_no_secret_value(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return true;
    }
    let lower = value.to_ascii_lowercase();
    let ends_like_file = [
        ".pem", ".crt", ".cer", ".p12", ".pfx", ".jks", ".json", ".yaml", ".yml", ".txt", ".js",
        ".ts", ".go", ".py", ".rs", ".key", ".com", ".net", ".org", ".io", ".html",
    ]
    .iter()
    .any(|end| lower.ends_with(end.as_bytes()));
    ends_like_file
        // PostHog's key of a project, which its pages hand to everybody.
        || lower.starts_with(b"phc_")
        || lower.starts_with(b"/")
        || lower.starts_with(b"./")
        || is_sequence(&lower)
        || is_number(&lower)
        || has_version(&lower)
        || (digits < 2 && lower.iter().any(|byte| b"._/".contains(byte)))
        || holds_word(&lower)
}

/// A password may be made of words; keys and tokens are not.
fn names_password(name: &[u8]) -> bool {
    [&b"pass"[..], b"pwd", b"secret"].iter().any(|word| memchr::memmem::find(name, word).is_some())
}

/// `argocd-k8s-auth`, `logsS3RetentionPeriod`: words, at most as many scraps
/// of three characters, and numbers of two digits.
fn is_identifier(value: &[u8]) -> bool {
    const SCRAP_LEN_MAX: usize = 3;
    const NUMBER_LEN_MAX: usize = 2;
    let (mut words, mut scraps) = (0, 0);
    for hump in value.split(|byte| b"-_.".contains(byte)).flat_map(humps) {
        let letters = hump.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let number = hump.get(letters..).unwrap_or_default();
        let is_number = number.len() <= NUMBER_LEN_MAX && number.iter().all(u8::is_ascii_digit);
        if letters >= SCRAP_LEN_MAX && is_number {
            words += 1;
        } else if hump.len() <= SCRAP_LEN_MAX {
            scraps += 1;
        } else {
            return false;
        }
    }
    words > 0 && words >= scraps
}

/// `piece` cut before each capital that follows a small letter or a digit.
fn humps(piece: &[u8]) -> impl Iterator<Item = &[u8]> {
    piece.chunk_by(|before, after| before.is_ascii_uppercase() || !after.is_ascii_uppercase())
}

fn is_uuid(value: &[u8]) -> bool {
    let groups: Vec<&[u8]> = value.split(|byte| *byte == b'-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.iter().all(u8::is_ascii_hexdigit))
}

/// Whether a version such as `-1.2` or `_0.11` stands in it.
fn has_version(value: &[u8]) -> bool {
    value
        .windows(4)
        .any(|part| matches!(part, [_, a, b'.', b] if a.is_ascii_digit() && b.is_ascii_digit()))
        && value.len() < 48
}

/// A number of a program, as `0xfedc_ba98_7654_3210`, or a name of its
/// constants, as `x509.KeyUsageCertSign`.
fn is_number(value: &[u8]) -> bool {
    const LEN_MAX: usize = 21;
    let is_digit = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'_';
    let digits = value.strip_prefix(b"0x");
    digits.is_some_and(|digits| digits.len() <= LEN_MAX && digits.iter().all(is_digit))
        || value.starts_with(b"x509.")
}

/// `0123456789abcdef` and the like: eight characters in a row, each the next.
fn is_sequence(value: &[u8]) -> bool {
    const LEN: usize = 8;
    value.windows(LEN).any(|part| part.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_found(name: &str) -> bool {
        let text = format!("\"{name}\": \"019d9a99-f8f0-7e50-8bb3-995599fa1f76\"");
        let at = text.find("key").unwrap();
        find(text.as_bytes(), at..at + 3).is_some()
    }

    #[test]
    fn words_are_no_keys() {
        for value in ["argocd-k8s-auth", "V4LegacyApiUsageRow", "logsS3RetentionPeriod"] {
            assert!(is_identifier(value.as_bytes()), "{value}");
        }
        for seed in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            let mut numbers = crate::rules::sample::Numbers::of(seed);
            for set in ["0-9A-Za-z", "0-9a-z", "0-9a-f", "0-9A-Za-z_-"] {
                let key = numbers.text(set, 20);
                assert!(!is_identifier(key.as_bytes()), "{key}");
            }
        }
    }

    #[test]
    fn a_quoted_password_may_hold_what_no_key_does() {
        let is_found = |text: String| {
            let at = text.find("pass").unwrap();
            find(text.as_bytes(), at..at + 4).is_some()
        };
        let mut numbers = crate::rules::sample::Numbers::of("password");
        let (a, b) = (numbers.text("0-9A-Za-z", 9), numbers.text("0-9A-Za-z", 8));
        for (name, quote) in [("db_password", '"'), ("ansible_become_pass", '\''), ("passwd", '"')]
        {
            assert!(is_found(format!("{name} = {quote}{a}!{b}#{quote}\n")), "{name}");
        }
        assert!(!is_found(format!("password = {a}!{b}\n")), "no quotes");
        assert!(!is_found(format!("password = \"{a}!{b}\n")), "no end");
        for no in [
            "${PASSWORD}!1aB",
            "me1@Example.com",
            "Look, 1 here!",
            "a/B1/c!d?e=f://g",
            "is it 1 Word?",
        ] {
            assert!(!is_found(format!("password = \"{no}\"\n")), "{no}");
        }
    }

    #[test]
    fn a_uuid_is_a_secret_by_its_name_alone() {
        assert!(!is_found("key"));
        assert!(!is_found("workspace.key.id"));
        assert!(is_found("api_key"));
        assert!(is_found("secret_key"));
    }
}
