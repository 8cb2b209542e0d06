//! The commits in scope and what leads to their files, read from packs.

use std::num::NonZeroUsize;

use git_bulk::{Commits, Error, Id, Packs};
use kernel::{GateError, Pulse};

use super::loose::Loose;
use super::{failed, garbled, unread};
use crate::git::Git;
use crate::repo::Repository;

/// A whole history's packs and commits.
pub struct Graph {
    pub packs: Packs,
    pub commits: Commits,
    pub loose: Loose,
}

impl Graph {
    /// What `range`, the whole history's, leads to.
    pub fn read(
        repository: &Repository,
        range: &[String],
        pulse: &Pulse,
    ) -> Result<Graph, GateError> {
        let folders = super::packs::folders(repository);
        let (packs, tips) = std::thread::scope(|scope| {
            let tips = scope.spawn(|| tips(repository.git(), range));
            (Packs::open(&folders, repository.object_format().id_len()), tips.join())
        });
        let tips = tips.map_err(|_| garbled("no tips"))??;
        let packs = match packs {
            Ok(packs) => packs,
            // git may read what this does not.
            Err(Error::Unsupported { .. }) => Packs::default(),
            Err(error) => return Err(unread(&error)),
        };
        let loose = Loose::new(repository.git().clone());
        let stop = || pulse.check().is_err();
        let fetch = |id: &Id| loose.read(id);
        let commits = Commits::read(&packs, &tips, threads(), &stop, &fetch);
        pulse.check()?;
        let commits = commits.map_err(|error| unread(&error))?;
        Ok(Graph { packs, commits, loose })
    }
}

/// The commits that the refs of `range` name, tags followed.
fn tips(git: &Git, range: &[String]) -> Result<Vec<Id>, GateError> {
    let mut args = vec!["rev-list", "--no-walk=unsorted"];
    args.extend(range.iter().map(String::as_str));
    args.push("--");
    let listed = git.output(&args).map_err(|error| failed(&error))?;
    let lines = listed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let ids = lines.map(|line| git_bulk::id(line).ok_or_else(|| garbled("no name")));
    ids.collect()
}

/// As many as there are processors.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
