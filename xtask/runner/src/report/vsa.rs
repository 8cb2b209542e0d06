//! A SLSA Verification Summary Attestation of our own verification: this
//! receipt was checked against its commit, and is green or is not.
//!
//! Source: slsa-framework/slsa, spec/verification_summary.md,
//! `https://slsa.dev/verification_summary/v1`.

use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::sarif::uri;
use super::verdict::is_green;
use crate::receipt::{Receipt, STATEMENT_TYPE};
use crate::trust::Distrust;

/// `predicateType` of the statement.
pub const PREDICATE_TYPE: &str = "https://slsa.dev/verification_summary/v1";
/// What is verified, and no more: SLSA's own levels are about builds and
/// source control, of which a receipt knows nothing. Names of one's own must
/// not begin with `SLSA_`.
pub const LEVEL: &str = "GATE_RUNNER_GREEN";
/// Added where a signature was asked for and held.
pub const SIGNED: &str = "GATE_RUNNER_SIGNED";
/// An extension field: the reasons behind a `FAILED`.
const REASONS: &str = "https://gate-runner.dev/verification-summary/reasons";

/// What was done to verify the receipt.
#[derive(Clone, Debug)]
pub struct Verification<'a> {
    /// Who verified: a URI that consumers trust together with the signer.
    pub verifier: &'a str,
    /// Version of the program that verified.
    pub version: &'a str,
    /// The repository, as a consumer would fetch it.
    pub resource: &'a str,
    /// When.
    pub at: Timestamp,
    /// Digest of the receipt's bytes.
    pub receipt_sha256: &'a str,
    /// Where ci.toml stands.
    pub config_path: &'a str,
    /// Digest of the commit's ci.toml.
    pub config_sha256: &'a str,
    /// Whether somebody who may sign has signed the receipt.
    pub is_signed: bool,
    /// Why the commit is not green. That the receipt could not be believed is
    /// never among them: of such a receipt nothing is said.
    pub reasons: &'a [Distrust],
}

/// Writes the statement.
///
/// # Errors
/// `out` could not be written.
pub fn write(
    receipt: &Receipt,
    verification: &Verification<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &statement(receipt, verification))?;
    out.write_all(b"\n")
}

fn statement(receipt: &Receipt, verification: &Verification<'_>) -> Value {
    let passed = verification.reasons.is_empty() && is_green(receipt);
    let commit = receipt.predicate.source.commit.as_deref().unwrap_or_default();
    let policy = format!("{}@{commit}#{}", verification.resource, uri(verification.config_path));
    let mut body = json!({
        "verifier": {
            "id": verification.verifier,
            "version": {"gate-runner": verification.version},
        },
        "timeVerified": verification.at.to_string(),
        "resourceUri": verification.resource,
        "policy": {"uri": policy, "digest": {"sha256": verification.config_sha256}},
        "inputAttestations": [{"digest": {"sha256": verification.receipt_sha256}}],
        "verificationResult": if passed { "PASSED" } else { "FAILED" },
        "verifiedLevels": match (passed, verification.is_signed) {
            (true, true) => json!([LEVEL, SIGNED]),
            (true, false) => json!([LEVEL]),
            (false, _) => json!(["FAILED"]),
        },
    });
    if !verification.reasons.is_empty() {
        let reasons = verification.reasons.iter();
        body[REASONS] = reasons.map(|why| json!({"code": why.code, "text": why.text})).collect();
    }
    json!({
        "_type": STATEMENT_TYPE,
        "subject": receipt.subject,
        "predicateType": PREDICATE_TYPE,
        "predicate": body,
    })
}

#[cfg(test)]
mod tests {
    use kernel::{Outcome, Verdict};

    use super::*;
    use crate::report::sample;

    fn told(receipt: &Receipt, reasons: &[Distrust]) -> Value {
        let verification = Verification {
            verifier: "https://gate-runner.dev/receipt-check",
            version: "0.1.0",
            resource: "git+https://example.com/o/r",
            at: "2026-11-21T10:00:00Z".parse().unwrap(),
            receipt_sha256: "ab",
            config_path: "my ci.toml",
            config_sha256: "cd",
            is_signed: false,
            reasons,
        };
        let mut out = Vec::new();
        write(receipt, &verification, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_green_receipt_passes_and_claims_no_slsa_level() {
        let told = told(&sample::about_a_commit(sample::green()), &[]);
        assert_eq!(
            told,
            json!({
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [{"name": "git", "digest": {
                    "gitCommit": "1b15ef614bdd0c6d6a4c5c3a5a0a4b6f1e2d3c4b",
                    "gitTree": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
                }}],
                "predicateType": "https://slsa.dev/verification_summary/v1",
                "predicate": {
                    "verifier": {
                        "id": "https://gate-runner.dev/receipt-check",
                        "version": {"gate-runner": "0.1.0"},
                    },
                    "timeVerified": "2026-11-21T10:00:00Z",
                    "resourceUri": "git+https://example.com/o/r",
                    "policy": {
                        "uri": "git+https://example.com/o/r@1b15ef614bdd0c6d6a4c5c3a5a0a4b6f1e2d3c4b#my%20ci.toml",
                        "digest": {"sha256": "cd"},
                    },
                    "inputAttestations": [{"digest": {"sha256": "ab"}}],
                    "verificationResult": "PASSED",
                    "verifiedLevels": ["GATE_RUNNER_GREEN"],
                },
            })
        );
    }

    #[test]
    fn nothing_but_green_passes() {
        let green = sample::about_a_commit(sample::green());
        let reason = Distrust { code: "not-green", text: "the verdict is red".into() };
        let mut liar = green.clone();
        liar.predicate.gates[0].outcome = Outcome::Failed;
        let mut red = green.clone();
        red.predicate.verdict = Verdict::Red;
        for (receipt, reasons) in [(&green, &[reason][..]), (&liar, &[]), (&red, &[])] {
            let told = told(receipt, reasons);
            assert_eq!(told["predicate"]["verificationResult"], "FAILED");
            assert_eq!(told["predicate"]["verifiedLevels"], json!(["FAILED"]));
        }
    }
}
