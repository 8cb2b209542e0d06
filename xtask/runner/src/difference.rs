//! What changed between two receipts. Pure: two receipts go in, every change
//! comes out, the weightiest first.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::receipt::{
    FindingRecord, FindingState, GateResult, Predicate, Receipt, ReuseState, WaiverRecord,
};

/// A duration changed a lot if it at least doubled or halved ...
const TIMES_FACTOR: u64 = 2;
/// ... and by no less than this: below it a machine's mood decides.
const TIMES_MS_MIN: u64 = 100;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// A value of the receipt itself, e.g. `verdict`.
    Value {
        /// Its name.
        what: &'static str,
        /// In the earlier receipt.
        before: String,
        /// In the later one.
        after: String,
    },
    /// A gate that only the later one has.
    GateNew {
        /// Its name.
        gate: String,
        /// How it ended.
        outcome: String,
    },
    /// A gate that only the earlier one has.
    GateGone {
        /// Its name.
        gate: String,
        /// How it had ended.
        outcome: String,
    },
    /// A value of a gate, e.g. `outcome`.
    Gate {
        /// Its name.
        gate: String,
        /// Which value.
        what: &'static str,
        /// In the earlier receipt.
        before: String,
        /// In the later one.
        after: String,
    },
    /// A finding that only the later one has.
    FindingNew(Found),
    /// A finding that only the earlier one has.
    FindingGone(Found),
    /// A finding that both have and that counts otherwise.
    FindingState {
        /// The finding, as the later one has it.
        #[serde(flatten)]
        found: Found,
        /// How it counted.
        before: FindingState,
    },
    /// A waiver that only the later one has.
    WaiverNew(Excepted),
    /// A waiver that only the earlier one has.
    WaiverGone(Excepted),
    /// A waiver that both have and that had ended by the later run.
    WaiverEnded(Excepted),
    /// A waiver whose use, reason or end changed.
    Waiver {
        /// The waiver, as the later one has it.
        #[serde(flatten)]
        waiver: Excepted,
        /// Which value.
        what: &'static str,
        /// In the earlier receipt.
        before: String,
        /// In the later one.
        after: String,
    },
    /// A duration that changed a lot.
    Time {
        /// The gate; none is the whole run.
        gate: Option<String>,
        /// Before, in milliseconds.
        before_ms: u64,
        /// After, in milliseconds.
        after_ms: u64,
    },
}

/// A finding, as a change names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "named as the receipt names them")]
pub struct Found {
    pub gate: String,
    pub rule: String,
    pub path: String,
    pub line: u32,
    pub message: String,
    pub fingerprint: String,
    pub state: FindingState,
}

/// A waiver, as a change names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "named as the receipt names them")]
pub struct Excepted {
    pub rules: Vec<String>,
    #[serde(rename = "where")]
    pub origin: String,
    pub reason: String,
    pub until: Option<String>,
}

/// Every change from `before` to `after`; durations only if `times`.
#[must_use]
pub fn changes(before: &Receipt, after: &Receipt, times: bool) -> Vec<Change> {
    let (before, after) = (&before.predicate, &after.predicate);
    let mut changes = values(before, after);
    gates(before, after, &mut changes);
    waivers(before, after, &mut changes);
    if times {
        durations(before, after, &mut changes);
    }
    changes
}

fn values(before: &Predicate, after: &Predicate) -> Vec<Change> {
    let one = |what, of: &dyn Fn(&Predicate) -> String| {
        let (before, after) = (of(before), of(after));
        (before != after).then_some(Change::Value { what, before, after })
    };
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let values = [
        one("verdict", &|p| p.verdict.as_str().to_owned()),
        one("commit", &|p| or_none(&p.source.commit)),
        one("tree", &|p| or_none(&p.source.tree)),
        one("ref", &|p| or_none(&p.source.reference)),
        one("uncommitted changes", &|p| match (&p.source.dirty_digest, p.source.dirty) {
            (Some(digest), _) => digest.clone(),
            (None, dirty) => yes(dirty),
        }),
        one("shallow clone", &|p| yes(p.source.shallow)),
        one("base", &|p| {
            p.source.base.as_ref().map_or_else(
                || "none".to_owned(),
                |base| format!("{} at {}", base.reference, base.commit),
            )
        }),
        one("config", &|p| format!("{} {}", p.config.path, p.config.sha256)),
        one("policy", &|p| p.policy.sha256.clone()),
        one("profile", &|p| or_none(&p.profile)),
        one("selection", &|p| {
            let selection = &p.selection;
            format!("{} of {}, {}", selection.selected, selection.total, selection.reason)
        }),
        one("tool", &|p| format!("{} {}", p.tool.name, p.tool.version)),
        one("tool's sources", &|p| p.tool.source_tree.clone()),
        one("tool's Cargo.lock", &|p| p.tool.lock_sha256.clone()),
        one("tool's target", &|p| p.tool.target.clone()),
        one("findings cut", &|p| p.findings_cut.unwrap_or(0).to_string()),
    ];
    values.into_iter().flatten().collect()
}

