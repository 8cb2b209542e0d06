//! The questions that every snapshot of work tree or index begins with, asked
//! side by side; of a work tree git is asked only what a glance leaves open.

use std::borrow::Cow;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use kernel::ObjectId;

use super::glance::{Glance, glance};
use super::head::{self, Head, Mark};
#[cfg(unix)]
use super::index_file::Tracked;
use super::listing::{self, Status};
use super::{Point, RepoError, Repository};
use crate::git::{Git, GitError};

/// What git answered, or would have.
pub(super) struct State {
    /// When the first look was taken, nanoseconds since 1970: a file that changed
    /// later may not be what was listed.
    pub(super) begun_ns: i128,
    /// What git tracks.
    pub(super) index: Index,
    status: Vec<u8>,
    /// What `git status` said on standard error.
    pub(super) warnings: Vec<u8>,
}

/// The index.
#[derive(Debug)]
pub(super) enum Index {
    /// As `git ls-files -s -v -z` prints it.
    Text(Vec<u8>),
    /// As it was read from its file.
    #[cfg(unix)]
    Tracked(Tracked),
}

impl Index {
    /// What `git ls-files -s -v -z` prints.
    pub(super) fn text(&self) -> Cow<'_, [u8]> {
        match self {
            Index::Text(text) => Cow::Borrowed(text),
            #[cfg(unix)]
            Index::Tracked(tracked) => Cow::Owned(tracked.listing()),
        }
    }
}

/// Whether untracked files matter.
#[derive(Clone, Copy)]
pub(super) enum Untracked {
    /// Each of them.
    All,
    /// None.
    No,
}

/// HEAD and the work tree, seen at one time.
pub(super) type Looked = (Head, Glance);

impl State {
    /// All of it from git.
    pub(super) fn ask(repo: &Repository, untracked: Untracked) -> Result<State, RepoError> {
        repo.root()?;
        let (git, begun_ns) = (&repo.git, now_ns());
        let untracked = match untracked {
            Untracked::All => "--untracked-files=all",
            Untracked::No => "--untracked-files=no",
        };
        let (index, status) = beside(
            || git.output(&["ls-files", "-s", "-v", "-z"]),
            || git.output_and_warnings(&[&STATUS[..], &[untracked]].concat()),
        );
        let (status, warnings) = status?;
        Ok(State { begun_ns, index: Index::Text(index?), status, warnings })
    }

    /// Of the work tree; `looked` is what was seen of it already.
    pub(super) fn of_work_tree(
        repo: &Repository,
        looked: Option<Looked>,
    ) -> Result<State, RepoError> {
        let looked = match looked {
            Some(looked) => Some(looked),
            None => look(repo)?,
        };
        match looked.map(|(head, glance)| State::settle(&repo.git, &head, glance)) {
            Some(Some(state)) => Ok(state),
            Some(None) | None => State::ask(repo, Untracked::All),
        }
    }

    /// Asks git of what is doubtful. None where that does not fit together: git is
    /// to be asked of everything.
    fn settle(git: &Git, head: &Head, glance: Glance) -> Option<State> {
        let Glance { begun_ns, index, tree, doubtful } = glance;
        // Nothing is staged; HEAD may have moved between two looks.
        if tree != head.tree.as_str() {
            return None;
        }
        let as_head = head.status()?;
        if doubtful.is_empty() {
            return Some(State { begun_ns, index, status: as_head, warnings: Vec::new() });
        }
        let paths: Option<Vec<&str>> =
            doubtful.iter().map(|path| std::str::from_utf8(path).ok()).collect();
        let args = [&["--literal-pathspecs"], &STATUS[..], &["--untracked-files=all", "--"]];
        let (status, warnings) =
            git.output_and_warnings(&[&args.concat()[..], &paths?].concat()).ok()?;
        let is_same = as_head.split(|byte| *byte == 0).all(|header| has(&status, header));
        is_same.then_some(State { begun_ns, index, status, warnings })
    }

    /// The index; nothing is left of it.
    pub(super) fn take_index(&mut self) -> Index {
        std::mem::replace(&mut self.index, Index::Text(Vec::new()))
    }

    pub(super) fn status(&self) -> Result<Status<'_>, RepoError> {
        listing::status(&self.status)
    }

    /// What of status changes when somebody touches work tree or index: of the
    /// headers commit and branch alone, others depend on the user's settings.
    pub(super) fn touched(&self) -> Vec<u8> {
        let is_told = |record: &&[u8]| {
            let headers: [&[u8]; 2] = [b"# branch.oid ", b"# branch.head "];
            !record.starts_with(b"# ") || headers.iter().any(|it| record.starts_with(it))
        };
        let records = self.status.split(|byte| *byte == 0).filter(is_told);
        records.collect::<Vec<_>>().join(&0)
    }

    /// The point, as far as status knows it: what differs is added later.
    pub(super) fn point(&self, repo: &Repository, status: &Status) -> Result<Point, RepoError> {
        let commit = status.commit.map(ObjectId::new);
        let tree = match (&commit, &repo.head) {
            (None, _) => None,
            (Some(commit), Some(head)) if head.commit == *commit => Some(head.tree.clone()),
            // HEAD has moved since the repository was opened.
            (Some(commit), _) => Some(super::commit::tree_of(repo, commit)?),
        };
        let reference = status.branch.map(|branch| match branch.strip_prefix("refs/") {
            Some(_) => branch.to_owned(),
            None => format!("refs/heads/{branch}"),
        });
        Ok(Point { commit, tree, reference, shallow: repo.shallow, ..Point::default() })
    }
}

/// File systems date with a clock that ticks: a change may look so much older.
const TICK_NS: i128 = 20_000_000;

/// Now, as the file system may date it.
pub(super) fn now_ns() -> i128 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i128::try_from(now.as_nanos()).unwrap_or(i128::MAX) - TICK_NS
}

const STATUS: [&str; 7] = [
    "status",
    "--porcelain=v2",
    "-z",
    "--branch",
    "--no-ahead-behind",
    "--no-renames",
    "--ignore-submodules=none",
];

/// HEAD and the work tree as they are now; none where git must be asked.
fn look(repo: &Repository) -> Result<Option<Looked>, RepoError> {
    let root = repo.root()?;
    if repo.git.index.is_some() {
        return Ok(None);
    }
    let glance = || glance(root, &repo.git_dir, repo.format);
    if repo.mark.is_some() && repo.mark == Mark::of(&repo.git_dir) {
        return Ok(repo.head.clone().zip(glance()));
    }
    let (head, glance) = beside(|| head::ask(&repo.git), || Ok(glance()));
    Ok(head.ok().flatten().zip(glance?))
}

/// Does both, the first on a thread of its own.
pub(super) fn beside<A: Send, B>(
    one: impl FnOnce() -> Result<A, GitError> + Send,
    other: impl FnOnce() -> Result<B, GitError>,
) -> (Result<A, GitError>, Result<B, GitError>) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        let lost = |_| GitError::CannotStart { reason: "its thread ended early".to_owned() };
        (one.join().map_err(lost).and_then(|one| one), other)
    })
}

/// Whether `record` is one of those that NULs end in `output`.
fn has(output: &[u8], record: &[u8]) -> bool {
    output.split(|byte| *byte == 0).any(|one| one == record)
}
