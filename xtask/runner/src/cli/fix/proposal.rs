//! Which of the proposed fixes are made: each as a whole, and no two in the
//! same place.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Edit;

/// A fix that a machine can make.
#[derive(Clone, Debug)]
pub struct Proposal<'r> {
    /// What it mends, for people.
    pub words: String,
    /// They apply together or not at all.
    pub edits: &'r [Edit],
}

/// What is made of all proposals.
#[derive(Debug, Default)]
pub struct Chosen<'r> {
    /// Files that change.
    pub files: BTreeMap<Utf8PathBuf, Changed>,
    /// Fixes that are made.
    pub taken: Vec<Proposal<'r>>,
    /// Fixes that are not, and why.
    pub left: Vec<(Proposal<'r>, String)>,
}

/// A file that changes.
#[derive(Debug)]
pub struct Changed {
    /// As it was judged.
    pub before: Vec<u8>,
    /// By place; no two overlap.
    pub edits: Vec<Edit>,
}

impl Changed {
    /// With its edits made.
    pub fn after(&self) -> Vec<u8> {
        applied(&self.before, 0, &self.edits)
    }
}

/// `text`, which begins at byte `start` of its file, with `edits` made.
pub fn applied(text: &[u8], start: usize, edits: &[Edit]) -> Vec<u8> {
    let mut after = Vec::with_capacity(text.len());
    let mut from = start;
    let slice = |from: usize, to: usize| {
        text.get(from.saturating_sub(start)..to.saturating_sub(start)).unwrap_or_default()
    };
    for edit in edits {
        after.extend_from_slice(slice(from, edit.start));
        after.extend_from_slice(edit.text.as_bytes());
        from = edit.end;
    }
    after.extend_from_slice(slice(from, start + text.len()));
    after
}

/// Takes the proposals in their order. `judged` gives a file's bytes, or why it
/// must not be written.
pub fn choose<'r>(
    proposals: Vec<Proposal<'r>>,
    judged: &dyn Fn(&Utf8Path) -> Result<Vec<u8>, String>,
) -> Chosen<'r> {
    let mut chosen = Chosen::default();
    let mut read: BTreeMap<&Utf8Path, Result<Vec<u8>, String>> = BTreeMap::new();
    for proposal in proposals {
        for edit in proposal.edits {
            read.entry(&edit.path).or_insert_with(|| judged(&edit.path));
        }
        if let Err(why) = take(&mut chosen.files, &read, proposal.edits) {
            chosen.left.push((proposal, why));
            continue;
        }
        chosen.taken.push(proposal);
    }
    chosen
}

fn take(
    files: &mut BTreeMap<Utf8PathBuf, Changed>,
    read: &BTreeMap<&Utf8Path, Result<Vec<u8>, String>>,
    edits: &[Edit],
) -> Result<(), String> {
    for (index, edit) in edits.iter().enumerate() {
        let Some(Ok(before)) = read.get(edit.path.as_path()) else {
            let why = read.get(edit.path.as_path()).and_then(|read| read.as_ref().err());
            return Err(why.cloned().unwrap_or_default());
        };
        if !fits(before, edit) {
            return Err(format!("its edit is no range of characters of '{}'", edit.path));
        }
        let earlier = files.get(&edit.path).into_iter().flat_map(|file| &file.edits);
        let own = edits.iter().take(index).filter(|own| own.path == edit.path);
        if earlier.chain(own).any(|other| other != edit && overlap(other, edit)) {
            return Err(
                "it overlaps with another fix: make that first, then run 'fix' again".into()
            );
        }
    }
    for edit in edits {
        let before = match read.get(edit.path.as_path()) {
            Some(Ok(before)) => before,
            _ => continue,
        };
        let file = files
            .entry(edit.path.clone())
            .or_insert_with(|| Changed { before: before.clone(), edits: Vec::new() });
        // Two findings may ask for the very same.
        if !file.edits.contains(edit) {
            file.edits.push(edit.clone());
            file.edits.sort_by_key(|edit| (edit.start, edit.end));
        }
    }
    Ok(())
}