fn yes(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}

fn gates(before: &Predicate, after: &Predicate, changes: &mut Vec<Change>) {
    for gate in before.gates.iter().filter(|gate| named(&after.gates, &gate.id).is_none()) {
        let outcome = gate.outcome.as_str().to_owned();
        changes.push(Change::GateGone { gate: gate.id.clone(), outcome });
    }
    for gate in &after.gates {
        match named(&before.gates, &gate.id) {
            None => {
                let outcome = gate.outcome.as_str().to_owned();
                changes.push(Change::GateNew { gate: gate.id.clone(), outcome });
                let found = gate.findings.iter().map(|one| Change::FindingNew(found(gate, one)));
                changes.extend(found);
            }
            Some(was) => same_gate(was, gate, changes),
        }
    }
    let order = |p: &Predicate, other: &Predicate| -> Vec<String> {
        let shared = p.gates.iter().filter(|gate| named(&other.gates, &gate.id).is_some());
        shared.map(|gate| gate.id.clone()).collect()
    };
    let (was, is) = (order(before, after), order(after, before));
    if was != is {
        let (before, after) = (was.join(", "), is.join(", "));
        changes.push(Change::Value { what: "order of gates", before, after });
    }
}

fn named<'a>(gates: &'a [GateResult], id: &str) -> Option<&'a GateResult> {
    gates.iter().find(|gate| gate.id == id)
}

fn same_gate(was: &GateResult, is: &GateResult, changes: &mut Vec<Change>) {
    let mut value = |what, before: String, after: String| {
        if before != after {
            changes.push(Change::Gate { gate: is.id.clone(), what, before, after });
        }
    };
    let why = |gate: &GateResult| {
        // A count of findings is told by the findings themselves.
        if gate.reason.code == "findings" { String::new() } else { gate.reason.text.clone() }
    };
    value("outcome", was.outcome.as_str().to_owned(), is.outcome.as_str().to_owned());
    if was.outcome == is.outcome {
        value("reason", why(was), why(is));
    }
    value("required", yes(was.required), yes(is.required));
    value("kind", was.kind.clone(), is.kind.clone());
    value("needs", was.needs.join(", "), is.needs.join(", "));
    let command = |gate: &GateResult| gate.command.clone().unwrap_or_default().join(" ");
    value("command", command(was), command(is));
    value("options", was.options.sha256.clone(), is.options.sha256.clone());
    let rules = |gate: &GateResult| format!("{} ({})", gate.rules.count, gate.rules.sha256);
    value("rules", rules(was), rules(is));
    let proof = |gate: &GateResult| {
        gate.proof.as_ref().map_or_else(
            || "none".to_owned(),
            |proof| {
                let unproven = proof.unproven.len();
                format!("{} of {}, {unproven} unproven", proof.tripped, proof.canaries)
            },
        )
    };
    value("proof", proof(was), proof(is));
    let examined = |gate: &GateResult| {
        let files = format!("{} files", gate.examined.files);
        match gate.items.1.as_str() {
            "" => files,
            items => format!("{files}, {} {items}", gate.examined.items),
        }
    };
    value("examined", examined(was), examined(is));
    let skipped = |gate: &GateResult| {
        let each = gate.skipped.iter().map(|(reason, number)| format!("{number} {reason}"));
        each.collect::<Vec<_>>().join(", ")
    };
    value("not judged", skipped(was), skipped(is));
    value(
        "reused",
        yes(was.reuse.state == ReuseState::Hit),
        yes(is.reuse.state == ReuseState::Hit),
    );
    findings(was, is, changes);
}

