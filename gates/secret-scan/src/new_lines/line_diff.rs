//! Which lines git's diff from one text to another adds: E. W. Myers, "An O(ND) Difference
//! Algorithm and Its Variations", 1986, in linear space, with git's ways to give up early.
//!
//! A line that changed places is added by it, too, although both texts have it as often. Which
//! of two ways is taken is git's choice, so what is done here is what its diff was seen to do:
//! lines that stand everywhere do not hold a place alone, and a long way need not be shortest.

use super::held::held;

/// Steps from either end after which a way that is good is taken for the shortest.
const STEPS_SURE: usize = 256;
/// Lines in a row that make a way good.
const RUN_LEN: usize = 20;
/// How many lines a good way has come, by its steps.
const LINES_PER_STEP: usize = 4;
/// Added to each `x` in the tables, so that one beyond an edge is a number too.
const EDGE: usize = 1 << 40;
/// No way leads there.
const NONE: usize = 0;
/// The same of ways from the end.
const FAR: usize = 1 << 50;

/// By line of `new`: whether it is added. Lines are numbers, equal ones the same.
pub fn added(old: &[u32], new: &[u32]) -> Vec<bool> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tails = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = tails.take_while(|(a, b)| a == b).count();
    let (_, a) = held(old, new, head..old.len() - tail);
    let (places, b) = held(new, old, head..new.len() - tail);
    let mut added = vec![false; new.len()];
    added[head..new.len() - tail].fill(true);
    for kept in Ways::between(&a, &b).kept() {
        if let Some(added) = places.get(kept).and_then(|at| added.get_mut(*at)) {
            *added = false;
        }
    }
    added
}

/// A power of two near the root of `number`.
pub fn root(number: usize) -> usize {
    1 << (usize::BITS - number.leading_zeros()).div_ceil(2)
}

/// A part of both texts: from one line of `a` to another, and so of `b`.
#[derive(Clone, Copy)]
struct Part {
    a: [usize; 2],
    b: [usize; 2],
    /// Whether a shortest way is known to be short.
    is_sure: bool,
}

/// Where a part is cut in two, and what is known of each.
struct Cut {
    x: usize,
    y: usize,
    is_sure: [bool; 2],
}

/// How far ways are after a step.
struct Ends {
    part: Part,
    shift: usize,
    step: usize,
    bounds: (usize, usize),
    first: usize,
    last: usize,
}

impl Ends {
    /// The point on the diagonal `at` that a table has `x` for, if it is one of both texts.
    fn point(&self, x: usize, at: usize) -> Option<(usize, usize)> {
        let x = x.checked_sub(EDGE)?;
        Some((x, (x + self.shift).checked_sub(at)?))
    }
}

/// Ways that go on until they meet, and how far they are. A point `(x, y)`, so many
/// lines of `a` and of `b`, is on the diagonal `x - y`.
struct Ways<'a> {
    a: &'a [u32],
    b: &'a [u32],
    steps_max: usize,
    /// By diagonal: the greatest `x` from the start.
    ahead: Vec<usize>,
    /// By diagonal: the least `x` from the end.
    back: Vec<usize>,
}

