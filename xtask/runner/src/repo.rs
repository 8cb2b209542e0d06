//! The repository: the only reader of what is judged. git -> [`kernel::Tree`].
//!
//! A [`Snapshot`] is one point of it, the work tree, the index, a commit, or a
//! plain folder without git: its paths, listed at once, and their contents,
//! read when asked for. The list is git's own (tracked and untracked, not
//! ignored), so no tracked file is lost to an ignore rule. Nothing here writes
//! to the repository but what asks for [`Repository::state_dir`].

mod changes;
mod commit;
mod difference;
mod disk;
mod error;
mod folder;
mod glance;
mod head;
mod index;
#[cfg(unix)]
mod index_file;
mod listed;
mod listing;
mod name;
mod objects;
mod order;
#[cfg(feature = "action-pins")]
mod overlay;
mod path;
mod state;
mod stored;
mod work_tree;
mod write;

use std::fmt;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{ObjectId, Source, Tree};

use crate::git::{Git, GitError};
pub use error::RepoError;
pub use folder::folder;
use glance::{Glance, glance};
use head::{Head, Mark};
pub use name::ObjectFormat;
use objects::Objects;
use order::sorted;
#[cfg(feature = "action-pins")]
pub use overlay::overlaid;
pub use write::{atomic_write, write_new};

/// Files larger than this are listed and not read: 512 MiB.
pub const SIZE_BYTES_MAX: u64 = 512 << 20;

/// A git repository and, where it has one, its work tree.
#[derive(Clone, Debug)]
pub struct Repository {
    root: Option<Utf8PathBuf>,
    git_dir: Utf8PathBuf,
    common_dir: Utf8PathBuf,
    format: ObjectFormat,
    bare: bool,
    shallow: bool,
    size_bytes_max: u64,
    /// HEAD when it was opened.
    head: Option<Head>,
    /// What it was read from then, if that is known.
    mark: Option<Mark>,
    git: Git,
    objects: Arc<Objects>,
}

/// One point of a repository.
#[derive(Clone)]
pub struct Snapshot {
    /// Paths and contents.
    pub source: Arc<dyn Source>,
    /// Which point it is.
    pub point: Point,
    /// Whether it holds what the point's tree holds, and nothing else.
    pub is_tree: bool,
    /// Digest of all that sets the work tree apart from its commit, staged or
    /// not: equal as long as nobody touches it. Work trees only.
    pub fingerprint: Option<String>,
}

/// Which point of a repository a snapshot shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// The commit; none before the first one, or without git.
    pub commit: Option<ObjectId>,
    /// Its tree.
    pub tree: Option<ObjectId>,
    /// The branch or tag, in full (`refs/heads/main`); none where detached or
    /// named otherwise.
    pub reference: Option<String>,
    /// Whether work tree or index differ from the commit, untracked files
    /// included.
    pub dirty: bool,
    /// SHA-256 over the paths that differ and their contents, the same whether
    /// they are staged or not. Files past the size limit count by size and
    /// time; submodules by their commit and whether they are dirty themselves.
    pub dirty_digest: Option<String>,
    /// Whether the clone's history is cut.
    pub shallow: bool,
}

impl Snapshot {
    /// A recording view of it.
    #[must_use]
    pub fn tree(&self) -> Tree {
        Tree::new(Arc::clone(&self.source))
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot({} entries, {:?})", self.source.entries().len(), self.point)
    }
}

