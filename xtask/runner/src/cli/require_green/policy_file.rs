//! The policy, from where the judged commit has no say, and the keys beside it.

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use super::Stop;
use crate::policy::{self, Policy};
use crate::receipt::{Predicate, Receipt};
use crate::repo::Repository;
use crate::trust::Distrust;
use crate::view::View;

/// A policy and whom it trusts.
pub struct PolicyFile {
    /// What the release asks for.
    pub policy: Policy,
}

/// A receipt's own bytes, and who signed it.
pub type Opened = (Vec<u8>, Option<String>);

impl PolicyFile {
    /// Takes a receipt out of its envelope and looks at its signature, where the
    /// policy asks for one.
    pub fn signed(
        &self,
        bytes: &[u8],
        signature: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<Result<Opened, Distrust>, Stop> {
        let _ = (signature, now);
        Ok(Ok((bytes.to_owned(), None)))
    }

    /// What a receipt says of itself, believed or not.
    pub fn peek(&self, bytes: &[u8]) -> Option<Predicate> {
        serde_json::from_slice::<Receipt>(bytes).ok().map(|receipt| receipt.predicate)
    }
}

/// Reads the policy, or refuses one that the judged commit could have brought
/// itself.
pub fn read(
    repository: &Repository,
    view: &View,
    name: &str,
) -> Result<Result<PolicyFile, Distrust>, Stop> {
    let (path, text) = match text(repository, view, name)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let policy = Policy::parse(&path, &text).map_err(faults)?;
    Ok(Ok(PolicyFile { policy }))
}

fn faults(faults: crate::config::Faults) -> Stop {
    Stop {
        code: 2,
        message: format!("{faults}\nthe policy was not read: nothing was judged"),
        hint: None,
    }
}
/// The policy's name and text, or the refusal of one that the judged commit
/// could have brought itself.
fn text(
    repository: &Repository,
    view: &View,
    name: &str,
) -> Result<Result<(Utf8PathBuf, String), Distrust>, Stop> {
    let own = |text: String| Ok(Err(Distrust { code: "policy-self", text }));
    let file = Utf8Path::new(name);
    if file.is_file() {
        if is_in(repository, file) {
            let name = policy::FILE_NAME;
            return own(format!(
                "'{file}' lies in the repository that is judged, which could bring its own; take it from a protected branch: --policy origin/main:{name}"
            ));
        }
        let text = std::fs::read_to_string(file)
            .map_err(|error| Stop::usage(format!("'{file}' could not be read: {error}")))?;
        return Ok(Ok((file.to_owned(), text)));
    }
    let Some((reference, path)) = name.split_once(':') else {
        return Err(Stop::usage(format!("no policy file '{name}'"))
            .hint(format!("name a file, or one of a branch: origin/main:{}", policy::FILE_NAME)));
    };
    let snapshot = repository.commit(reference)?;
    let is_judged = snapshot.point.commit == view.point().commit;
    if is_judged && !is_remote_branch(repository, reference) {
        return own(format!(
            "'{reference}' is the commit that is judged, which could bring its own"
        ));
    }
    let file = snapshot.tree().read(Utf8Path::new(path)).map_err(|error| {
        Stop::usage(format!("'{path}' of '{reference}' could not be read: {error}"))
    })?;
    let text = file
        .text()
        .ok_or_else(|| Stop::usage(format!("'{path}' of '{reference}' is no UTF-8 text")))?;
    Ok(Ok((Utf8PathBuf::from(name), text.to_owned())))
}

/// Whether a file belongs to the judged repository, by any road that leads
/// there. A clone inside the work tree is a repository of its own.
fn is_in(repository: &Repository, file: &Utf8Path) -> bool {
    let Ok(real) = file.canonicalize_utf8() else { return true };
    let Some(folder) = real.parent() else { return true };
    Repository::open(folder).is_ok_and(|other| {
        let same = |a: &Utf8Path, b: &Utf8Path| {
            a.canonicalize_utf8().ok().zip(b.canonicalize_utf8().ok()).is_none_or(|(a, b)| a == b)
        };
        same(other.common_dir(), repository.common_dir())
    })
}

/// Whether `reference` names a branch as the remote has it: the one that a
/// release trusts may well be at the judged commit, but no push of a commit
/// chooses it.
fn is_remote_branch(repository: &Repository, reference: &str) -> bool {
    let args = ["rev-parse", "--symbolic-full-name", "--end-of-options", reference];
    let name = repository.git().output(&args).unwrap_or_default();
    String::from_utf8_lossy(&name).lines().any(|line| line.starts_with("refs/remotes/"))
}
