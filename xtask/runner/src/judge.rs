//! Outcomes × policy → verdict. Pure: the day is handed in.

mod introduced;
mod verdict;
mod waive;

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;
use jiff::civil::Date;
use kernel::{Checked, ErrorKind, GateError, Outcome, Severity};

use crate::baseline::Baseline;
use crate::config::{Common, Config, Empty, GateConfig};
use crate::ready::{OWN_OFFENCES, Ready};
use crate::receipt::{
    Artifact, Attempt, FindingRecord, FindingState, GateResult, Proof, Reason, Reuse, ReuseState,
    RuleSet, Sha, WaiverRecord,
};
use crate::reuse::Read;
use crate::waiver::Comment;

pub use introduced::Introduced;
pub use verdict::{exit_code, verdict};
pub(crate) use waive::{listed, names};

/// Whether a waiver's rules name one of the gate's, or at least its kind.
pub(crate) fn speaks_to(rules: &[String], gate: &Ready) -> bool {
    let kind = |rule: &String| rule.split_once('/').is_some_and(|(kind, _)| kind == gate.kind.id);
    gate.rules.iter().any(|rule| names(rules, &rule.id)) || rules.iter().any(kind)
}

/// How the judging of one gate went, before policy.
#[derive(Clone, Debug)]
pub enum End {
    /// It was not judged, and why.
    NotRun(Outcome, Reason),
    /// A built-in gate.
    Judged(Box<Judged>),
    /// A command.
    Command(Box<CommandEnd>),
}

/// What a built-in gate came to.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The gate's own word.
    pub result: Result<Checked, GateError>,
    /// Its findings as they are kept, each with the subject for allow lists.
    pub records: Vec<(FindingRecord, kernel::Finding)>,
    /// Files it read: where its waiver comments may stand.
    pub read: Arc<Read>,
    /// Digest of its trace.
    pub trace_sha256: String,
    /// Whether an earlier result was taken.
    pub reuse: Reuse,
    /// Digest of its options.
    pub options_sha256: String,
    /// Its rules' ids.
    pub rules: Vec<String>,
    /// Digest over its rules.
    pub rules_sha256: String,
    /// What its canaries showed.
    pub proof: Vec<kernel::canary::Proof>,
    /// Exceptions its options grant.
    pub allows: Vec<kernel::Waiver>,
    /// Whether it was judged by the options that ci.toml gives it, not by a
    /// profile's: only then is an unused waiver or a stale entry known to be so.
    pub own_options: bool,
}

/// What a command came to.
#[derive(Clone, Debug)]
pub struct CommandEnd {
    /// How it ended.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
    /// Every attempt.
    pub attempts: Vec<Attempt>,
    /// How `finally` ended.
    pub finally: Option<Attempt>,
    /// What ran.
    pub argv: Vec<String>,
    /// Where the output is kept.
    pub log: Option<String>,
    /// Last lines, masked.
    pub tail: Option<String>,
    /// Declared artifacts.
    pub artifacts: Vec<Artifact>,
    /// Digest of its options.
    pub options_sha256: String,
    /// Whether an earlier pass was taken.
    pub reuse: Reuse,
    /// What its proof showed, if it was asked for.
    pub proof: Option<Proof>,
    /// What it found, where it tells.
    pub found: Option<Found>,
    /// Whether its output is told in full as findings, and kept for nobody.
    pub is_log_told: bool,
}

/// What a command told in its report.
#[derive(Clone, Debug)]
pub struct Found {
    /// Findings, facts, how much was looked at.
    pub checked: Checked,
    /// The findings as they are kept.
    pub records: Vec<(FindingRecord, kernel::Finding)>,
    /// The rules that it found something by.
    pub rules: Vec<String>,
    /// A plugin's rules; none of a command, which cannot say them.
    pub described: Option<Described>,
}

