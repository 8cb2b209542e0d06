//! Every reason not to believe a receipt.
//!
//! What cannot be known from the receipt alone (who made it) is for its
//! signature to say; here its form is checked, whether it hangs together, and
//! whether it is about the expected commit.

use std::collections::BTreeSet;

use kernel::{Outcome, Verdict};

use crate::config::{Config, Empty, GateConfig};
use crate::judge;
use crate::receipt::{
    self, FindingRecord, FindingState, GateResult, Predicate, Receipt, ReuseState, SelectionMode,
};

/// What the receipt must be about; none is not compared.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// Commit.
    pub commit: Option<String>,
    /// Its tree.
    pub tree: Option<String>,
    /// Digest of that commit's ci.toml.
    pub config_sha256: Option<String>,
    /// Its gates, in order.
    pub gates: Option<Vec<ExpectedGate>>,
}

/// What ci.toml says of one gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedGate {
    /// Its name.
    pub id: String,
    /// Built-in kind, or `command`.
    pub kind: String,
    /// Whether it decides.
    pub required: bool,
    /// Gates that had to pass before.
    pub needs: Vec<String>,
    /// Digest of a built-in gate's own options, no profile's laid over.
    pub options_sha256: Option<String>,
    /// What a command gate runs.
    pub command: Option<Vec<String>>,
    /// Whether something runs after it.
    pub has_finally: bool,
    /// Reason codes by which it may be not-applicable.
    pub exempt_by: Vec<&'static str>,
}

impl ExpectedGate {
    /// The gates of `config`, judged by their own options.
    #[must_use]
    pub fn all(config: &Config) -> Vec<ExpectedGate> {
        let one = |gate: &GateConfig| {
            let common = &gate.common;
            let by_event = common.when.as_ref().is_some_and(|when| !when.event.is_empty());
            let exempt = [("when-event", by_event), ("empty-allowed", common.empty == Empty::Ok)];
            let options = gate.kind.and_then(|_| gate.options.canonical().ok());
            ExpectedGate {
                id: gate.name.clone(),
                kind: gate.kind_id().to_owned(),
                required: common.required,
                needs: common.needs.clone(),
                options_sha256: options.map(|text| receipt::sha256(text.as_bytes())),
                command: common.argv(),
                has_finally: common.finally.is_some(),
                exempt_by: exempt
                    .iter()
                    .filter(|(_, holds)| *holds)
                    .map(|(code, _)| *code)
                    .collect(),
            }
        };
        config.gates.iter().map(one).collect()
    }
}

/// A reason not to believe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distrust {
    /// Kebab-case, from the closed list of reason codes.
    pub code: &'static str,
    /// In words.
    pub text: String,
}

/// Every reason not to believe the receipt `bytes` as a proof that `expected`
/// is green. Empty means: believe it as far as its maker is believed.
#[must_use]
pub fn reasons(bytes: &[u8], expected: &Expected) -> Vec<Distrust> {
    let receipt = match read(bytes) {
        Ok(receipt) => receipt,
        Err(reason) => return vec![reason],
    };
    let mut reasons = Vec::new();
    form(bytes, &receipt, &mut reasons);
    about(&receipt, expected, &mut reasons);
    coherence(&receipt.predicate, &mut reasons);
    gates(&receipt.predicate, &mut reasons);
    if let Some(expected) = &expected.gates {
        configured(&receipt.predicate, expected, &mut reasons);
    }
    reasons
}

/// Why `bytes` are no receipt that this program could have written, whatever
/// it says.
#[must_use]
pub fn misshapen(bytes: &[u8]) -> Option<Distrust> {
    let mut reasons = Vec::new();
    match read(bytes) {
        Ok(receipt) => form(bytes, &receipt, &mut reasons),
        Err(reason) => reasons.push(reason),
    }
    reasons.into_iter().next()
}

fn read(bytes: &[u8]) -> Result<Receipt, Distrust> {
    let schema = |text: String| Distrust { code: "schema", text };
    if bytes.len() > receipt::SIZE_BYTES_MAX {
        let max = receipt::SIZE_BYTES_MAX;
        return Err(schema(format!("{} bytes, a receipt has at most {max}", bytes.len())));
    }
    serde_json::from_slice(bytes)
        .map_err(|error| schema(format!("no receipt of version 1: {error}")))
}

