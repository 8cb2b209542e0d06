//! Whether a row has what rows of its kind have, and nothing else.

use std::collections::BTreeSet;

use kernel::{Examined, Outcome};

use super::run::is_hex;
use crate::receipt::{Attempt, FindingRecord, GateResult, Proof, ReuseState, RuleSet, Sha};

/// What no row of this kind and outcome shows.
pub(super) fn misfit(gate: &GateResult) -> Vec<&'static str> {
    let judged = matches!(gate.outcome, Outcome::Passed | Outcome::Reused | Outcome::Flaky);
    let mut faults = vec![
        (!gate.attempts.iter().chain(&gate.finally).all(is_one), "has an attempt that cannot be"),
        (
            gate.outcome.is_green() && (gate.log.is_some() || gate.tail.is_some()),
            "kept the output of a failure",
        ),
        (
            match gate.reuse.state {
                ReuseState::Off => gate.reuse.key.is_some() || gate.reuse.from.is_some(),
                ReuseState::Part | ReuseState::Miss => {
                    gate.reuse.key.is_none() || gate.reuse.from.is_some()
                }
                ReuseState::Hit => gate.reuse.key.is_none() || gate.reuse.from.is_none(),
            },
            "does not agree with its reuse",
        ),
    ];
    match gate.kind.as_str() {
        "command" => faults.extend(command(gate)),
        "plugin" if judged => faults.extend(plugin(gate)),
        _ if judged => faults.extend(built_in(gate)),
        _ => {}
    }
    if gate.outcome == Outcome::Flaky {
        faults.push((!is_flaky(gate), "is flaky in another way than its attempts"));
    }
    faults.extend(findings(gate));
    faults.into_iter().filter(|(is_so, _)| *is_so).map(|(_, text)| text).collect()
}

type Fault = (bool, &'static str);

fn command(gate: &GateResult) -> Vec<Fault> {
    let ran = !gate.attempts.is_empty();
    let examined = Examined { items: u64::from(ran), ..Examined::default() };
    let tells = tells(gate);
    let is_plain = gate.trace == Sha::default()
        && gate.rules == RuleSet::default()
        && (tells || gate.facts.is_empty() && gate.skipped.is_empty() && gate.findings.is_empty());
    let digests = gate.artifacts.iter().all(|artifact| is_hex(&artifact.sha256, 64));
    let artifacts: BTreeSet<&str> = gate.artifacts.iter().map(|it| it.path.as_str()).collect();
    vec![
        (
            gate.outcome.is_green() && ran && gate.examined != examined,
            "is a command and looked at files",
        ),
        (!is_plain, "is a command and shows what only a built-in gate does"),
        (!digests, "has an artifact without a digest"),
        (artifacts.len() != gate.artifacts.len(), "has an artifact twice"),
    ]
}

/// Whether a command's findings were read: a fact says from which format.
pub(super) fn tells(gate: &GateResult) -> bool {
    gate.facts.contains_key("output")
}

/// What a built-in gate shows, and an attempt.
fn plugin(gate: &GateResult) -> Vec<Fault> {
    let named = [&gate.options.sha256, &gate.rules.sha256].iter().all(|it| is_hex(it, 64));
    let counts = |proof: &Proof| proof.canaries.saturating_add(proof.unproven.len() as u64);
    vec![
        (gate.attempts.is_empty(), "is a plugin and was not asked"),
        (gate.trace != Sha::default(), "is a plugin and shows what only a built-in gate does"),
        (!named, "has no digest of what it judged by"),
        (
            gate.proof.as_ref().is_none_or(|proof| counts(proof) != gate.rules.count),
            "has another number of rules than of proofs",
        ),
    ]
}

fn built_in(gate: &GateResult) -> Vec<Fault> {
    let ran = gate.command.is_some()
        || gate.finally.is_some()
        || !gate.attempts.is_empty()
        || !gate.artifacts.is_empty();
    let digests = [&gate.options.sha256, &gate.trace.sha256, &gate.rules.sha256];
    let counts = |proof: &Proof| proof.canaries.saturating_add(proof.unproven.len() as u64);
    let rules: BTreeSet<&str> =
        gate.proof.iter().flat_map(|proof| &proof.unproven).map(String::as_str).collect();
    let unproven = gate.proof.as_ref().map_or(0, |proof| proof.unproven.len());
    vec![
        (ran, "is built in and shows what only a command does"),
        (digests.iter().any(|digest| !is_hex(digest, 64)), "has no digest of what it judged by"),
        (
            gate.proof.as_ref().is_some_and(|proof| counts(proof) != gate.rules.count),
            "has another number of rules than of proofs",
        ),
        (rules.len() != unproven, "names an unproven rule twice"),
        (gate.examined.files == 0 && gate.examined.bytes > 0, "read bytes of no file"),
    ]
}

/// How an attempt ends is told by its exit code or signal.
fn is_one(attempt: &Attempt) -> bool {
    match attempt.outcome {
        Outcome::Passed => attempt.exit_code == Some(0) && attempt.signal.is_none(),
        Outcome::Failed => {
            attempt.exit_code.is_some_and(|code| code != 0) && attempt.signal.is_none()
        }
        Outcome::Errored | Outcome::TimedOut | Outcome::Interrupted => attempt.exit_code.is_none(),
        _ => false,
    }
}

fn is_flaky(gate: &GateResult) -> bool {
    let Some((_, earlier)) = gate.attempts.split_last() else { return false };
    let failed = |attempt: &Attempt| attempt.outcome != Outcome::Passed;
    let said = format!("passed on attempt {}", gate.attempts.len());
    let reason = &gate.reason;
    earlier.iter().all(failed)
        && reason.code == "flaky"
        && reason.text == said
        && reason.hint.is_none()
}

fn findings(gate: &GateResult) -> Vec<Fault> {
    let own = |finding: &FindingRecord| {
        let owner =
            if matches!(gate.kind.as_str(), "command" | "plugin") { &gate.id } else { &gate.kind };
        finding.rule.split_once('/').is_some_and(|(kind, _)| kind == owner)
    };
    let place = |finding: &FindingRecord| {
        let (from, to) = ((finding.line, finding.column), (finding.end_line, finding.end_column));
        finding.line == 0 || from <= to
    };
    let mut seen = BTreeSet::new();
    let mut twice = false;
    for finding in &gate.findings {
        let commit = finding.commit.as_deref();
        twice |= !seen.insert((&finding.rule, &finding.path, &finding.fingerprint, commit));
    }
    vec![
        (!gate.findings.iter().all(own), "has findings of another kind's rules"),
        (!gate.findings.iter().all(place), "has a finding that ends before it begins"),
        (twice, "has a finding twice"),
    ]
}
