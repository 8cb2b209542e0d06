//! The tree copied out of the repository, whole or altered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{CommandRequest, EntryKind, GateError, Globs};
use tempfile::TempDir;

use crate::view::View;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix::{HINT, link};
#[cfg(windows)]
use windows::{HINT, link};

/// The copies of one run, each for all requests of a gate that ask for the same:
/// what installs packages and what then builds need one.
#[derive(Default)]
pub struct Copies(Mutex<BTreeMap<String, Arc<TempDir>>>);

impl Copies {
    /// The copy that `wanted` runs in.
    pub fn of(
        &self,
        gate: &str,
        view: &View,
        wanted: &CommandRequest,
    ) -> Result<Arc<TempDir>, GateError> {
        let without: Vec<&str> = wanted.without.patterns().collect();
        let key = format!("{gate}\0{without:?}\0{:?}", wanted.with);
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(copy) = made.get(&key) {
            return Ok(Arc::clone(copy));
        }
        let copy = Arc::new(copy(view, &wanted.without, &wanted.with)?);
        made.insert(key, Arc::clone(&copy));
        Ok(copy)
    }
}

/// A copy of the tree outside the repository: git's file list, minus what is
/// hidden, plus what is laid over. A copy, not links: a write in it must not
/// reach the user's files.
pub fn copy(
    view: &View,
    without: &Globs,
    with: &BTreeMap<Utf8PathBuf, Vec<u8>>,
) -> Result<TempDir, GateError> {
    let failed = |error: std::io::Error| {
        GateError::environment("copy-failed", format!("the tree could not be copied: {error}"))
            .hint(HINT)
    };
    let folder = tempfile::tempdir().map_err(failed)?;
    let all = Globs::new(["**"]).unwrap_or_default();
    for entry in view.tree.list(&all) {
        if without.matches(&entry.path) || entry.kind == EntryKind::Submodule {
            continue;
        }
        let file = view
            .tree
            .read_in_passing(&entry)
            .map_err(|error| kernel::unread(&entry.path, &error))?;
        put(folder.path(), &entry.path, entry.kind, file.bytes()).map_err(failed)?;
    }
    for (path, bytes) in with {
        put(folder.path(), path, EntryKind::File, bytes).map_err(failed)?;
    }
    Ok(folder)
}

/// Writes one entry below `root`.
pub fn put(
    root: &std::path::Path,
    path: &Utf8Path,
    kind: EntryKind,
    bytes: &[u8],
) -> std::io::Result<()> {
    let target = root.join(path);
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match kind {
        EntryKind::Symlink => link(bytes, &target),
        EntryKind::Executable => {
            std::fs::write(&target, bytes)?;
            crate::mode::make_executable(&target)
        }
        EntryKind::File | EntryKind::Submodule => std::fs::write(target, bytes),
    }
}
