//! A commit, read from the object database without a checkout.

use std::sync::Arc;

use kernel::{Entry, ObjectId};

use super::stored::Stored;
use super::{Point, RepoError, Repository, Snapshot, listing, sorted};
use crate::git::GitError;

pub(super) fn snapshot(repo: &Repository, revision: &str) -> Result<Snapshot, RepoError> {
    let commit = resolve(repo, revision)?;
    let entries = entries(repo, &commit, Sizes::Told)?;
    let tree = tree_of(repo, &commit)?;
    let point = Point {
        tree: Some(tree),
        reference: reference(repo, revision),
        commit: Some(commit),
        dirty: false,
        dirty_digest: None,
        shallow: repo.shallow,
    };
    let source = Stored { entries, objects: Arc::clone(&repo.objects) };
    Ok(Snapshot { source: Arc::new(source), point, is_tree: true, fingerprint: None })
}

/// The commit that `revision` names.
pub(super) fn resolve(repo: &Repository, revision: &str) -> Result<ObjectId, RepoError> {
    let unknown = || GitError::UnknownRevision { revision: revision.to_owned() };
    // Nothing that a user names may be read as an option.
    if revision.is_empty() || revision.starts_with('-') || revision.contains(char::is_control) {
        return Err(unknown().into());
    }
    let commit = format!("{revision}^{{commit}}");
    match repo.git.output(&["rev-parse", "--verify", &commit]) {
        Ok(output) => one_id(&output).map(ObjectId::new),
        Err(GitError::UnknownRevision { .. }) => {
            let of_head = revision.strip_prefix("HEAD").or_else(|| revision.strip_prefix('@'));
            let of_head =
                of_head.is_some_and(|rest| rest.is_empty() || rest.starts_with(['~', '^']));
            let unborn = || repo.git.output(&["rev-parse", "--verify", "HEAD^{commit}"]).is_err();
            if of_head && unborn() {
                return Err(RepoError::Unborn { revision: revision.to_owned() });
            }
            Err(unknown().into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The tree of the commit with this name.
pub(super) fn tree_of(repo: &Repository, commit: &ObjectId) -> Result<ObjectId, RepoError> {
    let output = repo.git.output(&["rev-parse", "--verify", &format!("{commit}^{{tree}}")])?;
    one_id(&output).map(ObjectId::new)
}

/// Whether entries carry sizes, for which git must look at each blob.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sizes {
    /// Where the blob is here.
    Told,
    /// Never.
    Untold,
}

/// Every path of `commit`, sorted.
pub(super) fn entries(
    repo: &Repository,
    commit: &ObjectId,
    sizes: Sizes,
) -> Result<Vec<Entry>, RepoError> {
    let mut args = vec!["ls-tree", "-r", "-z", "--full-tree"];
    args.extend((sizes == Sizes::Told).then_some("-l"));
    args.push(commit.as_str());
    let output = repo.git.output(&args)?;
    let entries: Result<Vec<Entry>, RepoError> =
        listing::tree(&output).map(|line| line.map(|line| line.entry())).collect();
    sorted(entries?)
}

/// The branch or tag behind `revision`, in full; none where it names none.
fn reference(repo: &Repository, revision: &str) -> Option<String> {
    let output = repo.git.output(&["rev-parse", "--symbolic-full-name", revision]).ok()?;
    let name = String::from_utf8(output).ok()?;
    let name = name.trim_end();
    name.starts_with("refs/").then(|| name.to_owned())
}

fn one_id(output: &[u8]) -> Result<&str, RepoError> {
    let text = std::str::from_utf8(output).ok().and_then(|text| listing::id(text.trim_end()));
    text.ok_or_else(|| RepoError::garbled("rev-parse", output))
}