/// What a plugin said of itself.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its rules' ids.
    pub rules: Vec<String>,
    /// Digest over them.
    pub sha256: String,
    /// What their examples showed.
    pub proof: Vec<kernel::canary::Proof>,
}

/// What every gate is judged by.
pub struct Policy<'a> {
    /// ci.toml.
    pub config: &'a Config,
    /// Known findings and the text they were read from.
    pub baseline: &'a Baseline,
    /// The baseline's text, for the line of a stale entry.
    pub baseline_text: &'a str,
    /// Known findings of the merge base, where ours may only be fewer.
    pub baseline_before: Option<&'a Baseline>,
    /// Waiver comments by file.
    pub comments: &'a BTreeMap<Utf8PathBuf, Vec<Comment>>,
    /// Today, in UTC.
    pub today: Date,
    /// Rules of gates that another machine judges: no waiver of theirs is
    /// mistyped for that.
    pub elsewhere: &'a [String],
    /// What the base has already, where only what the change brought counts.
    pub introduced: Option<&'a Introduced>,
}

/// The receipt's rows for every gate, and every waiver with its use.
#[must_use]
pub fn judge(policy: &Policy<'_>, ends: Vec<End>) -> (Vec<GateResult>, Vec<WaiverRecord>) {
    let mut desk = waive::Desk::new(policy, &ends);
    let gates = policy.config.gates.iter().zip(ends);
    let mut rows: Vec<GateResult> = gates.map(|(gate, end)| row(gate, end, &mut desk)).collect();
    for (gate, row) in policy.config.gates.iter().zip(&mut rows) {
        let own = desk.leftovers(gate);
        let had_own = !own.is_empty();
        if had_own {
            row.findings.extend(own);
            row.findings
                .sort_by(|a, b| (&a.path, a.line, &a.rule).cmp(&(&b.path, b.line, &b.rule)));
        }
        if let Some(introduced) = policy.introduced {
            settle(row);
            introduced.mark(row);
            resettle(gate, row);
        } else if had_own {
            settle(row);
        }
        taken(row);
    }
    (rows, desk.into_records())
}

/// A gate that passed by an earlier result says so.
fn taken(row: &mut GateResult) {
    if row.outcome == Outcome::Passed && row.reuse.state == ReuseState::Hit {
        row.outcome = Outcome::Reused;
    }
}

fn row(gate: &GateConfig, end: End, desk: &mut waive::Desk<'_>) -> GateResult {
    let mut row = blank(gate);
    match end {
        End::NotRun(outcome, reason) => {
            row.outcome = outcome;
            row.reason = reason;
        }
        End::Command(command) => {
            row.outcome = command.outcome;
            row.reason = command.reason;
            row.attempts = command.attempts;
            row.finally = command.finally;
            row.command = Some(command.argv);
            row.log = command.log;
            row.tail = command.tail;
            row.artifacts = command.artifacts;
            row.options = Sha { sha256: command.options_sha256 };
            row.reuse = command.reuse;
            row.proof = command.proof;
            row.examined.items = 1;
            if let Some(found) = command.found {
                found_row(gate, found, desk, &mut row);
            }
        }
        End::Judged(judged) => judged_row(gate, *judged, desk, &mut row),
    }
    row
}

fn found_row(gate: &GateConfig, found: Found, desk: &mut waive::Desk<'_>, row: &mut GateResult) {
    row.examined = found.checked.examined;
    row.facts = found.checked.facts;
    row.skipped = found.checked.skipped;
    excepted(gate, found.records, &[], desk, row);
    let may_pass = matches!(row.outcome, Outcome::Passed | Outcome::Flaky);
    if may_pass && row.examined.is_nothing() && row.findings.is_empty() {
        vacuous(&gate.common, row);
    }
    if let Some(described) = &found.described {
        let count = described.rules.len() as u64;
        row.rules = RuleSet { count, sha256: described.sha256.clone() };
        row.proof = Some(proof(&described.proof));
        if may_pass {
            asleep(&described.proof, row);
        }
    }
    // An exit code that says something else than the findings is told beside them.
    if let (true, Some(kernel::Fact::Text(exit))) = (may_pass, row.facts.get("exit")) {
        row.reason.hint = Some(exit.clone());
    }
    settle(row);
    if row.outcome == Outcome::Passed {
        row.reason = Reason::default();
    }
    if row.outcome.is_green() {
        (row.log, row.tail) = (None, None);
    }
}

