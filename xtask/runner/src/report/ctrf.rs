//! Common Test Report Format: a gate is a test.
//!
//! Source: ctrf-io/ctrf, spec/ctrf.md and schema/ctrf.schema.json, version 0.0.0.

use std::io::{self, Write};

use jiff::Timestamp;
use kernel::Outcome;
use serde_json::{Map, Value, json};

use super::gate::{Tally, exception, particulars};
use super::text::{lines, visible};
use super::verdict::{is_green, sentence};
use crate::judge::counts;
use crate::receipt::{FindingRecord, GateResult, Receipt};

/// Version of the format that is written: the only one that is published.
const SPEC_VERSION: &str = "0.0.0";

/// Writes the report.
///
/// # Errors
/// `out` could not be written.
pub fn write(receipt: &Receipt, out: &mut impl Write) -> io::Result<()> {
    let predicate = &receipt.predicate;
    let of =
        |wanted: &str| predicate.gates.iter().filter(|gate| status(gate.outcome) == wanted).count();
    let flaky = predicate.gates.iter().filter(|gate| gate.outcome == Outcome::Flaky).count();
    let tests: Vec<Value> = predicate.gates.iter().map(|gate| test(receipt, gate)).collect();
    let report = json!({
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        "runId": named(&predicate.run.id),
        "generatedBy": format!("{} {}", predicate.tool.name, predicate.tool.version),
        "results": {
            "tool": {"name": named(&predicate.tool.name), "version": predicate.tool.version},
            "summary": {
                "tests": tests.len(),
                "passed": of("passed"),
                "failed": of("failed"),
                "skipped": of("skipped"),
                "pending": 0,
                "other": of("other"),
                "flaky": flaky,
                "start": since_epoch_ms(&predicate.run.started_at),
                "stop": since_epoch_ms(&predicate.run.finished_at),
                "duration": predicate.run.duration_ms,
                "extra": {"verdict": predicate.verdict.as_str(), "sentence": sentence(receipt)},
            },
            "tests": tests,
            "environment": environment(receipt),
        },
    });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

/// `other` is what was meant to judge and did not get there.
fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed | Outcome::Reused | Outcome::Flaky => "passed",
        Outcome::Failed => "failed",
        Outcome::NotApplicable | Outcome::Skipped => "skipped",
        Outcome::Vacuous
        | Outcome::Errored
        | Outcome::TimedOut
        | Outcome::Interrupted
        | Outcome::Blocked => "other",
    }
}

fn test(receipt: &Receipt, gate: &GateResult) -> Value {
    let time = receipt.predicate.run.per_gate.get(&gate.id);
    let mut test = Map::new();
    let mut put = |name: &str, value: Value| test.insert(name.to_owned(), value);
    put("name", json!(named(&gate.id)));
    put("status", json!(status(gate.outcome)));
    put("rawStatus", json!(gate.outcome.as_str()));
    put("duration", json!(time.map_or(0, |time| time.duration_ms)));
    if let Some(time) = time {
        let start = since_epoch_ms(&time.started_at);
        put("start", json!(start));
        put("stop", json!(start.saturating_add_unsigned(time.duration_ms)));
    }
    put("type", json!(visible(&gate.kind)));
    let red: Vec<&FindingRecord> = gate.findings.iter().filter(|finding| counts(finding)).collect();
    if let Some(message) = message(gate, &red) {
        put("message", json!(message));
    }
    if let Some(first) = red.first() {
        put("filePath", json!(visible(&first.path)));
        put("line", json!(first.line));
    }
    if !gate.findings.is_empty() {
        let told: Vec<String> = gate.findings.iter().map(|found| line(receipt, found)).collect();
        put("trace", json!(told.join("\n")));
    }
    if let Some(tail) = gate.tail.as_ref().filter(|_| !gate.outcome.is_green()) {
        put("stdout", json!(lines(tail)));
    }
    put("flaky", json!(gate.outcome == Outcome::Flaky));
    if gate.attempts.len() > 1 {
        put("retries", json!(gate.attempts.len() - 1));
        let attempts = gate.attempts.iter().enumerate().map(
            |(index, attempt)| json!({"attempt": index + 1, "status": status(attempt.outcome)}),
        );
        put("retryAttempts", attempts.collect());
    }
    let tags = [Some(if gate.required { "required" } else { "advisory" }), gate.class.as_deref()];
    put("tags", tags.iter().flatten().map(|tag| json!(visible(tag))).collect());
    put("extra", json!({"particulars": particulars(receipt, gate)}));
    Value::Object(test)
}

