//! Why the repository gave no answer, and what to do about it.

use std::fmt;

use camino::Utf8PathBuf;

use crate::git::GitError;

/// Why the repository gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepoError {
    /// git is missing, refuses, or does not know the revision.
    Git(GitError),
    /// git is older than what is asked of it.
    GitTooOld,
    /// A commit is needed and there is none yet.
    Unborn {
        /// As asked for.
        revision: String,
    },
    /// A bare repository, or a directory inside a git directory.
    NoWorkTree {
        /// Where it was looked for.
        dir: Utf8PathBuf,
    },
    /// The index holds files in conflict, so it is no tree.
    Conflicts {
        /// The files.
        paths: Vec<Utf8PathBuf>,
    },
    /// The clone's history is cut before what is needed.
    Shallow {
        /// What is needed, as asked for.
        revision: String,
    },
    /// A tree that names one path twice; git itself never writes one.
    ListedTwice {
        /// The path.
        path: Utf8PathBuf,
    },
    /// git printed what it is not documented to print.
    Garbled {
        /// The subcommand.
        command: &'static str,
        /// The piece that was not understood.
        text: String,
    },
    /// The directory that holds the repository, or the folder, cannot be read.
    Unreadable {
        /// The directory.
        dir: Utf8PathBuf,
        /// The system's own words.
        reason: String,
    },
    /// A file of ours could not be written.
    Unwritable {
        /// The file.
        path: Utf8PathBuf,
        /// The system's own words.
        reason: String,
    },
}

impl RepoError {
    /// The exit code behind it: 2 (usage) for an unknown revision, else 4
    /// (environment).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            RepoError::Git(GitError::UnknownRevision { .. }) => 2,
            _ => 4,
        }
    }

    pub(super) fn garbled(command: &'static str, text: &[u8]) -> RepoError {
        let text: String = String::from_utf8_lossy(text).chars().take(120).collect();
        RepoError::Garbled { command, text }
    }
}

impl From<GitError> for RepoError {
    fn from(error: GitError) -> RepoError {
        RepoError::Git(error)
    }
}

impl fmt::Display for RepoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RepoError::Git(error) => error.fmt(f),
            RepoError::GitTooOld => {
                f.write_str("git is too old: 2.31 or newer is needed, see 'git --version'")
            }
            RepoError::Unborn { revision } => write!(
                f,
                "'{revision}' names no commit, the repository has none yet: commit first, or judge \
                 the work tree"
            ),
            RepoError::NoWorkTree { dir } => write!(
                f,
                "'{dir}' has no work tree, it is a bare repository or inside a git directory: run \
                 this in a checkout, or judge a commit with --rev"
            ),
            RepoError::Conflicts { paths } => {
                let first = paths.first().map_or("", |path| path.as_str());
                write!(f, "the index holds {} in conflict, '{first}'", files(paths.len()))?;
                f.write_str(if paths.len() > 1 { " first: " } else { ": " })?;
                f.write_str("resolve and 'git add', or 'git merge --abort'")
            }
            RepoError::Shallow { revision } => write!(
                f,
                "the clone is shallow and its history ends before '{revision}' is reached: run \
                 'git fetch --unshallow', or in CI check out with the whole history (fetch-depth: 0)"
            ),
            RepoError::ListedTwice { path } => write!(
                f,
                "the tree names '{path}' twice, which git never writes: look at it with 'git fsck'"
            ),
            RepoError::Garbled { command, text } => write!(
                f,
                "git {command} printed '{}', which is not its documented form: is the git in PATH \
                 a wrapper that prints, or the path on several lines?",
                text.escape_debug()
            ),
            RepoError::Unreadable { dir, reason } => write!(f, "cannot read '{dir}': {reason}"),
            RepoError::Unwritable { path, reason } => write!(f, "cannot write '{path}': {reason}"),
        }
    }
}

impl std::error::Error for RepoError {}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}
