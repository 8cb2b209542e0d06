//! Names of objects as bytes.

use std::fmt;

/// The name of an object: 20 bytes (SHA-1) or 32 (SHA-256).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    bytes: [u8; 32],
    len: u8,
}

impl Id {
    /// Of so many bytes as a name has; none for any other count.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Id> {
        let mut id = Id { bytes: [0; 32], len: u8::try_from(bytes.len()).ok()? };
        matches!(bytes.len(), 20 | 32).then_some(())?;
        id.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(id)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.as_bytes()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        let text = text.get(..usize::from(self.len) * 2).unwrap_or_default();
        f.write_str(std::str::from_utf8(text).unwrap_or_default())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Reads a name in hexadecimal; none for anything else.
#[must_use]
pub fn id(hex: &[u8]) -> Option<Id> {
    let mut bytes = [0; 32];
    let count = hex.len() / 2;
    if !matches!(hex.len(), 40 | 64) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Id::new(bytes.get(..count)?)
}

fn digit(hex: u8) -> Option<u8> {
    match hex {
        b'0'..=b'9' => Some(hex - b'0'),
        b'a'..=b'f' => Some(hex - b'a' + 10),
        b'A'..=b'F' => Some(hex - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_to_and_fro() {
        let sha1 = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(id(sha1.as_bytes()).unwrap().to_string(), sha1);
        let sha256 = "f".repeat(64);
        assert_eq!(id(sha256.as_bytes()).unwrap().to_string(), sha256);
        assert!(id(b"").is_none() && id(&[b'g'; 40]).is_none() && id(&[b'0'; 41]).is_none());
    }
}