fn message(gate: &GateResult, red: &[&FindingRecord]) -> Option<String> {
    match red {
        [] if gate.reason.text.is_empty() => None,
        [] => {
            let hint = gate.reason.hint.as_ref().map(|hint| format!(" (hint: {})", visible(hint)));
            Some(format!("{}{}", visible(&gate.reason.text), hint.unwrap_or_default()))
        }
        [first] => Some(visible(&first.message).into_owned()),
        [first, ..] => {
            Some(format!("{}, the first: {}", Tally::of(gate).new_text(), visible(&first.message)))
        }
    }
}

fn line(receipt: &Receipt, finding: &FindingRecord) -> String {
    let why = exception(receipt, finding).map(|why| format!(" [{why}]")).unwrap_or_default();
    format!(
        "{}:{}:{}: {}[{}]: {}{why}",
        visible(&finding.path),
        finding.line,
        finding.column,
        finding.severity.as_str(),
        visible(&finding.rule),
        visible(&finding.message),
    )
}

fn environment(receipt: &Receipt) -> Value {
    let source = &receipt.predicate.source;
    let mut environment = Map::new();
    let ci = receipt.predicate.run.ci.as_ref();
    let known = [
        ("buildId", ci.and_then(|ci| ci.run_id.as_ref())),
        ("buildUrl", ci.and_then(|ci| ci.url.as_ref())),
        ("repositoryName", ci.and_then(|ci| ci.repository.as_ref())),
        ("commit", source.commit.as_ref()),
        ("branchName", source.reference.as_ref()),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            environment.insert(name.to_owned(), json!(visible(value)));
        }
    }
    environment.insert("healthy".to_owned(), json!(is_green(receipt)));
    Value::Object(environment)
}

/// A name may not be empty.
fn named(text: &str) -> String {
    if text.is_empty() { "(no name)".to_owned() } else { visible(text).into_owned() }
}

fn since_epoch_ms(stamp: &str) -> i64 {
    stamp.parse::<Timestamp>().map_or(0, Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::receipt::Attempt;
    use crate::report::sample;

    fn report(receipt: &Receipt) -> Value {
        let mut out = Vec::new();
        write(receipt, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_gate_is_a_test_and_the_counts_agree() {
        let report = report(&sample::receipt());
        let summary = &report["results"]["summary"];
        assert_eq!(
            summary,
            &json!({
                "tests": 7, "passed": 1, "failed": 3, "skipped": 2, "pending": 0, "other": 1,
                "flaky": 0, "start": 1_795_255_200_000_i64, "stop": 1_795_255_201_000_i64,
                "duration": 1_249,
                "extra": {"verdict": "red", "sentence": sentence(&sample::receipt())},
            })
        );
        let pins = &report["results"]["tests"][0];
        assert_eq!(pins["name"], "action-pins");
        assert_eq!(pins["status"], "failed");
        assert_eq!(pins["message"], "'actions/checkout@v4' is a tag, not a commit");
        assert_eq!(
            (&pins["filePath"], &pins["line"]),
            (&json!(".github/workflows/ci.yml"), &json!(14))
        );
        assert!(pins["trace"].as_str().unwrap().contains("[waived: retired next week"));
        assert_eq!(report["results"]["tests"][2]["stdout"][0], "running 2 tests");
        assert_eq!(report["results"]["environment"]["healthy"], false);
    }

    #[test]
    fn a_pass_on_a_retry_is_flaky() {
        let mut receipt = sample::green();
        let attempt = |outcome| Attempt { outcome, exit_code: Some(0), signal: None };
        receipt.predicate.gates[0].outcome = Outcome::Flaky;
        receipt.predicate.gates[0].attempts =
            vec![attempt(Outcome::Failed), attempt(Outcome::Passed)];
        let report = report(&receipt);
        assert_eq!(report["results"]["summary"]["flaky"], 1);
        let test = &report["results"]["tests"][0];
        assert_eq!((&test["flaky"], &test["retries"]), (&json!(true), &json!(1)));
        assert_eq!(test["retryAttempts"][0], json!({"attempt": 1, "status": "failed"}));
    }

    proptest! {
        #![proptest_config(sample::cases())]

        #[test]
        fn whatever_is_written_stays_text(text in prop_oneof![any::<String>(), Just(sample::NASTY.to_owned())]) {
            let report = report(&sample::hostile(&text));
            let tests = report["results"]["tests"].as_array().unwrap();
            prop_assert_eq!(tests.len(), 3);
            for test in tests {
                prop_assert!(!test["name"].as_str().unwrap().is_empty());
                prop_assert!(!test["name"].as_str().unwrap().contains(char::is_control));
            }
        }
    }
}
