//! HEAD: commit, tree and branch in one answer.

use kernel::ObjectId;

use super::listing;
use crate::git::{Git, GitError};

/// Where a repository stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) commit: ObjectId,
    pub(super) tree: ObjectId,
    /// In full (`refs/heads/main`), or `HEAD` where it is detached.
    pub(super) reference: Option<String>,
}

/// What `git rev-parse` is asked.
pub(super) const WORDS: [&str; 4] =
    ["HEAD^{commit}", "HEAD^{tree}", "--symbolic-full-name", "HEAD"];

/// Asks git; none where the answer is not the expected one.
pub(super) fn ask(git: &Git) -> Result<Option<Head>, GitError> {
    let answer = git.output(&[&["rev-parse"], &WORDS[..]].concat())?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(Head::of(&answer.lines().collect::<Vec<_>>()))
}

impl Head {
    /// Takes the lines of the answer to [`WORDS`].
    pub(super) fn of(lines: &[&str]) -> Option<Head> {
        let [commit, tree, ref reference @ ..] = *lines else { return None };
        let (commit, tree) = (listing::id(commit)?, listing::id(tree)?);
        let reference = match *reference {
            [] => None,
            [one] => Some(one.to_owned()),
            _ => return None,
        };
        Some(Head { commit: ObjectId::new(commit), tree: ObjectId::new(tree), reference })
    }

    /// What `git status --porcelain=v2 -z --branch` prints of it where nothing
    /// differs, the upstream aside.
    pub(super) fn status(&self) -> Option<Vec<u8>> {
        let branch = match self.reference.as_deref()? {
            "HEAD" => "(detached)",
            name => name.strip_prefix("refs/heads/").unwrap_or(name),
        };
        Some(format!("# branch.oid {}\0# branch.head {branch}\0", self.commit).into_bytes())
    }
}