/// By fingerprint, which is of its own for each finding of a gate.
fn findings(was: &GateResult, is: &GateResult, changes: &mut Vec<Change>) {
    let keyed = |gate: &'_ GateResult| -> BTreeMap<String, usize> {
        let each = gate.findings.iter().enumerate();
        each.map(|(at, finding)| (finding.fingerprint.clone(), at)).collect()
    };
    let (old, new) = (keyed(was), keyed(is));
    for finding in is.findings.iter() {
        match old.get(&finding.fingerprint).and_then(|at| was.findings.get(*at)) {
            None => changes.push(Change::FindingNew(found(is, finding))),
            Some(before) if before.state != finding.state => {
                let before = before.state;
                changes.push(Change::FindingState { found: found(is, finding), before });
            }
            Some(_) => {}
        }
    }
    let gone = was.findings.iter().filter(|finding| !new.contains_key(&finding.fingerprint));
    changes.extend(gone.map(|finding| Change::FindingGone(found(was, finding))));
}

fn found(gate: &GateResult, finding: &FindingRecord) -> Found {
    Found {
        gate: gate.id.clone(),
        rule: finding.rule.clone(),
        path: finding.path.clone(),
        line: finding.line,
        message: finding.message.clone(),
        fingerprint: finding.fingerprint.clone(),
        state: finding.state,
    }
}

/// A waiver is the same if it names the same rules at the same place; the line
/// of a comment moves, and does not make another of it.
fn waivers(before: &Predicate, after: &Predicate, changes: &mut Vec<Change>) {
    let same = |a: &WaiverRecord, b: &WaiverRecord| {
        a.rules == b.rules && place(&a.origin) == place(&b.origin)
    };
    let mut left: Vec<&WaiverRecord> = before.waivers.iter().collect();
    for waiver in &after.waivers {
        let twin = left.iter().position(|was| same(was, waiver) && was.reason == waiver.reason);
        let Some(at) = twin.or_else(|| left.iter().position(|was| same(was, waiver))) else {
            changes.push(Change::WaiverNew(excepted(waiver)));
            continue;
        };
        let was = left.remove(at);
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        for (what, before, after) in [
            ("reason", was.reason.clone(), waiver.reason.clone()),
            ("until", or_none(&was.until), or_none(&waiver.until)),
            ("used", was.used.to_string(), waiver.used.to_string()),
        ] {
            if before != after {
                changes.push(Change::Waiver { waiver: excepted(waiver), what, before, after });
            }
        }
        if has_ended(waiver, after) && !has_ended(was, before) {
            changes.push(Change::WaiverEnded(excepted(waiver)));
        }
    }
    changes.extend(left.into_iter().map(|waiver| Change::WaiverGone(excepted(waiver))));
}

fn place(origin: &str) -> &str {
    match origin.rsplit_once(':') {
        Some((path, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => path,
        _ => origin,
    }
}

/// Whether its last day was over when the run began. Dates of one form compare
/// as text.
fn has_ended(waiver: &WaiverRecord, of: &Predicate) -> bool {
    let began = of.run.started_at.get(..10).unwrap_or_default();
    waiver.until.as_deref().is_some_and(|until| until < began)
}

fn excepted(waiver: &WaiverRecord) -> Excepted {
    Excepted {
        rules: waiver.rules.clone(),
        origin: waiver.origin.clone(),
        reason: waiver.reason.clone(),
        until: waiver.until.clone(),
    }
}

fn durations(before: &Predicate, after: &Predicate, changes: &mut Vec<Change>) {
    let mut time = |gate: Option<&String>, before_ms: u64, after_ms: u64| {
        let (low, high) = (before_ms.min(after_ms), before_ms.max(after_ms));
        if high >= low.saturating_mul(TIMES_FACTOR) && high - low >= TIMES_MS_MIN {
            changes.push(Change::Time { gate: gate.cloned(), before_ms, after_ms });
        }
    };
    time(None, before.run.duration_ms, after.run.duration_ms);
    for gate in &after.gates {
        let of = |run: &crate::receipt::Run| run.per_gate.get(&gate.id).map(|t| t.duration_ms);
        if let (Some(was), Some(is)) = (of(&before.run), of(&after.run)) {
            time(Some(&gate.id), was, is);
        }
    }
}

#[cfg(test)]
mod tests;
