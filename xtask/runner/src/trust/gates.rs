//! Whether each row rests on what it shows.

use kernel::Outcome;

use super::{Distrust, rows};
use crate::judge;
use crate::receipt::{FindingRecord, FindingState, GateResult, Predicate, Reason, ReuseState};

pub(super) fn gates(predicate: &Predicate, reasons: &mut Vec<Distrust>) {
    let mut say = |code, text: String| reasons.push(Distrust { code, text });
    for gate in &predicate.gates {
        for text in unsupported(gate, predicate).into_iter().chain(rows::misfit(gate)) {
            say("incoherent", format!("gate '{}' {text}", gate.id));
        }
    }
    for gate in predicate.gates.iter().filter(|gate| gate.required) {
        if gate.outcome == Outcome::Skipped {
            say("gate-skipped", format!("gate '{}' was skipped", gate.id));
        } else if !gate.outcome.is_green() {
            say("gate-failed", format!("gate '{}' ended as {}", gate.id, gate.outcome.as_str()));
        }
        if gate.outcome.is_green() && gate.findings.iter().any(judge::counts) {
            say(
                "incoherent",
                format!("gate '{}' is {} with findings that count", gate.id, gate.outcome.as_str()),
            );
        }
        if gate.reason.code == "when-changed" {
            say("gate-skipped", format!("gate '{}' was not judged: {}", gate.id, gate.reason.text));
        }
        let judged = matches!(gate.outcome, Outcome::Passed | Outcome::Reused | Outcome::Flaky);
        if judged && gate.examined.is_nothing() {
            say("incoherent", format!("gate '{}' passed but looked at nothing", gate.id));
        }
        // A plugin that describes no rules is believed as a command is.
        let promises = match gate.kind.as_str() {
            "command" => false,
            "plugin" => gate.rules.count > 0,
            _ => true,
        };
        if judged && promises {
            let proven = gate.proof.as_ref().is_some_and(|proof| {
                proof.canaries > 0
                    && proof.tripped == proof.canaries
                    && proof.quiet == proof.canaries
            });
            if !proven {
                say(
                    "unproven",
                    format!("gate '{}' does not show that its rules can go red", gate.id),
                );
            }
        }
    }
}

/// What a gate's outcome rests on and its row does not show.
fn unsupported(gate: &GateResult, predicate: &Predicate) -> Vec<&'static str> {
    let is_command = matches!(gate.kind.as_str(), "command" | "plugin");
    let passed = gate.attempts.last().is_some_and(|last| {
        last.outcome == Outcome::Passed && last.exit_code == Some(0) && last.signal.is_none()
    });
    // What it failed for are its findings, and none of them counts.
    let is_excused = rows::tells(gate)
        && !gate.findings.is_empty()
        && gate.attempts.last().is_some_and(|last| last.exit_code.is_some());
    let finally = gate.finally.as_ref();
    let judged = matches!(gate.outcome, Outcome::Passed | Outcome::Flaky);
    let lacks = [
        (judged && is_command && !passed && !is_excused, "passed without an attempt that did"),
        (
            gate.outcome == Outcome::Passed && is_command && passed && gate.attempts.len() > 1,
            "passed on a retry and is not flaky",
        ),
        (gate.outcome == Outcome::Flaky && gate.attempts.len() < 2, "is flaky without a retry"),
        (
            gate.outcome.is_green() && finally.is_some_and(|end| end.exit_code != Some(0)),
            "is green though its 'finally' did not pass",
        ),
        (
            match gate.reuse.state {
                ReuseState::Hit => matches!(gate.outcome, Outcome::Passed | Outcome::Flaky),
                ReuseState::Part | ReuseState::Miss | ReuseState::Off => {
                    gate.outcome == Outcome::Reused
                }
            },
            "does not agree with its reuse",
        ),
        (
            gate.findings.iter().any(|finding| {
                (finding.state == FindingState::Waived) != is_held(finding, predicate)
            }),
            "has waived findings without a waiver that covers them",
        ),
        (
            gate.outcome == Outcome::Passed && gate.reason != Reason::default(),
            "passed with a reason not to",
        ),
        (
            judged && !predicate.run.per_gate.contains_key(&gate.id),
            "was judged in no time that is told",
        ),
    ];
    lacks.into_iter().filter(|(is_so, _)| *is_so).map(|(_, text)| text).collect()
}

/// Whether a finding's waiver is there, was used, names its rule, has a reason
/// and had not ended.
fn is_held(finding: &FindingRecord, predicate: &Predicate) -> bool {
    let at = finding.waiver.and_then(|at| usize::try_from(at).ok());
    let Some(waiver) = at.and_then(|at| predicate.waivers.get(at)) else { return false };
    let began = predicate.run.started_at.get(..10);
    let day = |text: &str| text.parse::<jiff::civil::Date>().ok();
    let ended = waiver.until.as_deref().is_some_and(|until| {
        let (until, began) = (day(until), began.and_then(day));
        until.zip(began).is_none_or(|(until, began)| until < began)
    });
    let names = judge::names(&waiver.rules, &finding.rule);
    names && waiver.used > 0 && !waiver.reason.is_empty() && !ended
}
