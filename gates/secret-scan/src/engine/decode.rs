//! One pass that undoes encodings: percent, Unicode escapes, hexadecimal and
//! base 64. What is decoded takes the place of what was encoded, so that a rule
//! sees the name before it and the quote behind it.

use std::collections::VecDeque;
use std::ops::Range;

use super::base64;
use super::runs::Runs;

/// A run of hexadecimal digits shorter than this is taken for a number.
const HEX_LEN_MIN: usize = 32;

/// A text with its encoded parts decoded.
pub struct Decoded {
    /// What is to be scanned.
    pub text: Vec<u8>,
    pieces: Vec<Piece>,
}

/// A decoded part.
#[derive(Clone)]
struct Piece {
    /// Where it stands now.
    here: Range<usize>,
    /// Where it stands, encoded, in the text that all passes began with.
    original: Range<usize>,
    /// Whether this pass decoded it, not one before.
    is_fresh: bool,
}

/// Decodes what is encoded in `text`; `before` tells where the parts of `text`
/// that an earlier pass decoded come from. None where nothing is.
pub fn decode(text: &[u8], before: Option<&Decoded>) -> Option<Decoded> {
    let found = found(text);
    if found.is_empty() {
        return None;
    }
    let mut out = Vec::new();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut copied = 0;
    let mut old: VecDeque<Piece> =
        before.into_iter().flat_map(|before| before.pieces.iter().cloned()).collect();
    for (range, decoded) in found {
        while let Some(piece) = old.pop_front_if(|piece| piece.here.start < range.start) {
            let (kept, rest) = piece.cut(range.start);
            pieces.push(kept.moved(out.len(), copied));
            rest.into_iter().for_each(|rest| old.push_front(rest));
        }
        // What is decoded anew is told by the new piece.
        while let Some(piece) = old.pop_front_if(|piece| piece.here.start < range.end) {
            piece.cut(range.end).1.into_iter().for_each(|rest| old.push_front(rest));
        }
        out.extend_from_slice(text.get(copied..range.start).unwrap_or_default());
        let start = out.len();
        out.extend_from_slice(&decoded);
        copied = range.end;
        let original = before.map_or(range.clone(), |before| before.original(&range));
        pieces.push(Piece { here: start..out.len(), original, is_fresh: true });
    }
    pieces.extend(old.into_iter().map(|piece| piece.moved(out.len(), copied)));
    out.extend_from_slice(text.get(copied..).unwrap_or_default());
    Some(Decoded { text: out, pieces })
}

impl Piece {
    /// It up to `at`, and what there is of it from there on.
    fn cut(self, at: usize) -> (Piece, Option<Piece>) {
        if self.here.end <= at {
            return (self, None);
        }
        let rest = Piece { here: at..self.here.end, ..self.clone() };
        (Piece { here: self.here.start..at, ..self }, Some(rest))
    }

    /// It after everything up to `from` became `to` bytes long.
    fn moved(self, to: usize, from: usize) -> Piece {
        let shifted = |at: usize| (to + at).saturating_sub(from);
        let here = shifted(self.here.start)..shifted(self.here.end);
        Piece { here, is_fresh: false, ..self }
    }
}

impl Decoded {
    /// Whether `range` touches something that this pass decoded: all else was
    /// there to be found before.
    pub fn is_news(&self, range: &Range<usize>) -> bool {
        let first = self.pieces.partition_point(|piece| piece.here.end < range.start);
        let near = self.pieces.get(first..).unwrap_or_default();
        near.iter().take_while(|piece| piece.here.start <= range.end).any(|piece| piece.is_fresh)
    }

    /// The parts that this pass decoded, in order.
    pub fn fresh(&self) -> impl Iterator<Item = &Range<usize>> {
        self.pieces.iter().filter(|piece| piece.is_fresh).map(|piece| &piece.here)
    }

    /// Where `range` comes from in the text that all passes began with. What
    /// was decoded comes from all of its encoded form.
    pub fn original(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.place(range.start, false);
        start..self.place(range.end, true).max(start)
    }

