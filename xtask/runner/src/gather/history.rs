//! The history through git: every blob once, on all processors; commits only
//! for the blobs that matter.

mod blobs;
mod graph;
mod introductions;
mod kept;
mod loose;
mod packs;
mod refs;
mod state;

use std::collections::{BTreeSet, HashSet};
use std::io::{BufRead, Read};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use git_bulk::{Brought, Id, Kind, Walk};
use graph::Graph;
pub use kept::Kept;
use kernel::{
    ErrorKind, GateError, History, HistoryMessage, HistoryScope, HistoryState, Introduction, Look,
    ObjectId, Overview, Pulse,
};
use refs::Refs;
pub use state::Bounds;

use crate::git::{Git, GitError, Input};
use crate::repo::Repository;

/// The least objects that one git process reads: each new one starts with an
/// empty cache of delta bases. On 47,000 blobs, processes of 1,024 take 2.5
/// times as long as one for all.
const CHUNK_LEN_MIN: usize = 1024;
/// How many git processes a processor starts: more than one, so that none is
/// idle for long at the end.
const CHUNKS_A_WORKER: usize = 3;

/// A history that git reads.
struct GitHistory {
    repository: Repository,
    state: HistoryState,
    refs: Refs,
    /// Revision arguments that name the scope.
    range: Vec<String>,
    pulse: Pulse,
    /// What an earlier run saw.
    kept: Kept,
    /// Whether some of it was believed.
    has_taken: AtomicBool,
    /// The commits in scope, once git listed them.
    commits: OnceLock<Vec<String>>,
    /// Packs and commits of a whole history.
    graph: Option<Graph>,
    /// Where its blobs stood, once that was read.
    brought: OnceLock<Brought>,
}

/// Opens the history that `head` stands in.
///
/// # Errors
/// git refuses to say what the history is made of.
pub fn open(
    repository: &Repository,
    bounds: &Bounds,
    head: Option<&ObjectId>,
    base: Option<&str>,
    scope: HistoryScope,
    pulse: &Pulse,
    kept: Kept,
) -> Result<Box<dyn History>, GateError> {
    let range = state::range(repository, head, base, scope);
    let mut state = state::state(repository, bounds, scope);
    let mut refs = bounds.refs.clone();
    // What is not all here is not walked either: no verdict can come of it.
    let is_whole = !state.shallow && !state.partial && !state.grafted;
    let graph = match scope {
        HistoryScope::Full if is_whole => {
            Some(Graph::read(repository, &mut refs, head, &range, pulse)?)
        }
        _ => None,
    };
    state.commits = match &graph {
        Some(graph) => graph.commits.all().len() as u64,
        None => state::commits(repository, &range)?,
    };
    Ok(Box::new(GitHistory {
        repository: repository.clone(),
        state,
        refs,
        range,
        pulse: pulse.clone(),
        kept,
        has_taken: AtomicBool::new(false),
        commits: OnceLock::new(),
        graph,
        brought: OnceLock::new(),
    }))
}

/// Names the history in scope: the same as long as no ref moves, and nothing
/// else changes that [`History::state`] tells.
pub fn name(
    repository: &Repository,
    bounds: &Bounds,
    head: Option<&ObjectId>,
    base: Option<&str>,
    scope: HistoryScope,
) -> String {
    state::name(repository, bounds, &state::range(repository, head, base, scope), scope)
}

/// An object to read, and one of its paths.
#[derive(Clone)]
struct Wanted {
    id: String,
    path: Utf8PathBuf,
}

impl History for GitHistory {
    fn state(&self) -> &HistoryState {
        &self.state
    }

    fn blobs(&self, look: &dyn Look) -> Result<Overview, GateError> {
        let overview = match &self.graph {
            Some(graph) => blobs::of_packs(self, graph, look),
            None => blobs::of_range(self, look),
        }?;
        self.has_taken.fetch_or(overview.seen_before > 0, Ordering::Relaxed);
        Ok(overview)
    }

    fn spread(&self, blobs: &[&ObjectId], each: &(dyn Fn(usize) + Sync)) {
        // Those that are built on each other one after the other.
        let mut order: Vec<usize> = (0..blobs.len()).collect();
        order.sort_by_cached_key(|at| {
            let id = git_bulk::id(blobs.get(*at)?.as_str().as_bytes())?;
            self.graph.as_ref()?.packs.find(&id)
        });
        on_all_processors(&order, &|at| each(*at));
    }

    fn has_taken(&self) -> bool {
        self.has_taken.load(Ordering::Relaxed)
    }

