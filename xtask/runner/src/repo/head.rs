//! HEAD: commit, tree and branch in one answer.

use std::fs;

use camino::Utf8Path;
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

/// What HEAD is read from, as it stands in the git directory: while it is the
/// same, so is HEAD, and git need not be asked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// A branch, or a commit.
    head: Vec<u8>,
    /// The commit of the branch, where it has a file of its own.
    branch: Option<Vec<u8>>,
}

impl Mark {
    /// As it is now. None where HEAD is kept otherwise than in two files: packed
    /// with others, or in a table.
    pub(super) fn of(git_dir: &Utf8Path) -> Option<Mark> {
        let head = fs::read(git_dir.join("HEAD")).ok()?;
        let text = std::str::from_utf8(&head).ok()?.trim_end();
        let Some(name) = text.strip_prefix("ref: ") else {
            listing::id(text)?;
            return Some(Mark { head, branch: None });
        };
        let is_plain = name.starts_with("refs/heads/") && !name.contains("..");
        let common_dir = match fs::read_to_string(git_dir.join("commondir")) {
            Ok(path) => git_dir.join(path.trim_end()),
            Err(_) => git_dir.to_owned(),
        };
        let branch = fs::read(common_dir.join(name).as_std_path()).ok().filter(|_| is_plain)?;
        listing::id(std::str::from_utf8(&branch).ok()?.trim_end())?;
        Some(Mark { head, branch: Some(branch) })
    }
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
