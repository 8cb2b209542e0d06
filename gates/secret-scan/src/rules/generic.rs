//! A secret told by nothing but the name it is assigned to and by how
//! unpredictable it is.
//!
//! Read by hand and not by a regular expression: names such as `key` and
//! `token` stand on every tenth line of a program.

use std::ops::Range;

use super::files::{from_base64, reads_as_reference};
use super::words::{holds_word, is_harmless};
use crate::engine::entropy;
use crate::engine::pattern::Match;

/// Parts of names that say that a secret is assigned.
pub const KEYWORDS: &[&str] = &[
    "_pass",
    "_pwd",
    "access",
    "auth",
    "api",
    "credential",
    "creds",
    "key",
    "passphrase",
    "passwd",
    "password",
    "secret",
    "token",
];
/// A value below it is no secret, in bits a character.
pub const ENTROPY_MIN: f64 = 3.0;
/// The same of values that no password is.
const KEY_ENTROPY_MIN: f64 = 3.5;
const NAME_LEFT_LEN_MAX: usize = 50;
const NAME_RIGHT_LEN_MAX: usize = 24;
const VALUE_LEN_MIN: usize = 10;
const PASSWORD_LEN_MIN: usize = 12;
const PASSWORD_LEN_MAX: usize = 64;
const VALUE_LEN_MAX: usize = 150;

/// The value assigned to the name that holds the keyword at `hit`.
pub fn find(text: &[u8], hit: Range<usize>) -> Option<Match> {
    let keyword = text.get(hit.clone())?;
    // `api` inside a word (`rapid`, `capital`) is none; `Api` and `API` are.
    if keyword.eq_ignore_ascii_case(b"api") && !api_stands_out(text, &hit) {
        return None;
    }
    let name_end = skip(text, hit.end, NAME_RIGHT_LEN_MAX, is_name_or_blank);
    let name_start = hit.start
        - text[..hit.start]
            .iter()
            .rev()
            .take(NAME_LEFT_LEN_MAX)
            .take_while(|b| is_name(**b))
            .count();
    let name = text.get(name_start..name_end)?.to_ascii_lowercase();
    let name = name.trim_ascii();
    let value = assigned(text, name, name_end)?;
    is_secret(name, text.get(value.clone())?)
        .then(|| Match { whole: name_start..value.end, groups: vec![Some(value)] })
}

/// The value that the name which ends at `name_end` is given.
fn assigned(text: &[u8], name: &[u8], name_end: usize) -> Option<Range<usize>> {
    let closed = skip(text, name_end, 3, |b| b"'\"`)] \t".contains(&b));
    let Some(operator) = operator(text.get(closed..)?) else {
        // `#define NAME "value"`, `setenv NAME 'value'`.
        let is_alone = !name.contains(&b' ') && names_password(name);
        let parted = text.get(name_end.checked_sub(1)?).is_some_and(|b| matches!(b, b' ' | b'\t'));
        let end = password_end(text, name_end + 1).filter(|_| is_alone && parted)?;
        let value = text.get(name_end + 1..end)?;
        return is_mixed(value).then_some(name_end + 1..end);
    };
    let mut opened = skip(text, closed + operator, 8, |b| b"'\"`= \t\r\n".contains(&b));
    // A quote in a string.
    opened += 2 * usize::from(matches!(text.get(opened..), Some([b'\\', b'"' | b'\'', ..])));
    // A comma assigns only in calls such as set("name", "value").
    let quoted = text.get(closed..opened)?.iter().any(|byte| b"'\"`".contains(byte));
    if text.get(closed) == Some(&b',') && !quoted {
        return None;
    }
    let value_end = skip(text, opened, VALUE_LEN_MAX + 1, is_value);
    if ends_here(text, value_end) {
        return Some(opened..value_end);
    }
    let end = if quoted { password_end(text, opened)? } else { bare_end(text, opened)? };
    let is_password = names_password(name) && is_strong(text.get(opened..end)?);
    is_password.then_some(opened..end)
}

