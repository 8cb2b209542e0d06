//! Password hashes as crypt(5) writes them: `$id$...`. One that is known can
//! be guessed at leisure.

use std::ops::Range;

/// The hash at `hit` in a line `user:hash` of shadow, htpasswd and their like.
pub fn in_password_file(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let start = hit.start + usize::from(text.get(hit.start) != Some(&b'$'));
    let len = len(text.get(start..)?)?;
    let user = text.get(..start)?.strip_suffix(b":")?;
    let is_user = |b: &&u8| b.is_ascii_alphanumeric() || b"_.@-".contains(b);
    let user_len = user.iter().rev().take(64).take_while(is_user).count();
    let before = user.len().checked_sub(user_len + 1).and_then(|at| text.get(at));
    let is_line = user_len > 0 && before.is_none_or(|byte| *byte == b'\n');
    let after = text.get(start + len);
    let ends = after.is_none_or(|byte| matches!(byte, b':' | b'\n' | b'\r'));
    (is_line && ends).then_some(start..start + len)
}

/// The hash at `hit` in quotes, as a dump of a table has it.
pub fn in_dump(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let start = hit.start + usize::from(text.get(hit.start) != Some(&b'$'));
    let len = len(text.get(start..)?)?;
    let is_quote = |at: Option<usize>| {
        at.and_then(|at| text.get(at)).is_some_and(|byte| b"'\"\t,".contains(byte))
    };
    let ends = text.get(start + len).is_none_or(u8::is_ascii_whitespace);
    let is_cell = is_quote(start.checked_sub(1)) && (ends || is_quote(Some(start + len)));
    is_cell.then_some(start..start + len)
}

/// The length of the hash that `text` opens with.
fn len(text: &[u8]) -> Option<usize> {
    let line = text.get(..text.len().min(256))?;
    let line = line.split(|byte| *byte == b'\n').next()?;
    let mut parts = line.strip_prefix(b"$")?.split(|byte| *byte == b'$');
    let id = parts.next()?;
    let mut len = id.len() + 2;
    let mut next = || {
        let part = parts.next()?;
        len += part.len() + 1;
        Some(part)
    };
    let (salt_len_max, digest_len) = match id {
        b"2a" | b"2b" | b"2y" => {
            let cost = next()?;
            if cost.len() != 2 || !cost.iter().all(u8::is_ascii_digit) {
                return None;
            }
            (0, 53)
        }
        b"1" | b"apr1" => (8, 22),
        b"5" => (16, 43),
        b"6" => (16, 86),
        b"y" => (86, 43),
        _ => return None,
    };
    if salt_len_max > 0 {
        let mut salt = next()?;
        if salt.starts_with(b"rounds=") || id == b"y" {
            salt = next()?;
        }
        if salt.is_empty() || salt.len() > salt_len_max || !salt.iter().all(is_crypt) {
            return None;
        }
    }
    let from = len;
    let digest = text.get(from..from + digest_len)?;
    let is_whole =
        digest.iter().all(is_crypt) && !text.get(from + digest_len).is_some_and(is_crypt);
    is_whole.then_some(from + digest_len)
}

fn is_crypt(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::sample::Numbers;

    fn text(len: usize) -> String {
        Numbers::of("crypt").text("./0-9A-Za-z", len)
    }

    #[test]
    fn hashes_of_every_kind() {
        for (head, digest_len) in [
            ("$2y$12$", 53),
            ("$apr1$abcdefgh$", 22),
            ("$1$ab$", 22),
            ("$5$rounds=5000$salt$", 43),
            ("$6$salt$", 86),
            ("$y$j9T$salt$", 43),
        ] {
            let hash = format!("{head}{}", text(digest_len));
            assert_eq!(len(hash.as_bytes()), Some(hash.len()), "{head}");
            assert_eq!(len(format!("{hash}x").as_bytes()), None, "{head}");
            assert_eq!(len(&hash.as_bytes()[..hash.len() - 1]), None, "{head}");
            let line = format!("x\nme:{hash}:1:2\n");
            let at = line.find(':').unwrap();
            let found = in_password_file(line.as_bytes(), at..at + 4);
            assert_eq!(found, Some(at + 1..at + 1 + hash.len()), "{head}");
            assert_eq!(in_password_file(format!("a b:{hash}").as_bytes(), 3..7), None);
        }
        assert_eq!(len(b"$2y$"), None);
        assert_eq!(len(b"$"), None);
    }
}
