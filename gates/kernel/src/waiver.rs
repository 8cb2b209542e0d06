//! A reasoned exception. One object, whichever of the three spellings it has:
//! a comment beside the line, `[[waiver]]` in ci.toml, a gate's allow list.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::{Finding, Globs};

/// An exception that a gate's own options grant (e.g. `allow` of action-pins).
/// The runner matches it, counts its use, and tells when it is unused.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiver {
    /// Full rule ids it covers.
    pub rules: Vec<String>,
    /// Paths it covers; empty covers all.
    pub paths: Globs,
    /// Patterns over [`Finding::subject`] that it covers; empty covers all.
    pub subjects: Globs,
    /// Why. Compulsory.
    pub reason: String,
    /// Last day it holds, `YYYY-MM-DD`.
    pub until: Option<String>,
    /// How a person finds it, e.g. `allow entry 2 of action-pins`.
    pub origin: String,
}

/// An exception in a comment that is not of the common grammar. A gate whose
/// options map an existing spelling to its rules finds them; the runner treats
/// each like a comment of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentWaiver {
    /// File it stands in.
    pub path: Utf8PathBuf,
    /// Line it stands on, from 1.
    pub line: u32,
    /// Line it covers: its own, or the next that is no comment.
    pub covers: u32,
    /// Full rule ids it covers.
    pub rules: Vec<String>,
    /// Why, if it says so.
    pub reason: Option<String>,
}

impl Waiver {
    /// Whether it covers `finding` (dates are the runner's business).
    #[must_use]
    pub fn covers(&self, finding: &Finding) -> bool {
        let subject = finding.subject.as_deref().unwrap_or_default();
        self.rules.iter().any(|rule| *rule == finding.rule)
            && (self.paths.is_empty() || self.paths.matches(&finding.at.path))
            && (self.subjects.is_empty() || self.subjects.matches(subject.into()))
    }
}