impl<'a> Ways<'a> {
    fn between(a: &'a [u32], b: &'a [u32]) -> Ways<'a> {
        // One diagonal more on either side, which no way reaches.
        let len = a.len() + b.len() + 3;
        let steps_max = root(len).max(STEPS_SURE);
        Ways { a, b, steps_max, ahead: vec![NONE; len], back: vec![FAR; len] }
    }

    /// The lines of `b` that stay.
    fn kept(mut self) -> Vec<usize> {
        let mut kept = Vec::new();
        let all = Part { a: [0, self.a.len()], b: [0, self.b.len()], is_sure: false };
        let mut parts = vec![all];
        while let Some(Part { a: [mut x, mut x_end], b: [mut y, mut y_end], is_sure }) = parts.pop()
        {
            while x < x_end && y < y_end && self.a[x] == self.b[y] {
                kept.push(y);
                (x, y) = (x + 1, y + 1);
            }
            while x < x_end && y < y_end && self.a[x_end - 1] == self.b[y_end - 1] {
                (x_end, y_end) = (x_end - 1, y_end - 1);
                kept.push(y_end);
            }
            if x == x_end || y == y_end {
                continue;
            }
            let part = Part { a: [x, x_end], b: [y, y_end], is_sure };
            let Cut { x: x_mid, y: y_mid, is_sure: [before, after] } = self.middle(part);
            if (x_mid, y_mid) != (x, y) && (x_mid, y_mid) != (x_end, y_end) {
                parts.push(Part { a: [x, x_mid], b: [y, y_mid], is_sure: before });
                parts.push(Part { a: [x_mid, x_end], b: [y_mid, y_end], is_sure: after });
            }
        }
        kept
    }

    /// A point on a short way through `part`, of which both texts have lines.
    fn middle(&mut self, part: Part) -> Cut {
        let Part { a: [x_start, x_end], b: [y_start, y_end], is_sure } = part;
        // Diagonals as places in the tables.
        let shift = self.b.len() + 1;
        let (first, last) = (x_start + shift - y_start, x_end + shift - y_end);
        let bounds = (x_start + shift - y_end, x_end + shift - y_start);
        let is_odd = first.abs_diff(last) % 2 == 1;
        // No way leads beside the points that they begin at.
        self.ahead[first - 1..=first + 1].copy_from_slice(&[NONE, EDGE + x_start, NONE]);
        self.back[last - 1..=last + 1].copy_from_slice(&[FAR, EDGE + x_end, FAR]);
        let met = |x: usize, at: usize| {
            let x = x.saturating_sub(EDGE);
            Cut { x, y: (x + shift).saturating_sub(at), is_sure: [true, true] }
        };
        for step in 1.. {
            let mut has_run = false;
            open(&mut self.ahead, NONE, first, step, bounds);
            for at in reached(first, step, bounds) {
                let (x, run) = self.go_on(at, shift, part);
                has_run |= run > RUN_LEN;
                if is_odd && last.abs_diff(at) < step && self.back[at] <= x {
                    return met(x, at);
                }
            }
            open(&mut self.back, FAR, last, step, bounds);
            for at in reached(last, step, bounds) {
                let (x, run) = self.go_back(at, shift, part);
                has_run |= run > RUN_LEN;
                if !is_odd && first.abs_diff(at) <= step && x <= self.ahead[at] {
                    return met(x, at);
                }
            }
            if is_sure {
                continue;
            }
            let ends = Ends { part, shift, step, bounds, first, last };
            if let Some(cut) = (has_run && step > STEPS_SURE).then(|| self.good(&ends)).flatten() {
                return cut;
            }
            if step >= self.steps_max {
                return self.furthest(&ends);
            }
        }
        Cut { x: x_start, y: y_start, is_sure: [true, true] }
    }

    /// Where a way has come far, straight, and along a run of equal lines.
    fn good(&self, ends: &Ends) -> Option<Cut> {
        let Part { a: [x_start, x_end], b: [y_start, y_end], .. } = ends.part;
        let is_run = |x: usize, y: usize| self.a[x..x + RUN_LEN] == self.b[y..y + RUN_LEN];
        let mut best = (LINES_PER_STEP * ends.step, None);
        for at in reached(ends.first, ends.step, ends.bounds) {
            let Some((x, y)) = ends.point(self.ahead[at], at) else { continue };
            let is_inside =
                x_start + RUN_LEN <= x && x < x_end && y_start + RUN_LEN <= y && y < y_end;
            if !is_inside {
                continue;
            }
            let come = (x - x_start + y - y_start).saturating_sub(at.abs_diff(ends.first));
            if come > best.0 && is_run(x - RUN_LEN, y - RUN_LEN) {
                best = (come, Some(Cut { x, y, is_sure: [true, false] }));
            }
        }
        if best.1.is_some() {
            return best.1;
        }
        for at in reached(ends.last, ends.step, ends.bounds) {
            let Some((x, y)) = ends.point(self.back[at], at) else { continue };
            let is_inside =
                x_start < x && x + RUN_LEN <= x_end && y_start < y && y + RUN_LEN <= y_end;
            if !is_inside {
                continue;
            }
            let come = (x_end - x + y_end - y).saturating_sub(at.abs_diff(ends.last));
            if come > best.0 && is_run(x, y) {
                best = (come, Some(Cut { x, y, is_sure: [false, true] }));
            }
        }
        best.1
    }

    /// Where the way that has come furthest is, from the start or from the end.
    fn furthest(&self, ends: &Ends) -> Cut {
        let Part { a: [x_start, x_end], b: [y_start, y_end], .. } = ends.part;
        // One beyond an edge counts as on it.
        let ahead = reached(ends.first, ends.step, ends.bounds).map(|at| {
            let x = self.ahead[at]
                .saturating_sub(EDGE)
                .min(x_end)
                .min((y_end + at).saturating_sub(ends.shift));
            (x, (x + ends.shift).saturating_sub(at))
        });
        let back = reached(ends.last, ends.step, ends.bounds).map(|at| {
            let x = self.back[at].saturating_sub(EDGE).max(x_start);
            let x = x.max((y_start + at).saturating_sub(ends.shift));
            (x, (x + ends.shift).saturating_sub(at))
        });
        // Of equal ones the first counts.
        let first =
            |a: (usize, usize), b: (usize, usize)| if b.0 + b.1 > a.0 + a.1 { b } else { a };
        let ahead = ahead.reduce(first).unwrap_or((x_start, y_start));
        let back = back.min_by_key(|(x, y)| x + y).unwrap_or((x_end, y_end));
        let is_ahead = x_end + y_end - (back.0 + back.1) < ahead.0 + ahead.1 - (x_start + y_start);
        let ((x, y), is_sure) =
            if is_ahead { (ahead, [true, false]) } else { (back, [false, true]) };
        Cut { x, y, is_sure }
    }

    /// One step more on the diagonal `at`, and on along lines that are equal: so many. A way
    /// may step over the edge, which leads nowhere.
    fn go_on(&mut self, at: usize, shift: usize, part: Part) -> (usize, usize) {
        let ([_, x_end], [_, y_end]) = (part.a, part.b);
        let mut x = (self.ahead[at - 1] + 1).max(self.ahead[at + 1]);
        let from = x;
        let to = (EDGE + x_end).min((EDGE + y_end + at).saturating_sub(shift));
        while x >= EDGE && x < to && self.a[x - EDGE] == self.b[x - EDGE + shift - at] {
            x += 1;
        }
        self.ahead[at] = x;
        (x, x - from)
    }

    /// The same from the end.
    fn go_back(&mut self, at: usize, shift: usize, part: Part) -> (usize, usize) {
        let ([x_start, _], [y_start, _]) = (part.a, part.b);
        let mut x = self.back[at - 1].min(self.back[at + 1] - 1);
        let from = x;
        let to = (EDGE + x_start).max((EDGE + y_start + at).saturating_sub(shift));
        while x < FAR / 2 && x > to && self.a[x - EDGE - 1] == self.b[x - EDGE + shift - at - 1] {
            x -= 1;
        }
        self.back[at] = x;
        (x, from - x)
    }
}

