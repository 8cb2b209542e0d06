//! Who is built on whom in one pack.

use std::cmp::Reverse;

use crate::entry::Kind;

/// A family whose work is so small a part of all is small enough to be left for the end.
const SHARE: u64 = 512;
/// No entry.
pub const NONE: u32 = u32::MAX;

/// How an entry is made.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// The entry that it is a delta of; [`NONE`] of one that is whole.
    pub base: u32,
    /// Kind and size in bytes of one that is whole.
    pub whole: Option<(Kind, u64)>,
}

/// The entries of a pack as trees: a root is whole, the others are deltas.
/// Entries are named by their place in the order of the pack.
#[derive(Debug)]
pub struct Family {
    kinds: Vec<Kind>,
    bases: Vec<u32>,
    /// Where in `children` each entry's begin; one more than there are entries.
    first_child: Vec<u32>,
    /// By base; the child with most descendants last.
    children: Vec<u32>,
    roots: Vec<u32>,
    /// Every entry, none before its base.
    in_order: Vec<u32>,
}

impl Family {
    /// Of all entries of a pack, in its order.
    pub fn new(entries: &[Made]) -> Result<Family, &'static str> {
        let count = entries.len();
        let mut first_child = vec![0_u32; count + 1];
        for Made { base, .. } in entries {
            if *base != NONE {
                let slot = first_child.get_mut(*base as usize + 1).ok_or(NO_BASE)?;
                *slot += 1;
            }
        }
        let mut sum = 0;
        for slot in &mut first_child {
            sum += *slot;
            *slot = sum;
        }
        let mut next = first_child.clone();
        let mut children = vec![NONE; sum as usize];
        let mut roots = Vec::new();
        for (entry, Made { base, .. }) in (0..).zip(entries) {
            if *base == NONE {
                roots.push(entry);
                continue;
            }
            let place = next.get_mut(*base as usize).ok_or(NO_BASE)?;
            if let Some(slot) = children.get_mut(*place as usize) {
                *slot = entry;
            }
            *place += 1;
        }
        let bases = entries.iter().map(|made| made.base).collect();
        let kinds = vec![Kind::Blob; count];
        let mut family =
            Family { kinds, bases, first_child, children, roots, in_order: Vec::new() };
        family.order(entries)?;
        family.last_is_largest(entries);
        Ok(family)
    }

    /// Puts each entry after its base, and gives it its root's kind.
    fn order(&mut self, entries: &[Made]) -> Result<(), &'static str> {
        let mut in_order = Vec::with_capacity(entries.len());
        in_order.extend_from_slice(&self.roots);
        for root in &self.roots {
            let whole = entries.get(*root as usize).and_then(|made| made.whole);
            self.kinds[*root as usize] = whole.ok_or(NO_BASE)?.0;
        }
        let mut at = 0;
        while let Some(entry) = in_order.get(at).copied() {
            let kind = self.kinds[entry as usize];
            for child in self.range(entry) {
                let child = self.children[child];
                self.kinds[child as usize] = kind;
                in_order.push(child);
            }
            at += 1;
        }
        // Whatever no root leads to is its own base's base.
        if in_order.len() != entries.len() {
            return Err("deltas are built on each other in a circle");
        }
        self.in_order = in_order;
        Ok(())
    }

    /// A base is kept until its last child is made: with the largest family
    /// last, no more bases are held than a family's size has binary digits.
    fn last_is_largest(&mut self, entries: &[Made]) {
        let mut sizes = vec![1_u32; self.kinds.len()];
        for entry in self.in_order.iter().rev() {
            let size = sizes[*entry as usize];
            if let Some(of_base) = sizes.get_mut(self.bases[*entry as usize] as usize) {
                *of_base += size;
            }
        }
        for entry in 0..self.kinds.len() {
            let range = self.range(entry as u32);
            if range.len() > 1 {
                let children = &mut self.children[range];
                let largest = children.iter().enumerate().max_by_key(|(_, c)| sizes[**c as usize]);
                if let Some((at, _)) = largest {
                    // The others stay in the order of the pack.
                    children[at..].rotate_left(1);
                }
            }
        }
        // What takes longest begins first; the others as they lie in the pack. Each
        // version of a file is about as long as the one that is whole.
        let work = |root: &u32| {
            let whole = entries.get(*root as usize).and_then(|made| made.whole);
            whole.map_or(0, |(_, bytes)| bytes.saturating_mul(sizes[*root as usize].into()))
        };
        let all = self.roots.iter().map(work).fold(0, u64::saturating_add);
        let share = all / SHARE;
        self.roots.sort_by_key(|root| Reverse(Some(work(root)).filter(|work| *work > share)));
    }

    fn range(&self, entry: u32) -> std::ops::Range<usize> {
        let at = |entry: usize| self.first_child.get(entry).map_or(0, |at| *at as usize);
        at(entry as usize)..at(entry as usize + 1)
    }

    /// The entries built on `entry`.
    pub fn children(&self, entry: u32) -> &[u32] {
        self.children.get(self.range(entry)).unwrap_or_default()
    }

    /// The entries built on none, in the order to walk them.
    pub fn roots(&self) -> &[u32] {
        &self.roots
    }

    /// On which entry another is built, if on one.
    pub fn base(&self, entry: u32) -> Option<u32> {
        self.bases.get(entry as usize).copied().filter(|base| *base != NONE)
    }

    /// What kind an entry is.
    pub fn kind(&self, entry: u32) -> Option<Kind> {
        self.kinds.get(entry as usize).copied()
    }

    /// Marks with the entries in `wanted` those on which they are built.
    pub fn with_bases(&self, mut wanted: Vec<bool>) -> Vec<bool> {
        for entry in self.in_order.iter().rev() {
            let base = self.bases[*entry as usize];
            if wanted.get(*entry as usize) == Some(&true)
                && let Some(of_base) = wanted.get_mut(base as usize)
            {
                *of_base = true;
            }
        }
        wanted
    }
}

const NO_BASE: &str = "a delta has no base";

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(bases: &[Option<u32>]) -> Vec<Made> {
        let whole = Made { base: NONE, whole: Some((Kind::Tree, 9)) };
        bases.iter().map(|base| base.map_or(whole, |base| Made { base, whole: None })).collect()
    }

    #[test]
    fn most_work_comes_first() {
        let mut made = entries(&[None, None, None, Some(1), Some(2)]);
        made[2].whole = Some((Kind::Tree, 90));
        assert_eq!(Family::new(&made).unwrap().roots(), [2, 1, 0]);
        made[0].whole = Some((Kind::Tree, u64::MAX));
        assert_eq!(Family::new(&made).unwrap().roots(), [0, 1, 2], "no size is too large");
    }

    #[test]
    fn children_follow_their_base_the_largest_last() {
        let family = Family::new(&entries(&[None, Some(0), Some(0), Some(1), None])).unwrap();
        assert_eq!(family.roots(), [0, 4]);
        assert_eq!(family.children(0), [2, 1]);
        assert_eq!(family.children(1), [3]);
        assert_eq!(family.kind(3), Some(Kind::Tree));
        let wanted = family.with_bases(vec![false, false, false, true, false]);
        assert_eq!(wanted, [true, true, false, true, false]);
    }

    #[test]
    fn a_circle_and_a_stranger_are_told() {
        assert!(Family::new(&entries(&[None, Some(2), Some(1)])).is_err());
        assert!(Family::new(&entries(&[Some(0)])).is_err());
        assert!(Family::new(&entries(&[None, Some(9)])).is_err());
    }
}
