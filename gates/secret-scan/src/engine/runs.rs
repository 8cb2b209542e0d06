//! Runs of base 64's digits in a text, long enough to be something encoded.

use std::ops::Range;

/// A run of base 64 shorter than this is taken for a word.
const LEN_MIN: usize = 16;

/// Bytes looked at together.
const BLOCK_LEN: usize = u64::BITS as usize;

/// Which of `bytes` are of a run, the first as the lowest bit. Without a look-up and
/// without a jump: sixteen are done at once.
fn run_bits(bytes: &[u8; BLOCK_LEN]) -> u64 {
    let mut is_run = [0_u8; BLOCK_LEN];
    for at in 0..BLOCK_LEN {
        let byte = bytes[at];
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let is_digit_or_slash = byte.wrapping_sub(b'/') < 11;
        let is_other = (byte == b'_') | (byte == b'+') | (byte == b'-');
        is_run[at] = u8::from(is_letter | is_digit_or_slash | is_other);
    }
    let by_eight = is_run.as_chunks().0.iter().rev().map(|eight| u64::from_le_bytes(*eight));
    // Each of eight ones is moved to a bit of its own in the highest byte.
    by_eight.fold(0, |bits, eight| bits << 8 | eight.wrapping_mul(0x0102_0408_1020_4080) >> 56)
}

/// The runs of a text: digits of base 64 in either alphabet, and so hexadecimal ones.
pub struct Runs<'a> {
    text: &'a [u8],
    /// Where the block begins whose bits are known.
    block: usize,
    bits: u64,
}

impl<'a> Runs<'a> {
    /// Of that text.
    pub fn of(text: &'a [u8]) -> Runs<'a> {
        let mut runs = Runs { text, block: 0, bits: 0 };
        runs.look_at(0);
        runs
    }

    /// Past the end of the text nothing is of a run.
    fn look_at(&mut self, block: usize) {
        let rest = self.text.get(block..).unwrap_or_default();
        self.block = block;
        self.bits = match rest.first_chunk() {
            Some(bytes) => run_bits(bytes),
            None => {
                let mut bytes = [0; BLOCK_LEN];
                if let Some(bytes) = bytes.get_mut(..rest.len()) {
                    bytes.copy_from_slice(rest);
                }
                run_bits(&bytes)
            }
        };
    }

    /// The next one from `from` on; what there is of a run before is no part of it.
    pub fn next(&mut self, from: usize) -> Option<Range<usize>> {
        let block = from / BLOCK_LEN * BLOCK_LEN;
        if block != self.block {
            self.look_at(block);
        }
        let mut bits = self.bits & u64::MAX << (from % BLOCK_LEN);
        // How many just before the block are of a run that reaches it.
        let mut before = 0;
        loop {
            if before + len(bits.trailing_ones()) >= LEN_MIN {
                return Some(self.block - before..self.end(self.block));
            }
            // A one stays where as many follow it as are enough.
            let mut starts = bits & bits >> 1;
            starts &= starts >> 2;
            starts &= starts >> 4;
            starts &= starts >> 8;
            if starts != 0 {
                let start = self.block + len(starts.trailing_zeros());
                return Some(start..self.end(start));
            }
            before = len(bits.leading_ones());
            if self.block + BLOCK_LEN >= self.text.len() {
                return None;
            }
            self.look_at(self.block + BLOCK_LEN);
            bits = self.bits;
        }
    }

    /// The end of the run that reaches `at` in the block.
    fn end(&mut self, at: usize) -> usize {
        let mut end = at + len((self.bits >> (at - self.block)).trailing_ones());
        while end == self.block + BLOCK_LEN {
            self.look_at(end);
            end += len(self.bits.trailing_ones());
        }
        end
    }
}

const _: () = assert!(LEN_MIN == 16, "as many as the doublings in Runs::next make");

fn len(bits: u32) -> usize {
    bits as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Byte by byte.
    fn slowly(text: &[u8], from: usize) -> Option<Range<usize>> {
        let is_of_run = |byte: &u8| byte.is_ascii_alphanumeric() || b"_/+-".contains(byte);
        let is_run = |at: usize| text.get(at).is_some_and(is_of_run);
        let end = |at: usize| (at..).find(|at| !is_run(*at)).unwrap_or(at);
        let begins = |at: &usize| *at == from || !is_run(at - 1);
        let mut runs = (from..text.len()).filter(begins).map(|at| at..end(at));
        runs.find(|run| run.len() >= LEN_MIN)
    }

    proptest! {
        #[test]
        fn blocks_hide_no_run(text in r"([A-Za-z0-9+/_-]{1,80}|[ -~]{1,5}|[ =\n%é]){0,20}", from in proptest::collection::vec(any::<prop::sample::Index>(), 1..5)) {
            let text = text.as_bytes();
            let mut runs = Runs::of(text);
            for from in from {
                let from = from.index(text.len() + 1);
                prop_assert_eq!(runs.next(from), slowly(text, from));
            }
        }
    }
}
