//! What a repository's history holds, handed out lazily: it can be larger
//! than memory.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use crate::{GateError, ObjectId};

/// Which commits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HistoryScope {
    /// Commits reachable from the judged one that no remote branch (or the
    /// base) has yet: what a push would publish.
    Range,
    /// Everything reachable from any ref, tags and notes included.
    Full,
}

/// How far the history here can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryState {
    /// What was asked for.
    pub scope: HistoryScope,
    /// Commits in scope.
    pub commits: u64,
    /// Refs that were followed.
    pub refs: u64,
    /// Cut off by a shallow clone.
    pub shallow: bool,
    /// A partial clone: blobs may be missing.
    pub partial: bool,
    /// Grafts are in force, so parents may lie.
    pub grafted: bool,
    /// `refs/replace` entries (they are never followed, but told).
    pub replaced: u64,
}

impl HistoryState {
    /// Whether all of the scope can be read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.shallow && !self.partial && !self.grafted
    }
}

/// A distinct blob.
#[derive(Clone, Copy, Debug)]
pub struct HistoryBlob<'a> {
    /// Its name.
    pub id: &'a ObjectId,
    /// One of the paths it ever stood at.
    pub path: &'a camino::Utf8Path,
    /// All of it.
    pub bytes: &'a [u8],
}

/// The message of a commit or of an annotated tag.
#[derive(Clone, Copy, Debug)]
pub struct HistoryMessage<'a> {
    /// The commit or tag.
    pub id: &'a ObjectId,
    /// Its text.
    pub bytes: &'a [u8],
}

/// A commit whose diff put a blob at a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Introduction {
    /// The commit.
    pub commit: ObjectId,
    /// The path.
    pub path: Utf8PathBuf,
    /// The blob that stands there since.
    pub blob: ObjectId,
    /// What stood there in each parent; none where the parent had no file. A
    /// root commit has no parent at all.
    pub parents: Vec<Option<ObjectId>>,
}

/// The history evidence. Only what the judgement needs is read: all blobs
/// once, and the walk over commits only for the blobs that matter.
pub trait History: Send + Sync {
    /// How far it can be believed.
    fn state(&self) -> &HistoryState;

    /// Calls `visit` for each distinct blob in scope, once, in any order, from
    /// several threads at a time.
    ///
    /// # Errors
    /// The history cannot be read to its end, or the run was stopped.
    fn blobs(&self, visit: &(dyn Fn(HistoryBlob<'_>) + Sync)) -> Result<(), GateError>;

    /// Calls `visit` for each commit's and annotated tag's message in scope.
    ///
    /// # Errors
    /// As [`History::blobs`].
    fn messages(&self, visit: &(dyn Fn(HistoryMessage<'_>) + Sync)) -> Result<(), GateError>;

    /// The commits in scope whose diff put one of `blobs` somewhere, in any
    /// order.
    ///
    /// # Errors
    /// As [`History::blobs`].
    fn introductions(&self, blobs: &BTreeSet<ObjectId>) -> Result<Vec<Introduction>, GateError>;

    /// The bytes of one blob.
    ///
    /// # Errors
    /// It does not exist or cannot be read.
    fn read(&self, blob: &ObjectId) -> Result<Vec<u8>, GateError>;
}

/// One commit of a literal history: the whole tree after it.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// Its message.
    pub message: String,
    /// Positions of its parents in the list; the first commit has none.
    pub parents: Vec<usize>,
    /// Every file after it.
    pub files: BTreeMap<Utf8PathBuf, Vec<u8>>,
}

/// A history held in memory, for tests and canaries.
#[derive(Debug)]
pub struct LiteralHistory {
    state: HistoryState,
    commits: Vec<Commit>,
    blobs: BTreeMap<ObjectId, (Utf8PathBuf, Vec<u8>)>,
}

impl LiteralHistory {
    /// Commits in order, parents before children.
    #[must_use]
    pub fn new(scope: HistoryScope, commits: Vec<Commit>) -> LiteralHistory {
        let mut blobs = BTreeMap::new();
        for (path, bytes) in commits.iter().flat_map(|commit| &commit.files) {
            blobs.entry(blob_id(bytes)).or_insert_with(|| (path.clone(), bytes.clone()));
        }
        let state = HistoryState {
            scope,
            commits: commits.len() as u64,
            refs: 1,
            shallow: false,
            partial: false,
            grafted: false,
            replaced: 0,
        };
        LiteralHistory { state, commits, blobs }
    }

    /// The same commits in another state, to see what a gate makes of it.
    #[must_use]
    pub fn in_state(mut self, change: impl FnOnce(&mut HistoryState)) -> LiteralHistory {
        change(&mut self.state);
        self
    }
}

impl History for LiteralHistory {
    fn state(&self) -> &HistoryState {
        &self.state
    }

    fn blobs(&self, visit: &(dyn Fn(HistoryBlob<'_>) + Sync)) -> Result<(), GateError> {
        for (id, (path, bytes)) in &self.blobs {
            visit(HistoryBlob { id, path, bytes });
        }
        Ok(())
    }

    fn messages(&self, visit: &(dyn Fn(HistoryMessage<'_>) + Sync)) -> Result<(), GateError> {
        for (index, commit) in self.commits.iter().enumerate() {
            visit(HistoryMessage { id: &commit_id(index), bytes: commit.message.as_bytes() });
        }
        Ok(())
    }

    fn introductions(&self, blobs: &BTreeSet<ObjectId>) -> Result<Vec<Introduction>, GateError> {
        let mut found = Vec::new();
        for (index, commit) in self.commits.iter().enumerate() {
            for (path, bytes) in &commit.files {
                let blob = blob_id(bytes);
                let parents = commit.parents.iter().filter_map(|parent| self.commits.get(*parent));
                let parents: Vec<_> = parents
                    .map(|parent| parent.files.get(path).map(|bytes| blob_id(bytes)))
                    .collect();
                if blobs.contains(&blob)
                    && parents.iter().all(|parent| parent.as_ref() != Some(&blob))
                {
                    found.push(Introduction {
                        commit: commit_id(index),
                        path: path.clone(),
                        blob,
                        parents,
                    });
                }
            }
        }
        Ok(found)
    }

    fn read(&self, blob: &ObjectId) -> Result<Vec<u8>, GateError> {
        let found = self.blobs.get(blob).map(|(_, bytes)| bytes.clone());
        found.ok_or_else(|| GateError::environment("missing-object", format!("no blob {blob}")))
    }
}

fn blob_id(bytes: &[u8]) -> ObjectId {
    crate::tree::content_name(bytes)
}

fn commit_id(index: usize) -> ObjectId {
    ObjectId::new(&format!("{index:040x}"))
}
