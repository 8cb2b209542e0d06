//! Parts × plan → one receipt. The files are read already, and no gate runs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{Outcome, Verdict};

use super::parts::{File, Part};
use super::{Sheet, leftovers};
use crate::baseline::Baseline;
use crate::config::{Config, GateConfig};
use crate::engine::{Assembly, assemble, run_id};
use crate::judge;
use crate::plan::{Decision, Plan};
use crate::ready::Ready;
use crate::receipt::{self, Ci, GateResult, GateTime, Predicate, Reason, Receipt};
use crate::repo::Point;
use crate::run::stamp;
use crate::trust;

/// How many faults the receipt names; all are printed.
const FAULTS_TOLD_MAX: usize = 64;

/// Everything that the parts are held against.
pub struct Expected<'a> {
    /// The commit that was planned.
    pub point: &'a Point,
    /// Its ci.toml.
    pub config: &'a Config,
    /// Its known findings.
    pub baseline: Baseline,
    /// Its built-in gates.
    pub ready: &'a [Option<Ready>],
    /// What was to run.
    pub plan: &'a Plan,
    /// What all parts agree on.
    pub sheet: &'a Sheet,
    /// The CI run that this is a job of.
    pub ci: Option<Ci>,
    /// Digest of the running program.
    pub program: &'a str,
}

/// What came of a merge.
pub struct Merged {
    /// The receipt of all parts; never green where something was at fault.
    pub receipt: Receipt,
    /// Every reason why the parts are no proof, whatever the gates found.
    pub faults: Vec<String>,
    /// Exit code.
    pub code: u8,
}

/// Judges the parts. No gate runs here.
#[must_use]
pub fn merge(expected: &Expected<'_>, files: &[File]) -> Merged {
    let sheet = expected.sheet;
    let mut faults = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    for file in files {
        match Part::read(file, sheet, expected.ci.as_ref()) {
            Ok(part) => parts.push(part),
            Err(why) => faults.push(format!("part '{}': {why}", file.name)),
        }
    }
    let mut owned: Vec<(usize, String)> = Vec::new();
    for (at, part) in parts.iter_mut().enumerate() {
        match part.gate(sheet) {
            Ok(Some(id)) => owned.push((at, id.to_owned())),
            Ok(None) => {}
            Err(why) => part.faults.push(why),
        }
        faults.extend(part.faults.iter().map(|fault| format!("part '{}': {fault}", part.name)));
    }
    let (mut rows, taken) = rows(expected, &parts, &owned, &mut faults);
    if sheet.planned().next().is_none() {
        faults.push("no gate was to be judged, and nothing is proven by nothing".to_owned());
    }
    let waivers = leftovers::unite(expected.config, &mut rows, &taken);
    leftovers::settle(expected.config, expected.ready, &mut rows, &waivers);
    block(expected, &mut rows, &taken);
    let mut receipt = write(expected, &parts, rows, waivers, &faults);
    if receipt.predicate.verdict == Verdict::Green {
        // A part that was made up, and a mistake of ours: what would not be
        // believed is not called green.
        let doubts = doubts(expected, &receipt);
        if !doubts.is_empty() {
            let Predicate { gates, waivers, .. } = receipt.predicate;
            receipt = write(expected, &parts, gates, waivers, &doubts);
            faults = doubts;
        }
    }
    let code = match receipt.predicate.verdict {
        Verdict::Red => 1,
        Verdict::Error => 3,
        Verdict::Green | Verdict::Partial => 0,
    };
    Merged { receipt, faults, code }
}

