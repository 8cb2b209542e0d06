//! What the formats say alike about one gate.

use kernel::{Fact, Outcome, Severity};

use super::text::{count, duration, grouped, listed, shortened, visible};
use crate::receipt::{FindingRecord, FindingState, GateResult, Receipt, ReuseState};

/// The word before a gate's name: short, so that lines align.
pub fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed | Outcome::Reused => "ok",
        Outcome::Flaky => "flaky",
        Outcome::NotApplicable => "n/a",
        Outcome::Failed => "fail",
        Outcome::Vacuous => "empty",
        Outcome::Errored => "error",
        Outcome::TimedOut => "late",
        Outcome::Interrupted => "stop",
        Outcome::Blocked => "block",
        Outcome::Skipped => "skip",
    }
}

/// Whether the gate was meant to judge and did not get there.
pub fn could_not_judge(outcome: Outcome) -> bool {
    use Outcome::{Blocked, Errored, Interrupted, TimedOut, Vacuous};
    matches!(outcome, Vacuous | Errored | TimedOut | Interrupted | Blocked)
}

/// Whether the reason is so short a matter that it stands in the gate's own
/// line: the gate was not meant to run.
pub fn is_reason_beside(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::NotApplicable | Outcome::Skipped | Outcome::Blocked)
}

/// A gate's findings, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// New, severity error.
    pub errors: u64,
    /// New, severity warning.
    pub warnings: u64,
    /// New, severity note.
    pub notes: u64,
    /// The base has them too.
    pub known: u64,
    /// Known, in the baseline.
    pub baselined: u64,
    /// Excepted.
    pub waived: u64,
}

impl Tally {
    pub fn of(gate: &GateResult) -> Tally {
        let mut tally = Tally::default();
        for finding in &gate.findings {
            *match (finding.state, finding.severity) {
                (FindingState::Known, _) => &mut tally.known,
                (FindingState::Baselined, _) => &mut tally.baselined,
                (FindingState::Waived, _) => &mut tally.waived,
                (FindingState::New, Severity::Error) => &mut tally.errors,
                (FindingState::New, Severity::Warning) => &mut tally.warnings,
                (FindingState::New, Severity::Note) => &mut tally.notes,
            } += 1;
        }
        tally
    }

    /// `2 errors, 1 warning`: what is new; empty if nothing is.
    pub fn new_text(&self) -> String {
        joined(&[
            (self.errors, "error", "errors"),
            (self.warnings, "warning", "warnings"),
            (self.notes, "note", "notes"),
        ])
    }

    /// `2 known before, 3 baselined, 1 waived`; empty if nothing is.
    pub fn known_text(&self) -> String {
        joined(&[
            (self.known, "known before", "known before"),
            (self.baselined, "baselined", "baselined"),
            (self.waived, "waived", "waived"),
        ])
    }
}

fn joined(parts: &[(u64, &str, &str)]) -> String {
    let parts = parts.iter().filter(|(number, ..)| *number > 0);
    let parts: Vec<String> =
        parts.map(|(number, singular, plural)| count(*number, singular, plural)).collect();
    parts.join(", ")
}

/// `41 uses in 4 files`; none where nothing was looked at.
pub fn examined(gate: &GateResult) -> Option<String> {
    let files = count(gate.examined.files, "file", "files");
    let (singular, plural) = &gate.items;
    let has_items = !plural.is_empty() && gate.examined.items > 0;
    let items = || count(gate.examined.items, &visible(singular), &visible(plural));
    match (has_items, gate.examined.files > 0) {
        (false, false) => None,
        (false, true) => Some(files),
        (true, false) => Some(items()),
        (true, true) => Some(format!("{} in {files}", items())),
    }
}

/// What stands behind a gate's name: findings, what was examined, what is
/// known, how it came about, how long it took.
pub fn particulars(receipt: &Receipt, gate: &GateResult) -> Vec<String> {
    let tally = Tally::of(gate);
    let mut parts = vec![tally.new_text()];
    parts.extend(examined(gate));
    parts.push(tally.known_text());
    if gate.outcome == Outcome::Reused || gate.reuse.state == ReuseState::Hit {
        parts.push("reused".to_owned());
    }
    if gate.outcome == Outcome::Flaky {
        parts.push(format!("passed on attempt {}", gate.attempts.len().max(2)));
    }
    if !gate.required {
        parts.push("advisory".to_owned());
    }
    parts.extend(elapsed_ms(receipt, gate).map(duration));
    if is_reason_beside(gate.outcome) {
        parts.push(shortened(&visible(&gate.reason.text), 200).into_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// How long the gate took, if it ran.
pub fn elapsed_ms(receipt: &Receipt, gate: &GateResult) -> Option<u64> {
    receipt.predicate.run.per_gate.get(&gate.id).map(|time| time.duration_ms)
}

/// Facts that a reader must not miss: what did not hold. The others are in the
/// receipt; `all` tells them too.
pub fn facts(gate: &GateResult, all: bool) -> Vec<String> {
    let told = gate.facts.iter().filter_map(|(name, fact)| {
        let said = match fact {
            Fact::Flag(false) => "no".to_owned(),
            Fact::Flag(true) if all => "yes".to_owned(),
            Fact::Count(number) if all => grouped(*number),
            Fact::Text(text) if all && !text.is_empty() => visible(text).into_owned(),
            Fact::List(words) if all && !words.is_empty() => listed(words, 5),
            Fact::Flag(_) | Fact::Count(_) | Fact::Text(_) | Fact::List(_) => return None,
        };
        Some(format!("{}: {said}", visible(name)))
    });
    told.collect()
}

/// `not judged: 3 binary, 1 submodule`; none where all was.
pub fn skipped(gate: &GateResult) -> Option<String> {
    let parts: Vec<String> = gate
        .skipped
        .iter()
        .filter(|(_, number)| **number > 0)
        .map(|(reason, number)| format!("{} {}", grouped(*number), visible(reason)))
        .collect();
    (!parts.is_empty()).then(|| format!("not judged: {}", parts.join(", ")))
}

/// The waiver that covers a finding, in words.
pub fn exception(receipt: &Receipt, finding: &FindingRecord) -> Option<String> {
    match finding.state {
        FindingState::New => None,
        FindingState::Known => Some("known before the change".to_owned()),
        FindingState::Baselined => Some("known in the baseline".to_owned()),
        FindingState::Waived => {
            let index = finding.waiver.and_then(|index| usize::try_from(index).ok());
            let waiver = index.and_then(|index| receipt.predicate.waivers.get(index));
            let told = |waiver: &crate::receipt::WaiverRecord| {
                format!("waived: {} ({})", visible(&waiver.reason), visible(&waiver.origin))
            };
            Some(waiver.map_or_else(|| "waived".to_owned(), told))
        }
    }
}
