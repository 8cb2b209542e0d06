//! Credentials given to curl: <https://curl.se/docs/manpage.html>, `-H` and `-u`.

use std::ops::Range;

use super::{Place, Read, found};
use crate::engine::pattern::Match;
use crate::rules::files::reads_as_reference;
use crate::rules::format::set;
use crate::rules::sample::Numbers;

/// A token in a header.
pub const HEADER: Place = Place {
    id: "curl-auth-header",
    what: "token in a header that a curl command sends",
    keywords: &["curl"],
    path: "",
    entropy_min: 2.75,
    read: Read::Code(header),
    reads_on: Some(stands_alone),
    names: ["docs/canary.sh", "docs/canary.sh"],
    around: ["curl -H \"Authorization: Bearer ", "\" https://example.com/\n"],
    secret: || Numbers::of("curl-auth-header").text(set::ALNUM, 32),
    good: "curl -H \"Authorization: Bearer $TOKEN\" https://example.com/\n",
};

/// A user and a password.
pub const USER: Place = Place {
    id: "curl-auth-user",
    what: "user and password that a curl command sends",
    keywords: &["curl"],
    path: "",
    entropy_min: 2.0,
    read: Read::Code(user),
    reads_on: Some(stands_alone),
    names: ["docs/canary.sh", "docs/canary.sh"],
    around: ["curl -u 'canary:", "' https://example.com/\n"],
    secret: || Numbers::of("curl-auth-user").text(set::ALNUM, 16),
    good: "curl -u \"canary:$PASSWORD\" https://example.com/\n",
};

/// Bytes of a command looked at.
const COMMAND_LEN_MAX: usize = 2000;
/// Lines of a command looked at, continued or not.
const LINES_MAX: usize = 6;
const VALUE_LEN_MIN: usize = 8;

fn header(text: &[u8], hit: Range<usize>) -> Option<Match> {
    arguments(text, &hit, &["-H", "--header"])
        .filter_map(|argument| {
            let secret = token(text, quoted(text, &argument)?)?;
            found(hit.start..secret.end, secret)
        })
        .next()
}

fn user(text: &[u8], hit: Range<usize>) -> Option<Match> {
    arguments(text, &hit, &["-u", "--user"])
        .filter_map(|argument| {
            let range = quoted(text, &argument).unwrap_or_else(|| word(text, &argument));
            is_login(text.get(range.clone())?).then_some(())?;
            found(hit.start..range.end, range)
        })
        .next()
}

/// Whether the keyword at `hit` is a word of its own.
fn stands_alone(text: &[u8], hit: &Range<usize>) -> bool {
    let before = hit.start.checked_sub(1).and_then(|at| text.get(at));
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    !before.is_some_and(is_word) && !text.get(hit.end).is_some_and(is_word)
}

/// Where the values of such options begin, in the command that begins at `hit`.
fn arguments<'a>(
    text: &'a [u8],
    hit: &Range<usize>,
    options: &'a [&'a str],
) -> impl Iterator<Item = usize> + 'a {
    let rest = text.get(hit.end..).unwrap_or_default();
    let rest = &rest[..rest.len().min(COMMAND_LEN_MAX)];
    let end = memchr::memchr_iter(b'\n', rest).nth(LINES_MAX - 1).unwrap_or(rest.len());
    let start = hit.end;
    let blanks = rest.get(..if stands_alone(text, hit) { end } else { 0 }).unwrap_or_default();
    let blanks = blanks.iter().enumerate().filter(|(_, byte)| byte.is_ascii_whitespace());
    blanks.filter_map(move |(at, _)| {
        let rest = text.get(start + at + 1..)?;
        let option = options.iter().find(|option| rest.starts_with(option.as_bytes()))?;
        let after = rest.get(option.len()..)?;
        let gap = after.iter().take(6).take_while(|b| matches!(b, b' ' | b'\t' | b'=')).count();
        let is_glued = *option == "-u" && after.first().is_some_and(u8::is_ascii_alphanumeric);
        let is_closed = gap > 0 || is_glued || matches!(after.first(), Some(b'"' | b'\''));
        is_closed.then_some(start + at + 1 + option.len() + gap)
    })
}

