//! A tree by one name: the shortest answer to whether anything moved.

use kernel::{Entry, Tree};

use super::inputs::kind;
use crate::receipt::sha256;

/// A tree, and what names all of it.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// What names all of it, its git tree or [`whole`]; none where nothing does, or
    /// where nobody asked.
    pub whole: Option<&'a str>,
}

/// Digest over every entry's kind, blob and path, for what is no tree of git's. None
/// where a blob has no name.
#[must_use]
pub fn whole(entries: &[Entry]) -> Option<String> {
    let mut text = String::with_capacity(entries.len() * 100);
    for entry in entries {
        text.push_str(kind(entry));
        text.push_str(entry.id.as_ref()?.as_str());
        text.push_str(entry.path.as_str());
        // No path has one, so no two listings are the same text.
        text.push('\0');
    }
    Some(sha256(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use kernel::{EntryKind, ObjectId};

    use super::*;

    fn entry(path: &str, kind: EntryKind, id: Option<&str>) -> Entry {
        Entry { path: path.into(), kind, id: id.map(ObjectId::new), size_bytes: None }
    }

    #[test]
    fn what_moves_gives_another_name() {
        use EntryKind::{Executable, File};
        let was = [entry("a", File, Some("1")), entry("b c", File, Some("2"))];
        let name = whole(&was);
        assert!(name.is_some());
        assert_eq!(whole(&was.clone()), name);
        for (what, now) in [
            ("content", vec![was[0].clone(), entry("b c", File, Some("3"))]),
            ("kind", vec![was[0].clone(), entry("b c", Executable, Some("2"))]),
            ("path", vec![was[0].clone(), entry("b", File, Some("2"))]),
            ("gone", vec![was[0].clone()]),
            ("new", vec![was[0].clone(), was[1].clone(), entry("d", File, Some("2"))]),
        ] {
            assert_ne!(whole(&now), name, "{what}");
        }
    }

    #[test]
    fn what_has_no_name_gives_none() {
        let entries = [entry("a", EntryKind::File, Some("1")), entry("b", EntryKind::File, None)];
        assert_eq!(whole(&entries), None);
    }
}
