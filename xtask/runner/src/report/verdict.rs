//! The verdict in one sentence, with what is missing.

use kernel::{Outcome, Verdict};

use super::gate::could_not_judge;
use super::text::{count, listed, visible};
use crate::receipt::{GateResult, Receipt};

/// Names in a sentence before the rest is counted.
const NAMES_MOST: usize = 8;

/// `red: 2 of 5 required gates failed (a, b), 1 could not judge (c errored)`,
/// without a final stop.
pub fn sentence(receipt: &Receipt) -> String {
    let predicate = &receipt.predicate;
    let required: Vec<&GateResult> = predicate.gates.iter().filter(|gate| gate.required).collect();
    let named = |wanted: &dyn Fn(Outcome) -> bool| -> Vec<&GateResult> {
        required.iter().copied().filter(|gate| wanted(gate.outcome)).collect()
    };
    let ids = |gates: &[&GateResult]| -> Vec<String> {
        gates.iter().map(|gate| gate.id.clone()).collect()
    };
    let failed = named(&|outcome| outcome == Outcome::Failed);
    let stuck = named(&could_not_judge);
    let stuck_how: Vec<String> =
        stuck.iter().map(|gate| format!("{} {}", gate.id, gate.outcome.as_str())).collect();
    let skipped = named(&|outcome| outcome == Outcome::Skipped);
    let is_listed = |id: &&String| predicate.gates.iter().any(|gate| gate.id == **id);
    let absent: Vec<String> =
        predicate.policy.required.iter().filter(|id| !is_listed(id)).cloned().collect();

    let mut parts: Vec<String> = Vec::new();
    for (names, what) in [
        (ids(&failed), "failed"),
        (stuck_how, "could not judge"),
        (ids(&skipped), "not run"),
        (absent, "required but not in ci.toml"),
    ] {
        if !names.is_empty() {
            let of = if parts.is_empty() { of(required.len()) } else { String::new() };
            let names_text = listed(&names, NAMES_MOST);
            parts.push(format!("{}{of} {what} ({names_text})", names.len()));
        }
    }
    if parts.is_empty() {
        let green = required.iter().filter(|gate| gate.outcome.is_green()).count();
        parts.push(match predicate.verdict {
            // A merge refuses parts beside gates that are all green.
            Verdict::Error if crate::judge::verdict(&predicate.gates) == Verdict::Green => {
                format!("{green}{} green by parts that are no proof", of(required.len()))
            }
            Verdict::Error if predicate.findings_cut.is_none() => {
                "no required gate judged anything".to_owned()
            }
            Verdict::Partial if predicate.introduced.is_some() => {
                format!("{green}{} green by what the change brought", of(required.len()))
            }
            Verdict::Partial => {
                let profile = predicate.profile.as_deref().unwrap_or_default();
                let of = of(required.len());
                format!("{green}{of} green, by the options of profile '{}'", visible(profile))
            }
            _ => format!("{green}{} green", of(required.len())),
        });
    }
    if let Some(introduced) = &predicate.introduced {
        let base = predicate.source.base.as_ref();
        let (name, commit) = base.map_or(("", ""), |base| {
            (base.reference.as_str(), base.merge_base.as_deref().unwrap_or_default())
        });
        let commit: String = commit.chars().take(12).collect();
        let findings = count(introduced.known, "finding", "findings");
        parts.push(format!("{findings} known at {commit}, the merge base with {}", visible(name)));
    }
    if let Some(total) = predicate.findings_cut {
        let findings = count(total, "finding", "findings");
        parts.push(format!("{findings} in all, cut to keep the receipt small"));
    }
    format!("{}: {}", predicate.verdict.as_str(), parts.join(", "))
}

/// Whether the receipt says green and its own rows say so too. Not whether it
/// is to be believed: that takes its commit ([`crate::trust`]).
pub fn is_green(receipt: &Receipt) -> bool {
    let predicate = &receipt.predicate;
    predicate.verdict == Verdict::Green
        && predicate.findings_cut.is_none()
        && crate::judge::verdict(&predicate.gates) == Verdict::Green
}

fn of(required: usize) -> String {
    format!(" of {}", count(required as u64, "required gate", "required gates"))
}

/// `1b15ef614bdd on main, with uncommitted changes`: what was judged.
pub fn subject(receipt: &Receipt) -> Option<String> {
    let source = &receipt.predicate.source;
    let commit: String = source.commit.as_ref()?.chars().take(12).collect();
    let mut text = visible(&commit).into_owned();
    if let Some(reference) = &source.reference {
        let name = reference.strip_prefix("refs/heads/").unwrap_or(reference);
        text.push_str(&format!(" on {}", visible(name)));
    }
    if source.dirty {
        text.push_str(", with uncommitted changes");
    }
    if source.shallow {
        text.push_str(", shallow clone");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(sentence(&sample::green()), "green: 1 of 1 required gate green");
        let mut red = sample::receipt();
        red.predicate.policy.required.push("gone".into());
        assert_eq!(
            sentence(&red),
            "red: 3 of 6 required gates failed (action-pins, secret-scan, unit), \
             1 could not judge (openapi-gate errored), 1 not run (slow), \
             1 required but not in ci.toml (gone)"
        );
        let mut skipped = sample::gate("lint", Outcome::Skipped);
        skipped.required = false;
        let nothing = sample::of(vec![skipped], Verdict::Error);
        assert_eq!(sentence(&nothing), "error: no required gate judged anything");
    }

    #[test]
    fn what_was_judged_is_told_with_its_blemishes() {
        let mut receipt = sample::green();
        receipt.predicate.source.reference = Some("refs/heads/main".into());
        receipt.predicate.source.dirty = true;
        receipt.predicate.source.shallow = true;
        let expected = "1b15ef614bdd on main, with uncommitted changes, shallow clone";
        assert_eq!(subject(&receipt).as_deref(), Some(expected));
    }
}
