//! Raw paths and the UTF-8 that stands for them, one to one.

use std::borrow::Cow;
use std::path::{MAIN_SEPARATOR, Path};

use camino::Utf8PathBuf;

/// The raw path that the system's own `path` stands for: `/` between components.
pub(super) fn of_system(path: &Path) -> Cow<'_, [u8]> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if MAIN_SEPARATOR == '/' {
        return Cow::Borrowed(bytes);
    }
    let slashed = |byte: &u8| if *byte == MAIN_SEPARATOR as u8 { b'/' } else { *byte };
    Cow::Owned(bytes.iter().map(slashed).collect())
}

/// The path that stands for `raw`. Bytes that are not UTF-8 become `\xNN`; so
/// that no other path reads the same, a backslash that already begins such an
/// escape becomes `\x5c`.
pub(super) fn shown(raw: &[u8]) -> Utf8PathBuf {
    let mut text = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find('\\') {
            let (before, after) = rest.split_at(at);
            text.push_str(before);
            text.push_str(if escaped_byte(after.as_bytes()).is_some() { "\\x5c" } else { "\\" });
            rest = after.get(1..).unwrap_or_default();
        }
        text.push_str(rest);
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    Utf8PathBuf::from(text)
}

/// The bytes that `path`, made by [`shown`], stands for.
pub(super) fn raw(path: &str) -> Cow<'_, [u8]> {
    if !path.contains("\\x") {
        return Cow::Borrowed(path.as_bytes());
    }
    let mut rest = path.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((&first, after)) = rest.split_first() {
        if let Some(byte) = escaped_byte(rest) {
            bytes.push(byte);
            rest = rest.get(4..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    Cow::Owned(bytes)
}

/// The byte that `\xNN` at the beginning of `text` stands for.
fn escaped_byte(text: &[u8]) -> Option<u8> {
    let [b'\\', b'x', high, low, ..] = text else { return None };
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    Some(digit(*high)? << 4 | digit(*low)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_must_be_escaped_is() {
        assert_eq!(shown(b"src/a b\\c.rs"), "src/a b\\c.rs");
        assert_eq!(shown(b"caf\xe9/\xff\xfe"), "caf\\xe9/\\xff\\xfe");
        assert_eq!(shown(b"a\\xff"), "a\\x5cxff");
        assert_eq!(shown(b"a\\xFF"), "a\\xFF");
    }

    #[test]
    fn an_invalid_byte_cannot_complete_an_escape() {
        assert_eq!(raw(shown(b"\\\xff").as_str()), &b"\\\xff"[..]);
        assert_eq!(raw(shown(b"\\x\xff").as_str()), &b"\\x\xff"[..]);
        assert_eq!(raw(shown(b"\\x5\xff").as_str()), &b"\\x5\xff"[..]);
    }

    fn any_path() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            3 => Just(b'\\'),
            3 => Just(b'x'),
            2 => Just(b'5'),
            2 => Just(b'c'),
            2 => any::<u8>(),
        ];
        prop::collection::vec(byte, 0..12)
    }

    proptest! {
        #[test]
        fn every_path_comes_back(path in any_path()) {
            prop_assert_eq!(raw(shown(&path).as_str()).into_owned(), path);
        }
    }
}
