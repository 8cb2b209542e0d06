//! What a repository's history holds, handed out lazily: it can be larger
//! than memory.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::{GateError, ObjectId};

/// Which commits count.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
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
    /// All of it.
    pub bytes: &'a [u8],
    /// Another blob that it was made of, where that is known and was looked at
    /// before.
    pub base: Option<HistoryBase<'a>>,
}

/// What a blob was made of.
#[derive(Clone, Copy, Debug)]
pub struct HistoryBase<'a> {
    /// What was seen in the other blob.
    pub seen: Seen,
    /// The other blob's size.
    pub len: usize,
    /// How the blob is made of the other, from its first byte to its last.
    pub pieces: &'a [Piece],
}

/// A stretch of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Copied from the other.
    Copy {
        /// Where it stands there.
        from: usize,
        /// How long it is.
        len: usize,
    },
    /// New bytes.
    New {
        /// How many.
        len: usize,
    },
}

impl Piece {
    /// Its length in the blob.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Piece::Copy { len, .. } | Piece::New { len } => *len,
        }
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a gate saw in a blob. The runner keeps it, hands it back with what is
/// made of the blob, and counts the notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether the blob is looked at again once its commits are known, wherever
    /// it stands.
    pub is_suspect: bool,
    /// What makes it a suspect at some paths only, as bits of the gate's own
    /// choice, the lowest [`Seen::KIND_BITS`].
    pub kinds: u32,
    /// Whatever the gate wants to remember, up to [`Seen::NOTE_MAX`].
    pub note: u8,
}

impl Seen {
    /// The greatest note.
    pub const NOTE_MAX: u8 = 127;
    /// How many kinds there are.
    pub const KIND_BITS: u32 = 23;
}

/// How a gate looks at the blobs of a history.
pub trait Look: Sync {
    /// Looks at one of them, on any thread. What it sees may depend on the
    /// bytes alone: a blob stands at many paths, and for good.
    fn blob(&self, blob: HistoryBlob<'_>) -> Seen;

    /// What its sight depends on beside the program and the files that were read
    /// to configure the gate. With it the runner may keep what was seen for later
    /// runs; none where it may not.
    fn depends_on(&self) -> Option<String> {
        None
    }

    /// Whether what stands at `path` is a suspect there, if so is seen in it;
    /// of no kinds, whether the path alone makes one. Asked of every path that a
    /// blob ever stood at.
    fn is_suspect_at(&self, _path: &Utf8Path, _kinds: u32) -> bool {
        false
    }
}

/// What all the blobs in scope came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// How many there are.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those that an earlier run had seen, by the same rules of the same
    /// program, to be none of the gate's business.
    pub seen_before: u64,
    /// How many have each note.
    pub notes: BTreeMap<u8, u64>,
    /// The suspects, each with one of its paths where no commit brought it.
    pub suspects: BTreeMap<ObjectId, Utf8PathBuf>,
}

impl Overview {
    /// Counts one blob.
    pub fn count(&mut self, bytes: u64, seen: Seen) {
        self.blobs += 1;
        self.bytes += bytes;
        *self.notes.entry(seen.note).or_default() += 1;
    }
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

    /// Looks at each distinct blob in scope, in any order, from several threads
    /// at a time. Others may be looked at too; they do not count.
    ///
    /// # Errors
    /// The history cannot be read to its end, or the run was stopped.
    fn blobs(&self, look: &dyn Look) -> Result<Overview, GateError>;

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

    /// Whether [`History::blobs`], once it was called, counted `blob`, and that
    /// stood at `path`.
    fn holds(&self, blob: &ObjectId, path: &Utf8Path) -> bool;

    /// Calls `each` with the number of every one of `blobs`, in the order in which
    /// they are read quickest, from as many threads as there are to spare.
    fn spread(&self, blobs: &[&ObjectId], each: &(dyn Fn(usize) + Sync)) {
        (0..blobs.len()).for_each(each);
    }

    /// Whether what an earlier run saw of some blob was believed.
    fn has_taken(&self) -> bool {
        false
    }
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
            blobs.entry(ObjectId::of_blob(bytes)).or_insert_with(|| (path.clone(), bytes.clone()));
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

    fn blobs(&self, look: &dyn Look) -> Result<Overview, GateError> {
        let mut overview = Overview::default();
        for (id, (path, bytes)) in &self.blobs {
            let seen = look.blob(HistoryBlob { bytes, base: None });
            overview.count(bytes.len() as u64, seen);
            let stands_at = |path: &Utf8Path| {
                let mut commits = self.commits.iter();
                commits.any(|commit| commit.files.get(path).is_some_and(|there| there == bytes))
            };
            let mut paths = self.commits.iter().flat_map(|commit| commit.files.keys());
            let is_suspect = seen.is_suspect
                || paths.any(|path| stands_at(path) && look.is_suspect_at(path, seen.kinds));
            if is_suspect {
                overview.suspects.insert(id.clone(), path.clone());
            }
        }
        Ok(overview)
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
                let blob = ObjectId::of_blob(bytes);
                let parents = commit.parents.iter().filter_map(|parent| self.commits.get(*parent));
                let parents: Vec<_> = parents
                    .map(|parent| parent.files.get(path).map(|bytes| ObjectId::of_blob(bytes)))
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

    fn holds(&self, blob: &ObjectId, path: &Utf8Path) -> bool {
        let mut there = self.commits.iter().filter_map(|commit| commit.files.get(path));
        there.any(|bytes| blob.is_of_blob(bytes))
    }

    fn read(&self, blob: &ObjectId) -> Result<Vec<u8>, GateError> {
        let found = self.blobs.get(blob).map(|(_, bytes)| bytes.clone());
        found.ok_or_else(|| GateError::environment("missing-object", format!("no blob {blob}")))
    }
}

fn commit_id(index: usize) -> ObjectId {
    ObjectId::new(&format!("{index:040x}"))
}
