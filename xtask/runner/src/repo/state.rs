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
        let (index, status) = thread::scope(|scope| {
            let index = scope.spawn(|| git.output(&["ls-files", "-s", "-v", "-z"]));
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
            let lost = |_| GitError::CannotStart { reason: "its thread ended early".to_owned() };
            (index.join().map_err(lost).and_then(|index| index), status)
        });
        let (status, warnings) = status?;
        Ok(State { index: index?, status, warnings })
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
        let commit = status.commit.map(ObjectId::new);
        let tree = match (&commit, &repo.head) {
            (None, _) => None,
            (Some(commit), Some((head, tree))) if head == commit => Some(tree.clone()),
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
