//! A call `login('who@where', 'password')`: both words written down.

use std::ops::Range;

use super::value;

const LEN_MAX: usize = 128;

/// The second word of the call whose `.login(` is at `hit`.
pub fn call(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let user = literal(text, hit.end)?;
    let rest = text.get(user.end + 1..)?;
    let blanks = rest.iter().take(16).take_while(|b| b.is_ascii_whitespace()).count();
    if rest.get(blanks) != Some(&b',') {
        return None;
    }
    let password = literal(text, user.end + 1 + blanks + 1)?;
    let (name, found) = (text.get(user)?, text.get(password.clone())?);
    let is_address = memchr::memchr(b'@', name).is_some_and(|at| at > 0 && at + 1 < name.len());
    let is_secret = found.len() >= 6 && !value::is_reference(found) && !value::is_weak(found, name);
    (is_address && is_secret).then_some(password)
}

/// What stands in quotes at `from`, blanks left out.
fn literal(text: &[u8], from: usize) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let blanks = rest.iter().take(16).take_while(|byte| byte.is_ascii_whitespace()).count();
    let mark = *rest.get(blanks).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let start = from + blanks + 1;
    let len = text.get(start..)?.iter().take(LEN_MAX).position(|b| *b == mark || *b == b'\n')?;
    (text.get(start + len) == Some(&mark)).then_some(start..start + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_words_written_down() {
        // The call's name is put in late, or this file would be found.
        let find = |rest: &str| {
            let line = format!("c.{}{rest}", "login(");
            call(line.as_bytes(), 1..8).and_then(|range| line.get(range)).map(str::to_owned)
        };
        assert_eq!(find("'me@acme.io', 'swordfish', f)").as_deref(), Some("swordfish"));
        assert_eq!(find("'me', 'swordfish')"), None);
        assert_eq!(find("'me@acme.io', password)"), None);
        assert_eq!(find("'me@acme.io', 'password')"), None);
        assert_eq!(find(""), None);
    }
}