    fn messages(&self, visit: &(dyn Fn(HistoryMessage<'_>) + Sync)) -> Result<(), GateError> {
        let visit = |id: &ObjectId, bytes: &[u8]| {
            // A commit's or tag's header ends with the first empty line.
            let start = memchr::memmem::find(bytes, b"\n\n").map_or(bytes.len(), |at| at + 2);
            visit(HistoryMessage { id, bytes: bytes.get(start..).unwrap_or_default() });
        };
        let mut wanted: Vec<Wanted> = match &self.graph {
            Some(graph) => self.packed_commits(graph, &visit)?,
            None => self.commits()?.iter().cloned().map(unnamed).collect(),
        };
        if self.state.scope == HistoryScope::Full {
            for tag in self.refs.tags() {
                let place = self.graph.as_ref().and_then(|graph| graph.packs.find(&tag));
                match self.graph.as_ref().zip(place) {
                    Some((graph, place)) => {
                        let (_, bytes) = graph.packs.read(place).map_err(|e| unread(&e))?;
                        visit(&ObjectId::new(&tag.to_string()), &bytes);
                    }
                    None => wanted.push(unnamed(tag.to_string())),
                }
            }
        }
        self.read_all(&wanted, &|wanted, _, bytes| visit(&ObjectId::new(&wanted.id), bytes))
    }

    fn introductions(&self, blobs: &BTreeSet<ObjectId>) -> Result<Vec<Introduction>, GateError> {
        let Some((graph, brought)) = self.graph.as_ref().zip(self.brought.get()) else {
            let commits = self.commits()?.join("\n");
            return introductions::find(self.git(), commits, blobs, &self.pulse);
        };
        let ids = blobs.iter().filter_map(|id| git_bulk::id(id.as_str().as_bytes()));
        let stop = || self.pulse.check().is_err();
        let found = brought.introduced(ids, &graph.commits, &graph.packs, graph::threads(), &stop);
        self.pulse.check()?;
        let id = |id: Id| ObjectId::new(&id.to_string());
        let found = found.map_err(|error| unread(&error))?.into_iter().map(|one| Introduction {
            commit: id(one.commit),
            path: String::from_utf8_lossy(&one.path).into_owned().into(),
            blob: id(one.blob),
            parents: one.parents.into_iter().map(|parent| parent.map(id)).collect(),
        });
        let mut found: Vec<Introduction> = found.collect();
        found.sort_unstable();
        Ok(found)
    }

    fn holds(&self, blob: &ObjectId, path: &Utf8Path) -> bool {
        let known = self.graph.as_ref().zip(self.brought.get());
        let known = known.zip(git_bulk::id(blob.as_str().as_bytes()));
        known.is_some_and(|((graph, brought), id)| {
            brought.holds_at(&id, path.as_str().as_bytes(), &graph.packs)
        })
    }

    fn read(&self, blob: &ObjectId) -> Result<Vec<u8>, GateError> {
        if let Some((graph, id)) = self.graph.as_ref().zip(git_bulk::id(blob.as_str().as_bytes()))
            && let Some(place) = graph.packs.find(&id)
        {
            let read = graph.packs.read(place);
            return read.map(|(_, bytes)| bytes.to_vec()).map_err(|error| unread(&error));
        }
        self.repository.blob(blob).map_err(|error| {
            let message = format!("blob {blob} could not be read: {error}");
            GateError::environment("missing-object", message)
                .hint("'git fsck' tells what is missing; clone anew without --filter")
        })
    }
}

fn unnamed(id: String) -> Wanted {
    Wanted { id, path: Utf8PathBuf::new() }
}

/// Calls `each` for all, on all processors.
fn on_all_processors<T: Sync>(all: &[T], each: &(dyn Fn(&T) + Sync)) {
    let next = AtomicUsize::new(0);
    let worker = || {
        while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            each(one);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..graph::threads().min(all.len()) {
            scope.spawn(worker);
        }
        worker();
    });
}

/// What is done with an object: it, its type, its bytes.
type Take<'a> = &'a (dyn Fn(&Wanted, &str, &[u8]) + Sync);

impl GitHistory {
    fn git(&self) -> &Git {
        self.repository.git()
    }

    /// Hands out the commits in scope that lie in packs; returns the others.
    fn packed_commits(
        &self,
        graph: &Graph,
        visit: &(dyn Fn(&ObjectId, &[u8]) + Sync),
    ) -> Result<Vec<Wanted>, GateError> {
        let commits = graph.commits.all();
        let strays = commits.iter().filter(|commit| commit.place.is_none());
        let strays = strays.map(|commit| unnamed(commit.id.to_string())).collect();
        let packed: Vec<_> = commits.iter().filter(|commit| commit.place.is_some()).collect();
        if packed.iter().all(|commit| graph.commits.bytes(commit).is_some()) {
            on_all_processors(&packed, &|commit| {
                if let (Ok(()), Some(bytes)) = (self.pulse.check(), graph.commits.bytes(commit)) {
                    visit(&ObjectId::new(&commit.id.to_string()), bytes);
                }
            });
            self.pulse.check()?;
            return Ok(strays);
        }
        let is_in_scope: HashSet<Id> = commits.iter().map(|commit| commit.id).collect();
        let stop = || self.pulse.check().is_err();
        let walked =
            Walk::over(&graph.packs, Kind::Commit).run(graph::threads(), &stop, &|commit| {
                // A commit in two packs is handed out where it is found.
                if is_in_scope.contains(commit.id)
                    && graph.packs.find(commit.id) == Some(commit.place)
                {
                    visit(&ObjectId::new(&commit.id.to_string()), commit.bytes);
                }
                1
            });
        self.pulse.check()?;
        walked.map_err(|error| unread(&error))?;
        Ok(strays)
    }

