//! What a gate would have a repository's first ci.toml say.

use crate::Tree;

/// A gate's table for a repository that has no ci.toml yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// TOML, beginning with the table's header, e.g. `[gate.action-pins]`.
    pub toml: String,
    /// What was seen that asks for it, e.g. `4 workflows`.
    pub because: String,
    /// Its options before a push, where its own take too long, e.g.
    /// `history = "range"`.
    pub quick: Option<String>,
    /// Why it cannot judge what was seen, and what would have to be done: then
    /// it is written down as a comment.
    pub cannot: Option<String>,
}

impl Proposal {
    /// The table `toml`, because of what was seen.
    #[must_use]
    pub fn new(toml: impl Into<String>, because: impl Into<String>) -> Proposal {
        Proposal { toml: toml.into(), because: because.into(), quick: None, cannot: None }
    }

    /// It was seen, and cannot be judged.
    #[must_use]
    pub fn cannot(mut self, reason: impl Into<String>) -> Proposal {
        self.cannot = Some(reason.into());
        self
    }

    /// Other options before a push.
    #[must_use]
    pub fn quick(mut self, options: impl Into<String>) -> Proposal {
        self.quick = Some(options.into());
        self
    }
}

/// How much of its history a clone holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// A plain folder.
    None,
    /// A shallow clone, or one that lacks objects.
    Shallow,
    /// All of it.
    Whole,
}

/// Looks at a strange repository: the table that this kind of gate would have
/// in its ci.toml, or nothing where it has nothing to judge. Made from the
/// shapes of files; what is not certain is left out or stands in a comment,
/// never guessed.
pub type Propose = fn(&Tree, Depth) -> Option<Proposal>;
