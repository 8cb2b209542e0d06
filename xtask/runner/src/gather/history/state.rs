//! Which commits are in scope, and how far the history can be believed.

use kernel::{GateError, HistoryScope, HistoryState, ObjectId};

use super::failed;
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

/// What the receipt will say about the history, but for what is counted.
pub fn state(repository: &Repository, scope: HistoryScope) -> Result<HistoryState, GateError> {
    let grafts = grafts(repository);
    Ok(HistoryState {
        scope,
        commits: 0,
        refs: 0,
        shallow: repository.is_shallow(),
        partial: is_partial(repository)?,
        grafted: grafts
            .split(|byte| *byte == b'\n')
            .any(|line| !line.is_empty() && !line.starts_with(b"#")),
        replaced: 0,
    })
}

/// A promisor remote may leave out any blob.
fn is_partial(repository: &Repository) -> Result<bool, GateError> {
    const KEYS: &str = r"^(remote\..*\.promisor|extensions\.partialclone)$";
    // Exit code 1 means no such key.
    let asked = repository.git().asks(&["config", "--get-regexp", KEYS]);
    asked.map_err(|error| failed(&error))
}

fn grafts(repository: &Repository) -> Vec<u8> {
    std::fs::read(repository.common_dir().join("info/grafts")).unwrap_or_default()
}

/// Digest of all that decides which objects are in scope.
pub fn name(
    repository: &Repository,
    range: &[String],
    scope: HistoryScope,
) -> Result<String, GateError> {
    let refs = repository.git().output(&["for-each-ref", "--format=%(objectname) %(refname)"]);
    let refs = refs.map_err(|error| failed(&error))?;
    let mut name =
        format!("{scope:?}\0{range:?}\0{}\0{}\0", repository.is_shallow(), is_partial(repository)?);
    name.push_str(&String::from_utf8_lossy(&grafts(repository)));
    name.push('\0');
    name.push_str(&String::from_utf8_lossy(&refs));
    Ok(sha256(name.as_bytes()))
}
