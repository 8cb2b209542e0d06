//! What all gates together mean, and the exit code it ends with.

use kernel::{ErrorKind, Outcome, Verdict};

use super::End;
use crate::receipt::GateResult;

/// The verdict over the required gates.
#[must_use]
pub fn verdict(gates: &[GateResult]) -> Verdict {
    let required = || gates.iter().filter(|gate| gate.required);
    if required().any(|gate| gate.outcome == Outcome::Failed) {
        return Verdict::Red;
    }
    let stuck = |gate: &GateResult| !gate.outcome.is_green() && gate.outcome != Outcome::Skipped;
    if required().any(stuck) {
        return Verdict::Error;
    }
    // Never green because nothing ran: some gate must have judged something.
    let judged = |gate: &GateResult| {
        matches!(gate.outcome, Outcome::Passed | Outcome::Reused | Outcome::Flaky)
    };
    if !gates.iter().any(judged) {
        return Verdict::Error;
    }
    if required().any(|gate| gate.outcome == Outcome::Skipped) {
        return Verdict::Partial;
    }
    Verdict::Green
}

/// The exit code of a run: 2 a gate's configuration, 4 the surroundings, 1
/// red, 3 a required gate could not judge, 0 green or an asked-for part. An
/// interrupt's 130 or 143 is the caller's to know.
#[must_use]
pub fn exit_code(verdict: Verdict, gates: &[GateResult], ends: &[Option<ErrorKind>]) -> u8 {
    let required = |kind: ErrorKind| {
        gates.iter().zip(ends).any(|(gate, end)| gate.required && *end == Some(kind))
    };
    match verdict {
        _ if required(ErrorKind::Config) => 2,
        _ if required(ErrorKind::Environment) => 4,
        Verdict::Red => 1,
        Verdict::Error => 3,
        Verdict::Green | Verdict::Partial => 0,
    }
}

impl End {
    /// Why a gate could not judge, if it could not.
    #[must_use]
    pub fn error_kind(&self) -> Option<ErrorKind> {
        match self {
            End::Judged(judged) => judged.result.as_ref().err().map(|error| error.kind),
            End::NotRun(..) | End::Command(_) => None,
        }
    }
}