    fn commits(&self) -> Result<&[String], GateError> {
        if let Some(commits) = self.commits.get() {
            return Ok(commits);
        }
        let mut args = vec!["rev-list"];
        args.extend(self.range.iter().map(String::as_str));
        args.push("--");
        let listed = self.git().output(&args).map_err(|error| failed(&error))?;
        let listed = String::from_utf8_lossy(&listed);
        Ok(self.commits.get_or_init(|| listed.lines().map(str::to_owned).collect()))
    }

    /// Reads every object, in chunks, one git process and one thread a
    /// processor. One blob a thread is in memory at a time.
    fn read_all(&self, wanted: &[Wanted], take: Take<'_>) -> Result<(), GateError> {
        let workers = graph::threads();
        let chunk_len = wanted.len().div_ceil(workers * CHUNKS_A_WORKER).max(CHUNK_LEN_MIN);
        let chunks: Vec<&[Wanted]> = wanted.chunks(chunk_len).collect();
        let next = AtomicUsize::new(0);
        let failure: Mutex<Option<GateError>> = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..workers.min(chunks.len()) {
                scope.spawn(|| {
                    while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if let Err(error) = self.read_chunk(chunk, take) {
                            let mut failure =
                                failure.lock().unwrap_or_else(PoisonError::into_inner);
                            failure.get_or_insert(error);
                            next.store(chunks.len(), Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn read_chunk(&self, chunk: &[Wanted], take: Take<'_>) -> Result<(), GateError> {
        let ids: String = chunk.iter().flat_map(|wanted| [wanted.id.as_str(), "\n"]).collect();
        let stream =
            self.git().stream(&["cat-file", "--batch", "--buffer"], Input::Bytes(ids.into_bytes()));
        let mut stream = stream.map_err(|error| failed(&error))?;
        let mut header = String::new();
        let mut bytes = Vec::new();
        for wanted in chunk {
            self.pulse.check()?;
            let reader = stream.reader().ok_or_else(|| garbled("no output"))?;
            header.clear();
            reader.read_line(&mut header).map_err(|error| garbled(&error.to_string()))?;
            // `<id> <type> <size>`, or `<id> missing`.
            let mut words = header.split_whitespace().skip(1);
            let (kind, size) = (words.next().unwrap_or_default(), words.next());
            let Some(size) = size.and_then(|size| size.parse::<u64>().ok()) else {
                return Err(missing(&wanted.id, &format!("git says '{}'", header.trim())));
            };
            if size > crate::repo::SIZE_BYTES_MAX {
                let message = format!(
                    "object {} ('{}') has {size} bytes, more than can be judged",
                    wanted.id, wanted.path
                );
                return Err(GateError::cannot_judge("object-too-large", message));
            }
            bytes.clear();
            reader
                .take(size)
                .read_to_end(&mut bytes)
                .map_err(|error| garbled(&error.to_string()))?;
            let mut end = [0];
            reader.read_exact(&mut end).map_err(|error| garbled(&error.to_string()))?;
            if bytes.len() as u64 != size {
                return Err(garbled("an object ended early"));
            }
            take(wanted, kind, &bytes);
        }
        stream.finish().map_err(|error| failed(&error))
    }
}

fn missing(id: &str, said: &str) -> GateError {
    let message = format!("object {id} of the history is not here ({said})");
    GateError::environment("missing-object", message)
        .hint("'git fsck' tells what is missing; clone anew without --filter")
}

fn unread(error: &git_bulk::Error) -> GateError {
    match error {
        git_bulk::Error::TooLarge { .. } => {
            GateError::cannot_judge("object-too-large", error.to_string())
        }
        git_bulk::Error::Missing { id, said } => missing(&id.to_string(), said),
        git_bulk::Error::Unfit { .. } => {
            GateError::environment("damaged-object", error.to_string())
                .hint("'git fsck' tells what is damaged; clone anew")
        }
        error => GateError::environment("damaged-pack", error.to_string())
            .hint("'git fsck' tells what is damaged; clone anew"),
    }
}

fn garbled(what: &str) -> GateError {
    GateError::new(
        ErrorKind::Environment,
        "git-garbled",
        format!("git cat-file did not answer as documented: {what}"),
    )
}

fn failed(error: &GitError) -> GateError {
    GateError::environment("git-failed", error.to_string())
}
