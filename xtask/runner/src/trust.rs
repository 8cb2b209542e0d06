//! Every reason not to believe a receipt.
//!
//! What cannot be known from the receipt alone (who made it) is for its
//! signature to say; here its form is checked, whether it hangs together, and
//! whether it is about the expected commit.

mod about;
mod coherence;
mod configured;
mod form;
mod gates;
#[cfg(test)]
mod mutations;
mod rows;
mod run;

use std::fmt;

use crate::baseline::Baseline;
use crate::receipt::{self, Receipt};
use crate::report::text::visible;

pub use coherence::policy_digest;
pub use configured::Configured;
#[cfg(test)]
use configured::ExpectedGate;

/// What the receipt must be about; none is not compared.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// Commit.
    pub commit: Option<String>,
    /// Its tree.
    pub tree: Option<String>,
    /// Digest of that commit's ci.toml.
    pub config_sha256: Option<String>,
    /// What else that file says.
    pub configured: Option<Configured>,
    /// Its baseline.
    pub baseline: Option<Baseline>,
}

/// A reason not to believe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distrust {
    /// Kebab-case, from the closed list of reason codes.
    pub code: &'static str,
    /// In words, maybe a stranger's.
    pub text: String,
}

/// On one line: what a receipt says of itself begins no other one, which could
/// say that it is green.
impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, visible(&self.text))
    }
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
    form::form(bytes, &receipt, &mut reasons);
    about::about(&receipt, expected, &mut reasons);
    coherence::coherence(&receipt.predicate, &mut reasons);
    gates::gates(&receipt.predicate, &mut reasons);
    if let Some(expected) = &expected.configured {
        configured::configured(&receipt.predicate, expected, &mut reasons);
    }
    if let Some(baseline) = &expected.baseline {
        configured::known(&receipt.predicate, baseline, &mut reasons);
    }
    reasons
}

/// Why `bytes` are no receipt that this program could have written, whatever
/// it says.
#[must_use]
pub fn misshapen(bytes: &[u8]) -> Option<Distrust> {
    let mut reasons = Vec::new();
    match read(bytes) {
        Ok(receipt) => form::form(bytes, &receipt, &mut reasons),
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

#[cfg(test)]
mod tests {
    use kernel::{Outcome, Verdict};

    use super::*;
    use crate::receipt::{FindingState, GateResult, Proof, SelectionMode};
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
        for gate in &mut predicate.gates {
            gate.rules.count = 2;
            for sha in [&mut gate.options.sha256, &mut gate.trace.sha256, &mut gate.rules.sha256] {
                *sha = "a".repeat(64);
            }
        }
        predicate.tool.source_tree = "b".repeat(64);
        predicate.tool.lock_sha256 = "c".repeat(64);
        predicate.waivers.clear();
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
        run.id = "d".repeat(32);
        run.build = "e".repeat(64);
        for time in run.per_gate.values_mut() {
            time.started_at = run.started_at.clone();
        }
        let digest = &mut receipt.subject[0].digest;
        digest.insert("gitCommit".into(), predicate.source.commit.clone().unwrap());
        digest.insert("gitTree".into(), predicate.source.tree.clone().unwrap());
        let expected = Expected {
            commit: predicate.source.commit.clone(),
            tree: predicate.source.tree.clone(),
            config_sha256: Some(predicate.config.sha256.clone()),
            ..Expected::default()
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
            layer: gate.layer.clone(),
            owner: gate.owner.clone(),
            class: gate.class.clone(),
            items: gate.items.clone(),
            attempts_max: 1,
            artifacts: Vec::new(),
            options_sha256: Some(gate.options.sha256.clone()),
            command: gate.command.clone(),
            has_finally: gate.finally.is_some(),
            exempt_by: Vec::new(),
        };
        let gates: Vec<ExpectedGate> = receipt.predicate.gates.iter().map(own).collect();
        expected.configured = Some(Configured { gates: gates.clone(), ..Configured::default() });
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
            expected.configured = Some(Configured { gates, ..Configured::default() });
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
            let mut codes = codes(&receipt, &expected);
            codes.dedup();
            assert_eq!(codes, ["incoherent"]);
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
