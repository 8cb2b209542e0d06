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
    // Never green because nothing ran: some gate must have judged something,
    // and of those that decide, since an advisory one speaks for nobody.
    let judged = |gate: &GateResult| {
        matches!(gate.outcome, Outcome::Passed | Outcome::Reused | Outcome::Flaky)
    };
    match required().any(|gate| gate.outcome == Outcome::Skipped) {
        true if gates.iter().any(judged) => Verdict::Partial,
        false if required().any(judged) => Verdict::Green,
        _ => Verdict::Error,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn gates(outcomes: &[(Outcome, bool)]) -> Vec<GateResult> {
        let row = |(outcome, required): &(Outcome, bool)| GateResult {
            required: *required,
            ..sample::gate("g", *outcome)
        };
        outcomes.iter().map(row).collect()
    }

    fn of(outcomes: &[(Outcome, bool)]) -> Verdict {
        verdict(&gates(outcomes))
    }

    #[test]
    fn the_worst_required_outcome_decides() {
        use Outcome::{
            Blocked, Errored, Failed, Flaky, NotApplicable, Passed, Reused, Skipped, Vacuous,
        };
        assert_eq!(
            of(&[(Passed, true), (NotApplicable, true), (Flaky, true), (Reused, true)]),
            Verdict::Green
        );
        assert_eq!(of(&[(Passed, true), (Errored, true), (Failed, true)]), Verdict::Red);
        assert_eq!(of(&[(Passed, true), (Vacuous, true), (Skipped, true)]), Verdict::Error);
        assert_eq!(of(&[(Passed, true), (Blocked, true)]), Verdict::Error);
        assert_eq!(of(&[(Passed, true), (Skipped, true)]), Verdict::Partial);
        assert_eq!(of(&[(Passed, true), (Failed, false), (Skipped, false)]), Verdict::Green);
    }

    #[test]
    fn nothing_that_ran_is_no_green() {
        assert_eq!(of(&[]), Verdict::Error);
        assert_eq!(of(&[(Outcome::NotApplicable, true)]), Verdict::Error);
        assert_eq!(of(&[(Outcome::Skipped, true)]), Verdict::Error);
        assert_eq!(of(&[(Outcome::Passed, false)]), Verdict::Error, "advisory alone");
        let unapplied = [(Outcome::NotApplicable, true), (Outcome::Passed, false)];
        assert_eq!(of(&unapplied), Verdict::Error, "advisory beside what did not apply");
        let named = [(Outcome::Skipped, true), (Outcome::Passed, false)];
        assert_eq!(of(&named), Verdict::Partial, "an advisory gate asked for by name");
    }

    #[test]
    fn exit_codes_in_their_order() {
        let rows =
            gates(&[(Outcome::Failed, true), (Outcome::Errored, true), (Outcome::Errored, false)]);
        let code = |kinds: [Option<ErrorKind>; 3]| exit_code(verdict(&rows), &rows, &kinds);
        assert_eq!(code([None, None, None]), 1);
        assert_eq!(code([None, Some(ErrorKind::Environment), None]), 4);
        assert_eq!(
            code([None, Some(ErrorKind::Environment), Some(ErrorKind::Config)]),
            4,
            "advisory"
        );
        assert_eq!(code([Some(ErrorKind::Config), Some(ErrorKind::Environment), None]), 2);
        assert_eq!(exit_code(Verdict::Error, &[], &[]), 3);
        assert_eq!(exit_code(Verdict::Partial, &[], &[]), 0);
    }
}
