//! What stands around a value and says that it opens nothing: an example that a
//! description of an interface shows, a block that holds a public key.

use std::ops::Range;

/// How far before a value it is looked for.
const BEFORE_LEN_MAX: usize = 4 << 10;

/// Whether the value at `secret` is shown to everybody on purpose.
pub fn is_shown(text: &[u8], secret: &Range<usize>) -> bool {
    let from = secret.start.saturating_sub(BEFORE_LEN_MAX);
    let before = text.get(from..secret.start).unwrap_or_default();
    is_in_example(before) || is_in_public_block(before)
}

/// Whether a bracket that is still open is that of an `example`: a field of
/// OpenAPI's and JSON Schema's, or an argument that becomes one.
fn is_in_example(before: &[u8]) -> bool {
    let mut closed = 0_usize;
    for (at, byte) in before.iter().enumerate().rev() {
        match byte {
            b')' | b']' | b'}' => closed += 1,
            b'(' | b'[' | b'{' if closed > 0 => closed -= 1,
            b'(' | b'[' | b'{' if names_example(&before[..at]) => return true,
            _ => {}
        }
    }
    false
}

/// Whether `text` ends as in `"example": `, `examples = ` or `example = json!`.
fn names_example(text: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    let text = text.strip_suffix(b"json!").unwrap_or(text).trim_ascii_end();
    let Some(text) = text.strip_suffix(b":").or(text.strip_suffix(b"=")) else { return false };
    let text = text.trim_ascii_end();
    let text = text.strip_suffix(b"\"").or(text.strip_suffix(b"'")).unwrap_or(text);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let len = text.iter().rev().take_while(|byte| is_name(byte)).count();
    let name = text.get(text.len() - len..).unwrap_or_default();
    name.eq_ignore_ascii_case(b"example") || name.eq_ignore_ascii_case(b"examples")
}

/// Whether the last PEM block that was opened says `PUBLIC` or `CERTIFICATE`
/// (RFC 7468) and was not closed.
fn is_in_public_block(before: &[u8]) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let Some(begin) = memchr::memmem::rfind(before, BEGIN) else { return false };
    let block = before.get(begin + BEGIN.len()..).unwrap_or_default();
    let Some(label_len) = memchr::memmem::find(block, b"-----") else { return false };
    let (label, rest) = block.split_at(label_len);
    let says = |word: &[u8]| memchr::memmem::find(label, word).is_some();
    (says(b"PUBLIC") || says(b"CERTIFICATE"))
        && !says(b"PRIVATE")
        && memchr::memmem::find(rest, b"-----END").is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::is_shown;

    /// Whether `HERE` is shown.
    fn shown(text: &str) -> bool {
        let at = text.find("HERE").unwrap();
        is_shown(text.as_bytes(), &(at..at + 4))
    }

    #[test]
    fn values_of_an_example() {
        assert!(shown("example = json!(\n{ \"uid\": [1, 2], \"key\": \"HERE\" })"));
        assert!(shown("{\"example\": {\"apiKey\": \"HERE\"}}"));
        assert!(shown("examples=[{'token': 'HERE'}]"));
        assert!(!shown("{\"example\": {\"a\": 1}, \"apiKey\": \"HERE\"}"), "the example is closed");
        assert!(!shown("counterexample = {\"apiKey\": \"HERE\"}"));
        assert!(!shown("for_example({\"apiKey\": \"HERE\"})"));
        assert!(!shown("apiKey = \"HERE\""));
    }

    #[test]
    fn values_in_a_block_that_is_public() {
        assert!(shown("-----BEGIN ROOT PUBLIC KEY-----\n{\"key\": \"HERE"));
        assert!(shown("-----BEGIN CERTIFICATE-----\nkey=HERE"));
        assert!(!shown("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\nkey=HERE"));
        assert!(!shown("-----BEGIN PRIVATE KEY-----\nkey=HERE"));
        assert!(!shown("-----BEGIN PUBLIC HERE"), "its first line goes on");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\](){}:=\"' a-eE!-]{0,60}", at in 0..70_usize) {
            is_shown(text.as_bytes(), &(at..at + 1));
        }
    }
}
