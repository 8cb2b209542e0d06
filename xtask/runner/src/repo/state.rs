//! The questions that every snapshot of work tree or index begins with, asked
//! side by side.

use std::thread;

use kernel::ObjectId;

use super::listing::{self, Status};
use super::{Point, RepoError, Repository};
use crate::git::GitError;

/// What git answered.
pub(super) struct State {
    /// `git ls-files -s -v -z`.
    pub(super) index: Vec<u8>,
    status: Vec<u8>,
    /// What `git status` said on standard error.
    pub(super) warnings: Vec<u8>,
    /// Commit and tree of HEAD.
    head: Option<(String, String)>,
}

/// Whether untracked files matter.
#[derive(Clone, Copy)]
pub(super) enum Untracked {
    /// Each of them.
    All,
    /// None.
    No,
}

impl State {
    pub(super) fn ask(repo: &Repository, untracked: Untracked) -> Result<State, RepoError> {
        repo.root()?;
        let git = &repo.git;
        let untracked = match untracked {
            Untracked::All => "--untracked-files=all",
            Untracked::No => "--untracked-files=no",
        };
        let (index, head, status) = thread::scope(|scope| {
            let index = scope.spawn(|| git.output(&["ls-files", "-s", "-v", "-z"]));
            let head = scope.spawn(|| git.output(&["rev-parse", "HEAD^{commit}", "HEAD^{tree}"]));
            let status = git.output_and_warnings(&[
                "status",
                "--porcelain=v2",
                "-z",
                "--branch",
                "--no-ahead-behind",
                "--no-renames",
                "--ignore-submodules=none",
                untracked,
            ]);
            (joined(index), joined(head), status)
        });
        let (status, warnings) = status?;
        // Before the first commit there is no HEAD; status says so itself.
        let head = head.ok().and_then(|head| {
            let head = String::from_utf8(head).ok()?;
            let (commit, tree) = head.trim_end().split_once('\n')?;
            Some((commit.to_owned(), tree.to_owned()))
        });
        Ok(State { index: index?, status, warnings, head })
    }

    pub(super) fn status(&self) -> Result<Status<'_>, RepoError> {
        listing::status(&self.status)
    }

    /// What of status changes when somebody touches work tree or index: all of
    /// it but the upstream's headers.
    pub(super) fn touched(&self) -> Vec<u8> {
        let upstream = |record: &&[u8]| {
            record.starts_with(b"# branch.upstream") || record.starts_with(b"# branch.ab")
        };
        let records = self.status.split(|byte| *byte == 0).filter(|record| !upstream(record));
        records.collect::<Vec<_>>().join(&0)
    }

    /// The point, as far as status knows it: what differs is added later.
    pub(super) fn point(&self, repo: &Repository, status: &Status) -> Result<Point, RepoError> {
        let tree = match (status.commit, &self.head) {
            (None, _) => None,
            (Some(commit), Some((head, tree))) if head == commit => Some(tree.clone()),
            // HEAD moved between two questions.
            (Some(commit), _) => Some(super::commit::tree_of(repo, commit)?),
        };
        let reference = status.branch.map(|branch| match branch.strip_prefix("refs/") {
            Some(_) => branch.to_owned(),
            None => format!("refs/heads/{branch}"),
        });
        Ok(Point {
            commit: status.commit.map(ObjectId::new),
            tree: tree.as_deref().map(ObjectId::new),
            reference,
            shallow: repo.shallow,
            ..Point::default()
        })
    }
}

fn joined(
    thread: thread::ScopedJoinHandle<'_, Result<Vec<u8>, GitError>>,
) -> Result<Vec<u8>, GitError> {
    let lost = |_| GitError::CannotStart { reason: "its thread ended early".to_owned() };
    thread.join().map_err(lost)?
}
