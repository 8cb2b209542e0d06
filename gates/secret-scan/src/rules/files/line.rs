//! Lines whose secret is told by its own form as much as by its field.

use std::ops::Range;

use super::field::{Field, NAMED};
use super::value;

/// The last field of `host:port:database:user:password`, where the port is at
/// `hit`.
pub fn pgpass(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    const FIELDS: usize = 5;
    let start = memchr::memrchr(b'\n', text.get(..hit.start)?).map_or(0, |at| at + 1);
    let line = text.get(start..)?;
    let line = line.get(..memchr::memchr(b'\n', line).unwrap_or(line.len()))?.trim_ascii_end();
    let mut fields = line.splitn(FIELDS, |byte| *byte == b':');
    let password = fields.by_ref().nth(FIELDS - 1)?;
    let end = start + line.len();
    let is_told = !line.starts_with(b"#") && password.len() >= 3 && !value::is_reference(password);
    is_told.then_some(end - password.len()..end)
}

/// `ENV NAME value`, the form without an operator, where the name ends at `hit`.
pub fn docker_env(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    const NAME_LEN_MAX: usize = 256;
    let before = text.get(hit.start.saturating_sub(NAME_LEN_MAX)..hit.start)?;
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let before = before.get(start..)?.trim_ascii_start();
    let is_env = before.get(..3)?.eq_ignore_ascii_case(b"env");
    let name = before.get(3..)?;
    let is_name = name.trim_ascii_start().iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let is_told = is_env && name.first() == Some(&b' ') && is_name;
    let field =
        Field { is_end_of_name: true, by_blank: true, weak_too: false, len_min: 6, ..NAMED };
    is_told.then(|| field.value(text, &hit))?
}

/// `password=...` among the options of a mount, which commas part.
pub fn mount(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let rest = text.get(hit.end..)?;
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
    let len = rest.iter().take(128).position(is_end).unwrap_or(rest.len().min(128));
    let found = rest.get(..len)?;
    let is_told = len >= 4 && !value::is_reference(found) && !value::is_weak(found, b"");
    is_told.then_some(hit.end..hit.end + len)
}

/// `SECRET_KEY = '...'`, unless Django itself calls the key insecure.
pub fn django(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let key = Field { quoted: true, len_min: 32, ..NAMED }.value(text, &hit)?;
    let found = text.get(key.clone())?;
    let is_made = found.iter().any(u8::is_ascii_digit) && !found.starts_with(b"django-insecure-");
    is_made.then_some(key)
}

/// `secret_key_base: ...`: 30 digits and more of a generator.
pub fn rails(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let key = Field { len_min: 30, ..NAMED }.value(text, &hit)?;
    let found = text.get(key.clone())?;
    found.iter().all(u8::is_ascii_hexdigit).then_some(key)
}

/// `{AQAAABAAAA...}`: what Jenkins encrypts with a key that lies beside it.
pub fn jenkins(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    const LEN_MIN: usize = 44;
    let from = hit.start + 1;
    let is_base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let len = text.get(from..)?.iter().take(16 << 10).take_while(is_base64).count();
    let is_whole = text.get(from + len) == Some(&b'}') && text.get(from..)?.starts_with(b"AQAAAB");
    (is_whole && len >= LEN_MIN).then_some(from..from + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_field_is_the_password() {
        let find = |line: &str| {
            let at = line.find(":5432:").unwrap();
            pgpass(line.as_bytes(), at..at + 6).and_then(|range| line.get(range)).map(str::to_owned)
        };
        assert_eq!(find("# x\nh:5432:*:me:a:b\n").as_deref(), Some("a:b"));
        assert_eq!(find("h:5432:*:me\n"), None);
        assert_eq!(find("#h:5432:*:me:abcd\n"), None);
    }

    #[test]
    fn a_variable_of_an_image() {
        let find = |line: &str| {
            let at = line.find("PASSWORD").unwrap();
            let found = docker_env(line.as_bytes(), at..at + 8);
            found.and_then(|range| line.get(range)).map(str::to_owned)
        };
        assert_eq!(find("FROM x\nENV DB_PASSWORD k9T-w2x\n").as_deref(), Some("k9T-w2x"));
        assert_eq!(find("RUN set DB_PASSWORD k9T-w2x\n"), None);
        assert_eq!(find("ENV A b PASSWORD k9T-w2x\n"), None);
        assert_eq!(find("ENV DB_PASSWORD $OTHER_ONE\n"), None);
    }

    #[test]
    fn a_key_that_is_called_insecure_is_none() {
        let key = |head: &str| format!("SECRET_KEY = '{head}{}'", "a1b2c3d4".repeat(5));
        assert!(django(key("").as_bytes(), 0..10).is_some());
        assert!(django(key("django-insecure-").as_bytes(), 0..10).is_none());
    }
}
