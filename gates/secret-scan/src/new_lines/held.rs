//! Which lines can hold a place in a diff, as git has it: one that stands everywhere cannot
//! where next to nothing around it has a match.

use std::collections::HashMap;
use std::ops::Range;

use super::line_diff::root;

/// How a line fares on the other side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum There {
    Never,
    Some,
    Often,
}

/// The lines of `part` that can hold a place, and where they are: those that the other side
/// has, unless it has them everywhere and most of those around have no match.
pub fn held(lines: &[u32], other: &[u32], part: Range<usize>) -> (Vec<usize>, Vec<u32>) {
    const OFTEN_MAX: usize = 1024;
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for line in other {
        *counts.entry(*line).or_default() += 1;
    }
    let often = root(lines.len()).min(OFTEN_MAX);
    let there = |line: &u32| match counts.get(line) {
        None => There::Never,
        Some(count) if *count >= often => There::Often,
        Some(_) => There::Some,
    };
    let there: Vec<There> = lines[part.clone()].iter().map(there).collect();
    let kept = lines[part.clone()].iter().enumerate().filter(|(at, _)| match there[*at] {
        There::Never => false,
        There::Some => true,
        There::Often => !is_lost(&there, *at),
    });
    kept.map(|(at, line)| (part.start + at, *line)).unzip()
}

/// Whether a line that stands everywhere has next to none around it that have a match.
fn is_lost(there: &[There], at: usize) -> bool {
    const WINDOW: usize = 100;
    const OFTEN_PER_LOST: usize = 4;
    let run = |side: &mut dyn Iterator<Item = &There>| {
        let side = side.take(WINDOW).take_while(|there| **there != There::Some);
        side.fold((0, 1), |(never, often), there| match there {
            There::Never => (never + 1, often),
            _ => (never, often + 1),
        })
    };
    let (before, often_before) = run(&mut there[..at].iter().rev());
    let (after, often_after) = run(&mut there[at + 1..].iter());
    let often = often_before + often_after;
    before > 0 && after > 0 && often * OFTEN_PER_LOST < often + before + after
}
