//! What a gate asks the runner to fetch, and what comes back.

use std::collections::BTreeMap;
use std::time::Duration;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::{DatabaseRequest, DatabaseTrace, Globs, HistoryScope};

/// The evidence that a gate wants beside the tree. The tree itself is lazy
/// and need not be asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Wants {
    /// Files that are judged one at a time by [`crate::Gate::check_file`].
    pub files: Globs,
    /// The tree at the merge base.
    pub base: bool,
    /// What that is the merge base with; none takes `[verify] base`.
    pub base_ref: Option<String>,
    /// The history, and how much of it.
    pub history: Option<HistoryScope>,
    /// Heavy evidence, each under a name of the gate's choice; never written down.
    #[serde(skip)]
    pub requests: BTreeMap<String, Request>,
    /// Whether [`crate::Gate::requests`] asks for more once the trees are there:
    /// then no earlier result stands for this one.
    pub more: bool,
    /// False where a plain folder will do. A gate that needs git ends as
    /// errored where there is none.
    pub git: bool,
}

/// One piece of heavy evidence.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Request {
    /// Output of a command over the tree or an altered copy of it.
    Command(CommandRequest),
    /// A database session and its trace.
    Database(Box<DatabaseRequest>),
    /// Facts from a remote, only where the network is allowed.
    Remote(RemoteRequest),
    /// The bytes of a file that was built and is in no tree.
    Artifact(ArtifactRequest),
}

/// A command to run. In arguments and values `{scratch}` stands for the folder of
/// its scratch files and `{cache}` for one that is kept from run to run; both are
/// outside of the tree.
#[derive(Clone, Debug, Default)]
pub struct CommandRequest {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Files hidden from it; none of them leaves the user's tree untouched and
    /// runs there, any of them runs in a copy.
    pub without: Globs,
    /// Files laid over the copy. Requests of one gate that hide and lay over the
    /// same run in one copy, in the order of their names.
    pub with: BTreeMap<Utf8PathBuf, Vec<u8>>,
    /// Variables set for it.
    pub env: BTreeMap<String, String>,
    /// Files that it is told of, by their names.
    pub scratch: BTreeMap<String, Vec<u8>>,
    /// Whether it may still run when its time is over: that is
    /// [`Reply::Unended`] then, and no error.
    pub may_outlive: bool,
    /// Time limit; none takes the gate's own.
    pub timeout: Option<Duration>,
}

/// A file that was built.
#[derive(Clone, Debug)]
pub struct ArtifactRequest {
    /// Relative to the repository.
    pub path: Utf8PathBuf,
}

/// A remote fact.
#[derive(Clone, Debug)]
pub enum RemoteRequest {
    /// Refs of a git remote, peeled.
    LsRemote {
        /// Its address.
        url: String,
    },
    /// An HTTP GET.
    Get {
        /// Its address.
        url: String,
    },
}

/// What came back for a [`Request`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// A command ended by itself. That it could not be run, or not to its
    /// end, is an error of gathering and never reaches the gate.
    Command {
        /// Exit code.
        exit_code: i32,
        /// Standard output.
        stdout: Vec<u8>,
        /// Standard error.
        stderr: Vec<u8>,
    },
    /// What a database session showed; or why none was to be had here, which
    /// a gate that insists on one turns into an error.
    Database(Result<Box<DatabaseTrace>, String>),
    /// The command was still running when its time was over, and was ended.
    Unended,
    /// The file's bytes. That there is none is an error of gathering.
    Artifact {
        /// All of them.
        bytes: Vec<u8>,
    },
    /// What the remote said.
    Remote {
        /// Its body or ref list.
        body: Vec<u8>,
    },
}