/// Lays waivers and baseline over a gate's findings.
fn excepted(
    gate: &GateConfig,
    records: Vec<(FindingRecord, kernel::Finding)>,
    allows: &[kernel::Waiver],
    desk: &mut waive::Desk<'_>,
    row: &mut GateResult,
) {
    for (mut record, finding) in records {
        if let Some(waiver) = desk.cover(gate, &finding, &record, allows) {
            record.state = FindingState::Waived;
            record.waiver = Some(waiver);
        } else if desk.knows(&record) {
            record.state = FindingState::Baselined;
        }
        desk.seen(&record);
        row.findings.push(record);
    }
}

fn judged_row(gate: &GateConfig, judged: Judged, desk: &mut waive::Desk<'_>, row: &mut GateResult) {
    row.options = Sha { sha256: judged.options_sha256 };
    row.trace = Sha { sha256: judged.trace_sha256 };
    row.reuse = judged.reuse;
    row.rules = RuleSet { count: judged.rules.len() as u64, sha256: judged.rules_sha256 };
    row.proof = Some(proof(&judged.proof));
    match judged.result {
        Err(error) => {
            row.outcome = outcome_of(&error);
            row.reason = Reason {
                code: error.code.to_owned(),
                text: error.message.clone(),
                hint: error.hint.clone(),
            };
        }
        Ok(checked) => {
            row.examined = checked.examined;
            row.facts = checked.facts;
            row.skipped = checked.skipped;
            excepted(gate, judged.records, &judged.allows, desk, row);
            row.outcome = Outcome::Passed;
            if row.examined.is_nothing() && row.findings.is_empty() {
                vacuous(&gate.common, row);
            }
            asleep(&judged.proof, row);
        }
    }
    settle(row);
}

/// The reason of a gate whose canary sleeps.
pub const ASLEEP: &str = "canary-asleep";
/// Before the words of a sleeping canary, where findings are the reason.
const ASLEEP_BESIDES: &str = "besides, a canary sleeps: ";

/// Judges a row again from which findings about exceptions were taken back.
pub(crate) fn resettle(gate: &GateConfig, row: &mut GateResult) {
    if row.reason.code != "findings" {
        return;
    }
    let reason = std::mem::take(&mut row.reason);
    row.outcome = Outcome::Passed;
    let of_rules = |finding: &FindingRecord| {
        let offence = finding.rule.split_once('/').map_or("", |(_, offence)| offence);
        !OWN_OFFENCES.contains(&offence)
    };
    if row.examined.is_nothing() && !row.findings.iter().any(of_rules) {
        vacuous(&gate.common, row);
    }
    if let Some(text) = reason.hint.as_ref().and_then(|hint| hint.strip_prefix(ASLEEP_BESIDES)) {
        sleeping(text.to_owned(), row);
    }
    settle(row);
}

/// Findings that count make a gate that judged anything red.
fn settle(row: &mut GateResult) {
    let counting = row.findings.iter().filter(|finding| counts(finding)).count();
    let may_fail = matches!(
        row.outcome,
        Outcome::Passed
            | Outcome::Flaky
            | Outcome::Vacuous
            | Outcome::NotApplicable
            | Outcome::Failed
    );
    if counting > 0 && (may_fail || row.reason.code == ASLEEP) {
        row.outcome = Outcome::Failed;
        let noun = if counting == 1 { "finding counts" } else { "findings count" };
        // Red says enough about the tree, but not that a rule is asleep besides.
        let asleep = row.reason.code == ASLEEP;
        let hint = if asleep {
            Some(format!("{ASLEEP_BESIDES}{}", row.reason.text))
        } else {
            row.reason.hint.take()
        };
        row.reason = Reason { code: "findings".into(), text: format!("{counting} {noun}"), hint };
    }
}