/// What stands in the quotes that open at `at`.
fn quoted(text: &[u8], at: &usize) -> Option<Range<usize>> {
    let quote = text.get(*at).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let rest = text.get(at + 1..)?;
    let end = memchr::memchr2(*quote, b'\n', rest).filter(|end| rest.get(*end) == Some(quote))?;
    // "user":"password" goes on.
    if rest.get(end + 1) == Some(&b':') {
        return Some(*at..word(text, at).end);
    }
    Some(at + 1..at + 1 + end)
}

/// The word that begins at `at`, with quoted parts.
fn word(text: &[u8], at: &usize) -> Range<usize> {
    let rest = text.get(*at..).unwrap_or_default();
    let mut quote = None;
    let len = rest.iter().take(COMMAND_LEN_MAX).take_while(|byte| match quote {
        Some(open) => {
            if **byte == open {
                quote = None;
            }
            **byte != b'\n'
        }
        None => {
            if matches!(byte, b'"' | b'\'') {
                quote = Some(**byte);
            }
            !byte.is_ascii_whitespace()
        }
    });
    *at..at + len.count()
}

/// The token in a header that authenticates.
fn token(text: &[u8], header: Range<usize>) -> Option<Range<usize>> {
    let line = text.get(header.clone())?;
    let colon = memchr::memchr(b':', line)?;
    let name = line.get(..colon)?.to_ascii_lowercase();
    let is_known = name == b"authorization"
        || ["token", "key", "secret", "auth"].iter().any(|end| name.ends_with(end.as_bytes()));
    if !is_known {
        return None;
    }
    let value = line.get(colon + 1..)?;
    let trimmed = value.trim_ascii();
    let mut start = colon + 1 + (value.len() - value.trim_ascii_start().len());
    let mut token = trimmed;
    let mut is_basic = false;
    if let Some(blank) = memchr::memchr(b' ', trimmed) {
        let scheme = trimmed.get(..blank)?;
        let known: [&[u8]; 5] = [b"basic", b"bearer", b"token", b"api-token", b"apikey"];
        if !known.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return None;
        }
        is_basic = scheme.eq_ignore_ascii_case(b"basic");
        token = trimmed.get(blank..)?.trim_ascii_start();
        start += trimmed.len() - token.len();
    }
    let is_token = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || if is_basic { b"+/=".contains(byte) } else { b"_=~@.+/-".contains(byte) }
    };
    let begin = header.start + start;
    // `AUTH_TOKEN`, `YOUR-ACCESS-TOKEN`: the name of what belongs there.
    let is_name = token.iter().all(|byte| byte.is_ascii_uppercase() || b"_-".contains(byte));
    let is_secret = token.len() >= VALUE_LEN_MIN && !is_name && !reads_as_reference(token);
    (is_secret && token.iter().all(is_token)).then(|| begin..begin + token.len())
}

/// Whether `value` is a user and a password, not variables or placeholders.
fn is_login(value: &[u8]) -> bool {
    let Some(colon) = value.iter().rposition(|byte| *byte == b':') else { return false };
    let bare = |part: &[u8]| -> Vec<u8> {
        part.iter().filter(|byte| !matches!(byte, b'"' | b'\'')).copied().collect()
    };
    let (name, password) = (bare(&value[..colon]), bare(&value[colon + 1..]));
    // A token may stand for the user, with no password.
    let secret = if password.is_empty() { &name } else { &password };
    let is_stand_in = |part: &[u8]| {
        part.starts_with(b"$")
            || part.starts_with(b"<")
            || part.starts_with(b"[")
            || memchr::memmem::find(part, b"{{").is_some()
            || part.iter().all(|byte| *byte == b'*' || byte.eq_ignore_ascii_case(&b'x'))
    };
    let lower = secret.to_ascii_lowercase();
    const WORDS: [&str; 8] =
        ["changeit", "changeme", "pass", "password", "pwd", "test", "token", "secret"];
    secret.len() >= 3
        && !reads_as_reference(secret)
        && !is_stand_in(secret)
        && !is_stand_in(&name)
        && !WORDS.iter().any(|word| lower == word.as_bytes())
        && !value.iter().any(|byte| byte.is_ascii_whitespace())
}
