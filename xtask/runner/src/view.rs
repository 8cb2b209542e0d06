//! The repository as a command sees it: one point of it, and its ci.toml.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{EntryKind, ReadError, Tree};

use crate::Builtin;
use crate::cli::{Place, Stop};
use crate::config::{Config, FILE_NAME};
use crate::git::GitError;
use crate::repo::{Point, RepoError, Repository, Snapshot, folder};
use crate::reuse;
use crate::waiver::Watched;

/// Which point of the repository is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// The work tree: what is there now.
    #[default]
    WorkTree,
    /// The index: what the next commit will hold.
    Index,
    /// A commit, without a checkout.
    Commit(String),
}

/// One point of a repository.
pub struct View {
    /// The repository; none in a plain folder.
    pub repository: Option<Repository>,
    /// Where paths begin.
    pub root: Utf8PathBuf,
    /// The point as it was read.
    pub snapshot: Snapshot,
    /// Which point it is.
    pub at: At,
    /// Its content; reads through it are watched for waivers.
    pub tree: Tree,
    /// The watch.
    pub watched: Arc<Watched>,
}

impl View {
    /// Opens the repository that `place` names, at a point.
    ///
    /// # Errors
    /// No repository where one is needed, an unknown revision, git missing.
    pub fn open(place: &Place, at: At) -> Result<View, Stop> {
        let dir = place.dir.clone().unwrap_or_else(|| ".".into());
        if !dir.is_dir() {
            return Err(Stop::environment(format!("'{dir}' is no folder")));
        }
        let opened = match at {
            At::WorkTree => Repository::open_work_tree(&dir),
            At::Index => Repository::open(&dir).and_then(|it| Ok((it.clone(), it.index()?))),
            At::Commit(ref revision) => {
                Repository::open(&dir).and_then(|it| Ok((it.clone(), it.commit(revision)?)))
            }
        };
        match opened {
            Ok((repository, snapshot)) => {
                // A bare repository has no root; its commits can be judged.
                let root = repository.root().unwrap_or(repository.git_dir()).to_owned();
                Ok(View::new(Some(repository), root, snapshot, at))
            }
            Err(RepoError::Git(GitError::NotARepository { .. })) if at == At::WorkTree => {
                let snapshot = folder(&dir)?;
                Ok(View::new(None, dir, snapshot, at))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn new(repository: Option<Repository>, root: Utf8PathBuf, snapshot: Snapshot, at: At) -> View {
        let watched = Arc::new(Watched::new(Arc::clone(&snapshot.source)));
        let tree = Tree::holding(Arc::clone(&watched) as Arc<dyn kernel::Source>);
        View { repository, root, snapshot, at, tree, watched }
    }

    /// The same point as if it had a file of these bytes at `path`: what is not
    /// written yet can be judged.
    #[cfg(feature = "action-pins")]
    #[must_use]
    pub fn with_file(self, path: &Utf8Path, bytes: Vec<u8>) -> View {
        let source = crate::repo::overlaid(self.snapshot.source, path, bytes);
        let snapshot = Snapshot { source, is_tree: false, ..self.snapshot };
        View::new(self.repository, self.root, snapshot, self.at)
    }

    /// What the receipt says of the point.
    #[must_use]
    pub fn point(&self) -> &Point {
        &self.snapshot.point
    }

    /// What names all of it: where two views have the same, no question to them has
    /// another answer. None where a blob has no name.
    #[must_use]
    pub fn whole(&self) -> Option<String> {
        match &self.snapshot.point.tree {
            Some(tree) if self.snapshot.is_tree => Some(format!("tree {tree}")),
            _ => reuse::whole(self.snapshot.source.entries()),
        }
    }

    /// The judged commit as git names it: the work tree and the index stand on
    /// HEAD.
    #[must_use]
    pub fn head(&self) -> String {
        self.point().commit.as_ref().map_or_else(|| "HEAD".to_owned(), ToString::to_string)
    }

    /// Reads ci.toml: from the view itself, so that another commit is judged
    /// by its own, or from the file that the command line names.
    ///
    /// # Errors
    /// There is none, or it has faults.
    pub fn config(&self, place: &Place, builtin: &Builtin) -> Result<Config, Stop> {
        let (path, text) = match &place.config {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| Stop::usage(format!("'{path}' could not be read: {error}")))?;
                (path.clone(), text)
            }
            None => (Utf8PathBuf::from(FILE_NAME), self.config_text()?),
        };
        Ok(Config::parse(&path, &text, builtin.kinds())?)
    }

    fn config_text(&self) -> Result<String, Stop> {
        let path = Utf8Path::new(FILE_NAME);
        if self.tree.find(path).is_some_and(|entry| entry.kind == EntryKind::Symlink) {
            return Err(Stop::usage(format!("{FILE_NAME} is a symbolic link"))
                .hint("put the file itself in this place, or name it: --config FILE"));
        }
        let file = self.tree.read(path).map_err(|error| match error {
            ReadError::Missing => match &self.at {
                At::Commit(rev) => Stop::usage(format!("no {FILE_NAME} in the commit '{rev}'")),
                At::WorkTree | At::Index => {
                    Stop::usage(format!("no {FILE_NAME} in '{}'", self.root))
                        .hint("'cargo xtask init' writes a first one")
                }
            },
            other => Stop::environment(format!("{FILE_NAME} could not be read: {other}")),
        })?;
        let text =
            file.text().ok_or_else(|| Stop::usage(format!("{FILE_NAME} is no UTF-8 text")))?;
        Ok(text.to_owned())
    }

    /// Where state is kept: in the git directory, so that the tree stays as it
    /// is. None in a plain folder.
    #[must_use]
    pub fn state(&self) -> Option<Utf8PathBuf> {
        self.repository.as_ref().and_then(|repository| repository.state_dir().ok())
    }
}
