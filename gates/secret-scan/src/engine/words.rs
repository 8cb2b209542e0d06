//! Every place of some words in a text, in any case of their letters.
//!
//! Three bytes, each as one of 32 classes, say whether a word may begin: most
//! places of a text are passed over with two look-ups in a table that stays in
//! the nearest cache. An automaton over all words is ten times as large as that
//! cache, and its next step waits for the last. Where one may begin, the class of
//! the fourth byte is asked too, because many words of a language begin like one
//! of these.

use std::ops::Range;

const CLASS_BITS: usize = 5;
const CLASSES: usize = 1 << CLASS_BITS;
/// How many bytes of a word are told by their classes.
const HEAD_LEN: usize = 3;
const HEADS: usize = 1 << (CLASS_BITS * HEAD_LEN);

/// Words to look for.
#[derive(Debug)]
pub struct Words {
    words: Vec<Vec<u8>>,
    /// By byte.
    classes: [u8; 256],
    /// By head: whether a word may begin so.
    may_begin: Box<[u64; HEADS / 64]>,
    /// By head: the classes of the byte after it with which a word may go on.
    goes_on: Vec<u32>,
    /// By head: where its words begin in `of_head`; one more than there are.
    first: Vec<u32>,
    of_head: Vec<u32>,
}

impl Words {
    /// For `words`, in lower case; an empty one is nowhere.
    pub fn of(words: &[String]) -> Words {
        let words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        // A byte that no word begins with has the class of nothing.
        let mut classes = [0; 256];
        for byte in words.iter().flat_map(|word| word.iter().take(HEAD_LEN + 1)) {
            classes[usize::from(byte.to_ascii_lowercase())] = class_of(*byte);
            classes[usize::from(byte.to_ascii_uppercase())] = class_of(*byte);
        }
        let mut pairs = Vec::new();
        for (number, word) in (0_u32..).zip(&words).filter(|(_, word)| !word.is_empty()) {
            let known = word.iter().take(HEAD_LEN);
            let start = known.fold(0, |head, byte| head << CLASS_BITS | class_of(*byte) as usize);
            // Anything may follow a word that is shorter than a head.
            let free = CLASS_BITS * HEAD_LEN.saturating_sub(word.len());
            pairs.extend((0..1 << free).map(|rest| (start << free | rest, number)));
        }
        pairs.sort_unstable();
        let mut goes_on = vec![0; HEADS];
        for (head, number) in &pairs {
            let next = words.get(*number as usize).and_then(|word| word.get(HEAD_LEN));
            goes_on[*head] |= next.map_or(u32::MAX, |byte| 1 << class_of(*byte));
        }
        let mut first = vec![0; HEADS + 1];
        let mut may_begin = Box::new([0; HEADS / 64]);
        for (head, _) in &pairs {
            first[head + 1] += 1;
            may_begin[head / 64] |= 1 << (head % 64);
        }
        let mut sum = 0;
        for slot in &mut first {
            sum += *slot;
            *slot = sum;
        }
        let of_head = pairs.into_iter().map(|(_, number)| number).collect();
        Words { words, classes, may_begin, goes_on, first, of_head }
    }

    /// Calls `found` with the number and the place of every word in `part` of
    /// `text`, those inside others too, by where they begin.
    pub fn each(
        &self,
        text: &[u8],
        part: Range<usize>,
        mut found: impl FnMut(usize, Range<usize>),
    ) {
        let Some(bytes) = text.get(part.clone()) else { return };
        let mut head = 0;
        // Past the end the class is that of nothing.
        let padding = [0; HEAD_LEN - 1];
        let (begin, rest) = bytes.split_at(bytes.len().min(HEAD_LEN - 1));
        for byte in begin {
            head = head << CLASS_BITS | self.class(*byte);
        }
        if begin.len() < HEAD_LEN - 1 {
            head <<= CLASS_BITS * (HEAD_LEN - 1 - begin.len());
        }
        for (start, byte) in rest.iter().enumerate() {
            head = (head << CLASS_BITS | self.class(*byte)) % HEADS;
            if self.may_begin[head / 64] >> (head % 64) & 1 != 0
                && self.goes_on[head] >> rest.get(start + 1).map_or(0, |b| self.class(*b)) & 1 != 0
            {
                self.at(bytes, start, head, part.start, &mut found);
            }
        }
        let left = begin.len();
        for (start, _) in (rest.len()..rest.len() + left).zip(padding) {
            // With one byte in all, its head was moved up above.
            head = (head << CLASS_BITS) % HEADS;
            self.at(bytes, start, head, part.start, &mut found);
        }
    }

    fn class(&self, byte: u8) -> usize {
        usize::from(self.classes[usize::from(byte)])
    }

    #[inline(never)]
    fn at(
        &self,
        bytes: &[u8],
        start: usize,
        head: usize,
        offset: usize,
        found: &mut impl FnMut(usize, Range<usize>),
    ) {
        let range = self.first[head] as usize..self.first[head + 1] as usize;
        for number in self.of_head.get(range).unwrap_or_default() {
            let number = *number as usize;
            let Some(word) = self.words.get(number) else { continue };
            let there = bytes.get(start..start + word.len());
            if there.is_some_and(|there| there.eq_ignore_ascii_case(word)) {
                found(number, offset + start..offset + start + word.len());
            }
        }
    }
}

/// The class of a byte, the same for both cases of a letter.
fn class_of(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => byte - b'a' + 1,
        b'A'..=b'Z' => byte - b'A' + 1,
        b'0'..=b'9' => 27,
        b'_' | b'-' => 28,
        b' ' | b'\n' | b'\t' | b'\r' => 29,
        b':' | b'/' => 30,
        _ => 31,
    }
}

const _: () = assert!(CLASSES == 32);

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    fn found(words: &[String], text: &[u8], part: Range<usize>) -> Vec<(usize, Range<usize>)> {
        let mut all = Vec::new();
        Words::of(words).each(text, part, |word, place| all.push((word, place)));
        all.sort_by_key(|(word, place)| (place.start, *word));
        all
    }

    proptest! {
        #[test]
        fn as_an_automaton_finds(words in proptest::collection::vec("[abK_.:~é1]{1,5}", 1..8), text in "[abkK_.:~é1\n]{0,60}", cut in 0..5_usize) {
            let words: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
            let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(&words).unwrap();
            let from = cut.min(text.len());
            let part = &text.as_bytes()[from..];
            let mut expected: Vec<_> = automaton
                .find_overlapping_iter(part)
                .map(|hit| (hit.pattern().as_usize(), hit.start() + from..hit.end() + from))
                .collect();
            expected.sort_by_key(|(word, place)| (place.start, *word));
            prop_assert_eq!(found(&words, text.as_bytes(), from..text.len()), expected);
        }
    }

    #[test]
    fn short_texts_and_empty_words() {
        let words = ["a", "", "ab", "abc"].map(str::to_owned);
        assert_eq!(found(&words, b"A", 0..1), [(0, 0..1)]);
        assert_eq!(found(&words, b"aB", 0..2), [(0, 0..1), (2, 0..2)]);
        assert_eq!(found(&words, b"xabc", 1..4), [(0, 1..2), (2, 1..3), (3, 1..4)]);
        assert!(found(&words, b"", 0..0).is_empty());
        assert!(found(&words, b"abc", 2..9).is_empty());
    }
}
