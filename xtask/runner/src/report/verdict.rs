//! The verdict in one sentence, with what is missing.

use kernel::{Outcome, Verdict};

use super::text::{count, listed, visible};
use crate::receipt::Receipt;

/// Names in a sentence before the rest is counted.
const NAMES_MOST: usize = 8;

/// `red: 2 of 5 required gates failed: a, b`, without a final stop.
pub fn sentence(receipt: &Receipt) -> String {
    let predicate = &receipt.predicate;
    let required: Vec<&crate::receipt::GateResult> =
        predicate.gates.iter().filter(|gate| gate.required).collect();
    let of = |number: usize| {
        format!("{number} of {}", count(required.len() as u64, "required gate", "required gates"))
    };
    let named = |wanted: &dyn Fn(Outcome) -> bool| -> Vec<String> {
        let named = required.iter().filter(|gate| wanted(gate.outcome));
        named.map(|gate| gate.id.clone()).collect()
    };
    let failed = named(&|outcome| outcome == Outcome::Failed);
    let skipped = named(&|outcome| outcome == Outcome::Skipped);
    let stuck: Vec<String> = required
        .iter()
        .filter(|gate| super::gate::could_not_judge(gate.outcome))
        .map(|gate| format!("{} ({})", visible(&gate.id), gate.outcome.as_str()))
        .collect();
    let listed_gates: Vec<&str> = predicate.gates.iter().map(|gate| gate.id.as_str()).collect();
    let mut absent: Vec<&str> = predicate.policy.required.iter().map(String::as_str).collect();
    absent.retain(|id| !listed_gates.contains(id));

    let mut parts = Vec::new();
    if !failed.is_empty() {
        parts.push(format!("{} failed: {}", of(failed.len()), listed(&failed, NAMES_MOST)));
    }
    if !stuck.is_empty() {
        parts.push(format!("{} could not judge: {}", of(stuck.len()), listed(&stuck, NAMES_MOST)));
    }
    if !skipped.is_empty() {
        parts.push(format!("{} not run: {}", of(skipped.len()), listed(&skipped, NAMES_MOST)));
    }
    if !absent.is_empty() {
        parts.push(format!("required but not configured: {}", listed(&absent, NAMES_MOST)));
    }
    if parts.is_empty() {
        parts.push(match predicate.verdict {
            Verdict::Error if predicate.findings_cut.is_none() => {
                "no gate judged anything".to_owned()
            }
            _ => format!("{} green", of(required.iter().filter(|g| g.outcome.is_green()).count())),
        });
    }
    if let Some(total) = predicate.findings_cut {
        let findings = count(total, "finding", "findings");
        parts.push(format!("{findings} in all, cut to keep the receipt small"));
    }
    format!("{}: {}", predicate.verdict.as_str(), parts.join("; "))
}

/// `1b15ef614bdd on main, with uncommitted changes`: what was judged.
pub fn subject(receipt: &Receipt) -> Option<String> {
    let source = &receipt.predicate.source;
    let commit: String = source.commit.as_ref()?.chars().take(12).collect();
    let mut text = visible(&commit).into_owned();
    if let Some(reference) = &source.reference {
        text.push_str(&format!(" on {}", visible(reference)));
    }
    if source.dirty {
        text.push_str(", with uncommitted changes");
    }
    if source.shallow {
        text.push_str(", shallow clone");
    }
    Some(text)
}
