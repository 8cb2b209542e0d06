//! A tree object: names, and what stands under each.

use std::ops::Range;

use kernel::Piece;

use crate::Id;

/// What stands under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its bytes in the tree.
    pub range: Range<usize>,
    /// Whether it is a tree.
    pub is_tree: bool,
    /// Whether it is a commit of another repository.
    pub is_submodule: bool,
    /// The name.
    pub name: &'a [u8],
    /// The object.
    pub id: Id,
}

/// The entry that begins at `start`; none where `tree` is damaged there.
fn entry(tree: &[u8], start: usize, id_len: usize) -> Option<Entry<'_>> {
    let rest = tree.get(start..)?;
    let nul = memchr::memchr(0, rest)?;
    let (head, rest) = rest.split_at_checked(nul)?;
    let id = Id::new(rest.get(1..=id_len)?)?;
    // A mode is six digits long.
    let space = head.iter().position(|byte| *byte == b' ')?;
    let (mode, name) = head.split_at_checked(space)?;
    let name = name.get(1..).filter(|name| !name.is_empty())?;
    let range = start..start + nul + 1 + id_len;
    // Some old programs wrote a zero before it.
    let is_tree = matches!(mode, b"40000" | b"040000");
    Some(Entry { range, is_tree, is_submodule: mode == b"160000", name, id })
}

/// Calls `each` for every entry of `tree`.
///
/// # Errors
/// It is damaged.
pub fn entries<'a>(
    tree: &'a [u8],
    id_len: usize,
    mut each: impl FnMut(Entry<'a>),
) -> Result<(), &'static str> {
    let mut at = 0;
    while at < tree.len() {
        let entry = entry(tree, at, id_len).ok_or("a tree is damaged")?;
        at = entry.range.end;
        each(entry);
    }
    Ok(())
}

/// What a tree has that another has not as it is, and the other way round.
#[derive(Debug, Default)]
pub struct Beyond<'a> {
    /// The entries that the other has not.
    pub entries: Vec<Entry<'a>>,
    /// The names of the other's entries that the tree has not as they are; it may
    /// have something else under them.
    pub gone: Vec<&'a [u8]>,
    /// Whether that is all the tree has, because the other could not be read.
    pub is_all: bool,
}

