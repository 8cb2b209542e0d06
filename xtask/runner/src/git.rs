//! `git` as a subprocess, for plumbing: no time limit, no log, output whole or streamed.
//!
//! Every call has the same footing: English messages, no pager, no prompt, no optional locks (a
//! read never writes the index), no path quoting, no colour, no signature check, no file system
//! monitor, no replaced objects, no fetch of what a partial clone lacks, and none of the variables
//! by which a hook that runs us would point git at another repository or index.

#[cfg(feature = "action-pins")]
pub(crate) mod reach;
#[cfg(feature = "action-pins")]
pub(crate) mod remote;

use std::fmt;
use std::io::{self, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};

use camino::{Utf8Path, Utf8PathBuf};

/// Settings given with `-c`, stronger than any configuration file.
pub(crate) const SETTINGS: [&str; 8] = [
    "core.quotePath=false",
    "color.ui=false",
    "log.showSignature=false",
    "advice.detachedHead=false",
    "core.pager=cat",
    // A monitor is a process of the user's that may be wrong about what changed.
    "core.fsmonitor=false",
    // Without these a file of the same size and an old date passes for unchanged.
    "core.trustCTime=true",
    "core.checkStat=default",
];

/// Environment of every call.
pub(crate) const VARS: [(&str, &str); 10] = [
    ("LC_ALL", "C"),
    ("LANGUAGE", "C"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    // For gits before 2.45, which do not know the line above.
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_PAGER", "cat"),
    ("GIT_ASKPASS", "true"),
    ("SSH_ASKPASS_REQUIRE", "never"),
];

/// `git rev-parse --local-env-vars` less the configuration given by environment
/// (a `safe.directory` may stand there; our own settings win over it anyway).
pub(crate) const VARS_OF_ANOTHER_REPOSITORY: [&str; 19] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// How much of git's error text is kept.
const STDERR_BYTES_MAX: u64 = 64 << 10;

/// git in one directory.
#[derive(Debug, Clone)]
pub struct Git {
    /// Any directory of the work tree, or a git directory.
    pub dir: Utf8PathBuf,
    /// Another index than the repository's own: a hook of `git commit -a` gets one in
    /// `GIT_INDEX_FILE`, and whoever judges the staged state there must name it.
    pub index: Option<Utf8PathBuf>,
}

/// What git reads.
#[derive(Debug)]
pub enum Input {
    /// Nothing.
    Null,
    /// These bytes, written by a thread of their own.
    Bytes(Vec<u8>),
    /// What the caller writes to [`Stream::stdin`], for `cat-file --batch`.
    Piped,
}

impl Git {
    /// git in `dir`, with the repository's own index.
    pub fn new(dir: impl Into<Utf8PathBuf>) -> Self {
        Self { dir: dir.into(), index: None }
    }

    /// Standard output of `git ARGS`.
    ///
    /// # Errors
    /// See [`GitError`]; any exit code but 0 is one.
    pub fn output<S: AsRef<str>>(&self, args: &[S]) -> Result<Vec<u8>, GitError> {
        self.output_and_warnings(args).map(|(output, _)| output)
    }

    /// Standard output of `git ARGS`, and what it said on standard error.
    ///
    /// # Errors
    /// As [`Git::output`].
    pub fn output_and_warnings<S: AsRef<str>>(
        &self,
        args: &[S],
    ) -> Result<(Vec<u8>, Vec<u8>), GitError> {
        let output = self.std_command(args).stdin(Stdio::null()).output();
        let output = output.map_err(|error| self.start_error(&error))?;
        if output.status.success() {
            return Ok((output.stdout, output.stderr));
        }
        Err(self.error(args, output.status.code(), &output.stderr))
    }

    /// Whether `git ARGS` says yes (0) or no (1): `merge-base --is-ancestor`, `diff --quiet`.
    ///
    /// # Errors
    /// See [`GitError`]; any exit code but 0 and 1 is one.
    pub fn asks<S: AsRef<str>>(&self, args: &[S]) -> Result<bool, GitError> {
        match self.output(args) {
            Ok(_) => Ok(true),
            Err(GitError::Failed { code: Some(1), .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Starts `git ARGS`, whose output is then read as it comes.
    ///
    /// # Errors
    /// Only what keeps git from starting; the rest is told by [`Stream::finish`].
    pub fn stream<S: AsRef<str>>(&self, args: &[S], input: Input) -> Result<Stream, GitError> {
        let mut command = self.std_command(args);
        command
            .stdin(if matches!(input, Input::Null) { Stdio::null() } else { Stdio::piped() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| self.start_error(&error))?;
        let mut stdin = child.stdin.take();
        let stdout = child.stdout.take().map(BufReader::new);
        let stderr = child.stderr.take();
        // From here on a dropped stream ends and reaps its child, so every `?` below is safe.
        let mut stream = Stream {
            git: self.clone(),
            args: args.iter().map(|arg| arg.as_ref().to_owned()).collect(),
            child,
            stdin: None,
            stdout,
            stderr: None,
        };
        stream.stderr = stderr
            .map(|pipe| {
                thread::Builder::new()
                    .name("git stderr".to_owned())
                    .spawn(move || keep_beginning(pipe))
            })
            .transpose()
            .map_err(|error| self.start_error(&error))?;
        match (input, stdin.take()) {
            (Input::Bytes(bytes), Some(mut pipe)) => {
                // A git that reads no further closes the pipe; its exit code tells why.
                thread::Builder::new()
                    .name("git stdin".to_owned())
                    .spawn(move || drop(pipe.write_all(&bytes)))
                    .map_err(|error| self.start_error(&error))?;
            }
            (_, pipe) => stream.stdin = pipe,
        }
        Ok(stream)
    }

    fn std_command<S: AsRef<str>>(&self, args: &[S]) -> Command {
        let mut command = Command::new("git");
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.args(args.iter().map(AsRef::as_ref)).current_dir(&self.dir).envs(VARS);
        for name in VARS_OF_ANOTHER_REPOSITORY {
            command.env_remove(name);
        }
        if let Some(index) = &self.index {
            command.env("GIT_INDEX_FILE", index);
        }
        command
    }

    fn start_error(&self, error: &io::Error) -> GitError {
        if !self.dir.is_dir() {
            return GitError::NoDirectory { dir: self.dir.clone() };
        }
        match error.kind() {
            io::ErrorKind::NotFound => {
                GitError::Missing { path: std::env::var("PATH").unwrap_or_default() }
            }
            _ => GitError::CannotStart { reason: error.to_string() },
        }
    }

    fn error<S: AsRef<str>>(&self, args: &[S], code: Option<i32>, stderr: &[u8]) -> GitError {
        let args: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
        GitError::from_stderr(
            &self.dir,
            &args,
            code,
            &without_credentials(&String::from_utf8_lossy(stderr)),
        )
    }
}

/// Running git: its output is read from here.
#[derive(Debug)]
pub struct Stream {
    git: Git,
    args: Vec<String>,
    child: Child,
    /// Where to write, with [`Input::Piped`]; dropped, it tells git that no more comes.
    pub stdin: Option<ChildStdin>,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: Option<JoinHandle<Vec<u8>>>,
}

impl Stream {
    /// Buffered standard output; `None` only if git was started without.
    pub fn reader(&mut self) -> Option<&mut BufReader<ChildStdout>> {
        self.stdout.as_mut()
    }

    /// Waits for the end, after everything of interest was read. Output that was not read is
    /// lost, and git may then end by SIGPIPE: to stop early, drop the stream instead.
    ///
    /// # Errors
    /// See [`GitError`]; any exit code but 0 is one.
    pub fn finish(mut self) -> Result<(), GitError> {
        drop((self.stdin.take(), self.stdout.take()));
        let status = self
            .child
            .wait()
            .map_err(|error| GitError::CannotStart { reason: error.to_string() })?;
        let stderr = self.stderr.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        Err(self.git.error(&self.args, status.code(), &stderr))
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stdout.as_mut().map_or(Ok(0), |stdout| stdout.read(buffer))
    }
}

impl Drop for Stream {
    /// Ends and reaps git if [`Stream::finish`] did not.
    fn drop(&mut self) {
        drop((self.stdin.take(), self.stdout.take()));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads to the end, so that git never waits for us, and keeps the beginning.
fn keep_beginning(mut pipe: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let _ = pipe.by_ref().take(STDERR_BYTES_MAX).read_to_end(&mut kept);
    let _ = io::copy(&mut pipe, &mut io::sink());
    kept
}

/// `https://user:secret@host` with the part before `@` masked.
fn without_credentials(text: &str) -> String {
    let mut pieces = text.split("://");
    let mut clean = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let authority =
            piece.find(|c: char| c == '/' || c.is_whitespace() || c == '\'').unwrap_or(piece.len());
        let (authority, rest) = piece.split_at(authority);
        clean.push_str("://");
        match authority.rsplit_once('@') {
            Some((_, host)) => clean.extend(["***@", host]),
            None => clean.push_str(authority),
        }
        clean.push_str(rest);
    }
    clean
}

/// Why git gave no answer. Messages carry what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitError {
    /// No `git` in `PATH`.
    Missing {
        /// Value of `PATH`.
        path: String,
    },
    /// The directory does not exist.
    NoDirectory {
        /// The directory.
        dir: Utf8PathBuf,
    },
    /// git is there but did not start, or could not be waited for.
    CannotStart {
        /// The system's own words.
        reason: String,
    },
    /// Neither the directory nor one above it is a repository.
    NotARepository {
        /// The directory.
        dir: Utf8PathBuf,
    },
    /// The repository belongs to somebody else, and git refuses to read it.
    DubiousOwnership {
        /// The repository, as git names it.
        repository: String,
    },
    /// A revision or object that is not in the repository.
    UnknownRevision {
        /// The revision, as the caller wrote it.
        revision: String,
    },
    /// Anything else.
    Failed {
        /// Arguments after our own settings, credentials masked.
        args: Vec<String>,
        /// Exit code; none when a signal ended git.
        code: Option<i32>,
        /// What git said, credentials masked.
        stderr: String,
    },
}

impl GitError {
    /// Reads git's English messages (git 2.30 to 2.50).
    fn from_stderr(dir: &Utf8Path, args: &[&str], code: Option<i32>, stderr: &str) -> Self {
        let quoted_after = |phrase: &str| {
            let rest = stderr.split_once(phrase)?.1;
            let rest = rest.trim_start().strip_prefix('\'')?;
            Some(rest.split_once('\'')?.0.to_owned())
        };
        if stderr.contains("detected dubious ownership")
            || stderr.contains("fatal: unsafe repository")
        {
            let repository = quoted_after("repository at")
                .or_else(|| {
                    Some(
                        stderr
                            .split_once("fatal: unsafe repository ('")?
                            .1
                            .split_once('\'')?
                            .0
                            .to_owned(),
                    )
                })
                .unwrap_or_else(|| dir.to_string());
            return Self::DubiousOwnership { repository };
        }
        if stderr.contains("not a git repository") {
            return Self::NotARepository { dir: dir.to_owned() };
        }
        let revision = quoted_after("ambiguous argument")
            .or_else(|| quoted_after("bad revision"))
            .or_else(|| quoted_after("invalid object name"))
            .or_else(|| {
                [
                    "Not a valid object name ",
                    "Not a valid commit name ",
                    "bad object ",
                    "not a tree object: ",
                ]
                .iter()
                .find_map(|phrase| {
                    Some(stderr.split_once(phrase)?.1.lines().next()?.trim().to_owned())
                })
            })
            .or_else(|| {
                // rev-parse --verify does not repeat what it was asked.
                let last = args.iter().rev().find(|arg| !arg.starts_with('-'))?;
                stderr.contains("Needed a single revision").then(|| (*last).to_owned())
            });
        match revision {
            Some(revision) => Self::UnknownRevision {
                revision: revision.trim_end_matches("^{commit}").to_owned(),
            },
            None => Self::Failed {
                args: args.iter().map(|arg| without_credentials(arg)).collect(),
                code,
                stderr: stderr.trim_end().to_owned(),
            },
        }
    }
}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path } => {
                write!(f, "git is not installed: no 'git' in PATH (looked in {path})")
            }
            Self::NoDirectory { dir } => write!(f, "the directory '{dir}' does not exist"),
            Self::CannotStart { reason } => write!(f, "git could not be run: {reason}"),
            Self::NotARepository { dir } => {
                write!(
                    f,
                    "'{dir}' is not in a git repository: run this inside one, or 'git init' first"
                )
            }
            Self::DubiousOwnership { repository } => write!(
                f,
                "the repository '{repository}' belongs to another user, so git refuses to read it: \
                 if you trust it, run: git config --global --add safe.directory '{repository}'"
            ),
            Self::UnknownRevision { revision } => write!(
                f,
                "'{revision}' is no revision of this repository: expected a commit, tag or branch \
                 that is here; if it exists elsewhere, fetch it first (git fetch --unshallow in a shallow clone)"
            ),
            Self::Failed { args, code, stderr } => {
                write!(f, "git {} ", args.join(" "))?;
                match code {
                    Some(code) => write!(f, "exited with {code}")?,
                    None => write!(f, "was ended by a signal")?,
                }
                match stderr.is_empty() {
                    true => Ok(()),
                    false => write!(f, ": {stderr}"),
                }
            }
        }
    }
}

impl std::error::Error for GitError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_urls_are_masked() {
        let told = "fatal: 'https://me:hunter2@example.org/a.git/' and ssh://git@host/x; http://plain/ a@b";
        let clean =
            "fatal: 'https://***@example.org/a.git/' and ssh://***@host/x; http://plain/ a@b";
        assert_eq!(without_credentials(told), clean);
        assert_eq!(without_credentials("://"), "://");
    }

    #[test]
    fn ownership_is_read_from_old_and_new_words() {
        for told in [
            "fatal: detected dubious ownership in repository at '/srv/x'\nTo add an exception…",
            "fatal: unsafe repository ('/srv/x' is owned by someone else)",
        ] {
            let error = GitError::from_stderr(Utf8Path::new("."), &["status"], Some(128), told);
            assert!(error.to_string().contains("safe.directory '/srv/x'"), "{error}");
        }
    }
}