impl Repository {
    /// The repository that `dir` lies in, at any depth.
    ///
    /// # Errors
    /// [`RepoError::Git`]: no git, no such directory, no repository, or one
    /// that git refuses to read; [`RepoError::GitTooOld`].
    pub fn open(dir: impl Into<Utf8PathBuf>) -> Result<Repository, RepoError> {
        let git = Git::new(dir);
        let answer = ask_where(&git)?;
        let answer = String::from_utf8(answer)
            .map_err(|error| RepoError::garbled("rev-parse", error.as_bytes()))?;
        let lines: Vec<&str> = answer.lines().collect();
        if lines.iter().any(|line| line.starts_with("--")) {
            return Err(RepoError::GitTooOld);
        }
        let [bare, shallow, format, git_dir, common_dir, ref rest @ ..] = lines[..] else {
            return Err(RepoError::garbled("rev-parse", answer.as_bytes()));
        };
        let (root, head) = match *rest {
            [] => (None, None),
            [root] => (Some(root), None),
            [root, ref head @ ..] => (Some(root), Head::of(head)),
        };
        if head.is_none() && rest.len() > 1 {
            return Err(RepoError::garbled("rev-parse", answer.as_bytes()));
        }
        let format = match format {
            "sha1" => ObjectFormat::Sha1,
            "sha256" => ObjectFormat::Sha256,
            other => return Err(RepoError::garbled("rev-parse", other.as_bytes())),
        };
        let git = Git::new(root.unwrap_or(git_dir));
        Ok(Repository {
            root: root.map(Utf8PathBuf::from),
            git_dir: git_dir.into(),
            common_dir: common_dir.into(),
            format,
            bare: bare == "true",
            shallow: shallow == "true",
            size_bytes_max: SIZE_BYTES_MAX,
            objects: Arc::new(Objects::new(git.clone(), SIZE_BYTES_MAX)),
            head,
            mark: None,
            git,
        })
    }

    /// The repository that `dir` lies in, and its work tree as
    /// [`Repository::work_tree`] sees it: quicker than one after the other.
    ///
    /// # Errors
    /// As both.
    pub fn open_work_tree(dir: &Utf8Path) -> Result<(Repository, Snapshot), RepoError> {
        let guess = Guess::of(dir);
        let mark = guess.as_ref().and_then(|guess| Mark::of(&guess.git_dir));
        // The disk is looked at while git says where the repository is.
        let (glanced, repo) = std::thread::scope(|scope| {
            let glanced = scope.spawn(|| guess.as_ref().and_then(Guess::glance));
            let repo = Repository::open(dir);
            (glanced.join().ok().flatten(), repo)
        });
        let mut repo = repo?;
        let is_right = guess.is_some_and(|guess| guess.is(&repo));
        // Looked at before git was asked: what moved in between is asked for again.
        repo.mark = mark.filter(|_| is_right);
        let looked = repo.head.clone().zip(glanced.filter(|_| is_right));
        let snapshot = work_tree::snapshot(&repo, looked)?;
        Ok((repo, snapshot))
    }

    /// With another limit than [`SIZE_BYTES_MAX`].
    #[must_use]
    pub fn with_size_bytes_max(mut self, size_bytes_max: u64) -> Repository {
        self.size_bytes_max = size_bytes_max;
        self.objects = Arc::new(Objects::new(self.git.clone(), size_bytes_max));
        self
    }

    /// With another index than its own: a hook of `git commit -a` finds the
    /// one to judge in `GIT_INDEX_FILE`, absolute or relative to the root.
    #[must_use]
    pub fn with_index(mut self, index: impl Into<Utf8PathBuf>) -> Repository {
        self.git.index = Some(index.into());
        self
    }

    /// The top of the work tree.
    ///
    /// # Errors
    /// [`RepoError::NoWorkTree`].
    pub fn root(&self) -> Result<&Utf8Path, RepoError> {
        self.root.as_deref().ok_or_else(|| RepoError::NoWorkTree { dir: self.git.dir.clone() })
    }

    /// The work tree's own git directory.
    #[must_use]
    pub fn git_dir(&self) -> &Utf8Path {
        &self.git_dir
    }

    /// The git directory that all work trees of the repository share.
    #[must_use]
    pub fn common_dir(&self) -> &Utf8Path {
        &self.common_dir
    }

    /// How objects are named.
    #[must_use]
    pub fn object_format(&self) -> ObjectFormat {
        self.format
    }

