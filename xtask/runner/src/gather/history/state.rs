//! Which commits are in scope, and how far the history can be believed.

use kernel::{GateError, HistoryScope, HistoryState, ObjectId};

use super::refs::Refs;
use super::{failed, garbled};
use crate::receipt::sha256;
use crate::repo::Repository;

/// Revision arguments for `git rev-list`.
pub fn range(
    repository: &Repository,
    head: Option<&ObjectId>,
    base: Option<&str>,
    scope: HistoryScope,
) -> Vec<String> {
    let mut range = Vec::new();
    // `--all` is every ref, tags and notes and stashes too, and HEAD; the judged
    // commit may be none of them.
    if scope == HistoryScope::Full {
        range.push("--all".to_owned());
    }
    range.extend(head.map(ToString::to_string));
    if scope == HistoryScope::Range && head.is_some() {
        range.extend(["--not".to_owned(), "--remotes".to_owned()]);
        // A base that is not here takes nothing away.
        range.extend(base.and_then(|base| repository.resolve(base).ok()).map(|id| id.to_string()));
    }
    range
}

/// How many commits are in scope, as git counts.
pub fn commits(repository: &Repository, range: &[String]) -> Result<u64, GateError> {
    if range.is_empty() {
        return Ok(0);
    }
    let mut args = vec!["rev-list", "--count"];
    args.extend(range.iter().map(String::as_str));
    args.push("--");
    let count = repository.git().output(&args).map_err(|error| failed(&error))?;
    Ok(String::from_utf8_lossy(&count).trim().parse().unwrap_or(0))
}

/// What decides which history there is beside the objects themselves: read once a run.
pub struct Bounds {
    pub refs: Refs,
    /// Whether a remote may have left out blobs.
    partial: bool,
    grafts: Vec<u8>,
}

impl Bounds {
    /// Of `repository`.
    ///
    /// # Errors
    /// git refuses to say.
    pub fn read(repository: &Repository) -> Result<Bounds, GateError> {
        let (partial, refs) = std::thread::scope(|scope| {
            let refs = scope.spawn(|| Refs::read(repository));
            (is_partial(repository), refs.join())
        });
        let refs = refs.map_err(|_| garbled("no refs"))??;
        let grafts = std::fs::read(repository.common_dir().join("info/grafts"));
        Ok(Bounds { refs, partial: partial?, grafts: grafts.unwrap_or_default() })
    }

    fn is_grafted(&self) -> bool {
        let mut lines = self.grafts.split(|byte| *byte == b'\n');
        lines.any(|line| !line.is_empty() && !line.starts_with(b"#"))
    }
}

/// What the receipt will say about the history, but for what is counted.
pub fn state(repository: &Repository, bounds: &Bounds, scope: HistoryScope) -> HistoryState {
    HistoryState {
        scope,
        commits: 0,
        refs: bounds.refs.len(),
        shallow: repository.is_shallow(),
        partial: bounds.partial,
        grafted: bounds.is_grafted(),
        replaced: bounds.refs.replacing(),
    }
}

/// A promisor remote may leave out any blob.
fn is_partial(repository: &Repository) -> Result<bool, GateError> {
    const KEYS: &str = r"^(remote\..*\.promisor|extensions\.partialclone)$";
    // Exit code 1 means no such key.
    let asked = repository.git().asks(&["config", "--get-regexp", KEYS]);
    asked.map_err(|error| failed(&error))
}

/// Digest of all that decides which objects are in scope.
pub fn name(
    repository: &Repository,
    bounds: &Bounds,
    range: &[String],
    scope: HistoryScope,
) -> String {
    let (shallow, partial) = (repository.is_shallow(), bounds.partial);
    let mut name = format!("{scope:?}\0{range:?}\0{shallow}\0{partial}\0");
    name.push_str(&String::from_utf8_lossy(&bounds.grafts));
    name.push('\0');
    bounds.refs.write_to(&mut name);
    sha256(name.as_bytes())
}
