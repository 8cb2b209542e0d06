//! What of the work tree is as git last saw it, found without git: one look at
//! each tracked file, one list of each folder that holds one. `git status` looks
//! at the same, but as a process of its own that must be waited for, and in a
//! thread less.
//!
//! Only "as it was" is answered here. Each path that is not (another size, date,
//! inode or owner; gone; not tracked) is doubtful, and git is asked about it: what
//! it would make of filters, line ends, ignore rules and other repositories is
//! git's affair.

use super::state::Index;

#[cfg(unix)]
mod unix;

#[cfg(unix)]
pub(super) use unix::glance;

/// What was found.
#[derive(Debug)]
pub(super) struct Glance {
    /// When it was begun.
    pub(super) begun_ns: i128,
    /// What the index lists.
    pub(super) index: Index,
    /// The tree that a commit of the index would have, in hex.
    pub(super) tree: String,
    /// What git must be asked about; all else is as the index has it. Tracked
    /// files that may differ, and what stands beside them and is not tracked.
    pub(super) doubtful: Vec<Vec<u8>>,
}

/// Elsewhere git notes of a file what it alone can read.
#[cfg(not(unix))]
pub(super) fn glance(
    _root: &camino::Utf8Path,
    _git_dir: &camino::Utf8Path,
    _format: super::ObjectFormat,
) -> Option<Glance> {
    None
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
