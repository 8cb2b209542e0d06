//! What is scanned of a file's bytes, and where lines are in it.

use std::borrow::Cow;
use std::ops::Range;

use kernel::Span;

/// Bytes made ready for scanning.
pub enum View<'a> {
    /// Text: the bytes themselves, or UTF-16 turned into UTF-8.
    Text(Cow<'a, [u8]>),
    /// A binary: only formats that are telling by themselves are looked for.
    Binary(&'a [u8]),
}

/// Reads `bytes` as text, as UTF-16 text, or as a binary.
pub fn view(bytes: &[u8]) -> View<'_> {
    match utf16(bytes) {
        Some(big_endian) => View::Text(Cow::Owned(from_utf16(bytes, big_endian))),
        // As git does: a NUL in the first 8,000 bytes makes a binary.
        None if memchr::memchr(0, &bytes[..bytes.len().min(8000)]).is_some() => View::Binary(bytes),
        None => View::Text(Cow::Borrowed(bytes)),
    }
}

/// Whether `bytes` are UTF-16, and if so whether big-endian: by the mark, or
/// because nearly every second byte of the beginning is NUL.
fn utf16(bytes: &[u8]) -> Option<bool> {
    match bytes {
        // FF FE 00 00 is the mark of UTF-32; its text has NULs in threes.
        [0xFF, 0xFE, 0, 0, ..] => return None,
        [0xFF, 0xFE, ..] => return Some(false),
        [0xFE, 0xFF, ..] => return Some(true),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(512) & !1];
    if head.len() < 16 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let pairs = head.len() / 2;
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 10 >= pairs * 9 && even == 0 {
        Some(false)
    } else if even * 10 >= pairs * 9 && odd == 0 {
        Some(true)
    } else {
        None
    }
}

fn from_utf16(bytes: &[u8], big_endian: bool) -> Vec<u8> {
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    let mut out = String::with_capacity(bytes.len() / 2);
    for c in char::decode_utf16(units) {
        out.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    out.into_bytes()
}

/// The lines that `range` of `text` touches, without the last line end.
pub fn lines(text: &[u8], range: &Range<usize>) -> Range<usize> {
    let from = text[..range.start].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let last = range.end.max(range.start);
    let to = memchr::memchr(b'\n', &text[last..]).map_or(text.len(), |at| last + at);
    from..to
}

/// Lines and columns, from 1, of `range` in `text`; columns in characters.
pub fn span(text: &[u8], range: &Range<usize>) -> Span {
    let (line, column) = position(text, range.start);
    let (end_line, end_column) = position(text, range.end);
    Span { line, column, end_line, end_column }
}

fn position(text: &[u8], at: usize) -> (u32, u32) {
    let before = &text[..at.min(text.len())];
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    // Every byte that does not continue a UTF-8 sequence starts a character.
    let column = before[start..].iter().filter(|b| (**b & 0xC0) != 0x80).count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
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
    fn a_nul_makes_a_binary_and_latin_1_does_not() {
        assert!(text(b"\x7fELF\0\x01\x02").is_none());
        assert_eq!(text(b"caf\xe9").as_deref(), Some(&b"caf\xe9"[..]));
        assert_eq!(text(b"").as_deref(), Some(&b""[..]));
    }

    #[test]
    fn lines_and_spans() {
        let text = "aé\nbcd\nlast".as_bytes();
        assert_eq!(lines(text, &(5..6)), 4..7);
        assert_eq!(lines(text, &(9..12)), 8..12);
        let span = span(text, &(5..7));
        assert_eq!((span.line, span.column, span.end_line, span.end_column), (2, 2, 2, 4));
    }
}
