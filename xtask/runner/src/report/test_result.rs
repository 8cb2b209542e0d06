//! An in-toto statement whose predicate is `test-result/v0.1`: a gate is a test.
//!
//! Source: in-toto/attestation, spec/predicates/test-result.md.

use std::io::{self, Write};

use kernel::{Outcome, Severity};
use serde_json::json;

use super::verdict::is_green;
use crate::receipt::{FindingState, GateResult, Receipt, STATEMENT_TYPE};

/// `predicateType` of the statement.
pub const PREDICATE_TYPE: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// Writes the statement.
///
/// # Errors
/// `out` could not be written; [`io::ErrorKind::InvalidData`] where the
/// receipt is about no commit, or about more than its commit.
pub fn write(receipt: &Receipt, out: &mut impl Write) -> io::Result<()> {
    let predicate = &receipt.predicate;
    let refuse = |text: &str| Err(io::Error::new(io::ErrorKind::InvalidData, text));
    if predicate.source.dirty {
        return refuse(
            "the work tree differed from the commit, so no in-toto statement can be made about the commit",
        );
    }
    if receipt.subject.is_empty() || receipt.subject.iter().any(|one| one.digest.is_empty()) {
        return refuse(
            "judged without a commit, so there is nothing that an in-toto statement could be about",
        );
    }
    let (mut passed, mut warned, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for gate in &predicate.gates {
        match ended(gate) {
            Ended::Passed => passed.push(&gate.id),
            Ended::Warned => warned.push(&gate.id),
            Ended::Failed => failed.push(&gate.id),
            Ended::NotRun => {}
        }
    }
    let result = match is_green(receipt) {
        true if warned.is_empty() => "PASSED",
        true => "WARNED",
        false => "FAILED",
    };
    let mut body = json!({
        "result": result,
        "configuration": [{
            "name": predicate.config.path,
            "digest": {"sha256": predicate.config.sha256},
        }],
        "passedTests": passed,
        "warnedTests": warned,
        "failedTests": failed,
    });
    if let Some(url) = predicate.run.ci.as_ref().and_then(|ci| ci.url.as_ref()) {
        body["url"] = json!(url);
    }
    let statement = json!({
        "_type": STATEMENT_TYPE,
        "subject": receipt.subject,
        "predicateType": PREDICATE_TYPE,
        "predicate": body,
    });
    serde_json::to_writer_pretty(&mut *out, &statement)?;
    out.write_all(b"\n")
}

enum Ended {
    Passed,
    Warned,
    Failed,
    NotRun,
}

/// What did not run stands in no list, unless the verdict missed it.
fn ended(gate: &GateResult) -> Ended {
    let warns = |gate: &GateResult| {
        gate.findings.iter().any(|finding| {
            finding.state == FindingState::New && finding.severity == Severity::Warning
        })
    };
    match gate.outcome {
        Outcome::NotApplicable => Ended::NotRun,
        Outcome::Passed | Outcome::Reused if !warns(gate) => Ended::Passed,
        Outcome::Passed | Outcome::Reused | Outcome::Flaky => Ended::Warned,
        _ if gate.required => Ended::Failed,
        Outcome::Skipped => Ended::NotRun,
        _ => Ended::Warned,
    }
}

#[cfg(test)]
mod tests {
    use kernel::Verdict;
    use serde_json::Value;

    use super::*;
    use crate::receipt::Ci;
    use crate::report::sample;

    fn statement(receipt: &Receipt) -> Value {
        let mut out = Vec::new();
        write(receipt, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_gate_is_a_test_of_the_commit() {
        let mut receipt = sample::about_a_commit(sample::receipt());
        receipt.predicate.run.ci = Some(Ci {
            provider: "github".into(),
            repository: None,
            run_id: None,
            run_attempt: None,
            event: None,
            workflow_ref: None,
            sha: None,
            url: Some("https://github.com/o/r/actions/runs/1".into()),
        });
        assert_eq!(
            statement(&receipt),
            json!({
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [{"name": "git", "digest": {
                    "gitCommit": "1b15ef614bdd0c6d6a4c5c3a5a0a4b6f1e2d3c4b",
                    "gitTree": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
                }}],
                "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
                "predicate": {
                    "result": "FAILED",
                    "configuration": [{"name": "ci.toml", "digest": {"sha256": "c0"}}],
                    "url": "https://github.com/o/r/actions/runs/1",
                    "passedTests": ["editions-gate"],
                    "warnedTests": [],
                    "failedTests": ["action-pins", "secret-scan", "unit", "openapi-gate", "slow"],
                },
            })
        );
    }

    #[test]
    fn only_a_green_receipt_passes() {
        let green = sample::about_a_commit(sample::green());
        assert_eq!(statement(&green)["predicate"]["result"], "PASSED");
        for verdict in [Verdict::Partial, Verdict::Error, Verdict::Red] {
            let mut other = green.clone();
            other.predicate.verdict = verdict;
            assert_eq!(statement(&other)["predicate"]["result"], "FAILED");
        }
        let mut flaky = green.clone();
        flaky.predicate.gates[0].outcome = Outcome::Flaky;
        assert_eq!(statement(&flaky)["predicate"]["result"], "WARNED");
        let mut lying = green;
        lying.predicate.gates[0].outcome = Outcome::Errored;
        assert_eq!(statement(&lying)["predicate"]["result"], "FAILED");
    }

    #[test]
    fn nothing_is_said_of_a_commit_that_was_not_judged() {
        assert!(write(&sample::green(), &mut Vec::new()).is_err(), "no digest");
        let mut dirty = sample::about_a_commit(sample::green());
        dirty.predicate.source.dirty = true;
        let error = write(&dirty, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