    fn place(&self, at: usize, is_end: bool) -> usize {
        // An end belongs to what stands before it, a start to what follows.
        let is_before = |piece: &Piece| {
            if is_end { piece.here.start < at } else { piece.here.start <= at }
        };
        let count = self.pieces.partition_point(is_before);
        let Some(piece) = count.checked_sub(1).and_then(|last| self.pieces.get(last)) else {
            return at;
        };
        let is_inside = if is_end { at <= piece.here.end } else { at < piece.here.end };
        match (is_inside, is_end) {
            (true, true) => piece.original.end,
            (true, false) => piece.original.start,
            (false, _) => piece.original.end + (at - piece.here.end),
        }
    }
}

/// How something is encoded; the first of two that touch is decoded first,
/// because it covers only some of the characters of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Encoding {
    Percent,
    Unicode,
    Hex,
    Base64,
}

/// Every encoded part, in order, with what it decodes to.
fn found(text: &[u8]) -> Vec<(Range<usize>, Vec<u8>)> {
    let mut all: Vec<(Range<usize>, Encoding, Option<Vec<u8>>)> = Vec::new();
    let mut at = 0;
    let mut runs = Runs::of(text);
    let (mut escape, mut run) = (next_escape(text, 0), runs.next(0));
    loop {
        if escape.as_ref().is_some_and(|(range, _)| range.start < at) {
            escape = next_escape(text, at);
        }
        if run.as_ref().is_some_and(|range| range.start < at) {
            run = runs.next(at);
        }
        let next = match (&escape, &run) {
            (Some((range, encoding)), Some(run)) if range.start <= run.start => {
                (range.clone(), *encoding)
            }
            (Some((range, encoding)), None) => (range.clone(), *encoding),
            (_, Some(run)) => in_run(text, run),
            (None, None) => break,
        };
        at = next.0.end;
        let (range, encoding) = next;
        let encoded = text.get(range.clone()).unwrap_or_default();
        let decoded = match encoding {
            Encoding::Percent => percent(encoded),
            Encoding::Unicode => unicode(encoded),
            Encoding::Hex => hex(encoded),
            Encoding::Base64 => base64::text(encoded),
        };
        // Most runs are words. None keeps another from being decoded: all others go
        // before base 64.
        if decoded.is_some() || encoding != Encoding::Base64 {
            all.push((range, encoding, decoded));
        }
    }
    let rank = |index: Option<usize>, touches: &dyn Fn(&Range<usize>) -> bool| {
        let other = index.and_then(|index| all.get(index));
        other.filter(|(range, ..)| touches(range)).map(|(_, encoding, _)| *encoding)
    };
    let stands = all.iter().enumerate().filter(|(index, (range, encoding, _))| {
        let before = rank(index.checked_sub(1), &|other| other.end == range.start);
        let after = rank(Some(index + 1), &|other| other.start == range.end);
        ![before, after].into_iter().flatten().any(|other| other < *encoding)
    });
    stands
        .filter_map(|(_, (range, _, decoded))| {
            let decoded = decoded.as_ref().filter(|decoded| !decoded.is_empty())?;
            Some((range.clone(), decoded.clone()))
        })
        .collect()
}

/// The next percent escape or Unicode escape from `at` on. A percent escape
/// reaches to the last one of its line: what stands between is part of it.
fn next_escape(text: &[u8], from: usize) -> Option<(Range<usize>, Encoding)> {
    let mut ahead = from;
    loop {
        // Letters are many: of a code point the sign after its letter is looked for.
        let sign = ahead + memchr::memchr3(b'%', b'\\', b'+', text.get(ahead..)?)?;
        ahead = sign + 1;
        let at = match text.get(from..=sign)? {
            [.., b'U', b'+'] => sign - 1,
            [.., b'+'] => continue,
            _ => sign,
        };
        let rest = text.get(at..)?;
        if percent_at(rest).is_some() {
            let line = memchr::memchr(b'\n', rest).map_or(rest, |end| &rest[..end]);
            let last = memchr::memrchr_iter(b'%', line)
                .find(|last| line.get(*last..).is_some_and(|rest| percent_at(rest).is_some()));
            return Some((at..at + last.unwrap_or(0) + 3, Encoding::Percent));
        }
        let one = if rest.starts_with(b"U") { code_point } else { escape };
        let mut len = 0;
        while let Some((_, more)) = rest.get(len..).and_then(one) {
            len += more;
        }
        if len > 0 {
            return Some((at..at + len, Encoding::Unicode));
        }
    }
}

