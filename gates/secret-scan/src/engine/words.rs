//! Every place of some words in a text, in any case of their letters.
//!
//! Four bytes, each as one of 32 classes, say whether a word may begin: nearly all
//! places of a text are passed over with a look-up in a table that stays in a near
//! cache. An automaton over all words is larger, and its next step waits for the
//! last. Only every second place is looked at: a word has its first four bytes there,
//! or its second to fifth.

use std::collections::BTreeMap;
use std::ops::Range;

const CLASS_BITS: usize = 5;
const CLASSES: usize = 1 << CLASS_BITS;
/// How many bytes of a word are told by their classes at once.
const HEAD_LEN: usize = 3;
const HEADS: usize = 1 << (CLASS_BITS * HEAD_LEN);
/// How many bytes are looked at together.
const VIEW_LEN: usize = 4;
const VIEWS: usize = 1 << (CLASS_BITS * VIEW_LEN);
/// Places looked at before any is looked at closely.
const BLOCK_LEN: usize = 64;

/// Words to look for.
#[derive(Debug)]
pub struct Words {
    words: Vec<Word>,
    /// By byte.
    classes: [u8; 256],
    /// By four classes, a bit each: whether a word may begin so, or go on so after its
    /// first byte.
    may_be: Box<[u64; VIEWS / 64]>,
    /// By head: its place among those of words.
    rank: Vec<u16>,
    /// Of each head of words, in order; first one of none, and last where the list ends.
    heads: Vec<Head>,
    /// By head, the numbers of the words that begin so.
    of_head: Vec<u32>,
}

#[derive(Debug)]
struct Word {
    /// In lower case.
    bytes: Vec<u8>,
    /// Its first eight bytes as a number, and which bits of that count.
    begin: u64,
    begin_mask: u64,
}

/// What there is to know of three classes.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    /// The classes of the byte after it with which a word may go on.
    goes_on: u32,
    /// The classes of the byte before it with which a word may begin.
    came_from: u32,
    /// Where its words begin in the list of all.
    first: u32,
}

impl Words {
    /// For `words`, in lower case; an empty one is nowhere.
    pub fn of(words: &[String]) -> Words {
        // A byte that no word begins with has the class of nothing.
        let mut classes = [0; 256];
        for byte in words.iter().flat_map(|word| word.bytes().take(VIEW_LEN + 1)) {
            classes[usize::from(byte.to_ascii_lowercase())] = class_of(byte);
            classes[usize::from(byte.to_ascii_uppercase())] = class_of(byte);
        }
        let mut may_be = Box::new([0_u64; VIEWS / 64]);
        let mut met: BTreeMap<usize, Head> = BTreeMap::new();
        let mut pairs = Vec::new();
        for (number, word) in (0_u32..).zip(words) {
            let Some((begin, rest)) = word.as_bytes().split_first() else { continue };
            for view in classes_of(word.as_bytes(), VIEW_LEN).chain(classes_of(rest, VIEW_LEN)) {
                may_be[view / 64] |= 1 << (view % 64);
            }
            for head in classes_of(rest, HEAD_LEN) {
                met.entry(head).or_default().came_from |= 1 << class_of(*begin);
            }
            for head in classes_of(word.as_bytes(), HEAD_LEN) {
                let next = word.as_bytes().get(HEAD_LEN);
                met.entry(head).or_default().goes_on |=
                    next.map_or(u32::MAX, |byte| 1 << class_of(*byte));
                pairs.push((head, number));
            }
        }
        pairs.sort_unstable();
        let mut rank = vec![0; HEADS];
        let mut heads = vec![Head::default()];
        let mut of_heads = pairs.chunk_by(|one, next| one.0 == next.0).peekable();
        let mut first = 0;
        for (head, known) in met {
            rank[head] = u16::try_from(heads.len()).unwrap_or(0);
            heads.push(Head { first, ..known });
            let its = of_heads.next_if(|pairs| pairs.first().is_some_and(|pair| pair.0 == head));
            first += its.map_or(0, |pairs| u32::try_from(pairs.len()).unwrap_or(0));
        }
        heads.push(Head { first, ..Head::default() });
        let of_head = pairs.into_iter().map(|(_, number)| number).collect();
        let words = words.iter().map(|word| Word::of(word.as_bytes())).collect();
        Words { words, classes, may_be, rank, heads, of_head }
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
        let mut found = |word: usize, at: Range<usize>| {
            found(word, part.start + at.start..part.start + at.end);
        };
        // What may be a word is noted without a jump, which would often be guessed
        // wrong: each place is written down, and the next one over it unless it counts.
        let mut places = [0_u8; BLOCK_LEN];
        // Where words may begin, from the byte before the block on.
        let mut starts = [0_u8; 2 * BLOCK_LEN];
        let (mut at, mut view) = (0, self.classes_at(bytes, 0, 2));
        for block in bytes.get(2..).unwrap_or_default().chunks(2 * BLOCK_LEN) {
            let mut count = 0;
            for (number, pair) in (0..).zip(block.as_chunks::<2>().0) {
                let pair = self.class(pair[0]) << CLASS_BITS | self.class(pair[1]);
                view = (view << (2 * CLASS_BITS) | pair) % VIEWS;
                places[count % BLOCK_LEN] = number;
                count += (self.may_be[view / 64] >> (view % 64) & 1) as usize;
            }
            let mut start_count = 0;
            for number in places.get(..count).unwrap_or_default() {
                let (before, here) = self.begins(bytes, at + 2 * usize::from(*number));
                starts[start_count % (2 * BLOCK_LEN)] = 2 * number;
                start_count += before;
                starts[start_count % (2 * BLOCK_LEN)] = 2 * number + 1;
                start_count += here;
            }
            for start in starts.get(..start_count).unwrap_or_default() {
                self.at(bytes, at + usize::from(*start) - 1, &mut found);
            }
            at += block.len() / 2 * 2;
        }
        // One place more: a word may begin at the last byte.
        while at <= bytes.len() {
            let (before, here) = self.begins(bytes, at);
            let starts = [at.wrapping_sub(1), at];
            for (start, _) in starts.into_iter().zip([before, here]).filter(|(_, is)| *is > 0) {
                self.at(bytes, start, &mut found);
            }
            at += 2;
        }
    }

