//! A list of paths that is there, or is made when it is first asked for.

use std::sync::OnceLock;

use camino::Utf8Path;
use kernel::Entry;

#[cfg(unix)]
use super::index_file::Tracked;

/// Sorted as [`kernel::Source`] promises.
pub(super) struct Listed {
    entries: OnceLock<Vec<Entry>>,
    #[cfg(unix)]
    tracked: Option<Tracked>,
}

impl Listed {
    /// These.
    pub(super) fn of(entries: Vec<Entry>) -> Listed {
        Listed {
            entries: entries.into(),
            #[cfg(unix)]
            tracked: None,
        }
    }

    /// All that `tracked` holds, and nothing else.
    #[cfg(unix)]
    pub(super) fn later(tracked: Tracked) -> Listed {
        Listed { entries: OnceLock::new(), tracked: Some(tracked) }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        self.entries.get_or_init(|| {
            #[cfg(unix)]
            if let Some(tracked) = &self.tracked {
                return tracked.entries();
            }
            Vec::new()
        })
    }

    pub(super) fn find(&self, path: &Utf8Path) -> Option<Entry> {
        #[cfg(unix)]
        if self.entries.get().is_none()
            && let Some(found) = self.tracked.as_ref().and_then(|tracked| tracked.find(path))
        {
            return found;
        }
        let entries = self.entries();
        let found = entries.binary_search_by(|entry| entry.path.as_path().cmp(path)).ok();
        found.and_then(|at| entries.get(at)).cloned()
    }
}