fn in_run(text: &[u8], run: &Range<usize>) -> (Range<usize>, Encoding) {
    let bytes = text.get(run.clone()).unwrap_or_default();
    // A jump at each digit would often be guessed wrong.
    let is_hex = |begin: &[u8; HEX_LEN_MIN]| {
        begin.iter().fold(true, |is_hex, byte| is_hex & byte.is_ascii_hexdigit())
    };
    if bytes.first_chunk().is_some_and(is_hex) {
        let other = bytes.iter().position(|byte| !byte.is_ascii_hexdigit());
        return (run.start..other.map_or(run.end, |len| run.start + len), Encoding::Hex);
    }
    let rest = text.get(run.end..).unwrap_or_default();
    let padding = rest.iter().take(2).take_while(|byte| **byte == b'=').count();
    (run.start..run.end + padding, Encoding::Base64)
}

fn nibble(byte: &u8) -> Option<u8> {
    char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The byte that `%41` at the start of `rest` stands for.
fn percent_at(rest: &[u8]) -> Option<u8> {
    match rest {
        [b'%', high, low, ..] => Some(nibble(high)? << 4 | nibble(low)?),
        _ => None,
    }
}

fn percent(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(encoded.len());
    let mut at = 0;
    while let Some(byte) = encoded.get(at) {
        match encoded.get(at..).and_then(percent_at) {
            // Text of any script; other bytes say that this was no encoded text.
            Some(decoded) if is_plain(decoded) || decoded >= 0x80 => out.push(decoded),
            Some(_) => return None,
            None => {
                out.push(*byte);
                at += 1;
                continue;
            }
        }
        at += 3;
    }
    (out.is_ascii() || std::str::from_utf8(&out).is_ok()).then_some(out)
}

fn number(bytes: Option<&[u8]>) -> Option<u16> {
    bytes?.iter().try_fold(0, |number, byte| Some(number << 4 | u16::from(nibble(byte)?)))
}

/// `\u0041` or `\\u0041` at the start of `rest`, and its length.
fn escape(rest: &[u8]) -> Option<(u16, usize)> {
    let slashes = rest.iter().take(2).take_while(|byte| **byte == b'\\').count();
    let is_escape = slashes > 0 && matches!(rest.get(slashes), Some(b'u' | b'U'));
    let unit = number(rest.get(slashes + 1..slashes + 5)).filter(|_| is_escape)?;
    Some((unit, slashes + 5))
}

/// `U+0041` and white space after it, or the end.
fn code_point(rest: &[u8]) -> Option<(u16, usize)> {
    let unit = number(rest.strip_prefix(b"U+")?.get(..4))?;
    match rest.get(6) {
        None => Some((unit, 6)),
        Some(b'\t' | b'\n' | b'\x0C' | b'\r' | b' ') => Some((unit, 7)),
        Some(_) => None,
    }
}

/// Whether undoing a `U+0041` at the end of a line takes the line end away.
pub fn joins_lines(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b"U+").any(|at| {
        let taken = text.get(at..).and_then(code_point).map_or(0, |(_, len)| len);
        text.get(at..at + taken).is_some_and(|taken| taken.ends_with(b"\n"))
    })
}

fn unicode(encoded: &[u8]) -> Option<Vec<u8>> {
    let one = if encoded.starts_with(b"U") { code_point } else { escape };
    let mut units = Vec::new();
    let mut at = 0;
    while let Some((unit, len)) = encoded.get(at..).and_then(one) {
        units.push(unit);
        at += len;
    }
    let chars = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(chars.collect::<String>().into_bytes())
}

fn hex(encoded: &[u8]) -> Option<Vec<u8>> {
    if !encoded.len().is_multiple_of(2) || !encoded.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let bytes = encoded.chunks_exact(2).map(|pair| match pair {
        [high, low] => Some(nibble(high)? << 4 | nibble(low)?).filter(|b| is_plain(*b)),
        _ => None,
    });
    bytes.collect()
}

