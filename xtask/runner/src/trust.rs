//! Every reason not to believe a receipt.
//!
//! What cannot be known from the receipt alone (who made it) is for its
//! signature to say; here its form is checked, whether it hangs together, and
//! whether it is about the expected commit.

use std::collections::BTreeSet;

use kernel::{Outcome, Verdict};

use crate::judge;
use crate::receipt::{self, Predicate, Receipt};

/// What the receipt must be about; none is not compared.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// Commit.
    pub commit: Option<String>,
    /// Its tree.
    pub tree: Option<String>,
    /// Digest of that commit's ci.toml.
    pub config_sha256: Option<String>,
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
    let distrust = |code, text: String| Distrust { code, text };
    if bytes.len() > receipt::SIZE_BYTES_MAX {
        let text =
            format!("{} bytes, a receipt has at most {}", bytes.len(), receipt::SIZE_BYTES_MAX);
        return vec![distrust("schema", text)];
    }
    let receipt: Receipt = match serde_json::from_slice(bytes) {
        Ok(receipt) => receipt,
        Err(error) => return vec![distrust("schema", format!("no receipt of version 1: {error}"))],
    };
    let mut reasons = Vec::new();
    form(bytes, &receipt, &mut reasons);
    about(&receipt, expected, &mut reasons);
    coherence(&receipt.predicate, &mut reasons);
    gates(&receipt.predicate, &mut reasons);
    reasons
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
    if again != predicate.verdict {
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

/// Digest over the required gates and their options: what the policy was.
#[must_use]
pub fn policy_digest(predicate: &Predicate) -> String {
    let mut text = String::new();
    for gate in predicate.gates.iter().filter(|gate| gate.required) {
        text.push_str(&format!("{}\0{}\0{}\n", gate.id, gate.kind, gate.options.sha256));
    }
    receipt::sha256(text.as_bytes())
}
