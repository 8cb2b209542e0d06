//! How a gate ended, and what all gates together mean.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How one gate ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Judged, nothing red.
    Passed,
    /// Passed before on an identical trace.
    Reused,
    /// Passed on a retry.
    Flaky,
    /// A rule in ci.toml says that it does not apply.
    NotApplicable,
    /// Findings that count.
    Failed,
    /// Looked at nothing.
    Vacuous,
    /// Could not judge.
    Errored,
    /// Could not judge in time.
    TimedOut,
    /// The run was interrupted.
    Interrupted,
    /// Something it needs did not pass.
    Blocked,
    /// A person said so, with a reason.
    Skipped,
}

impl Outcome {
    /// Whether the gate stands in no one's way. Whether `flaky` does is the
    /// policy's to say.
    #[must_use]
    pub fn is_green(self) -> bool {
        use Outcome::{Flaky, NotApplicable, Passed, Reused};
        matches!(self, Passed | Reused | Flaky | NotApplicable)
    }

    /// The word used in output and receipts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Reused => "reused",
            Outcome::Flaky => "flaky",
            Outcome::NotApplicable => "not-applicable",
            Outcome::Failed => "failed",
            Outcome::Vacuous => "vacuous",
            Outcome::Errored => "errored",
            Outcome::TimedOut => "timed-out",
            Outcome::Interrupted => "interrupted",
            Outcome::Blocked => "blocked",
            Outcome::Skipped => "skipped",
        }
    }
}

/// What all required gates together mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every required gate is green.
    Green,
    /// A required gate failed.
    Red,
    /// A required gate could not judge.
    Error,
    /// Nothing failed, but only part of the gates was asked for.
    Partial,
}

impl Verdict {
    /// The word used in output and receipts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Green => "green",
            Verdict::Red => "red",
            Verdict::Error => "error",
            Verdict::Partial => "partial",
        }
    }
}