fn form(bytes: &[u8], receipt: &Receipt, reasons: &mut Vec<Distrust>) {
    let mut say = |text: String| reasons.push(Distrust { code: "schema", text });
    if receipt.statement_type != receipt::STATEMENT_TYPE {
        say(format!(
            "_type is '{}', expected '{}'",
            receipt.statement_type,
            receipt::STATEMENT_TYPE
        ));
    }
    if receipt.predicate_type != receipt::PREDICATE_TYPE {
        let text = format!(
            "predicateType is '{}', expected '{}'",
            receipt.predicate_type,
            receipt::PREDICATE_TYPE
        );
        say(text);
    }
    if receipt.predicate.schema_version != receipt::SCHEMA_VERSION {
        say(format!(
            "schemaVersion {}, this program reads {}",
            receipt.predicate.schema_version,
            receipt::SCHEMA_VERSION
        ));
    }
    // A repeated key or anything appended shows as another text.
    if receipt.canonical().map_or(true, |text| text.as_bytes() != bytes) {
        say("not in canonical form: it was edited, or written by another program".to_owned());
    }
}

fn about(receipt: &Receipt, expected: &Expected, reasons: &mut Vec<Distrust>) {
    let source = &receipt.predicate.source;
    let mut say = |code, text: String| reasons.push(Distrust { code, text });
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    if source.commit.is_none() || (expected.commit.is_some() && source.commit != expected.commit) {
        say(
            "commit-mismatch",
            format!("about commit {}, expected {}", shown(&source.commit), shown(&expected.commit)),
        );
    }
    if source.tree.is_none() || (expected.tree.is_some() && source.tree != expected.tree) {
        say(
            "tree-mismatch",
            format!("about tree {}, expected {}", shown(&source.tree), shown(&expected.tree)),
        );
    }
    let subject = receipt.subject.first().filter(|_| receipt.subject.len() == 1);
    let digest = |name: &str| subject.and_then(|subject| subject.digest.get(name).cloned());
    if digest("gitCommit") != source.commit || subject.is_none_or(|subject| subject.name != "git") {
        say("commit-mismatch", "the subject is not the source's commit".to_owned());
    }
    if digest("gitTree") != source.tree {
        say("tree-mismatch", "the subject is not the source's tree".to_owned());
    }
    if source.dirty || source.dirty_digest.is_some() {
        say("dirty", "the work tree differed from the commit".to_owned());
    }
    let config = &receipt.predicate.config.sha256;
    if expected.config_sha256.as_ref().is_some_and(|expected| expected != config) {
        say("config-mismatch", "judged by another ci.toml than the commit's".to_owned());
    }
}