/// Whether a finding makes its gate red.
#[must_use]
pub fn counts(finding: &FindingRecord) -> bool {
    finding.severity == Severity::Error && finding.state == FindingState::New
}

fn vacuous(common: &Common, row: &mut GateResult) {
    if common.empty == Empty::Ok {
        row.outcome = Outcome::NotApplicable;
        let text = "looked at nothing, and ci.toml says empty = \"ok\"".to_owned();
        row.reason = Reason { code: "empty-allowed".into(), text, hint: None };
    } else {
        row.outcome = Outcome::Vacuous;
        row.reason = Reason {
            code: "looked-at-nothing".into(),
            text: "looked at nothing, so it proves nothing".into(),
            hint: Some(
                "let it look at something, or say empty = \"ok\" in its table of ci.toml".into(),
            ),
        };
    }
}

fn asleep(proofs: &[kernel::canary::Proof], row: &mut GateResult) {
    let failed = proofs.iter().find(|proof| !proof.failures.is_empty());
    let Some((proof, failure)) = failed.and_then(|proof| Some((proof, proof.failures.first()?)))
    else {
        return;
    };
    sleeping(format!("{}: {} {}", proof.rule, failure.example, failure.what), row);
}

fn sleeping(text: String, row: &mut GateResult) {
    row.outcome = Outcome::Errored;
    row.reason = Reason {
        code: ASLEEP.into(),
        text,
        hint: Some(
            "a rule that cannot go red proves nothing: mend it, or the option that silences it"
                .into(),
        ),
    };
}

fn proof(proofs: &[kernel::canary::Proof]) -> Proof {
    let with = || proofs.iter().filter(|proof| proof.examples > 0);
    let failed = |proof: &kernel::canary::Proof, word: &str| {
        proof.failures.iter().any(|f| f.example.starts_with(word))
    };
    Proof {
        canaries: with().count() as u64,
        tripped: with().filter(|proof| proof.tripped > 0 && !failed(proof, "bad")).count() as u64,
        quiet: with().filter(|proof| !failed(proof, "good")).count() as u64,
        unproven: proofs
            .iter()
            .filter(|proof| proof.is_unproven())
            .map(|proof| proof.rule.clone())
            .collect(),
    }
}

fn outcome_of(error: &GateError) -> Outcome {
    match error.kind {
        ErrorKind::TimedOut => Outcome::TimedOut,
        ErrorKind::Interrupted => Outcome::Interrupted,
        ErrorKind::Config | ErrorKind::Environment | ErrorKind::CannotJudge => Outcome::Errored,
    }
}

/// The row of a gate of which nothing is known yet.
pub(crate) fn blank(gate: &GateConfig) -> GateResult {
    let items = gate.items();
    GateResult {
        id: gate.name.clone(),
        kind: gate.kind_id().to_owned(),
        layer: gate.common.layer.map(|layer| layer.as_str().to_owned()),
        owner: gate.common.owner.clone(),
        class: gate.common.class.clone(),
        required: gate.common.required,
        outcome: Outcome::Skipped,
        reason: Reason::default(),
        needs: gate.common.needs.clone(),
        options: Sha::default(),
        items: (items.0.to_owned(), items.1.to_owned()),
        examined: kernel::Examined::default(),
        trace: Sha::default(),
        rules: RuleSet::default(),
        facts: BTreeMap::new(),
        skipped: BTreeMap::new(),
        findings: Vec::new(),
        proof: None,
        attempts: Vec::new(),
        finally: None,
        reuse: Reuse { state: ReuseState::Off, key: None, from: None },
        command: None,
        log: None,
        tail: None,
        artifacts: Vec::new(),
    }
}