    /// Whether it has no work tree by design.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.bare
    }

    /// Whether its history is cut.
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        self.shallow
    }

    /// git, standing at the root (or in a bare repository).
    #[must_use]
    pub fn git(&self) -> &Git {
        &self.git
    }

    /// The content of one blob, whatever commit holds it.
    ///
    /// # Errors
    /// It is not here, too large, or no blob.
    pub fn blob(&self, id: &ObjectId) -> Result<Vec<u8>, kernel::ReadError> {
        self.objects.blob(id)
    }

    /// What is on disk now: tracked and untracked files, ignored ones left
    /// out. Clean files carry git's name of their blob, the others one that is
    /// made from what is on disk.
    ///
    /// # Errors
    /// [`RepoError::NoWorkTree`], and what git or the disk refuse.
    pub fn work_tree(&self) -> Result<Snapshot, RepoError> {
        work_tree::snapshot(self, None)
    }

    /// What the next commit would hold.
    ///
    /// # Errors
    /// [`RepoError::NoWorkTree`], [`RepoError::Conflicts`], and what git
    /// refuses.
    pub fn index(&self) -> Result<Snapshot, RepoError> {
        index::snapshot(self)
    }

    /// What the commit `revision` holds; annotated tags are peeled.
    ///
    /// # Errors
    /// As [`Repository::resolve`].
    pub fn commit(&self, revision: &str) -> Result<Snapshot, RepoError> {
        commit::snapshot(self, revision)
    }

    /// The commit that `revision` names.
    ///
    /// # Errors
    /// [`GitError::UnknownRevision`], or [`RepoError::Unborn`] for `HEAD`
    /// before the first commit.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, RepoError> {
        commit::resolve(self, revision)
    }

    /// [`Snapshot::fingerprint`] of the work tree as it is now.
    ///
    /// # Errors
    /// As [`Repository::work_tree`].
    pub fn fingerprint(&self) -> Result<String, RepoError> {
        Ok(self.work_tree()?.fingerprint.unwrap_or_default())
    }

    /// Where we keep state, among no one's inputs: `gate-runner` in the git
    /// directory that all work trees share. Created when first asked for.
    ///
    /// # Errors
    /// [`RepoError::Unwritable`].
    pub fn state_dir(&self) -> Result<Utf8PathBuf, RepoError> {
        RepoError::made(self.common_dir.join("gate-runner"))
    }

    /// The same of this work tree alone: what one of them was found to be says
    /// nothing about another.
    ///
    /// # Errors
    /// [`RepoError::Unwritable`].
    pub fn own_state_dir(&self) -> Result<Utf8PathBuf, RepoError> {
        RepoError::made(self.git_dir.join("gate-runner"))
    }
}

/// Where a repository most likely is, before git has said so.
struct Guess {
    root: Utf8PathBuf,
    git_dir: Utf8PathBuf,
}

impl Guess {
    /// The first folder with a `.git`, from `dir` upwards.
    fn of(dir: &Utf8Path) -> Option<Guess> {
        let dir = dir.canonicalize_utf8().ok()?;
        let root = dir.ancestors().find(|folder| folder.join(".git").exists())?;
        let git = root.join(".git");
        let git_dir = match std::fs::read_to_string(&git) {
            // A linked work tree or a submodule.
            Ok(text) => root.join(text.strip_prefix("gitdir: ")?.trim_end()),
            Err(_) => git,
        };
        Some(Guess { root: root.to_owned(), git_dir: git_dir.canonicalize_utf8().ok()? })
    }

    fn glance(&self) -> Option<Glance> {
        glance(&self.root, &self.git_dir, ObjectFormat::Sha1)
    }

    fn is(&self, repo: &Repository) -> bool {
        repo.format == ObjectFormat::Sha1
            && repo.root.as_ref() == Some(&self.root)
            && repo.git_dir == self.git_dir
    }
}

impl RepoError {
    /// Makes a folder of ours, if it is not there.
    fn made(path: Utf8PathBuf) -> Result<Utf8PathBuf, RepoError> {
        // Not its parents: a git directory that is gone must not come back.
        match std::fs::create_dir(&path) {
            Ok(()) => Ok(path),
            Err(_) if path.is_dir() => Ok(path),
            Err(error) => Err(RepoError::Unwritable { path, reason: error.to_string() }),
        }
    }
}

/// Where the repository is and what HEAD is, in one call where there is a work
/// tree and a commit.
fn ask_where(git: &Git) -> Result<Vec<u8>, GitError> {
    const EVERY: [&str; 7] = [
        "rev-parse",
        "--is-bare-repository",
        "--is-shallow-repository",
        "--show-object-format",
        "--path-format=absolute",
        "--git-dir",
        "--git-common-dir",
    ];
    let ask = |more: &[&str]| git.output(&[&EVERY[..], more].concat());
    let no_work_tree = |error: &GitError| matches!(error, GitError::Failed { stderr, .. } if stderr.contains("work tree"));
    match ask(&[&["--show-toplevel"], &head::WORDS[..]].concat()) {
        Err(GitError::UnknownRevision { .. }) => ask(&["--show-toplevel"]),
        Err(error) if no_work_tree(&error) => ask(&[]),
        answer => answer,
    }
}
