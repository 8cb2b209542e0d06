//! `"auth": "..."` of docker's config.json: user and password in base 64.

use std::ops::Range;

const LEN_MIN: usize = 12;
const LEN_MAX: usize = 8 << 10;

/// The value of the `"auth"` at `hit`, if it decodes to `user:password`.
pub fn auth(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let skip = |from: usize| {
        let rest = text.get(from..).unwrap_or_default().iter().take(64);
        from + rest.take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    };
    let colon = skip(hit.end);
    let open = skip(colon + 1);
    if text.get(colon) != Some(&b':') || text.get(open) != Some(&b'"') {
        return None;
    }
    let from = open + 1;
    let len = text.get(from..)?.iter().take(LEN_MAX).position(|byte| *byte == b'"')?;
    let value = text.get(from..from + len)?;
    (len >= LEN_MIN && is_pair(&decode(value)?)).then_some(from..from + len)
}

/// Whether `bytes` are `user:password`, both there and printable.
fn is_pair(bytes: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b':', bytes) else { return false };
    let password = bytes.get(at + 1..).unwrap_or_default();
    at > 0
        && password.len() >= 4
        && bytes.iter().all(u8::is_ascii_graphic)
        && !super::value::is_reference(password)
        && !super::value::is_weak(password, bytes.get(..at).unwrap_or_default())
}

/// Base 64 (RFC 4648), padded or not.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut out = Vec::with_capacity(text.len());
    for chunk in text.chunks(4) {
        let mut bits = 0_u32;
        for byte in chunk {
            let six = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            bits = (bits << 6) | u32::from(six);
        }
        let missing = 4 - chunk.len();
        bits <<= 6 * missing;
        out.extend(bits.to_be_bytes().iter().skip(1).take(3 - missing.min(3)));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_standards_test_vectors() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg")]
        {
            assert_eq!(decode(coded.as_bytes()).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(decode(b"Z!"), None);
        assert!(is_pair(b"me:swordfish") && !is_pair(b"me") && !is_pair(b"me:password"));
    }
}