    fn class(&self, byte: u8) -> usize {
        usize::from(self.classes[usize::from(byte)])
    }

    /// Past the end the class is that of nothing.
    fn class_at(&self, bytes: &[u8], at: usize) -> usize {
        bytes.get(at).map_or(0, |byte| self.class(*byte))
    }

    fn classes_at(&self, bytes: &[u8], at: usize, len: usize) -> usize {
        let classes = (at..at + len).map(|at| self.class_at(bytes, at));
        classes.fold(0, |head, class| head << CLASS_BITS | class)
    }

    /// Whether a word may begin at the byte before `at`, and whether one may at `at`: 0
    /// or 1 each.
    #[inline(always)]
    fn begins(&self, bytes: &[u8], at: usize) -> (usize, usize) {
        let near = at.checked_sub(1).and_then(|before| bytes.get(before..)?.first_chunk());
        let near: [u8; HEAD_LEN + 2] = near.map_or_else(|| near_end(bytes, at), |near| *near);
        // Before the start is the class of nothing, with which no word begins.
        let before = if at == 0 { 0 } else { self.class(near[0]) };
        let head = self.class(near[1]) << (2 * CLASS_BITS)
            | self.class(near[2]) << CLASS_BITS
            | self.class(near[3]);
        let after = self.class(near[4]);
        let known = self.heads[usize::from(self.rank[head])];
        ((known.came_from >> before & 1) as usize, (known.goes_on >> after & 1) as usize)
    }

    #[inline(never)]
    fn at(&self, bytes: &[u8], start: usize, found: &mut impl FnMut(usize, Range<usize>)) {
        let rank = usize::from(self.rank[self.classes_at(bytes, start, HEAD_LEN)]);
        let range = self.heads[rank].first as usize..self.heads[rank + 1].first as usize;
        let there = bytes.get(start..).unwrap_or_default();
        let mut begin = begin(there);
        begin.make_ascii_lowercase();
        let begin = u64::from_le_bytes(begin);
        for number in self.of_head.get(range).unwrap_or_default() {
            let number = *number as usize;
            let Some(word) = self.words.get(number) else { continue };
            if begin & word.begin_mask != word.begin {
                continue;
            }
            let there = there.get(..word.bytes.len());
            if there.is_some_and(|there| there.eq_ignore_ascii_case(&word.bytes)) {
                found(number, start..start + word.bytes.len());
            }
        }
    }
}

/// The bytes around `at` where the text ends or begins there: NULs beyond it.
#[cold]
fn near_end(bytes: &[u8], at: usize) -> [u8; HEAD_LEN + 2] {
    let byte = |index: usize| bytes.get((at + index).checked_sub(1)?).copied();
    std::array::from_fn(|index| byte(index).unwrap_or_default())
}

impl Word {
    fn of(bytes: &[u8]) -> Word {
        let mask = [0xFF; BEGIN_LEN];
        let known = bytes.len().min(BEGIN_LEN);
        Word {
            bytes: bytes.to_vec(),
            begin: u64::from_le_bytes(begin(bytes)),
            begin_mask: u64::from_le_bytes(begin(mask.get(..known).unwrap_or_default())),
        }
    }
}

/// Bytes of a word that are compared at once.
const BEGIN_LEN: usize = size_of::<u64>();

/// The first bytes of `text`, zeros after its end.
fn begin(text: &[u8]) -> [u8; BEGIN_LEN] {
    match text.first_chunk() {
        Some(begin) => *begin,
        None => {
            let mut begin = [0; BEGIN_LEN];
            begin.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
            begin
        }
    }
}

/// The first `len` classes with which `word` may begin: anything may follow one that
/// is shorter.
fn classes_of(word: &[u8], len: usize) -> impl Iterator<Item = usize> {
    let known = word.iter().take(len);
    let start = known.fold(0, |head, byte| head << CLASS_BITS | usize::from(class_of(*byte)));
    let free = CLASS_BITS * len.saturating_sub(word.len());
    (0..1 << free).map(move |rest| start << free | rest)
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
        // With a letter that is as rare: many texts hold the other signs.
        b'~' => class_of(b'q'),
        b'*' | b'<' | b'`' => class_of(b'j'),
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
        fn as_an_automaton_finds(words in proptest::collection::vec("[abKqj_.:~*é1]{1,5}", 1..8), text in "[abkKqjQ_.:~*é1\n]{0,400}", cut in 0..5_usize) {
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
        let words = ["\0", "\0a"].map(str::to_owned);
        assert_eq!(found(&words, b"a\0", 0..2), [(0, 1..2)]);
        assert!(found(&words, b"a", 0..1).is_empty(), "beyond the text there is nothing");
        let words = ["a", "", "ab", "abc"].map(str::to_owned);
        assert_eq!(found(&words, b"A", 0..1), [(0, 0..1)]);
        assert_eq!(found(&words, b"aB", 0..2), [(0, 0..1), (2, 0..2)]);
        assert_eq!(found(&words, b"xabc", 1..4), [(0, 1..2), (2, 1..3), (3, 1..4)]);
        assert!(found(&words, b"", 0..0).is_empty());
        assert!(found(&words, b"abc", 2..9).is_empty());
    }
}
