//! Ranges that are asked whether others meet them.

use std::collections::BTreeMap;
use std::ops::Range;

/// Ranges of a text, those that share a byte taken together: asking takes no
/// longer for many of them than for few.
#[derive(Debug, Default)]
pub struct Overlaps {
    /// Where each ends, by where it begins.
    ends: BTreeMap<usize, usize>,
}

impl Overlaps {
    /// Those of `ranges`.
    pub fn of<'r>(ranges: impl Iterator<Item = &'r Range<usize>>) -> Overlaps {
        let mut overlaps = Overlaps::default();
        ranges.for_each(|range| overlaps.add(range));
        overlaps
    }

    /// Adds one; an empty one meets nothing.
    pub fn add(&mut self, range: &Range<usize>) {
        let (mut start, mut end) = (range.start, range.end);
        if range.is_empty() {
            return;
        }
        while let Some((other_start, other_end)) = self.last_before(end).filter(|o| o.1 > start) {
            self.ends.remove(&other_start);
            (start, end) = (start.min(other_start), end.max(other_end));
        }
        self.ends.insert(start, end);
    }

    /// Whether one of them shares a byte with `range`.
    pub fn meet(&self, range: &Range<usize>) -> bool {
        self.last_before(range.end).is_some_and(|(_, end)| end > range.start)
    }

    /// The last that begins before `at`.
    fn last_before(&self, at: usize) -> Option<(usize, usize)> {
        self.ends.range(..at).next_back().map(|(start, end)| (*start, *end))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn as_one_by_one(
            ranges in proptest::collection::vec((0..20_usize, 0..5_usize), 0..8),
            asked in (0..25_usize, 0..6_usize),
        ) {
            let ranges: Vec<_> = ranges.into_iter().map(|(at, len)| at..at + len).collect();
            let asked = asked.0..asked.0 + asked.1;
            let meets = |one: &Range<usize>| {
                !one.is_empty() && one.start < asked.end && asked.start < one.end
            };
            let expected = ranges.iter().any(meets);
            prop_assert_eq!(Overlaps::of(ranges.iter()).meet(&asked), expected);
        }
    }
}
