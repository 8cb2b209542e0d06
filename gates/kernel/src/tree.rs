//! A read-only view of a repository at one point, lazy and recording.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use crate::held::Held;
use crate::{Globs, ObjectId, Pulse, SourceFile};

/// What git says a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A regular file with the executable bit.
    Executable,
    /// A symbolic link; its content is its target.
    Symlink,
    /// Another repository's commit; it has no content here.
    Submodule,
}

/// One path of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the repository. Bytes that are not UTF-8 stand as `\xNN`.
    pub path: Utf8PathBuf,
    /// What it is.
    pub kind: EntryKind,
    /// The blob's name where git already knows it (a clean file).
    pub id: Option<ObjectId>,
    /// Size where it is known without reading.
    pub size_bytes: Option<u64>,
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// No such path in the tree.
    Missing,
    /// A submodule: its content is another repository's.
    Submodule,
    /// Larger than the reader takes.
    TooLarge {
        /// Size of the file.
        size_bytes: u64,
        /// The limit it passes.
        size_bytes_max: u64,
    },
    /// The time limit passed or the run was interrupted.
    Stopped,
    /// The file system or git would not hand it out.
    Unreadable(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Missing => f.write_str("no such file in the tree"),
            ReadError::Submodule => f.write_str("a submodule, its content is another repository's"),
            ReadError::TooLarge { size_bytes, size_bytes_max } => {
                write!(f, "{size_bytes} bytes, the limit is {size_bytes_max}")
            }
            ReadError::Stopped => f.write_str("stopped before it was read"),
            ReadError::Unreadable(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ReadError {}

/// Where a tree's content comes from: the work tree, the index, a commit, a
/// plain folder, or a literal.
pub trait Source: Send + Sync {
    /// Every path once, sorted by [`Utf8Path`]'s order (component by component).
    fn entries(&self) -> &[Entry];

    /// The one at `path`, if there is one: a source that is slow to list may know
    /// it sooner.
    fn find(&self, path: &Utf8Path) -> Option<Entry> {
        let entries = self.entries();
        position(entries, path).ok().and_then(|index| entries.get(index)).cloned()
    }

    /// The bytes of one of [`Source::entries`].
    ///
    /// # Errors
    /// [`ReadError`], except `Missing`.
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError>;
}

/// Where `path` stands among entries that are sorted as [`Source::entries`] are, or
/// else where it would stand.
///
/// # Errors
/// It is none of them.
pub fn position(entries: &[Entry], path: &Utf8Path) -> Result<usize, usize> {
    entries.binary_search_by(|entry| entry.path.as_path().cmp(path))
}

/// What was asked of a tree. With the answers' names it is the key under
/// which a result may be reused: a run that would see the same answers would
/// reach the same result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Pattern lists that were listed, each with the paths it gave.
    pub listed: BTreeMap<Vec<String>, Vec<Utf8PathBuf>>,
    /// Paths of files read, with the blob's name where the source knows it. As
    /// text: comparing paths part by part is what noting a file would cost.
    pub read: BTreeMap<String, Option<ObjectId>>,
    /// Paths that were looked for and are there, read or not.
    pub found: BTreeSet<String>,
    /// Paths looked for in vain.
    pub missing: BTreeSet<Utf8PathBuf>,
}

/// A read-only view of the repository. Clones share one [`Trace`];
/// [`Tree::retraced`] starts a new one.
#[derive(Clone)]
pub struct Tree {
    source: Arc<dyn Source>,
    held: Option<Arc<Held>>,
    trace: Arc<Mutex<Trace>>,
    pulse: Pulse,
}

impl Tree {
    /// A tree over `source`.
    #[must_use]
    pub fn new(source: Arc<dyn Source>) -> Tree {
        Tree { source, held: None, trace: Arc::default(), pulse: Pulse::default() }
    }

    /// A tree over `source` that holds what is read through it, so that several
    /// gates read each file once.
    #[must_use]
    pub fn holding(source: Arc<dyn Source>) -> Tree {
        Tree { held: Some(Arc::default()), ..Tree::new(source) }
    }

    /// A tree that holds these files, for tests and canaries.
    #[must_use]
    pub fn literal<P: Into<Utf8PathBuf>, B: Into<Vec<u8>>>(
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Tree {
        let mut literal = Literal::default();
        for (path, bytes) in files {
            literal.insert(path.into(), EntryKind::File, bytes.into());
        }
        Tree::new(Arc::new(literal))
    }

    /// The same content with a trace of its own and a pulse that is asked
    /// before each read.
    #[must_use]
    pub fn retraced(&self, pulse: Pulse) -> Tree {
        let source = Arc::clone(&self.source);
        Tree { source, held: self.held.clone(), trace: Arc::default(), pulse }
    }

    /// What has been asked so far.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every entry, for whoever asks what others were answered: nothing is noted. A gate
    /// asks by [`Tree::list`] and [`Tree::find`].
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        self.source.entries()
    }

    /// The entries that `globs` selects, sorted by path.
    #[must_use]
    pub fn list(&self, globs: &Globs) -> Vec<Entry> {
        let entries = self.source.entries().iter();
        let found: Vec<Entry> =
            entries.filter(|entry| globs.matches(&entry.path)).cloned().collect();
        self.record(|trace| {
            let patterns = globs.patterns().map(str::to_owned).collect();
            let paths = found.iter().map(|entry| entry.path.clone()).collect();
            trace.listed.insert(patterns, paths);
        });
        found
    }

    /// The entry at `path`, if there is one.
    #[must_use]
    pub fn find(&self, path: &Utf8Path) -> Option<Entry> {
        let found = self.source.find(path);
        self.record(|trace| match &found {
            Some(entry) => {
                trace.found.insert(entry.path.as_str().to_owned());
            }
            None => {
                trace.missing.insert(slashed(path).into_owned().into());
            }
        });
        found
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`ReadError`]: no such path, a submodule, unreadable, or stopped.
    pub fn read(&self, path: &Utf8Path) -> Result<SourceFile, ReadError> {
        let entry = self.find(path).ok_or(ReadError::Missing)?;
        self.read_entry(&entry)
    }

    /// Reads an entry that came from this tree.
    ///
    /// # Errors
    /// As [`Tree::read`].
    pub fn read_entry(&self, entry: &Entry) -> Result<SourceFile, ReadError> {
        self.may_read(entry)?;
        let file = match &self.held {
            Some(held) => held.get_or_read(entry.path.as_str(), || self.fetch(entry)),
            None => self.fetch(entry),
        }?;
        self.note_read(entry);
        Ok(file.pulsed(&self.pulse))
    }

    /// As [`Tree::read_entry`], for a file that nobody is likely to ask for again:
    /// it is not held.
    ///
    /// # Errors
    /// As [`Tree::read`].
    pub fn read_in_passing(&self, entry: &Entry) -> Result<SourceFile, ReadError> {
        self.may_read(entry)?;
        let held = self.held.as_ref().and_then(|held| held.get(entry.path.as_str()));
        let file = held.map_or_else(|| self.fetch(entry), Ok)?;
        self.note_read(entry);
        Ok(file.pulsed(&self.pulse))
    }

    fn may_read(&self, entry: &Entry) -> Result<(), ReadError> {
        if entry.kind == EntryKind::Submodule {
            return Err(ReadError::Submodule);
        }
        self.pulse.check().map_err(|_| ReadError::Stopped)
    }

    fn fetch(&self, entry: &Entry) -> Result<SourceFile, ReadError> {
        Ok(SourceFile::new(entry, self.source.read(entry)?))
    }

    /// Records that `entry` was read, for a file that was read once for
    /// several gates: each gate's trace must show it.
    pub fn note_read(&self, entry: &Entry) {
        self.record(|trace| {
            trace.read.insert(entry.path.as_str().to_owned(), entry.id.clone());
        });
    }

    fn record(&self, note: impl FnOnce(&mut Trace)) {
        note(&mut self.trace.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tree({} entries)", self.source.entries().len())
    }
}

/// A tree's content held in memory.
#[derive(Clone, Debug, Default)]
pub struct Literal {
    entries: Vec<Entry>,
    contents: BTreeMap<Utf8PathBuf, Vec<u8>>,
}

impl Literal {
    /// Adds or replaces a path.
    pub fn insert(&mut self, path: Utf8PathBuf, kind: EntryKind, bytes: Vec<u8>) {
        let id = ObjectId::of_blob(&bytes);
        let size_bytes = Some(bytes.len() as u64);
        let entry = Entry { path: path.clone(), kind, id: Some(id), size_bytes };
        match position(&self.entries, &path) {
            Ok(index) => self.entries[index] = entry,
            Err(index) => self.entries.insert(index, entry),
        }
        self.contents.insert(path, bytes);
    }
}

impl Source for Literal {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        self.contents.get(&entry.path).cloned().ok_or(ReadError::Missing)
    }
}

/// A path below a folder, as the tree writes it: gates use this in place of
/// `join`, which writes `\` on Windows.
#[must_use]
pub fn below(folder: &Utf8Path, path: impl AsRef<Utf8Path>) -> Utf8PathBuf {
    let joined = folder.join(path);
    if std::path::MAIN_SEPARATOR == '/' { joined } else { slashed(&joined).into_owned().into() }
}

/// The path as the tree writes it, with `/` between folders: on Windows, what
/// was put together with `join` has `\`.
#[must_use]
pub fn slashed(path: &Utf8Path) -> Cow<'_, str> {
    const OTHER: char = std::path::MAIN_SEPARATOR;
    if OTHER == '/' || !path.as_str().contains(OTHER) {
        return Cow::Borrowed(path.as_str());
    }
    Cow::Owned(path.as_str().replace(OTHER, "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        Tree::literal([("b.txt", "two"), ("a/x.yml", "one"), ("a/y.md", "three")])
    }

    #[test]
    fn lists_sorted_and_records_the_answer() {
        let tree = tree();
        let found = tree.list(&Globs::new(["**/*.yml", "b.txt"]).unwrap());
        let paths: Vec<_> = found.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["a/x.yml", "b.txt"]);
        assert_eq!(tree.trace().listed.len(), 1);
        assert!(tree.trace().read.is_empty());
    }

    #[test]
    fn reads_and_misses_are_recorded() {
        let tree = tree();
        assert_eq!(tree.read(Utf8Path::new("a/x.yml")).unwrap().text(), Some("one"));
        assert_eq!(tree.read(Utf8Path::new("gone")).unwrap_err(), ReadError::Missing);
        let trace = tree.trace();
        assert!(trace.read.contains_key("a/x.yml") && trace.found.contains("a/x.yml"));
        assert!(trace.missing.contains(Utf8Path::new("gone")));
        assert_eq!(tree.retraced(Pulse::default()).trace(), Trace::default());
    }

    #[test]
    fn a_stopped_pulse_stops_reads() {
        let tree = tree().retraced(Pulse::new(|| Some(crate::ErrorKind::TimedOut)));
        assert_eq!(tree.read(Utf8Path::new("b.txt")).unwrap_err(), ReadError::Stopped);
    }

    #[test]
    fn equal_content_has_an_equal_name() {
        let tree = Tree::literal([("a", "x"), ("b", "x"), ("c", "y")]);
        let id = |path: &str| tree.find(Utf8Path::new(path)).unwrap().id;
        assert_eq!(id("a"), id("b"));
        assert_ne!(id("a"), id("c"));
    }
}
