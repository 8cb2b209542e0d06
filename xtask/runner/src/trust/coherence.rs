//! Whether what it says as a whole hangs together.

use std::collections::BTreeSet;

use kernel::{Outcome, Verdict};

use super::{Distrust, run};
use crate::fan_out;
use crate::judge;
use crate::receipt::{self, FindingRecord, FindingState, Predicate, SelectionMode};

pub(super) fn coherence(predicate: &Predicate, reasons: &mut Vec<Distrust>) {
    let mut say = |code, text: String| reasons.push(Distrust { code, text });
    if predicate.verdict != Verdict::Green {
        say("not-green", format!("the verdict is {}", predicate.verdict.as_str()));
    }
    let again = judge::verdict(&predicate.gates);
    // A profile's weaker options take a green back, which no row shows.
    let weaker = predicate.verdict == Verdict::Partial
        && (predicate.profile.is_some() || predicate.introduced.is_some());
    if again != predicate.verdict && !(weaker && again == Verdict::Green) {
        let text = format!(
            "the verdict says {}, the gates say {}",
            predicate.verdict.as_str(),
            again.as_str()
        );
        say("incoherent", text);
    }
    let is_known = |finding: &&FindingRecord| finding.state == FindingState::Known;
    let known = predicate.gates.iter().flat_map(|gate| &gate.findings).filter(is_known).count();
    match &predicate.introduced {
        Some(introduced) => {
            let text = "only what a change brought was counted, not what was there before it";
            say("not-green", text.to_owned());
            if introduced.known != known as u64 {
                say("incoherent", "another number of findings is known than is told".to_owned());
            }
        }
        None if known > 0 => {
            say("incoherent", "findings are known before a change that is not told".to_owned());
        }
        None => {}
    }
    if let Some(cut) = predicate.findings_cut {
        say("incoherent", format!("{cut} findings were cut"));
    }
    if let Some(text) = fan_out::incoherent(predicate) {
        say("incoherent", text.to_owned());
    }
    let required: Vec<&str> =
        predicate.gates.iter().filter(|gate| gate.required).map(|gate| gate.id.as_str()).collect();
    if required != predicate.policy.required {
        say("required-set-shrunk", "the required gates are not those of the policy".to_owned());
    }
    if predicate.policy.sha256 != policy_digest(predicate) {
        say("incoherent", "the policy's digest is not that of the required gates".to_owned());
    }
    let run = &predicate.run;
    let at = |text: &str| text.parse::<jiff::Timestamp>().ok();
    let took = at(&run.started_at).zip(at(&run.finished_at));
    let took_ms = took.map(|(from, to)| to.duration_since(from).as_millis());
    // Both ends were rounded to a millisecond.
    if took_ms.is_none_or(|took_ms| (took_ms - i128::from(run.duration_ms)).abs() > 1) {
        say("incoherent", "the run's times do not agree".to_owned());
    }
    let is_changed = predicate.selection.mode == SelectionMode::Changed;
    let is_all = predicate.selection.mode == SelectionMode::All;
    let has_base = is_changed || predicate.introduced.is_some();
    if has_base != predicate.source.base.is_some()
        || !is_changed && is_all != (predicate.selection.selected == predicate.selection.total)
    {
        say("incoherent", "the selection's mode is not how the gates were chosen".to_owned());
    }
    if predicate.policy.origin != predicate.config.path {
        say("incoherent", "the policy did not come from the configuration".to_owned());
    }
    let complete = Some(&kernel::Fact::Flag(true));
    if predicate.source.shallow
        && predicate.gates.iter().any(|gate| gate.facts.get("history_complete") == complete)
    {
        say("incoherent", "a shallow clone has no complete history".to_owned());
    }
    for text in run::unlikely(predicate) {
        say("incoherent", text);
    }
    for text in run::other_run(predicate) {
        say("run-mismatch", text);
    }
    for (at, waiver) in predicate.waivers.iter().enumerate() {
        let of = |finding: &&FindingRecord| finding.waiver == Some(at as u64);
        let findings = predicate.gates.iter().flat_map(|gate| &gate.findings);
        if findings.filter(of).count() as u64 != waiver.used {
            let origin = &waiver.origin;
            say("incoherent", format!("the waiver of '{origin}' does not cover what it counts"));
        }
    }
    let mut seen = BTreeSet::new();
    for gate in predicate.gates.iter().filter(|gate| !seen.insert(&gate.id)) {
        say("duplicate-gate", format!("gate '{}' is there twice", gate.id));
    }
    let ran = predicate.gates.iter().filter(|gate| gate.outcome != Outcome::Skipped).count() as u64;
    if predicate.selection.total != predicate.gates.len() as u64
        || predicate.selection.selected != ran
    {
        say("incoherent", "the selection does not count the gates that are listed".to_owned());
    }
}

/// Digest over the required gates and their options: what the policy was.
#[must_use]
pub fn policy_digest(predicate: &Predicate) -> String {
    let mut text = String::new();
    for gate in predicate.gates.iter().filter(|gate| gate.required) {
        text.push_str(&format!("{}\0{}\0{}\n", gate.id, gate.kind, gate.options.sha256));
    }
    receipt::sha256(text.as_bytes())
}
