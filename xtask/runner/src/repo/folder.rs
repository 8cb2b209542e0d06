//! A plain folder that is no repository, for gates that can work without git.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Entry, EntryKind, ReadError, Source};
use walkdir::WalkDir;

use super::disk::{Disk, Found};
use super::{Point, RepoError, SIZE_BYTES_MAX, Snapshot, path, sorted};

/// Everything below `dir` but `.git`; links are listed and not followed. No
/// ignore rule holds here, and entries have no names.
///
/// # Errors
/// [`RepoError::Unreadable`] where `dir` itself cannot be listed.
pub fn folder(dir: &Utf8Path) -> Result<Snapshot, RepoError> {
    let disk = Disk::open(dir, SIZE_BYTES_MAX)?;
    let mut entries = Vec::new();
    let mut unopened = BTreeMap::new();
    let walk = WalkDir::new(dir).min_depth(1).into_iter();
    for found in walk.filter_entry(|found| found.file_name() != ".git") {
        match found {
            Ok(found) if found.file_type().is_dir() => {}
            Ok(found) => {
                let Ok(below) = found.path().strip_prefix(dir) else { continue };
                if let Some(entry) = entry(&disk, &path::of_system(below)) {
                    entries.push(entry);
                }
            }
            Err(error) if error.depth() == 0 => {
                let reason = error.io_error().map_or_else(String::new, ToString::to_string);
                return Err(RepoError::Unreadable { dir: dir.to_owned(), reason });
            }
            Err(error) => {
                let below = error.path().and_then(|path| path.strip_prefix(dir).ok());
                let Some(below) = below else { continue };
                let reason = error.io_error().map_or_else(String::new, ToString::to_string);
                unopened.insert(path::shown(&path::of_system(below)), reason);
            }
        }
    }
    entries.extend(unopened.keys().map(|path| unopened_entry(path.clone())));
    let source = Folder { entries: sorted(entries)?, disk, unopened };
    Ok(Snapshot {
        source: Arc::new(source),
        point: Point::default(),
        is_tree: false,
        fingerprint: None,
    })
}

/// A directory that could not be opened stands in the list as a file that
/// cannot be read: nobody must believe that it was looked into.
pub(super) fn unopened_entry(path: Utf8PathBuf) -> Entry {
    Entry { path, kind: EntryKind::File, id: None, size_bytes: None }
}

/// What reading such an entry gives.
pub(super) fn unopened_error(reason: &str) -> ReadError {
    ReadError::Unreadable(format!("a directory that cannot be opened: {reason}"))
}

fn entry(disk: &Disk, raw: &[u8]) -> Option<Entry> {
    let (kind, size_bytes) = match disk.look(raw) {
        Ok(Found::File { executable: true, size_bytes, .. }) => {
            (EntryKind::Executable, Some(size_bytes))
        }
        Ok(Found::File { size_bytes, .. }) => (EntryKind::File, Some(size_bytes)),
        Ok(Found::Symlink) => (EntryKind::Symlink, None),
        // Reading it says why.
        Ok(Found::Special) | Err(_) => (EntryKind::File, None),
        Ok(Found::Directory | Found::Nothing) => return None,
    };
    Some(Entry { path: path::shown(raw), kind, id: None, size_bytes })
}

struct Folder {
    entries: Vec<Entry>,
    disk: Disk,
    unopened: BTreeMap<Utf8PathBuf, String>,
}

impl Source for Folder {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        match self.unopened.get(&entry.path) {
            Some(reason) => Err(unopened_error(reason)),
            None => self.disk.read(&path::raw(entry.path.as_str()), entry.kind),
        }
    }
}