/// Within the file, and not through the middle of a character.
fn fits(before: &[u8], edit: &Edit) -> bool {
    // A byte that continues a character cannot begin what comes after a cut.
    let is_cut = |at: usize| before.get(at).is_none_or(|byte| byte & 0xc0 != 0x80);
    edit.start <= edit.end && edit.end <= before.len() && is_cut(edit.start) && is_cut(edit.end)
}

/// Edits that begin in one place have no order between them.
fn overlap(one: &Edit, other: &Edit) -> bool {
    one.start == other.start || (one.start < other.end && other.start < one.end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edit(path: &str, start: usize, end: usize, text: &str) -> Edit {
        Edit { path: path.into(), start, end, text: text.into() }
    }

    fn chosen(fixes: &[Vec<Edit>]) -> (Vec<String>, Vec<String>) {
        let words = String::new();
        let proposals =
            fixes.iter().map(|edits| Proposal { words: words.clone(), edits }).collect();
        let chosen = choose(proposals, &|path| match path.as_str() {
            "a" | "b" => Ok(b"0123456789".to_vec()),
            "utf8" => Ok("äöü".into()),
            other => Err(format!("no '{other}'")),
        });
        let after = |file: &Changed| String::from_utf8(file.after()).unwrap();
        let files = chosen.files.iter().map(|(path, file)| format!("{path}={}", after(file)));
        (files.collect(), chosen.left.into_iter().map(|(_, why)| why).collect())
    }

    #[test]
    fn edits_apply_by_place_whatever_their_order() {
        let (files, left) = chosen(&[
            vec![edit("a", 8, 10, ""), edit("b", 0, 0, "<")],
            vec![edit("a", 0, 1, "zero"), edit("a", 5, 5, "-")],
        ]);
        assert_eq!(files, ["a=zero1234-567", "b=<0123456789"]);
        assert!(left.is_empty());
    }

    #[test]
    fn what_overlaps_is_left_out_as_a_whole() {
        let (files, left) = chosen(&[
            vec![edit("a", 2, 5, "x")],
            vec![edit("a", 4, 6, "y"), edit("b", 0, 1, "never")],
            vec![edit("a", 2, 2, "same place")],
            vec![edit("a", 5, 6, "next")],
            // The very same is one.
            vec![edit("a", 2, 5, "x")],
            vec![edit("b", 1, 4, ""), edit("b", 3, 5, "itself")],
        ]);
        assert_eq!(files, ["a=01xnext6789"]);
        assert_eq!(left.len(), 3);
        assert!(left.iter().all(|why| why.contains("overlaps")), "{left:?}");
    }

    #[test]
    fn a_file_that_must_not_be_written_takes_its_fix_along() {
        let (files, left) = chosen(&[
            vec![edit("b", 0, 1, ""), edit("../c", 0, 0, "x")],
            vec![edit("a", 9, 11, "")],
            vec![edit("a", 3, 2, "")],
            vec![edit("utf8", 1, 2, "")],
        ]);
        assert!(files.is_empty(), "{files:?}");
        assert_eq!(left.len(), 4);
        assert_eq!(left[0], "no '../c'");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

        /// Whatever is proposed: no panic, and what was taken does not overlap.
        #[test]
        fn any_edits_are_taken_or_left(
            edits in prop::collection::vec((0_usize..14, 0_usize..14, "[x\n]{0,2}"), 0..8),
        ) {
            let fixes: Vec<Vec<Edit>> =
                edits.iter().map(|(start, end, text)| vec![edit("a", *start, *end, text)]).collect();
            let words = String::new();
            let proposals =
                fixes.iter().map(|edits| Proposal { words: words.clone(), edits }).collect();
            let chosen = choose(proposals, &|_| Ok(b"01\n345\n789".to_vec()));
            prop_assert_eq!(chosen.taken.len() + chosen.left.len(), fixes.len());
            for file in chosen.files.values() {
                for (one, next) in file.edits.iter().zip(file.edits.iter().skip(1)) {
                    prop_assert!(one.end <= next.start);
                }
            }
        }
    }
}
