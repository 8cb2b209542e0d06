//! A tree whose contents are all in the object database: the index, a commit.

use std::fmt;
use std::sync::Arc;

use kernel::{Entry, EntryKind, ReadError, Source};

use super::objects::Objects;

pub(super) struct Stored {
    pub(super) entries: Vec<Entry>,
    pub(super) objects: Arc<Objects>,
}

impl Source for Stored {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        match (entry.kind, &entry.id) {
            (EntryKind::Submodule, _) => Err(ReadError::Submodule),
            (_, Some(id)) => self.objects.blob(id),
            (_, None) => Err(ReadError::Unreadable("git keeps no content for it".to_owned())),
        }
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stored({} entries)", self.entries.len())
    }
}
