//! Which lines of a text are new beside another text.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Which of some lines of a text another text has not.
pub struct NewLines<'a> {
    text: &'a [u8],
    /// The part of the text that both do not begin or end with.
    middle: Range<usize>,
    /// Lines that stand in it more often than in the other's.
    fresh: HashSet<&'a [u8]>,
}

impl<'a> NewLines<'a> {
    /// `asked` are the lines that will be asked for; no others are counted.
    pub fn between<'r>(
        before: &'a [u8],
        text: &'a [u8],
        asked: impl Iterator<Item = &'r Range<usize>>,
    ) -> NewLines<'a> {
        // Back to the start of the line in which they part.
        let same = same_start(before, text);
        let start = memchr::memrchr(b'\n', &text[..same]).map_or(0, |at| at + 1);
        let (old, new) = (&before[start.min(before.len())..], &text[start..]);
        let tail = &new[new.len() - same_end(old, new)..];
        let kept = memchr::memchr(b'\n', tail).map_or(0, |at| tail.len() - at - 1);
        let mut more: HashMap<&[u8], isize> = HashMap::new();
        // Most lines are of another length than those asked for.
        let mut lens = [false; 256];
        for line in asked.flat_map(|range| lines_of(text.get(range.clone()).unwrap_or_default())) {
            lens[line.len() % 256] = true;
            more.insert(line, 0);
        }
        let mut count = |part: &'a [u8], step: isize| {
            for line in lines_of(part).filter(|line| lens[line.len() % 256]) {
                if let Some(count) = more.get_mut(line) {
                    *count += step;
                }
            }
        };
        count(&new[..new.len() - kept], 1);
        count(&old[..old.len() - kept], -1);
        let fresh = more.into_iter().filter(|(_, count)| *count > 0).map(|(line, _)| line);
        NewLines { text, middle: start..text.len() - kept, fresh: fresh.collect() }
    }

    /// Whether one of the lines of `range` is new.
    pub fn hold(&self, range: &Range<usize>) -> bool {
        let is_inside = range.start < self.middle.end && range.end >= self.middle.start;
        let mut lines = lines_of(self.text.get(range.clone()).unwrap_or_default());
        // Of equal lines nobody can tell which one is new; then both are.
        if is_inside {
            lines.any(|line| self.fresh.contains(line))
        } else {
            lines.all(|line| self.fresh.contains(line))
        }
    }
}

/// The lines of `part`, at least one.
fn lines_of(part: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'\n', part).chain(std::iter::once(part.len()));
    ends.scan(0, |start, end| {
        let line = part.get(*start..end);
        *start = end + 1;
        line
    })
}

/// Bytes compared at once.
const BLOCK_LEN: usize = 64;

/// How many bytes both begin with.
fn same_start(a: &[u8], b: &[u8]) -> usize {
    let blocks = a.chunks_exact(BLOCK_LEN).zip(b.chunks_exact(BLOCK_LEN));
    let len = blocks.take_while(|(a, b)| a == b).count() * BLOCK_LEN;
    len + a[len..].iter().zip(&b[len..]).take_while(|(a, b)| a == b).count()
}

/// How many bytes both end with.
fn same_end(a: &[u8], b: &[u8]) -> usize {
    let blocks = a.rchunks_exact(BLOCK_LEN).zip(b.rchunks_exact(BLOCK_LEN));
    let len = blocks.take_while(|(a, b)| a == b).count() * BLOCK_LEN;
    let (a, b) = (&a[..a.len() - len], &b[..b.len() - len]);
    len + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::NewLines;
    use crate::engine::Lines;

    fn new_lines(before: &str, text: &str) -> Vec<String> {
        let lines = Lines::of(text.as_bytes());
        let all = text.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some(lines.around(&(start..start)))
        });
        let all: Vec<_> = all.collect();
        let diff = NewLines::between(before.as_bytes(), text.as_bytes(), all.iter());
        let mut at = 0;
        let mut found = Vec::new();
        for line in text.split_inclusive('\n') {
            let range = lines.around(&(at..at));
            if diff.hold(&range) {
                found.push(line.trim_end().to_owned());
            }
            at += line.len();
        }
        found
    }

    #[test]
    fn only_what_the_other_has_not_is_new() {
        assert_eq!(new_lines("", "a\nb\n"), ["a", "b"]);
        assert!(new_lines("a\nb\n", "a\nb\n").is_empty());
        assert_eq!(new_lines("a\nc\n", "a\nb\nc\n"), ["b"]);
        assert_eq!(new_lines("a\nb", "a\nbb"), ["bb"]);
        assert_eq!(new_lines("x\na\n", "y\na\nx\n"), ["y"], "a line that moved is not new");
        assert!(new_lines("a\nb\nc\n", "b\n").is_empty());
        assert_eq!(new_lines("a\n", "a\na\n"), ["a", "a"], "either may be the new one");
        assert_eq!(new_lines("a\nb\n", "a\nb\na\nc\n"), ["a", "a", "c"]);
        let long = "x\n".repeat(100);
        let (before, text) = (format!("{long}b\n{long}"), format!("{long}c\n{long}"));
        assert_eq!(new_lines(&before, &text), ["c"], "blocks that are the same on both sides");
    }
}
