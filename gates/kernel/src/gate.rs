//! The trait that every gate implements.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use camino::Utf8PathBuf;

use crate::{Checked, Evidence, Options, Propose, Request, Rule, SourceFile, Tree, Waiver, Wants};

/// A kind of gate, as the runner's registry lists it: `REGISTER` of its crate.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Kebab-case: the name in ci.toml and the first part of its rules' ids.
    pub id: &'static str,
    /// One line: what it keeps from happening.
    pub summary: &'static str,
    /// What [`crate::Examined::items`] counts: singular and plural.
    pub items: (&'static str, &'static str),
    /// Reads options (and, through the tree, files they name) into a gate.
    pub configure: Configure,
    /// JSON Schema of its own keys in ci.toml.
    pub schema: fn() -> schemars::Schema,
    /// What a repository's first ci.toml says of it: `init` asks.
    pub propose: Propose,
}

/// Reads options, and through the tree the files they name, into a gate.
pub type Configure = fn(&Options, &Tree) -> Result<Box<dyn Gate>, ConfigError>;

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.id)
    }
}

/// A configured gate. It judges and nothing else: it never prints, exits,
/// reads the clock, or decides a verdict.
pub trait Gate: Send + Sync {
    /// Every rule in force, users' own included.
    fn rules(&self) -> Cow<'_, [Rule]>;

    /// The evidence it needs.
    fn wants(&self) -> Wants;

    /// Heavy evidence that only the trees can name, asked for once they are
    /// there, where [`Wants::more`] says so: the migrations that a database is
    /// to run, say. It is asked again with what was answered until it names
    /// nothing new: what a command printed may be what a database is to run.
    ///
    /// # Errors
    /// What is to be asked could not be told.
    fn requests(&self, _evidence: &Evidence<'_>) -> Result<BTreeMap<String, Request>, GateError> {
        Ok(BTreeMap::new())
    }

    /// Judges one of the files that [`Wants::files`] selects, by that file
    /// alone. Whatever needs a second file is left as a [`crate::Remark`].
    ///
    /// # Errors
    /// The file could not be judged for a reason that is not the tree's fault.
    fn check_file(&self, _file: &SourceFile) -> Result<Checked, GateError> {
        Ok(Checked::default())
    }

    /// Judges the whole, after every file; `evidence.remarks` holds what the
    /// files left.
    ///
    /// # Errors
    /// It could not be judged for a reason that is not the tree's fault.
    fn check(&self, _evidence: &Evidence<'_>) -> Result<Checked, GateError> {
        Ok(Checked::default())
    }

    /// Exceptions that its options grant.
    fn waivers(&self) -> Vec<Waiver> {
        Vec::new()
    }
}

/// What is wrong with a gate's configuration. Ends the run with exit code 2
/// before anything is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// What was expected, with the user's own text quoted.
    pub message: String,
    /// Bytes of the document that it is about.
    pub span: Option<Range<usize>>,
    /// The document, where that is not ci.toml (e.g. `.gitleaks.toml`).
    pub file: Option<Utf8PathBuf>,
    /// What to write instead.
    pub hint: Option<String>,
}

impl ConfigError {
    /// An error about no particular place.
    #[must_use]
    pub fn new(message: impl Into<String>) -> ConfigError {
        ConfigError { message: message.into(), span: None, file: None, hint: None }
    }

    /// Where in the document.
    #[must_use]
    pub fn span(mut self, span: Range<usize>) -> ConfigError {
        self.span = Some(span);
        self
    }

    /// Which document, if not ci.toml.
    #[must_use]
    pub fn file(mut self, file: impl Into<Utf8PathBuf>) -> ConfigError {
        self.file = Some(file.into());
        self
    }

    /// What to write instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> ConfigError {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}

/// Whose fault it is that a gate could not judge; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The gate's own configuration (exit code 2).
    Config,
    /// The surroundings: no repository, a shallow clone, the network (4).
    Environment,
    /// Anything else that kept it from judging (3).
    CannotJudge,
    /// The time limit (the outcome is `timed-out`).
    TimedOut,
    /// The run was interrupted.
    Interrupted,
}

/// The gate could not judge. Never the tree's fault: that is a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateError {
    /// Whose fault it is.
    pub kind: ErrorKind,
    /// Kebab-case, for programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl GateError {
    /// An error of that kind.
    #[must_use]
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> GateError {
        GateError { kind, code, message: message.into(), hint: None }
    }

    /// The surroundings' fault.
    #[must_use]
    pub fn environment(code: &'static str, message: impl Into<String>) -> GateError {
        GateError::new(ErrorKind::Environment, code, message)
    }

    /// Nobody's in particular.
    #[must_use]
    pub fn cannot_judge(code: &'static str, message: impl Into<String>) -> GateError {
        GateError::new(ErrorKind::CannotJudge, code, message)
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> GateError {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for GateError {}
