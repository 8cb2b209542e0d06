//! Which lines of a text are new beside another text: those that it has more often, and those
//! that git's diff shows as added because they changed places.

mod held;
mod line_diff;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Which of some lines of a text another text has not.
pub struct NewLines<'a> {
    text: &'a [u8],
    /// The part of the text that both do not begin or end with.
    middle: Range<usize>,
    /// Lines that stand in it more often than in the other's.
    fresh: HashSet<&'a [u8]>,
    /// Where lines begin that it has as often, at another place.
    moved: HashSet<usize>,
}

impl<'a> NewLines<'a> {
    /// `asked` are the lines that will be asked for; no others are counted.
    pub fn between<'r>(
        before: &'a [u8],
        text: &'a [u8],
        mut asked: impl Iterator<Item = &'r Range<usize>> + Clone,
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
        for line in
            asked.clone().flat_map(|range| lines_of(text.get(range.clone()).unwrap_or_default()))
        {
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
        let (old, new) = (&old[..old.len() - kept], &new[..new.len() - kept]);
        count(new, 1);
        count(old, -1);
        let middle = start..text.len() - kept;
        let (fresh, known): (HashSet<_>, HashSet<_>) = {
            let (fresh, known): (Vec<_>, Vec<_>) =
                more.into_iter().partition(|(_, count)| *count > 0);
            let lines = |counted: Vec<(&'a [u8], isize)>| counted.into_iter().map(|(line, _)| line);
            (lines(fresh).collect(), lines(known).collect())
        };
        let is_asked = |range: &Range<usize>| {
            let mut lines = lines_of(text.get(range.clone()).unwrap_or_default());
            touches(range, &middle) && lines.any(|line| known.contains(line))
        };
        let moved = if asked.any(is_asked) { moved(before, text) } else { HashSet::new() };
        NewLines { text, middle, fresh, moved }
    }

    /// Whether one of the lines of `range` is new.
    pub fn hold(&self, range: &Range<usize>) -> bool {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let mut lines = lines_of(text);
        // Of equal lines nobody can tell which one is new; then both are.
        if touches(range, &self.middle) {
            let mut starts = starts_of(text).map(|at| range.start + at);
            lines.any(|line| self.fresh.contains(line)) || starts.any(|at| self.moved.contains(&at))
        } else {
            lines.all(|line| self.fresh.contains(line))
        }
    }
}

fn touches(range: &Range<usize>, middle: &Range<usize>) -> bool {
    range.start < middle.end && range.end >= middle.start
}

/// Where the lines begin that git's diff from `before` to `text` adds.
fn moved(before: &[u8], text: &[u8]) -> HashSet<usize> {
    // Without context git leaves an equal end out by blocks, but for a line: what it counts
    // as a line that stands everywhere rests on that.
    const BLOCK_LEN: usize = 1024;
    let tail_len = same_end(before, text) / BLOCK_LEN * BLOCK_LEN;
    let tail = &text[text.len() - tail_len..];
    let left_out = tail_len - memchr::memchr(b'\n', tail).map_or(tail_len, |at| at + 1);
    let (before, text) = (&before[..before.len() - left_out], &text[..text.len() - left_out]);
    let mut numbers: HashMap<&[u8], u32> = HashMap::new();
    let mut numbered = |part| -> Vec<u32> {
        let number = |line| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(line).or_insert(next)
        };
        lines_of(part).map(number).collect()
    };
    let (old, new) = (numbered(before), numbered(text));
    let added = line_diff::added(&old, &new);
    starts_of(text).zip(added).filter(|(_, added)| *added).map(|(at, _)| at).collect()
}

/// Where the lines of `part` begin.
fn starts_of(part: &[u8]) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', part).map(|at| at + 1))
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
        assert_eq!(new_lines("x\na\nb\n", "y\na\nb\nx\n"), ["y", "x"], "git adds what moved");
        assert_eq!(new_lines("x\na\nb\nc\n", "a\nb\nc\nx\n"), ["x"]);
        assert!(new_lines("a\nb\nc\n", "b\n").is_empty());
        assert_eq!(new_lines("a\n", "a\na\n"), ["a", "a"], "either may be the new one");
        assert_eq!(new_lines("a\nb\n", "a\nb\na\nc\n"), ["a", "a", "c"]);
        let long = "x\n".repeat(100);
        let (before, text) = (format!("{long}b\n{long}"), format!("{long}c\n{long}"));
        assert_eq!(new_lines(&before, &text), ["c"], "blocks that are the same on both sides");
    }
}
