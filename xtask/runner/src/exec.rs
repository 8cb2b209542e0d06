//! The only spawner of processes.
//!
//! [`run`] starts one program, watches it from the calling thread and comes back in bounded
//! time and memory whatever the program does: it may ignore TERM, fork, leave its session,
//! flood its output, close it early, print bytes that are no text, or die by a signal.
//!
//! - The program leads a session of its own. It has no controlling terminal, so that `ssh`,
//!   `sudo` or `gpg` fail at once where they would ask a question that nobody sees, and a signal
//!   to its process group reaches its children and not us.
//! - At the time limit, or when [`Cancel`] is requested: TERM to the whole family, one second of
//!   grace, KILL. What a family is, and what of this Windows has not: `family.rs`.
//! - When the program ends by itself its output is read until it closes, half a second at most;
//!   what is then left of its process group is killed. A daemon that left the group (`setsid`)
//!   lives on, as compiler servers expect.
//! - No shell: `["sh", "-c", "…"]` is the caller's to ask for.
//!
//! Several runs side by side from different threads do not know of each other.
//! `git` plumbing needs none of this and has its own door: [`crate::git::Git`].

mod cancel;
mod capture;
mod family;
mod keep;
mod pipes;
mod program;
mod redact;
mod spawn;
mod watch;

use std::fmt;
use std::time::Duration;

use camino::Utf8PathBuf;

pub use cancel::Cancel;
pub use capture::Captured;
pub use program::find;
pub use redact::{Secrets, redact};
pub use watch::run;

/// How long a family may tidy up between TERM and KILL.
pub const GRACE: Duration = Duration::from_secs(1);

/// How long output is still read when the program has ended but somebody holds its pipe open.
pub const DRAIN: Duration = Duration::from_millis(500);

/// One program to run.
#[derive(Debug, Clone)]
pub struct Command {
    /// Program and arguments. A program without `/` is looked for in the `PATH` that the child
    /// gets; with `/` it is relative to `dir`. On Windows it may lack its `.exe` or `.cmd`.
    pub argv: Vec<String>,
    /// Working directory.
    pub dir: Utf8PathBuf,
    /// Environment of the child.
    pub env: Env,
    /// Bytes for standard input; `None` is `/dev/null`, never our own terminal.
    pub stdin: Option<Vec<u8>>,
    /// Time limit from start to end; `None` waits for ever (until cancelled).
    pub timeout: Option<Duration>,
    /// Bytes of each stream kept in memory: the first half and the last half of what was printed.
    pub output_bytes_max: usize,
    /// Keep captured output as printed, secrets included: for output that is judged and thrown
    /// away. The log is masked all the same.
    pub raw: bool,
    /// File for both streams in order of arrival, line by line, secrets masked. Created with
    /// mode 0600, overwritten when it exists.
    pub log: Option<Utf8PathBuf>,
    /// Size at which the log stops growing; a last line tells how much is missing.
    pub log_bytes_max: u64,
}

impl Command {
    /// `argv` in `dir` with our environment, no input, no time limit, 1 MiB kept of each stream,
    /// no log.
    pub fn new<S: Into<String>>(
        argv: impl IntoIterator<Item = S>,
        dir: impl Into<Utf8PathBuf>,
    ) -> Self {
        Self {
            argv: argv.into_iter().map(Into::into).collect(),
            dir: dir.into(),
            env: Env::inherit(),
            stdin: None,
            timeout: None,
            output_bytes_max: 1 << 20,
            raw: false,
            log: None,
            log_bytes_max: 64 << 20,
        }
    }
}

/// Environment of a child.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Env {
    /// Names taken over from our own environment; `None` takes all.
    pub allow: Option<Vec<String>>,
    /// Pairs set explicitly; they win over what is inherited.
    pub set: Vec<(String, String)>,
}

impl Env {
    /// Everything that we have.
    pub fn inherit() -> Self {
        Self::default()
    }

    /// Nothing of ours but these names, so that no undeclared variable can matter.
    /// Without `PATH` among them no program is found by its bare name.
    pub fn only<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self { allow: Some(names.into_iter().map(Into::into).collect()), set: Vec::new() }
    }

    /// Sets one variable.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.set.push((name.into(), value.into()));
        self
    }
}

/// How a run ended, with what the program printed.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Why it is over.
    pub status: Status,
    /// Standard output.
    pub stdout: Captured,
    /// Standard error.
    pub stderr: Captured,
    /// From before the start until everything was read.
    pub elapsed: Duration,
    /// The program had ended but somebody it left behind held its output open; what was printed
    /// later is not in here.
    pub output_held_open: bool,
    /// The log could not be written to its end, and why; the run itself is not affected.
    pub log_error: Option<String>,
}

/// Why a run is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It ended by itself with this exit code.
    Exited(i32),
    /// A signal that we did not send ended it.
    Signalled(i32),
    /// It passed its time limit and was ended.
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// [`Cancel`] was requested, before it started or while it ran.
    Cancelled,
    /// No such program.
    NotFound {
        /// As the caller wrote it.
        program: String,
        /// Folders of `PATH`, or the one path that was tried.
        looked_in: Vec<String>,
    },
    /// The program is there, but could not be started; nothing ran.
    CannotStart {
        /// What is wrong and what to do, ready to print.
        reason: String,
    },
}

impl Status {
    /// Exit code 0.
    pub fn success(&self) -> bool {
        matches!(self, Self::Exited(0))
    }
}

impl fmt::Display for Status {
    /// A phrase that continues "the command …".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exited with {code}"),
            Self::Signalled(signal) => match signal_hook::low_level::signal_name(*signal) {
                Some(name) => write!(f, "was ended by signal {signal} ({name})"),
                None => write!(f, "was ended by signal {signal}"),
            },
            Self::TimedOut { limit } => {
                write!(f, "passed its time limit of {} s", limit.as_secs_f64())
            }
            Self::Cancelled => write!(f, "was cancelled"),
            Self::NotFound { program, looked_in } if looked_in.is_empty() => {
                write!(
                    f,
                    "was not started: '{program}' was looked for in PATH, but PATH is empty or not set"
                )
            }
            Self::NotFound { program, looked_in } if program::is_path(program) => {
                write!(
                    f,
                    "was not started: '{program}' does not exist (looked for {})",
                    looked_in.join(", ")
                )
            }
            Self::NotFound { program, looked_in } => write!(
                f,
                "was not started: '{program}' is in no folder of PATH: install it or add its folder (looked in {})",
                looked_in.join(", ")
            ),
            Self::CannotStart { reason } => write!(f, "was not started: {reason}"),
        }
    }
}
