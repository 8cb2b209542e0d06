//! A list of paths that is there, or is made when it is first asked for.

#[cfg(unix)]
use std::sync::OnceLock;

use camino::Utf8Path;
use kernel::{Entry, position};

#[cfg(unix)]
use super::index_file::Tracked;

/// Sorted as [`kernel::Source`] promises.
pub(super) enum Listed {
    /// These.
    Made(Vec<Entry>),
    /// All that is tracked, and nothing else.
    #[cfg(unix)]
    Later(Tracked, OnceLock<Vec<Entry>>),
}

impl Listed {
    /// All that `tracked` holds, and nothing else.
    #[cfg(unix)]
    pub(super) fn later(tracked: Tracked) -> Listed {
        Listed::Later(tracked, OnceLock::new())
    }

    pub(super) fn entries(&self) -> &[Entry] {
        match self {
            Listed::Made(entries) => entries,
            #[cfg(unix)]
            Listed::Later(tracked, made) => made.get_or_init(|| tracked.entries()),
        }
    }

    pub(super) fn find(&self, path: &Utf8Path) -> Option<Entry> {
        #[cfg(unix)]
        if let Listed::Later(tracked, made) = self
            && made.get().is_none()
            && let Some(found) = tracked.find(path)
        {
            return found;
        }
        let entries = self.entries();
        position(entries, path).ok().and_then(|at| entries.get(at)).cloned()
    }
}