/// Every configured gate's row, each planned one's from its part, and the parts
/// that were taken.
fn rows<'p>(
    expected: &Expected<'_>,
    parts: &'p [Part],
    owned: &[(usize, String)],
    faults: &mut Vec<String>,
) -> (Vec<GateResult>, Vec<Option<&'p Part>>) {
    let gates = expected.config.gates.iter().zip(&expected.plan.decisions);
    let one = |(gate, decision): (&GateConfig, &Decision)| {
        let blank = |outcome, reason| GateResult { outcome, reason, ..judge::blank(gate) };
        match decision {
            Decision::NotApplicable(reason) => {
                (blank(Outcome::NotApplicable, reason.clone()), None)
            }
            Decision::Skip(reason) => (blank(Outcome::Skipped, reason.clone()), None),
            Decision::Run(_) => {
                let of_it = owned.iter().filter(|(_, id)| *id == gate.name);
                let of_it: Vec<&Part> = of_it.filter_map(|(at, _)| parts.get(*at)).collect();
                match the_one(&gate.name, &of_it) {
                    Ok((part, row)) => (row.clone(), Some(part)),
                    Err(reason) => {
                        // What is wrong with a refused part was said already.
                        if reason.code != "part-refused" {
                            faults.push(reason.text.clone());
                        }
                        (blank(Outcome::Errored, reason), None)
                    }
                }
            }
        }
    };
    gates.map(one).unzip()
}

/// Why nobody would believe it.
fn doubts(expected: &Expected<'_>, receipt: &Receipt) -> Vec<String> {
    let Ok(text) = receipt.canonical() else { return vec!["it cannot be written".to_owned()] };
    let about = trust::Expected {
        commit: receipt.predicate.source.commit.clone(),
        tree: receipt.predicate.source.tree.clone(),
        config_sha256: Some(expected.config.sha256()),
        configured: Some(trust::Configured::of(expected.config)),
        baseline: Some(expected.baseline.clone()),
    };
    let reasons = trust::reasons(text.as_bytes(), &about);
    reasons.iter().map(|reason| format!("{}: {}", reason.code, reason.text)).collect()
}

/// The part of a planned gate and its row there, or why there is none.
fn the_one<'p>(gate: &str, parts: &[&'p Part]) -> Result<(&'p Part, &'p GateResult), Reason> {
    let names = || parts.iter().map(|part| format!("'{}'", part.name)).collect::<Vec<_>>();
    let refused = |code: &str, text: String, hint: &str| Reason {
        code: code.to_owned(),
        text,
        hint: Some(hint.to_owned()),
    };
    let row = |part: &'p Part| part.judged().find(|row| row.id == gate).map(|row| (part, row));
    let missing = || {
        refused(
            "no-part",
            format!("gate '{gate}' was planned and left no part"),
            "look at its job: it was cancelled, ended before it could write, or its upload failed",
        )
    };
    match parts {
        [] => Err(missing()),
        [part] if part.faults.is_empty() => row(part).ok_or_else(missing),
        [part] => Err(refused(
            "part-refused",
            format!("part '{}': {}", part.name, part.faults.join("; ")),
            "run its job again, from the same plan",
        )),
        _ => Err(refused(
            "two-parts",
            format!("gate '{gate}' has {} parts: {}", parts.len(), names().join(", ")),
            "give merge the parts of one run, one a gate",
        )),
    }
}

