//! What is scanned of a file's bytes, and where lines are in it.

use std::borrow::Cow;
use std::ops::Range;

use kernel::{Places, Span};

/// Bytes made ready for scanning.
pub enum View<'a> {
    /// Text: the bytes themselves, or UTF-16 or UTF-32 turned into UTF-8.
    Text(Cow<'a, [u8]>),
    /// A binary: only formats that are telling by themselves are looked for.
    Binary(&'a [u8]),
}

/// Bytes by which a binary is told.
const HEAD_LEN: usize = 8000;

/// The text of `bytes`, and whether they are a binary's.
pub fn ready(bytes: &[u8]) -> (Cow<'_, [u8]>, bool) {
    match view(bytes) {
        View::Text(text) => (text, false),
        View::Binary(bytes) => (Cow::Borrowed(bytes), true),
    }
}

/// Reads `bytes` as text, as UTF-16 or UTF-32 text, or as a binary.
pub fn view(bytes: &[u8]) -> View<'_> {
    if super::archive::kind(bytes).is_some() {
        return View::Binary(bytes);
    }
    let head = &bytes[..bytes.len().min(HEAD_LEN)];
    let nul = memchr::memchr(0, head);
    if (nul.is_some() || matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]))
        && let Some(encoding) = wide(bytes)
    {
        return View::Text(Cow::Owned(encoding.to_utf8(bytes)));
    }
    // As git does: a NUL in the first 8,000 bytes makes a binary. But one byte
    // put into a text must not hide it.
    match nul {
        Some(first) if !is_text_but_for_a_few(head, first) => View::Binary(bytes),
        _ => View::Text(Cow::Borrowed(bytes)),
    }
}

/// A text may have this many control characters in a hundred bytes.
const ODD_PERCENT_MAX: usize = 2;

fn is_text_but_for_a_few(head: &[u8], first: usize) -> bool {
    let is_odd = |byte: &&u8| {
        (**byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B)) || **byte == 0x7F
    };
    let odd = head[first..].iter().filter(is_odd).count();
    // A character may be cut off at the end of the head.
    let is_utf8 = std::str::from_utf8(head).map_or_else(|e| e.error_len().is_none(), |_| true);
    is_utf8 && odd * 100 <= head.len() * ODD_PERCENT_MAX
}

/// Unicode in units of more than a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wide {
    /// Bytes a unit: 2 or 4.
    len: usize,
    is_big: bool,
}

/// What `bytes` are encoded in: by the mark, or because nearly every unit of
/// the beginning is a character of ASCII.
fn wide(bytes: &[u8]) -> Option<Wide> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => return Some(Wide { len: 4, is_big: false }),
        [0, 0, 0xFE, 0xFF, ..] => return Some(Wide { len: 4, is_big: true }),
        [0xFF, 0xFE, ..] => return Some(Wide { len: 2, is_big: false }),
        [0xFE, 0xFF, ..] => return Some(Wide { len: 2, is_big: true }),
        _ => {}
    }
    let all = [(4, false), (4, true), (2, false), (2, true)];
    all.map(|(len, is_big)| Wide { len, is_big }).into_iter().find(|it| it.is_likely(bytes))
}

impl Wide {
    fn is_likely(self, bytes: &[u8]) -> bool {
        let head = &bytes[..bytes.len().min(512) / self.len * self.len];
        if head.len() < 16 || !bytes.len().is_multiple_of(self.len) {
            return false;
        }
        let units = head.chunks_exact(self.len);
        let all = units.len();
        let is_ascii = |unit: &u32| (1..0x80).contains(unit);
        units.map(|unit| self.number(unit)).filter(is_ascii).count() * 10 >= all * 9
    }

    fn number(self, unit: &[u8]) -> u32 {
        let add = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
        if self.is_big { unit.iter().fold(0, add) } else { unit.iter().rev().fold(0, add) }
    }

    fn to_utf8(self, bytes: &[u8]) -> Vec<u8> {
        let units = bytes.chunks_exact(self.len).map(|unit| self.number(unit));
        let mut out = String::with_capacity(bytes.len() / self.len);
        if self.len == 4 {
            out.extend(units.map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)));
        } else {
            let units = units.map(|unit| u16::try_from(unit).unwrap_or_default());
            let chars = char::decode_utf16(units);
            out.extend(chars.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        }
        out.into_bytes()
    }
}

/// Whether `bytes` are a Git LFS pointer, in any commit.
pub fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() < 1024 && bytes.starts_with(b"version https://git-lfs.github.com/spec/")
}

/// A text, and where its lines are: counted once, for all that is told of it.
#[derive(Debug)]
pub struct Page<'a> {
    /// All of it.
    pub text: &'a [u8],
    places: Places,
}

impl<'a> Page<'a> {
    /// Of that text.
    pub fn of(text: &'a [u8]) -> Page<'a> {
        Page { text, places: Places::default() }
    }

    /// Lines and columns, from 1, of `range`; columns in characters.
    pub fn span(&self, range: &Range<usize>) -> Span {
        self.places.span(self.text, range.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Option<Vec<u8>> {
        match view(bytes) {
            View::Text(text) => Some(text.into_owned()),
            View::Binary(_) => None,
        }
    }

    #[test]
    fn utf16_with_and_without_a_mark_is_text() {
        let words = "password = \"x\"\n";
        let little: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&little).as_deref(), Some(words.as_bytes()));
        assert_eq!(text(&big).as_deref(), Some(words.as_bytes()));
        let marked = [&[0xFF, 0xFE], little.as_slice()].concat();
        assert!(text(&marked).unwrap().ends_with(words.as_bytes()));
    }

    #[test]
    fn utf32_with_and_without_a_mark_is_text() {
        let words = "password = \"é\"\n";
        let little: Vec<u8> = words.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let big: Vec<u8> = words.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        assert_eq!(text(&little).as_deref(), Some(words.as_bytes()));
        assert_eq!(text(&big).as_deref(), Some(words.as_bytes()));
        let marked = [&[0, 0, 0xFE, 0xFF], big.as_slice()].concat();
        assert!(text(&marked).unwrap().ends_with(words.as_bytes()));
    }

    #[test]
    fn one_nul_does_not_hide_a_text() {
        let words = "é = 1\n".repeat(20);
        let with = |nuls: usize| [words.as_bytes(), &vec![0; nuls]].concat();
        assert_eq!(text(&with(1)), Some(with(1)));
        assert!(text(&with(40)).is_none());
        assert!(text(&[words.as_bytes(), b"\0\xFF\xFF"].concat()).is_none());
    }

    #[test]
    fn a_nul_makes_a_binary_and_latin_1_does_not() {
        assert!(text(b"\x7fELF\0\x01\x02").is_none());
        assert_eq!(text(b"caf\xe9").as_deref(), Some(&b"caf\xe9"[..]));
        assert_eq!(text(b"").as_deref(), Some(&b""[..]));
    }
}