/// ASCII that a person writes.
pub(super) fn is_plain(byte: u8) -> bool {
    (0x09..0x7F).contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn once(text: &str) -> String {
        let decoded = decode(text.as_bytes(), None);
        decoded.map_or_else(
            || "-".to_owned(),
            |decoded| String::from_utf8_lossy(&decoded.text).into_owned(),
        )
    }

    #[test]
    fn each_encoding_is_undone_in_its_place() {
        assert_eq!(once("key=%61b%63;"), "key=abc;");
        assert_eq!(once("a \\u0061\\\\U0062 z"), "a ab z");
        assert_eq!(once("U+0061 U+0062 z"), "abz");
        assert_eq!(once("\\ud83d\\ude00"), "😀");
        let hex: String = "a secret, sixteen".bytes().map(|b| format!("{b:02X}")).collect();
        assert_eq!(once(&format!("x = '{hex}'")), "x = 'a secret, sixteen'");
        assert_eq!(once("x = 'YSBzZWNyZXQsIHNpeHRlZW4='"), "x = 'a secret, sixteen'");
    }

    #[test]
    fn what_is_no_text_stays() {
        for text in [
            "",
            "100%",
            "%zz",
            "%00%41",
            "%FEED_IT%",
            "plain words",
            "U+00",
            "\\u12",
            "aaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(once(text), "-", "{text}");
        }
        // A digest decodes to bytes that nobody writes.
        assert_eq!(once(&"9f86d081".repeat(8)), "-");
    }

    #[test]
    fn the_covering_encoding_waits_for_the_covered() {
        // Base 64 whose padding is percent-encoded needs two passes.
        let text = "YSBzZWNyZXQsIHNpeHRlZW4%3D;";
        let first = decode(text.as_bytes(), None).unwrap();
        assert_eq!(first.text, b"YSBzZWNyZXQsIHNpeHRlZW4=;");
        let second = decode(&first.text, Some(&first)).unwrap();
        assert_eq!(second.text, b"a secret, sixteen;");
        assert_eq!(second.original(&(2..8)), 0..text.len() - 1);
        assert!(second.is_news(&(2..8)));
    }

    #[test]
    fn places_lead_back() {
        let text = "a=%41%42 b=%43 c";
        let decoded = decode(text.as_bytes(), None).unwrap();
        // One line's escapes are one piece, with what stands between them.
        assert_eq!(decoded.text, b"a=AB b=C c");
        assert_eq!(decoded.original(&(0..2)), 0..2);
        assert_eq!(decoded.original(&(2..4)), 2..14);
        assert_eq!(decoded.original(&(9..10)), 15..16);
        assert!(!decoded.is_news(&(0..1)) && !decoded.is_news(&(9..10)));
    }

    proptest! {
        #[test]
        fn jumps_pass_over_no_escape(text in r"([ =\n%\\uU+é0-9A-F]|U\+0041|\\u0041|%41){0,60}", from in any::<prop::sample::Index>()) {
            let text = text.as_bytes();
            let from = from.index(text.len() + 1);
            let is_escape = |at: &usize| {
                let rest = &text[*at..];
                percent_at(rest).is_some() || code_point(rest).is_some() || escape(rest).is_some()
            };
            let first = (from..text.len()).find(is_escape);
            prop_assert_eq!(next_escape(text, from).map(|(range, _)| range.start), first);
        }

        #[test]
        fn no_bytes_make_it_panic_grow_or_point_outside(
            text in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..300),
                r"[%\\uU+0-9a-f =\n/]{0,200}".prop_map(String::into_bytes),
                r"([A-Za-z0-9+/]{12,40}={0,2}[ \n%]?|%[0-9a-f]{2}|\\u00[2-7][0-9a-f]){0,12}".prop_map(String::into_bytes),
            ],
            from in any::<prop::sample::Index>(),
            len in 0..40_usize,
        ) {
            let mut now = text.clone();
            let mut before: Option<Decoded> = None;
            for _ in 0..5 {
                let Some(next) = decode(&now, before.as_ref()) else { break };
                prop_assert!(next.text.len() < now.len(), "every pass is shorter than the last");
                let start = from.index(next.text.len() + 1);
                let place = next.original(&(start..(start + len).min(next.text.len()).max(start)));
                prop_assert!(place.start <= place.end && place.end <= text.len(), "{place:?}");
                prop_assert!(next.pieces.is_sorted_by_key(|piece| piece.here.start));
                now = next.text.clone();
                before = Some(next);
            }
        }
    }
}