/// A gate whose need did not end green is blocked, whatever its job found: on
/// one machine it would not have started. One without a part stays what it is,
/// since that is the more to say.
fn block(expected: &Expected<'_>, rows: &mut [GateResult], taken: &[Option<&Part>]) {
    let runs = |at: usize| matches!(expected.plan.decisions.get(at), Some(Decision::Run(_)));
    loop {
        let at_fault = rows.iter().enumerate();
        let spoilt: Vec<String> = at_fault
            .filter(|(at, row)| runs(*at) && !row.outcome.is_green())
            .map(|(_, row)| row.id.clone())
            .collect();
        let gates = expected.config.gates.iter().zip(taken).zip(rows.iter_mut());
        let mut changed = false;
        for ((gate, _), row) in gates.filter(|((_, part), _)| part.is_some()) {
            let by = row.needs.iter().find(|need| spoilt.contains(need));
            if let Some(by) = by.filter(|_| row.outcome != Outcome::Blocked) {
                let text = format!("'{by}' did not pass");
                *row = judge::blank(gate);
                row.outcome = Outcome::Blocked;
                row.reason = Reason { code: "needs".to_owned(), text, hint: None };
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

fn write(
    expected: &Expected<'_>,
    parts: &[Part],
    rows: Vec<GateResult>,
    waivers: Vec<receipt::WaiverRecord>,
    faults: &[String],
) -> Receipt {
    let all = || parts.iter().map(|part| &part.predicate);
    let mut verdict = judge::verdict(&rows);
    let has_other_options = rows
        .iter()
        .zip(expected.ready)
        .any(|(row, ready)| row.required && ready.as_ref().is_some_and(|ready| !ready.own_options));
    if verdict == Verdict::Green && has_other_options {
        verdict = Verdict::Partial;
    }
    let cut = all().filter_map(|predicate| predicate.findings_cut);
    let cut = cut.fold(0, u64::saturating_add);
    if (!faults.is_empty() || cut > 0) && verdict != Verdict::Red {
        verdict = Verdict::Error;
    }
    let mut selection = expected.plan.selection.clone();
    selection.plan_sha256 = Some(expected.sheet.digest());
    if !faults.is_empty() {
        selection.reason.push_str(&format!("; refused: {}", told(faults)));
    }
    let per_gate: BTreeMap<String, GateTime> = rows
        .iter()
        .filter(|row| row.outcome != Outcome::Blocked)
        .filter_map(|row| {
            let time = all().find_map(|predicate| predicate.run.per_gate.get(&row.id))?;
            Some((row.id.clone(), time.clone()))
        })
        .collect();
    let mut references: Vec<_> = all().map(|one| one.source.reference.clone()).collect();
    references.dedup();
    let mut point = expected.point.clone();
    point.reference = references.pop().filter(|_| references.is_empty()).flatten();
    point.shallow = point.shallow || all().any(|predicate| predicate.source.shallow);
    let mut receipt = assemble(Assembly {
        point: &point,
        config: expected.config,
        profile: expected.sheet.profile.clone(),
        selection,
        verdict,
        gates: rows,
        waivers,
        base: None,
        run: times(expected, parts, per_gate),
    });
    let predicate = &mut receipt.predicate;
    predicate.parts = parts
        .iter()
        .map(|part| receipt::Part { name: part.name.clone(), sha256: part.sha256.clone() })
        .collect();
    predicate.parts.sort_by(|a, b| (&a.name, &a.sha256).cmp(&(&b.name, &b.sha256)));
    predicate.findings_cut = (cut > 0).then_some(cut);
    let _canonical = receipt.cut_to_size();
    receipt
}

/// The first of them, and how many more.
fn told(faults: &[String]) -> String {
    let mut text = faults.iter().take(FAULTS_TOLD_MAX).cloned().collect::<Vec<_>>().join("; ");
    if let Some(more) = faults.len().checked_sub(FAULTS_TOLD_MAX).filter(|more| *more > 0) {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

/// From the first job's start to the last one's end.
fn times(
    expected: &Expected<'_>,
    parts: &[Part],
    per_gate: BTreeMap<String, GateTime>,
) -> receipt::Run {
    let now = Timestamp::now();
    let at = |text: &str| text.parse::<Timestamp>().ok();
    let runs = || parts.iter().map(|part| &part.predicate.run);
    let started = runs().filter_map(|run| at(&run.started_at)).min().unwrap_or(now);
    let finished = runs().filter_map(|run| at(&run.finished_at)).max().unwrap_or(now);
    receipt::Run {
        id: run_id(now, expected.program),
        started_at: stamp(started),
        finished_at: stamp(finished),
        duration_ms: u64::try_from(finished.duration_since(started).as_millis()).unwrap_or(0),
        host: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        ci: expected.ci.clone(),
        per_gate,
        build: expected.program.to_owned(),
    }
}
