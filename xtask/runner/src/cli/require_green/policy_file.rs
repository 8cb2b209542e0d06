//! The policy, from where the judged commit has no say, and the keys beside it.

mod road;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use kernel::Tree;

use super::Stop;
use crate::cli::signers;
use crate::policy::{self, Policy};
use crate::receipt::{Predicate, Receipt};
use crate::repo::Repository;
use crate::sign::{self, PublicKey, Signers};
use crate::trust::Distrust;
use crate::view::View;

/// A policy and whom it trusts.
pub struct PolicyFile {
    /// What the release asks for.
    pub policy: Policy,
    /// Who must have signed; none asks for no signature.
    signers: Option<Signers>,
    /// The file and those it names beside it, by name.
    pub files: Vec<(String, Vec<u8>)>,
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
        let Some(signers) = &self.signers else {
            let opened = sign::unwrapped(bytes).map(|payload| (payload.into_owned(), None));
            return Ok(opened);
        };
        let signed = sign::verify(bytes, signature, signers, now)?;
        Ok(signed.map(|signed| (signed.payload, Some(signed.by))))
    }

    /// What a receipt says of itself, believed or not.
    pub fn peek(&self, bytes: &[u8]) -> Option<Predicate> {
        let bytes = sign::unwrapped(bytes).ok()?;
        serde_json::from_slice::<Receipt>(&bytes).ok().map(|receipt| receipt.predicate)
    }
}

/// Reads the policy, or refuses one that the judged commit could have brought
/// itself.
pub fn read(
    repository: &Repository,
    view: &View,
    name: &str,
) -> Result<Result<PolicyFile, Distrust>, Stop> {
    let place = match place(repository, view, name)? {
        Ok(place) => place,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let bytes = place.read(place.path())?;
    let text = String::from_utf8(bytes.clone())
        .map_err(|_| Stop::usage(format!("the policy '{name}' is no UTF-8 text")))?;
    let policy = Policy::parse(Utf8Path::new(name), &text).map_err(faults)?;
    let signers = policy.signed.as_ref().map(|signed| place.signers(signed)).transpose()?;
    let own = place.path().file_name().unwrap_or(policy::FILE_NAME);
    let mut files = vec![(own.to_owned(), bytes)];
    for name in policy.signed.iter().flat_map(policy::Signed::files) {
        files.push((name.clone(), place.beside(name)?));
    }
    Ok(Ok(PolicyFile { policy, signers, files }))
}

fn faults(faults: crate::config::Faults) -> Stop {
    Stop {
        code: 2,
        message: format!("{faults}\nthe policy was not read: nothing was judged"),
        hint: None,
    }
}

/// Where a policy stands, and what it names beside it.
enum Place {
    /// A file outside the judged repository.
    File(Utf8PathBuf),
    /// A file of another commit.
    Stored { tree: Tree, path: Utf8PathBuf, reference: String },
}

impl Place {
    fn path(&self) -> &Utf8Path {
        match self {
            Place::File(path) | Place::Stored { path, .. } => path,
        }
    }

    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, Stop> {
        match self {
            Place::File(_) => signers::file(path),
            Place::Stored { tree, reference, .. } => {
                let file = tree.read(path).map_err(|error| {
                    Stop::usage(format!("'{path}' of '{reference}' could not be read: {error}"))
                        .hint("a release needs a policy: write one by gate-runner's RELEASING.md and push it to that branch, or name another with --policy")
                })?;
                Ok(file.bytes().to_vec())
            }
        }
    }

    /// A file that the policy names is looked for beside it: the judged commit
    /// brings neither.
    fn beside(&self, name: &str) -> Result<Vec<u8>, Stop> {
        let folder = self.path().parent().unwrap_or(Utf8Path::new(""));
        self.read(&folder.join(name))
    }

    fn signers(&self, signed: &policy::Signed) -> Result<Signers, Stop> {
        let key = |name: &String| {
            PublicKey::from_pem(&self.beside(name)?)
                .map_err(|fault| Stop::usage(format!("'{name}': {fault}")))
        };
        Ok(Signers {
            allowed_signers: signed
                .allowed_signers
                .as_ref()
                .map(|name| self.beside(name))
                .transpose()?,
            identities: signed.identities.clone(),
            keys: signed.keys.iter().map(key).collect::<Result<_, _>>()?,
        })
    }
}

/// The policy's place, or the refusal of one that the judged commit could have
/// brought itself.
fn place(
    repository: &Repository,
    view: &View,
    name: &str,
) -> Result<Result<Place, Distrust>, Stop> {
    let own = |text: String| Ok(Err(Distrust { code: "policy-self", text }));
    let file = Utf8Path::new(name);
    if file.is_file() {
        if road::is_brought(repository, view, file) {
            let name = policy::FILE_NAME;
            return own(format!(
                "'{file}' lies in the repository that is judged, which could bring its own; take it from a protected branch: --policy origin/main:{name}"
            ));
        }
        return Ok(Ok(Place::File(file.to_owned())));
    }
    if name == "self" {
        return own("a commit that brings its own policy proves nothing by it".to_owned());
    }
    let Some((reference, path)) = name.split_once(':') else {
        return Err(Stop::usage(format!("no policy file '{name}'"))
            .hint(format!("name a file, or one of a branch: origin/main:{}", policy::FILE_NAME)));
    };
    let full = branch(repository, reference);
    let snapshot = repository.commit(&full)?;
    let is_judged = snapshot.point.commit == view.point().commit;
    if is_judged && !is_remote_branch(repository, &full) {
        return own(format!(
            "'{reference}' is the commit that is judged, which could bring its own"
        ));
    }
    let (reference, path) = (reference.to_owned(), Utf8PathBuf::from(path));
    Ok(Ok(Place::Stored { tree: snapshot.tree(), path, reference }))
}

/// `reference` as the branch that it names. Left to git, a tag `origin/main`,
/// which anyone who may push tags can make, would stand for the branch.
fn branch(repository: &Repository, reference: &str) -> String {
    let of_remote = format!("refs/remotes/{reference}");
    if reference.starts_with("origin/") {
        return of_remote;
    }
    let here = format!("refs/heads/{reference}");
    let found = [of_remote, here].into_iter().find(|name| repository.resolve(name).is_ok());
    found.unwrap_or_else(|| reference.to_owned())
}

/// Whether `reference` names a branch as the remote has it: the one that a
/// release trusts may well be at the judged commit, but no push of a commit
/// chooses it.
fn is_remote_branch(repository: &Repository, reference: &str) -> bool {
    let args = ["rev-parse", "--symbolic-full-name", "--end-of-options", reference];
    let name = repository.git().output(&args).unwrap_or_default();
    String::from_utf8_lossy(&name).lines().any(|line| line.starts_with("refs/remotes/"))
}
