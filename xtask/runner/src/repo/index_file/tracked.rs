//! An index that is listed when somebody asks, and asked of one path without:
//! where nothing changed, a run asks of a handful, and listing a large tree
//! takes longer than looking at it.

use camino::Utf8Path;
use kernel::{Entry, ObjectId};

use super::{Bytes, IndexEntry, IndexFile, line};
use crate::repo::name::{ObjectFormat, hex};
use crate::repo::order::{is_plain, sort_plain};

/// A plain index whose paths are plain, too: UTF-8 that stands for itself, as git
/// writes it, sorted byte by byte.
#[derive(Debug)]
pub(in crate::repo) struct Tracked {
    bytes: Vec<u8>,
    /// Where its entries begin.
    starts: Vec<u32>,
    format: ObjectFormat,
}

impl IndexFile<'_> {
    /// Where the entries begin in the file; none where they cannot be read one by
    /// one, or where a path is not plain.
    pub(in crate::repo) fn starts(&self) -> Option<Vec<u32>> {
        let is_itself = |path: &[u8]| {
            let path = std::str::from_utf8(path).ok()?;
            (is_plain(path) && !path.contains('\\')).then_some(())
        };
        // In version 4 a path is what the one before it leaves.
        let are_whole = self.version < 4;
        let start = |entry: &IndexEntry<'_>| {
            is_itself(&entry.path).and_then(|()| u32::try_from(entry.at).ok())
        };
        are_whole.then(|| self.entries.iter().map(start).collect()).flatten()
    }
}

impl Tracked {
    /// `bytes` as [`IndexFile::parse`] took them apart, and its [`IndexFile::starts`].
    pub(in crate::repo) fn new(bytes: Vec<u8>, starts: Vec<u32>, format: ObjectFormat) -> Tracked {
        Tracked { bytes, starts, format }
    }

    /// The same as `git ls-files -s -v -z` prints it.
    pub(in crate::repo) fn listing(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.starts.len() * 100);
        self.all().for_each(|entry| line(&mut text, &entry));
        text
    }

    /// Every path, in the order that [`kernel::Source`] promises.
    pub(in crate::repo) fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.all().filter_map(|it| listed(&it)).collect();
        sort_plain(&mut entries);
        entries
    }

    /// What is tracked at `path`. None where `path` is not plain: the list answers.
    pub(in crate::repo) fn find(&self, path: &Utf8Path) -> Option<Option<Entry>> {
        let sought = path.as_str();
        if !is_plain(sought) {
            return None;
        }
        let order = |at: &u32| {
            let entry = self.at(*at);
            entry.map_or(std::cmp::Ordering::Less, |it| (*it.path).cmp(sought.as_bytes()))
        };
        let found = self.starts.binary_search_by(order).ok();
        let entry = found.and_then(|index| self.at(*self.starts.get(index)?));
        Some(entry.and_then(|entry| listed(&entry)))
    }

    fn all(&self) -> impl Iterator<Item = IndexEntry<'_>> {
        self.starts.iter().filter_map(|at| self.at(*at))
    }

    fn at(&self, at: u32) -> Option<IndexEntry<'_>> {
        let at = usize::try_from(at).ok()?;
        // Versions 2 and 3 differ in nothing that is read here.
        Bytes(self.bytes.get(at..)?).entry(at, 3, self.format.id_len(), None)
    }
}

fn listed(entry: &IndexEntry<'_>) -> Option<Entry> {
    let path = std::str::from_utf8(&entry.path).ok()?.into();
    let id = Some(ObjectId::new(&hex(entry.id)));
    Some(Entry { path, kind: entry.mode.kind(), id, size_bytes: None })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::file_of;
    use super::*;

    fn tracked(paths: &[&str]) -> Option<Tracked> {
        let bytes = file_of(paths);
        let starts = IndexFile::parse(&bytes, ObjectFormat::Sha1).unwrap().starts()?;
        Some(Tracked::new(bytes, starts, ObjectFormat::Sha1))
    }

    #[test]
    fn paths_that_stand_for_others_are_left_to_the_list() {
        assert!(tracked(&["a", "b/c"]).is_some());
        for path in ["a//b", "a/./b", "../a", "a\\x41"] {
            assert!(tracked(&[path]).is_none(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn one_path_is_found_as_in_the_list(
            paths in prop::collection::btree_set("[ab.]{1,3}(/[ab-]{1,2}){0,2}", 0..12),
            sought in "[ab./]{1,4}",
        ) {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            let Some(tracked) = tracked(&paths) else { return Ok(()) };
            let entries = tracked.entries();
            prop_assert!(entries.is_sorted_by(|one, next| one.path < next.path));
            prop_assert_eq!(entries.len(), paths.len());
            for sought in paths.iter().copied().chain([&*sought]) {
                let sought = Utf8Path::new(sought);
                let expected = entries.iter().find(|entry| entry.path == sought).cloned();
                if let Some(found) = tracked.find(sought) {
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
