use kernel::{Outcome, Verdict};

use super::*;
use crate::receipt::{GateTime, Proof};
use crate::report::sample;

/// The changes that `edit` makes to the sample, as the words of their kinds.
fn after(edit: impl FnOnce(&mut Receipt)) -> Vec<String> {
    let before = sample::receipt();
    let mut after = before.clone();
    edit(&mut after);
    let told = |change: &Change| match change {
        Change::Value { what, before, after } => format!("{what}: {before} -> {after}"),
        Change::Gate { gate, what, before, after } => format!("{gate} {what}: {before} -> {after}"),
        Change::Waiver { what, before, after, .. } => format!("waiver {what}: {before} -> {after}"),
        Change::Time { gate, before_ms, after_ms } => {
            format!("time of {gate:?}: {before_ms} -> {after_ms}")
        }
        Change::FindingState { found, before } => format!("{before:?} -> {:?}", found.state),
        other => serde_json::to_value(other).unwrap()["change"].as_str().unwrap().to_owned(),
    };
    changes(&before, &after, true).iter().map(told).collect()
}

#[test]
fn a_receipt_does_not_differ_from_itself() {
    assert_eq!(after(|_| ()), [""; 0]);
    let times_alone = after(|receipt| {
        receipt.predicate.run.id = "r2".into();
        receipt.predicate.run.started_at = "2026-11-22T10:00:00Z".into();
        receipt.predicate.run.duration_ms += 1;
    });
    assert_eq!(times_alone, [""; 0]);
}

#[test]
fn each_value_is_compared() {
    type Edit = fn(&mut Predicate);
    let edits: [(Edit, &str); 14] = [
        (|p| p.verdict = Verdict::Green, "verdict: red -> green"),
        (|p| p.source.tree = Some("t".into()), "tree: none -> t"),
        (|p| p.source.reference = None, "ref: main -> none"),
        (|p| p.source.dirty = true, "uncommitted changes: no -> yes"),
        (|p| p.source.shallow = true, "shallow clone: no -> yes"),
        (|p| p.config.sha256 = "c1".into(), "config: ci.toml c0 -> ci.toml c1"),
        (|p| p.policy.sha256 = "d1".into(), "policy: d0 -> d1"),
        (|p| p.profile = Some("quick".into()), "profile: none -> quick"),
        (|p| p.tool.version = "0.2.0".into(), "tool: gate-runner 0.1.0 -> gate-runner 0.2.0"),
        (|p| p.tool.source_tree = "e1".into(), "tool's sources: e0 -> e1"),
        (|p| p.tool.lock_sha256 = "f1".into(), "tool's Cargo.lock: f0 -> f1"),
        (|p| p.findings_cut = Some(7), "findings cut: 0 -> 7"),
        (|p| p.selection.selected = 1, "selection: 7 of 7, every gate -> 1 of 7, every gate"),
        (
            |p| p.gates.swap(0, 1),
            "order of gates: action-pins, secret-scan, unit, openapi-gate, lint, slow, \
             editions-gate -> secret-scan, action-pins, unit, openapi-gate, lint, slow, \
             editions-gate",
        ),
    ];
    for (edit, expected) in edits {
        assert_eq!(after(|receipt| edit(&mut receipt.predicate)), [expected]);
    }
}

#[test]
fn gates_come_go_and_change() {
    assert_eq!(after(|receipt| drop(receipt.predicate.gates.remove(2))), ["gate-gone"]);
    let new = |receipt: &mut Receipt| {
        receipt.predicate.gates.push(sample::gate("new", Outcome::Passed));
    };
    assert_eq!(after(new), ["gate-new"]);
    type Edit = fn(&mut GateResult);
    let edits: [(Edit, &str); 9] = [
        (|g| g.outcome = Outcome::Passed, "unit outcome: failed -> passed"),
        (|g| g.required = false, "unit required: yes -> no"),
        (|g| g.kind = "own".into(), "unit kind: command -> own"),
        (|g| g.needs.push("lint".into()), "unit needs:  -> lint"),
        (|g| g.options.sha256 = "o".into(), "unit options:  -> o"),
        (|g| g.rules.count = 3, "unit rules: 0 () -> 3 ()"),
        (|g| g.proof = Some(Proof::default()), "unit proof: none -> 0 of 0, 0 unproven"),
        (|g| g.examined.files = 2, "unit examined: 0 files -> 2 files"),
        (|g| g.skipped = [("binary".into(), 2)].into(), "unit not judged:  -> 2 binary"),
    ];
    for (edit, expected) in edits {
        assert_eq!(after(|receipt| edit(&mut receipt.predicate.gates[2])), [expected]);
    }
}

#[test]
fn findings_come_go_and_stop_counting() {
    let findings = |edit: fn(&mut Vec<FindingRecord>)| {
        after(move |receipt| edit(&mut receipt.predicate.gates[0].findings))
    };
    assert_eq!(findings(|all| drop(all.remove(0))), ["finding-gone"]);
    assert_eq!(findings(|all| all[0].state = FindingState::Waived), ["New -> Waived"]);
    assert_eq!(findings(|all| all[2].state = FindingState::New), ["Baselined -> New"]);
    assert_eq!(findings(|all| all[0].line += 40), [""; 0], "a line that moved is the same");
    let another = |all: &mut Vec<FindingRecord>| {
        all.push(FindingRecord { fingerprint: "0a9b".into(), ..sample::unpinned() });
    };
    assert_eq!(findings(another), ["finding-new"]);
}

#[test]
fn waivers_come_go_end_and_move() {
    let waivers = |edit: fn(&mut Predicate)| after(move |receipt| edit(&mut receipt.predicate));
    assert_eq!(waivers(|p| p.waivers.clear()), ["waiver-gone"]);
    let another = |p: &mut Predicate| {
        p.waivers.push(WaiverRecord { origin: "ci.toml:9".into(), ..p.waivers[0].clone() });
    };
    assert_eq!(waivers(another), ["waiver-new"]);
    assert_eq!(
        waivers(|p| p.waivers[0].until = Some("2026-01-01".into())),
        ["waiver until: none -> 2026-01-01", "waiver-ended"]
    );
    assert_eq!(waivers(|p| p.waivers[0].used = 0), ["waiver used: 1 -> 0"]);
    assert_eq!(
        waivers(|p| p.waivers[0].reason = "next month".into()),
        ["waiver reason: retired next week -> next month"]
    );
    assert_eq!(waivers(|p| p.waivers[0].origin = ".github/workflows/old.yml:70".into()), [""; 0]);
    let mut before = sample::receipt();
    before.predicate.waivers[0].until = Some("2026-11-21".into());
    let mut later = before.clone();
    later.predicate.run.started_at = "2026-11-22T00:00:00Z".into();
    let told = changes(&before, &later, false);
    assert!(matches!(told.as_slice(), [Change::WaiverEnded(_)]), "{told:?}");
}

#[test]
fn only_times_that_changed_a_lot_are_told_and_only_if_asked() {
    let slower = |receipt: &mut Receipt| {
        let run = &mut receipt.predicate.run;
        run.duration_ms = 2_600;
        let time = GateTime { started_at: String::new(), duration_ms: 90 };
        run.per_gate.insert("unit".into(), time.clone());
        run.per_gate.insert("action-pins".into(), GateTime { duration_ms: 400, ..time });
    };
    assert_eq!(
        after(slower),
        ["time of None: 1249 -> 2600", "time of Some(\"action-pins\"): 3 -> 400"]
    );
    let mut later = sample::receipt();
    slower(&mut later);
    assert_eq!(changes(&sample::receipt(), &later, false), []);
}
