//! The lines around places of a text, where most places are near the last one.

use std::cell::Cell;
use std::ops::Range;

/// A text whose lines are asked for again and again: a file of one long line is
/// not walked once for each place in it.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a [u8],
    /// The lines of the place asked for last: of its beginning and of its end.
    last: [Cell<(usize, usize)>; 2],
}

impl<'a> Lines<'a> {
    /// Of that text.
    pub fn of(text: &'a [u8]) -> Lines<'a> {
        // A place is in a line from its beginning to its line end: in this one is none.
        Lines { text, last: [const { Cell::new((1, 0)) }; 2] }
    }

    /// The text.
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// The lines that `range` touches, without the last line end.
    pub fn around(&self, range: &Range<usize>) -> Range<usize> {
        let start = range.start.min(self.text.len());
        let end = range.end.clamp(start, self.text.len());
        let [first, last] = &self.last;
        let (from, to) = self.line(first, start);
        from..if end <= to { to } else { self.line(last, end).1 }
    }

    fn line(&self, last: &Cell<(usize, usize)>, at: usize) -> (usize, usize) {
        let (from, to) = last.get();
        if (from..=to).contains(&at) {
            return (from, to);
        }
        let (before, after) = self.text.split_at(at);
        let from = memchr::memrchr(b'\n', before).map_or(0, |before| before + 1);
        let to = at + memchr::memchr(b'\n', after).unwrap_or(after.len());
        last.set((from, to));
        (from, to)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Looked for anew each time.
    fn anew(text: &[u8], range: &Range<usize>) -> Range<usize> {
        let from = text[..range.start].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let to = text[range.end..].iter().position(|b| *b == b'\n');
        from..to.map_or(text.len(), |to| range.end + to)
    }

    proptest! {
        #[test]
        fn whatever_was_asked_before(
            text in "[ab\n]{0,30}",
            places in proptest::collection::vec((0..31_usize, 0..31_usize), 1..20),
        ) {
            let text = text.as_bytes();
            let lines = Lines::of(text);
            for (a, b) in places {
                let (a, b) = (a.min(text.len()), b.min(text.len()));
                let range = a.min(b)..a.max(b);
                prop_assert_eq!(lines.around(&range), anew(text, &range));
            }
        }
    }
}
