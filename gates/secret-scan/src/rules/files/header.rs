//! What an HTTP header authenticates with: `Basic` and a login in base 64 (RFC 7617), `Bearer`
//! and a token (RFC 6750).

use std::ops::Range;

use super::{docker, value};
use crate::rules::generic;

const LEN_MAX: usize = 512;
const LOGIN_LEN_MIN: usize = 12;
const TOKEN_LEN_MIN: usize = 20;
/// How far before the scheme the header's name may stand.
const NAME_LEN_MAX: usize = 48;

/// The login after the `Basic ` at `hit`, if it is a user and a password.
pub fn basic(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    if !is_word(text, &hit) {
        return None;
    }
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let found = run(text, hit.end, is_base64)?;
    let login = docker::decode(text.get(found.clone())?)?;
    let colon = memchr::memchr(b':', &login)?;
    let (user, password) = (&login[..colon], &login[colon + 1..]);
    let is_login = found.len() >= LOGIN_LEN_MIN
        && login.iter().all(u8::is_ascii_graphic)
        && !stands_in(user)
        && !stands_in(password)
        && password.len() >= 6
        && !password.eq_ignore_ascii_case(user);
    is_login.then_some(found)
}

/// The token after the `Bearer ` at `hit`, where `Authorization` stands before it.
pub fn bearer(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let before = text.get(hit.start.saturating_sub(NAME_LEN_MAX)..hit.start)?;
    let line = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
    let names = line.to_ascii_lowercase();
    if !is_word(text, &hit) || memchr::memmem::find(&names, b"authorization").is_none() {
        return None;
    }
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    let found = run(text, hit.end, is_token)?;
    let token = text.get(found.clone())?;
    let is_secret = token.len() >= TOKEN_LEN_MIN
        && generic::is_dense(token)
        && !value::is_reference(token)
        && !says_so(token)
        && generic::looks_made(token);
    is_secret.then_some(found)
}

/// Whether the token says what it is, as one made up does.
fn says_so(token: &[u8]) -> bool {
    let lower = token.to_ascii_lowercase();
    let words = ["secret", "token", "abc123", "api-key", "apikey"];
    words.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// What manuals write for a user or a password: Aladdin's is RFC 7617's.
fn stands_in(word: &[u8]) -> bool {
    const WORDS: [&str; 7] =
        ["open sesame", "opensesame", "username", "user", "pass", "test", "demo"];
    let lower = word.to_ascii_lowercase();
    word.is_empty()
        || value::is_reference(word)
        || WORDS.iter().any(|no| lower == no.as_bytes())
        || lower.starts_with(b"password")
        || lower == b"secret"
        || lower == b"admin123"
}

fn is_word(text: &[u8], hit: &Range<usize>) -> bool {
    let before = hit.start.checked_sub(1).and_then(|at| text.get(at));
    !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// The characters of that kind from `from` on, if something ends them that may.
fn run(text: &[u8], from: usize, is: impl Fn(&u8) -> bool) -> Option<Range<usize>> {
    let rest = text.get(from..)?.iter().take(LEN_MAX + 1);
    let len = rest.take_while(|byte| is(byte)).count();
    let ends = text
        .get(from + len)
        .is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'`,;\\<)}]".contains(byte));
    (len <= LEN_MAX && ends).then_some(from..from + len)
}

#[cfg(test)]
mod tests {
    use super::super::read_at;
    use super::*;
    use crate::engine::base64_encoded;
    use crate::rules::sample::Numbers;

    #[test]
    fn a_login_in_base_64() {
        let of = |login: &str| base64_encoded(login.as_bytes());
        let login = of("me:k9T-w2xq");
        for (head, end) in [("Authorization: ", "\r\n"), ("'", "'"), ("h = \"", "\\n\""), ("", "")]
        {
            let rest = format!("{login}{end}");
            assert_eq!(read_at(basic, [head, "Basic ", &rest]).as_deref(), Some(login.as_str()));
        }
        for no in [
            "user:password",
            "Aladdin:open sesame",
            "me:${PASSWORD}",
            "admin:admin",
            "me:xxxxxxxx",
            "nocolonatall",
        ] {
            assert_eq!(read_at(basic, ["", "Basic ", &of(no)]), None, "{no}");
        }
        assert_eq!(read_at(basic, ["Visual", "Basic ", &login]), None);
        assert_eq!(read_at(basic, ["", "Basic ", "authentication"]), None);
        assert_eq!(read_at(basic, ["", "Basic ", "Authentication/of/users"]), None);
    }

    #[test]
    fn a_token_behind_the_headers_name() {
        let token = Numbers::of("bearer").text("0-9a-f", 40);
        assert_eq!(
            read_at(bearer, ["{'Authorization': '", "Bearer ", &format!("{token}'}}")]).as_deref(),
            Some(token.as_str())
        );
        assert_eq!(read_at(bearer, ["a ", "Bearer ", &token]), None);
        for no in [
            "$TOKEN",
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "your-access-token-goes-here-1",
            "sk-secret-abc123-xyz-987",
            "<token>",
        ] {
            assert_eq!(read_at(bearer, ["Authorization: ", "Bearer ", no]), None, "{no}");
        }
    }
}