fn coherence(predicate: &Predicate, reasons: &mut Vec<Distrust>) {
    let mut say = |code, text: String| reasons.push(Distrust { code, text });
    if predicate.verdict != Verdict::Green {
        say("not-green", format!("the verdict is {}", predicate.verdict.as_str()));
    }
    let again = judge::verdict(&predicate.gates);
    // A profile's weaker options take a green back, which no row shows.
    let weaker = predicate.verdict == Verdict::Partial && predicate.profile.is_some();
    if again != predicate.verdict && !(weaker && again == Verdict::Green) {
        let text = format!(
            "the verdict says {}, the gates say {}",
            predicate.verdict.as_str(),
            again.as_str()
        );
        say("incoherent", text);
    }
    if let Some(cut) = predicate.findings_cut {
        say("incoherent", format!("{cut} findings were cut"));
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
    if is_changed != predicate.source.base.is_some()
        || !is_changed && is_all != (predicate.selection.selected == predicate.selection.total)
    {
        say("incoherent", "the selection's mode is not how the gates were chosen".to_owned());
    }
    if predicate.policy.origin != predicate.config.path {
        say("incoherent", "the policy did not come from the configuration".to_owned());
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

fn gates(predicate: &Predicate, reasons: &mut Vec<Distrust>) {
    let mut say = |code, text: String| reasons.push(Distrust { code, text });
    for gate in &predicate.gates {
        for text in unsupported(gate, predicate) {
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
        if judged && gate.kind != "command" {
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
    let is_command = gate.kind == "command";
    let passed = gate.attempts.last().is_some_and(|last| {
        last.outcome == Outcome::Passed && last.exit_code == Some(0) && last.signal.is_none()
    });
    let finally = gate.finally.as_ref();
    let judged = matches!(gate.outcome, Outcome::Passed | Outcome::Flaky);
    let lacks = [
        (judged && is_command && !passed, "passed without an attempt that did"),
        (
            gate.outcome == Outcome::Passed && is_command && gate.attempts.len() > 1,
            "passed on a retry and is not flaky",
        ),
        (gate.outcome == Outcome::Flaky && gate.attempts.len() < 2, "is flaky without a retry"),
        (
            gate.outcome.is_green() && finally.is_some_and(|end| end.exit_code != Some(0)),
            "is green though its 'finally' did not pass",
        ),
        (
            (gate.outcome == Outcome::Reused) != (gate.reuse.state == ReuseState::Hit),
            "does not agree with its reuse",
        ),
        (
            gate.findings.iter().any(|finding| {
                (finding.state == FindingState::Waived) != is_held(finding, predicate)
            }),
            "has waived findings without a waiver that covers them",
        ),
        (
            gate.outcome == Outcome::Passed && !gate.reason.code.is_empty(),
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

/// The rows must be those of the commit's ci.toml, which the receipt's maker
/// does not choose.
fn configured(predicate: &Predicate, expected: &[ExpectedGate], reasons: &mut Vec<Distrust>) {
    let mut say = |code, text: String| reasons.push(Distrust { code, text });
    let listed: Vec<&str> = predicate.gates.iter().map(|gate| gate.id.as_str()).collect();
    let wanted: Vec<&str> = expected.iter().map(|gate| gate.id.as_str()).collect();
    if listed != wanted {
        let text =
            format!("the gates are {}, ci.toml has {}", listed.join(", "), wanted.join(", "));
        say("gate-missing", text);
    }
    for gate in &predicate.gates {
        let Some(own) = expected.iter().find(|own| own.id == gate.id) else { continue };
        if gate.required != own.required {
            let text = format!("gate '{}': ci.toml says required = {}", gate.id, own.required);
            say("required-set-shrunk", text);
        }
        if gate.kind != own.kind || gate.needs != own.needs {
            say("config-mismatch", format!("gate '{}' is not what ci.toml says", gate.id));
        }
        if gate.outcome == Outcome::NotApplicable
            && !own.exempt_by.contains(&gate.reason.code.as_str())
        {
            say("gate-skipped", format!("ci.toml does not exempt gate '{}'", gate.id));
        }
        if !matches!(gate.outcome, Outcome::Passed | Outcome::Reused | Outcome::Flaky) {
            continue;
        }
        if own.options_sha256.as_ref().is_some_and(|own| *own != gate.options.sha256) {
            let text = format!("gate '{}' was judged by other options than ci.toml's", gate.id);
            say("options-weaker", text);
        }
        if gate.command != own.command || gate.finally.is_some() != own.has_finally {
            say("config-mismatch", format!("gate '{}' ran another command", gate.id));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipt::Proof;
    use crate::report::sample;

    /// A receipt that is believed, and what it is about.
    fn believed() -> (Receipt, Expected) {
        let mut receipt = sample::green();
        let predicate = &mut receipt.predicate;
        for gate in &mut predicate.gates {
            gate.required = true;
            gate.outcome = Outcome::Passed;
            gate.examined.items = 1;
            gate.findings.clear();
            gate.proof = Some(Proof { canaries: 2, tripped: 2, quiet: 2, unproven: Vec::new() });
        }
        predicate.verdict = Verdict::Green;
        predicate.source.tree = Some("a".repeat(40));
        predicate.source.dirty = false;
        predicate.source.dirty_digest = None;
        predicate.policy.required = predicate.gates.iter().map(|gate| gate.id.clone()).collect();
        predicate.policy.sha256 = policy_digest(predicate);
        predicate.selection.total = predicate.gates.len() as u64;
        predicate.selection.selected = predicate.selection.total;
        let run = &mut predicate.run;
        run.started_at = "2026-01-01T00:00:00.000Z".into();
        run.finished_at = "2026-01-01T00:00:01.500Z".into();
        run.duration_ms = 1_500;
        let digest = &mut receipt.subject[0].digest;
        digest.insert("gitCommit".into(), predicate.source.commit.clone().unwrap());
        digest.insert("gitTree".into(), predicate.source.tree.clone().unwrap());
        let expected = Expected {
            commit: predicate.source.commit.clone(),
            tree: predicate.source.tree.clone(),
            config_sha256: Some(predicate.config.sha256.clone()),
            gates: None,
        };
        (receipt, expected)
    }

    fn codes(receipt: &Receipt, expected: &Expected) -> Vec<&'static str> {
        let text = receipt.canonical().unwrap();
        reasons(text.as_bytes(), expected).into_iter().map(|reason| reason.code).collect()
    }

    #[test]
    fn a_whole_receipt_is_believed() {
        let (receipt, expected) = believed();
        assert_eq!(reasons(receipt.canonical().unwrap().as_bytes(), &expected), []);
    }

    #[test]
    fn each_change_has_its_own_reason() {
        type Change = fn(&mut Receipt);
        let changes: [(&str, Change); 19] = [
            ("commit-mismatch", |r| r.predicate.source.commit = Some("f".repeat(40))),
            ("tree-mismatch", |r| r.predicate.source.tree = None),
            ("commit-mismatch", |r| r.subject.clear()),
            ("dirty", |r| r.predicate.source.dirty = true),
            ("config-mismatch", |r| r.predicate.config.sha256 = "0".repeat(64)),
            ("schema", |r| r.predicate.schema_version = 2),
            ("schema", |r| r.predicate_type.push('2')),
            ("not-green", |r| r.predicate.verdict = Verdict::Partial),
            ("gate-failed", |r| r.predicate.gates[0].outcome = Outcome::Vacuous),
            ("required-set-shrunk", |r| r.predicate.gates[0].required = false),
            ("unproven", |r| r.predicate.gates[0].proof = None),
            ("incoherent", |r| r.predicate.gates[0].options.sha256.push('0')),
            ("incoherent", |r| r.predicate.run.duration_ms = 9),
            ("incoherent", |r| r.predicate.run.per_gate.clear()),
            ("incoherent", |r| r.predicate.selection.mode = SelectionMode::Changed),
            ("incoherent", |r| r.predicate.gates[0].outcome = Outcome::Reused),
            ("incoherent", |r| r.predicate.gates[0].outcome = Outcome::Flaky),
            ("incoherent", |r| r.predicate.policy.origin.clear()),
            ("duplicate-gate", |r| {
                let gate = r.predicate.gates[0].clone();
                r.predicate.gates.push(gate);
            }),
        ];
        for (code, change) in changes {
            let (mut receipt, expected) = believed();
            change(&mut receipt);
            let codes = codes(&receipt, &expected);
            assert!(codes.contains(&code), "expected {code}, got {codes:?}");
        }
    }

    #[test]
    fn the_gates_are_those_of_ci_toml() {
        let (receipt, mut expected) = believed();
        let own = |gate: &GateResult| ExpectedGate {
            id: gate.id.clone(),
            kind: gate.kind.clone(),
            required: gate.required,
            needs: gate.needs.clone(),
            options_sha256: Some(gate.options.sha256.clone()),
            command: gate.command.clone(),
            has_finally: gate.finally.is_some(),
            exempt_by: Vec::new(),
        };
        let gates: Vec<ExpectedGate> = receipt.predicate.gates.iter().map(own).collect();
        expected.gates = Some(gates.clone());
        assert_eq!(codes(&receipt, &expected), Vec::<&str>::new());
        type Change = fn(&mut Vec<ExpectedGate>);
        let changes: [(&str, Change); 5] = [
            ("gate-missing", |gates| gates.push(gates[0].clone())),
            ("required-set-shrunk", |gates| gates[0].required = false),
            ("config-mismatch", |gates| gates[0].needs.push("more".into())),
            ("config-mismatch", |gates| gates[0].command = Some(vec!["other".into()])),
            ("options-weaker", |gates| gates[0].options_sha256 = Some("0".repeat(64))),
        ];
        for (code, change) in changes {
            let mut gates = gates.clone();
            change(&mut gates);
            expected.gates = Some(gates);
            let codes = codes(&receipt, &expected);
            assert!(codes.contains(&code), "expected {code}, got {codes:?}");
        }
    }

    #[test]
    fn a_waiver_must_hold_what_it_is_said_to() {
        let (mut receipt, expected) = believed();
        let mut finding = sample::receipt().predicate.gates[0].findings[0].clone();
        finding.state = FindingState::Waived;
        finding.waiver = Some(0);
        receipt.predicate.waivers = vec![receipt::WaiverRecord {
            rules: vec![finding.rule.clone()],
            origin: "f:1".into(),
            reason: "r".into(),
            until: Some("2026-01-01".into()),
            used: 1,
        }];
        receipt.predicate.gates[0].findings = vec![finding];
        assert_eq!(codes(&receipt, &expected), Vec::<&str>::new());
        type Change = fn(&mut Receipt);
        let changes: [Change; 5] = [
            |r| r.predicate.waivers[0].rules = vec!["other".into()],
            |r| r.predicate.waivers[0].reason.clear(),
            |r| r.predicate.waivers[0].until = Some("2025-12-31".into()),
            |r| r.predicate.waivers[0].used = 0,
            |r| r.predicate.waivers.clear(),
        ];
        for change in changes {
            let mut receipt = receipt.clone();
            change(&mut receipt);
            assert_eq!(codes(&receipt, &expected), ["incoherent"]);
        }
    }

    #[test]
    fn another_text_of_the_same_receipt_is_not_believed() {
        let (receipt, expected) = believed();
        let text = receipt.canonical().unwrap();
        for other in [format!("{text} "), text.replacen("{\n", "{", 1), format!("{text}{{}}")] {
            let reasons = reasons(other.as_bytes(), &expected);
            assert!(reasons.iter().any(|reason| reason.code == "schema"), "{reasons:?}");
        }
        assert_eq!(reasons(b"", &expected)[0].code, "schema");
        assert_eq!(reasons(&vec![b' '; receipt::SIZE_BYTES_MAX + 1], &expected)[0].code, "schema");
    }
}
