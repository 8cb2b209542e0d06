//! The contract between gates and their runner.
//!
//! A gate says what evidence it [`Wants`], the runner gathers it, the gate
//! judges it, purely, and hands back what it [`Checked`]. Nothing in this
//! crate, and nothing in a gate, touches the world: no file, process, clock,
//! environment or network. Everything outside comes in through [`Evidence`].
//!
//! ```text
//! options ── Kind::configure ── Gate ── wants ─► runner gathers ─► Evidence
//!                                 └──── check_file / check ◄──────────┘
//!                                              └─► Checked | GateError
//! ```
//!
//! A rule carries its own proof: each [`Example`] is at once its
//! documentation, its test, and the canary that [`canary::prove`] makes go red
//! in memory before a green verdict is believed.

pub mod canary;
mod checked;
mod database;
mod evidence;
mod example;
mod file;
mod finding;
mod gate;
mod globs;
mod held;
mod history;
mod id;
mod options;
mod outcome;
mod places;
mod proposal;
mod request;
mod rule;
mod tree;
mod waiver;

pub use checked::{Checked, Examined, Fact, Remark};
pub use database::{
    BrokenProbe, CatalogChange, CatalogEntry, DatabaseError, DatabaseRequest, DatabaseScript,
    DatabaseServer, DatabaseTrace, Lock, Probe, Scan, ScriptTrace, StepTrace, UndoTrace,
};
pub use evidence::{Evidence, Pulse, survey, unread};
pub use example::{Example, ExampleError, Scene};
pub use file::{Content, SourceFile};
pub use finding::{Edit, Finding, Fix, Location, Related, Severity, Span};
pub use gate::{ConfigError, Configure, ErrorKind, Gate, GateError, Kind};
pub use globs::{GlobError, Globs};
pub use history::{
    Commit, History, HistoryBase, HistoryBlob, HistoryMessage, HistoryScope, HistoryState,
    Introduction, LiteralHistory, Look, Overview, Piece, Seen,
};
pub use id::ObjectId;
pub use options::Options;
pub use outcome::{Outcome, Verdict};
pub use places::Places;
pub use proposal::{Depth, Proposal, Propose};
pub use request::{ArtifactRequest, CommandRequest, RemoteRequest, Reply, Request, Wants};
pub use rule::Rule;
pub use tree::{
    Entry, EntryKind, Literal, ReadError, Source, Trace, Tree, below, position, slashed,
};
pub use waiver::{CommentWaiver, Waiver};