/// Whether `value`, assigned to `name` (in small letters), is a secret as far as can be told.
pub fn is_secret(name: &[u8], value: &[u8]) -> bool {
    let is_password = names_password(name);
    let is_word = !is_password && is_identifier(value);
    let is_short_password = is_password && is_mixed(value) && !is_identifier(value);
    (VALUE_LEN_MIN..=VALUE_LEN_MAX).contains(&value.len())
        && (is_short_password || is_dense(value))
        && !is_no_secret_name(name, value)
        && !is_no_secret_value(value)
        && !is_word
}

/// Whether `value` is as random as a key. Of sixteen digits a generator's 128 bits have less
/// than [`KEY_ENTROPY_MIN`] every fifth time.
pub fn is_dense(value: &[u8]) -> bool {
    const HEX_LEN_MIN: usize = 32;
    let is_hex = value.len() >= HEX_LEN_MIN && value.iter().all(u8::is_ascii_hexdigit);
    entropy::shannon(value) > if is_hex { ENTROPY_MIN } else { KEY_ENTROPY_MIN }
}

/// Whether a generator made `value`, not a person.
pub fn looks_made(value: &[u8]) -> bool {
    !is_no_secret_value(value) && !is_identifier(value)
}

/// Whether an assignment may follow the name that a keyword ends in at `end`.
/// Says yes for everything that [`super::format::ASSIGNMENT`] matches.
pub fn assignment_follows(text: &[u8], end: usize) -> bool {
    let mut before = b'x';
    for byte in text.get(end..).unwrap_or_default().iter().take(48) {
        match byte {
            b'=' | b':' | b'>' | b',' | b'|' | b'?' | b'+' => return true,
            // `NAME "value"`, `name <- "value"`.
            b'"' | b'\'' | b'<' if matches!(before, b' ' | b'\t') => return true,
            b'"' | b'\'' | b'`' | b')' | b']' | b'.' | b'-' | b'_' | b' ' | b'\t' => {}
            byte if byte.is_ascii_alphanumeric() => {}
            _ => return false,
        }
        before = *byte;
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
    Some(match text {
        [b':', b':', b':', b'=', ..] => 4,
        [b':', b':', b'=', ..] => 3,
        [b':', b'=', ..] => 2,
        [b':', ..] => typed(text).unwrap_or(1),
        [b'=' | b'-', b'>', ..] | [b'<', b'-', ..] | [b'|', b'|', ..] => 2,
        [b'?' | b'+' | b'.', b'=', ..] => 2,
        [b'=' | b'>' | b',', ..] => 1,
        _ => return None,
    })
}

/// Length of `: &str =`, `: String =`: a type before the operator.
fn typed(text: &[u8]) -> Option<usize> {
    const TYPE_LEN_MAX: usize = 32;
    let is_type = |byte: u8| byte.is_ascii_alphanumeric() || b"_&<>[]? .".contains(&byte);
    let end = skip(text, 1, TYPE_LEN_MAX, is_type);
    let value = skip(text, end + 1, 2, |byte| byte == b' ');
    let is_told = text.get(end) == Some(&b'=') && matches!(text.get(value), Some(b'"' | b'\''));
    is_told.then_some(end + 1)
}

/// The end of a quoted password that begins at `start`: it may hold what no key
/// does, but nothing by which texts refer to others.
fn password_end(text: &[u8], start: usize) -> Option<usize> {
    let quote = start.checked_sub(1).and_then(|at| text.get(at))?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let is_part =
        |byte: u8| byte.is_ascii_graphic() && byte != *quote && !b"$<>{}()\\`".contains(&byte);
    let end = skip(text, start, PASSWORD_LEN_MAX + 1, is_part);
    (text.get(end) == Some(quote) && (PASSWORD_LEN_MIN..=PASSWORD_LEN_MAX).contains(&(end - start)))
        .then_some(end)
}

/// The end of a password without quotes that begins at `start` and ends its line.
fn bare_end(text: &[u8], start: usize) -> Option<usize> {
    let is_part = |byte: u8| byte.is_ascii_graphic() && !b"$<>{}()[]\\`'\",;&|".contains(&byte);
    let end = skip(text, start, PASSWORD_LEN_MAX + 1, is_part);
    let rest = text.get(end..)?;
    let blanks = skip(rest, 0, 8, |byte| matches!(byte, b' ' | b'\t' | b'\r'));
    let is_end = matches!(rest.get(blanks), None | Some(b'\n' | b'#'));
    (is_end && (PASSWORD_LEN_MIN..=PASSWORD_LEN_MAX).contains(&(end - start))).then_some(end)
}

/// Small letters, capitals and digits.
fn is_mixed(value: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
}

/// Whether it is what a person is told a good password is, not an address, a
/// path or a sentence.
pub fn is_strong(value: &[u8]) -> bool {
    is_mixed(value)
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
        || ((is_uuid(value) && name.ends_with(b"id")) || (holds_uuid(value) && name == b"key"))
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
        || hides_words(value)
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
    for hump in value.split(|byte| b"-_.=".contains(byte)).flat_map(humps) {
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

/// Whether a UUID stands in it, as in `Q-...-0`.
fn holds_uuid(value: &[u8]) -> bool {
    const LEN: usize = 36;
    value.windows(LEN).any(is_uuid)
}

/// Whether it is base 64 of small letters alone: `password`, `example-secret`.
pub fn hides_words(value: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_lowercase() || b"-_. \n".contains(byte);
    from_base64(value).is_some_and(|text| !text.is_empty() && text.iter().all(is_letter))
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

/// `0123456789abcdef` and the like: eight characters in a row, each the next; or bytes
/// written as `000102030405` are.
fn is_sequence(value: &[u8]) -> bool {
    const LEN: usize = 8;
    let counts = |part: &[u8]| part.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1));
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = value.chunks_exact(2).map(|pair| Some(digit(pair[0])? * 16 + digit(pair[1])?));
    let bytes: Option<Vec<u8>> = pairs.collect();
    value.windows(LEN).any(counts) || bytes.is_some_and(|bytes| bytes.windows(LEN).any(counts))
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
            let at = text.to_ascii_lowercase().find("pass").unwrap();
            find(text.as_bytes(), at..at + 4).is_some()
        };
        let mut numbers = crate::rules::sample::Numbers::of("password");
        let (a, b) = (numbers.text("0-9A-Za-z", 9), numbers.text("0-9A-Za-z", 8));
        for (name, quote) in [("db_password", '"'), ("ansible_become_pass", '\''), ("passwd", '"')]
        {
            assert!(is_found(format!("{name} = {quote}{a}!{b}#{quote}\n")), "{name}");
        }
        assert!(is_found(format!("password = {a}!{b}\n")), "a line of its own");
        assert!(!is_found(format!("password = {a}!{b} or\n")), "in a sentence");
        assert!(is_found(format!("#define DB_PASSWORD \"{a}!{b}\"\n")), "a blank assigns");
        assert!(!is_found(format!("the password of {a} \"{a}!{b}\"\n")), "prose");
        assert!(is_found(format!("PASSWORD: &str = \"{a}!{b}\";\n")), "a type");
        assert!(is_found(format!("password <- \"{a}!{b}\"\n")), "R");
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
    fn what_counts_on_is_a_sequence() {
        let bytes: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
        assert!(is_sequence(bytes.as_bytes()) && is_sequence(b"x12345678"));
        assert!(!is_sequence(b"00010203") && !is_sequence(b"7f3a9b2c4d5e6f708192a3b4"));
    }

    #[test]
    fn words_in_base_64_are_words() {
        for (words, is) in [("password", true), ("example-sso-secret", true), ("k9T-w2x7", false)] {
            let value = crate::engine::base64_encoded(words.as_bytes());
            assert_eq!(hides_words(value.as_bytes()), is, "{words}");
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
