//! What changed since another commit.

use std::collections::{BTreeSet, HashMap};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Entry, ObjectId};

use super::commit::{self, Sizes};
use super::{RepoError, Repository, Snapshot};
use crate::git::GitError;

impl Repository {
    /// The commit at which `base` and `head` parted; none where they share no
    /// history.
    ///
    /// # Errors
    /// As [`Repository::resolve`]; [`RepoError::Shallow`] where the history
    /// ends before they meet.
    pub fn merge_base(&self, base: &str, head: &str) -> Result<Option<ObjectId>, RepoError> {
        let (one, other) = (self.resolve(base)?, self.resolve(head)?);
        match self.git.output(&["merge-base", one.as_str(), other.as_str()]) {
            Ok(output) => {
                let line = String::from_utf8_lossy(&output);
                Ok(line.lines().next().map(ObjectId::new))
            }
            // It has no words for it but this exit code.
            Err(GitError::Failed { code: Some(1), .. }) if self.shallow => {
                Err(RepoError::Shallow { revision: base.to_owned() })
            }
            Err(GitError::Failed { code: Some(1), .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Paths whose kind or content differ between the commit `base` and
    /// `snapshot`, in it or gone from it; a renamed file counts as both its
    /// paths. A file that has no name (too large, unreadable) counts as
    /// changed.
    ///
    /// # Errors
    /// [`RepoError::Shallow`] where `base` is cut off; what git refuses.
    pub fn changed(
        &self,
        base: &ObjectId,
        snapshot: &Snapshot,
    ) -> Result<BTreeSet<Utf8PathBuf>, RepoError> {
        let base = match self.resolve(base.as_str()) {
            Err(RepoError::Git(GitError::UnknownRevision { revision })) if self.shallow => {
                return Err(RepoError::Shallow { revision });
            }
            base => base?,
        };
        let before = commit::entries(self, &base, Sizes::Untold)?;
        let mut gone: HashMap<&Utf8Path, &Entry> =
            before.iter().map(|entry| (entry.path.as_path(), entry)).collect();
        let mut changed = BTreeSet::new();
        for now in snapshot.source.entries() {
            let same = gone
                .remove(now.path.as_path())
                .is_some_and(|was| was.kind == now.kind && now.id.is_some() && was.id == now.id);
            if !same {
                changed.insert(now.path.clone());
            }
        }
        changed.extend(gone.into_keys().map(Utf8Path::to_owned));
        Ok(changed)
    }
}