/// Every other diagonal that a way from `from` reaches after so many steps.
fn reached(from: usize, step: usize, bounds: (usize, usize)) -> impl Iterator<Item = usize> {
    let low = bounds.0 + (from + step - bounds.0) % 2;
    let low = if from >= step { low.max(from - step) } else { low };
    // From the highest, as git does: of equal ways the first is taken.
    (low..bounds.1.min(from + step) + 1).step_by(2).rev()
}

/// Marks the diagonals beyond those reached before as such that nothing leads to.
fn open(table: &mut [usize], no: usize, from: usize, step: usize, bounds: (usize, usize)) {
    if let Some(below) = from.checked_sub(step + 1).filter(|at| *at + 1 >= bounds.0) {
        table[below] = no;
    }
    if from + step <= bounds.1 {
        table[from + step + 1] = no;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How many lines the longest common subsequence has, by the book.
    fn common_len(a: &[u32], b: &[u32]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for line in a {
            let mut corner = 0;
            for at in 0..b.len() {
                let above = row[at + 1];
                row[at + 1] = if *line == b[at] { corner + 1 } else { above.max(row[at]) };
                corner = above;
            }
        }
        row[b.len()]
    }

    fn is_within(part: &[u32], whole: &[u32]) -> bool {
        let mut rest = whole.iter();
        part.iter().all(|line| rest.any(|other| other == line))
    }

    fn kept(old: &[u32], new: &[u32]) -> Vec<u32> {
        let added = added(old, new);
        new.iter().zip(added).filter(|(_, added)| !added).map(|(line, _)| *line).collect()
    }

    #[test]
    fn what_moved_is_added() {
        assert_eq!(
            added(&[1, 2, 3, 4, 5, 6], &[2, 3, 4, 5, 6, 1]),
            [false, false, false, false, false, true]
        );
        assert_eq!(
            added(&[1, 2, 3, 4], &[9, 1, 2, 8, 3, 4]),
            [true, false, false, true, false, false]
        );
        assert_eq!(added(&[], &[1, 1]), [true, true]);
        assert!(added(&[1], &[]).is_empty());
    }

    #[test]
    fn what_has_no_order_ends() {
        let old: Vec<u32> = (0..40_000).collect();
        let new: Vec<u32> = (0..40_000).map(|at| at * 7_919 % 40_000).collect();
        let kept = kept(&old, &new);
        assert!(!kept.is_empty() && is_within(&kept, &old));
    }

    proptest! {
        #[test]
        fn a_long_way_is_a_way(
            blocks in proptest::collection::vec((0..40_u32, 1..60_u32), 20..120),
            order in proptest::collection::vec(any::<prop::sample::Index>(), 20..120),
        ) {
            // Blocks of lines, some lines in all of them, in another order with some left out.
            let lines = |(block, len): &(u32, u32)| {
                let (block, len) = (*block, *len);
                (0..len).map(move |at| if at % 3 == 0 { at } else { block * 100 + at })
            };
            let old: Vec<u32> = blocks.iter().flat_map(lines).collect();
            let chosen = order.iter().map(|at| &blocks[at.index(blocks.len())]);
            let new: Vec<u32> = chosen.flat_map(lines).collect();
            prop_assert!(is_within(&kept(&old, &new), &old));
        }

        #[test]
        fn a_short_way_is_a_shortest_one(
            old in proptest::collection::vec(0..8_u32, 0..60),
            new in proptest::collection::vec(0..8_u32, 0..60),
        ) {
            prop_assert!(is_within(&kept(&old, &new), &old));
            // Before any line is left out because it stands everywhere.
            let kept = Ways::between(&old, &new).kept();
            prop_assert_eq!(kept.len(), common_len(&old, &new));
        }
    }
}
