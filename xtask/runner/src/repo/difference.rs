//! What sets a snapshot apart from its commit, as one digest.

use kernel::{EntryKind, ObjectId};
use sha2::{Digest, Sha256};

use super::name::hex;

/// Paths that differ, each with a mark of what is there instead.
#[derive(Debug, Default)]
pub(super) struct Difference {
    records: Vec<Vec<u8>>,
}

impl Difference {
    /// `path` holds what `mark` stands for.
    pub(super) fn add(&mut self, path: &[u8], mark: &str) {
        let mut record = path.strip_suffix(b"/").unwrap_or(path).to_vec();
        record.push(0);
        record.extend_from_slice(mark.as_bytes());
        record.push(b'\n');
        self.records.push(record);
    }

    /// Whether nothing differs.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// SHA-256 over all, in the order of their paths, behind `beginning`.
    pub(super) fn digest(&mut self, beginning: &[u8]) -> String {
        self.records.sort_unstable();
        let mut digest = Sha256::new_with_prefix(beginning);
        self.records.iter().for_each(|record| digest.update(record));
        hex(&digest.finalize())
    }
}

/// The mark of a path that is gone.
pub(super) const DELETED: &str = "deleted";

/// The mark of content that has a name.
pub(super) fn content(kind: EntryKind, id: &ObjectId) -> String {
    let kind = match kind {
        EntryKind::File => "file",
        EntryKind::Executable => "executable",
        EntryKind::Symlink => "symlink",
        EntryKind::Submodule => "submodule",
    };
    format!("{kind} {id}")
}