/// What `tree` has beyond `base`, of which it is made by `pieces`.
///
/// # Errors
/// `tree` is damaged.
pub fn beyond<'a>(
    tree: &'a [u8],
    base: &'a [u8],
    pieces: &[Piece],
    id_len: usize,
) -> Result<Beyond<'a>, &'static str> {
    let mut found = Beyond::default();
    // Copied bytes are an entry of the base's only where one begins there.
    let mut of_base = Vec::new();
    let is_sound = entries(base, id_len, |entry| of_base.push((entry.range.start, entry.name)));
    found.is_all = is_sound.is_err();
    let mut is_kept = vec![false; of_base.len()];
    let mut pieces = pieces.iter();
    // Where the current piece ends, and where it began and its bytes lie in the base.
    let mut piece_end = 0;
    let mut copied_from = None;
    let mut at = 0;
    while at < tree.len() {
        while piece_end <= at {
            let Some(piece) = pieces.next() else { break };
            copied_from = match *piece {
                Piece::Copy { from, .. } if !found.is_all => Some((piece_end, from)),
                _ => None,
            };
            piece_end += piece.len();
        }
        if let Some((start, from)) = copied_from.filter(|_| at < piece_end) {
            let (there, end) = (from + (at - start), from + (piece_end - start));
            let first = of_base.partition_point(|one| one.0 < there);
            let ends = of_base.iter().skip(first + 1).map(|one| one.0).chain([base.len()]);
            // As many of the base's entries as are whole in the piece.
            let kept = ends.take_while(|entry_end| *entry_end <= end).enumerate().last();
            let is_entry = of_base.get(first).is_some_and(|one| one.0 == there);
            if let Some((more, kept_end)) = kept.filter(|_| is_entry) {
                is_kept.iter_mut().skip(first).take(more + 1).for_each(|kept| *kept = true);
                at += kept_end - there;
                continue;
            }
        }
        let entry = entry(tree, at, id_len).ok_or("a tree is damaged")?;
        at = entry.range.end;
        found.entries.push(entry);
    }
    if !found.is_all {
        let gone = of_base.iter().zip(&is_kept).filter(|(_, is_kept)| !**is_kept);
        found.gone.extend(gone.map(|((_, name), _)| *name));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree(names: &[(String, u8)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, id) in names {
            bytes.extend(format!("100644 {name}\0").as_bytes());
            bytes.extend([*id; 20]);
        }
        bytes
    }

    fn names(tree: &[u8]) -> Vec<(Vec<u8>, Id)> {
        let mut all = Vec::new();
        entries(tree, 20, |entry| all.push((entry.name.to_vec(), entry.id))).unwrap();
        all
    }

    #[test]
    fn entries_are_read_and_damage_is_told() {
        let mut bytes = tree(&[("a".into(), 1), ("b c".into(), 2)]);
        bytes.extend(b"40000 d\0");
        bytes.extend([3; 20]);
        bytes.extend(b"160000 s\0");
        bytes.extend([0; 20]);
        let mut kinds = Vec::new();
        entries(&bytes, 20, |e| kinds.push((e.name, e.is_tree, e.is_submodule))).unwrap();
        let expected: [(&[u8], bool, bool); 4] = [
            (b"a", false, false),
            (b"b c", false, false),
            (b"d", true, false),
            (b"s", false, true),
        ];
        assert_eq!(kinds, expected);
        assert!(entries(&bytes[..bytes.len() - 1], 20, |_| {}).is_err());
        assert!(entries(b"100644 \0aaaaaaaaaaaaaaaaaaaa", 20, |_| {}).is_err(), "no name");
        assert!(entries(b"100644a\0aaaaaaaaaaaaaaaaaaaa", 20, |_| {}).is_err(), "no space");
    }

    proptest! {
        #[test]
        fn what_is_not_beyond_the_base_is_in_it(
            base in proptest::collection::vec(("[ab]{1,3}", 0..4_u8), 0..8),
            cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..4),
            new in proptest::collection::vec(("[ab]{1,3}", 0..4_u8), 0..4),
        ) {
            let base = tree(&base);
            let (mut bytes, mut pieces) = (Vec::new(), Vec::new());
            let mut new = new.into_iter();
            for (from, to) in cuts {
                let bounds = [from.index(base.len() + 1), to.index(base.len() + 1)];
                let (from, to) = (bounds[0].min(bounds[1]), bounds[0].max(bounds[1]));
                bytes.extend(&base[from..to]);
                pieces.push(Piece::Copy { from, len: to - from });
                let more = tree(&new.next().into_iter().collect::<Vec<_>>());
                bytes.extend(&more);
                pieces.push(Piece::New { len: more.len() });
            }
            let told = beyond(&bytes, &base, &pieces, 20);
            let mut all = Vec::new();
            if entries(&bytes, 20, |e| all.push((e.name.to_vec(), e.id))).is_ok() {
                let told = told.unwrap();
                let news: Vec<_> = told.entries.iter().map(|e| (e.name.to_vec(), e.id)).collect();
                let of_base = names(&base);
                for entry in &all {
                    prop_assert!(news.contains(entry) || of_base.contains(entry));
                }
                prop_assert!(news.iter().all(|entry| all.contains(entry)));
                for entry in of_base.iter().filter(|entry| !all.contains(entry)) {
                    prop_assert!(told.gone.contains(&entry.0.as_slice()), "{entry:?} is gone");
                }
                // What is not gone is still there.
                for entry in of_base.iter().filter(|one| !told.gone.contains(&one.0.as_slice())) {
                    prop_assert!(all.contains(entry));
                }
            } else {
                prop_assert!(told.is_err());
            }
        }

        #[test]
        fn no_bytes_make_it_panic(tree in proptest::collection::vec(any::<u8>(), 0..90), base in proptest::collection::vec(any::<u8>(), 0..90), from in 0..99_usize, len in 0..99_usize) {
            let _ = entries(&tree, 20, |_| {});
            let _ = beyond(&tree, &base, &[Piece::Copy { from, len }], 20);
        }
    }
}
