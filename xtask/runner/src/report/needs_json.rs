//! The map of jobs that GitHub's `toJSON(needs)` gives, so that a script that
//! judges an umbrella job by its needs reads a receipt as well.
//!
//! Source: GitHub's "Contexts reference", `needs` context: a result is
//! `success`, `failure`, `cancelled` or `skipped`, outputs are strings.

use std::io::{self, Write};

use kernel::Outcome;
use serde_json::{Map, Value, json};

use super::verdict::is_green;
use crate::receipt::Receipt;

/// The entry that stands for the verdict: gates alone could all be green in a
/// receipt that is not, by a profile's weaker options for one.
pub const WHOLE: &str = "verify-all";

/// Writes the map, a job a gate in ci.toml's order, and [`WHOLE`].
///
/// Its outputs hold no text that strangers write: such maps are pasted into
/// shell scripts.
///
/// # Errors
/// `out` could not be written.
pub fn write(receipt: &Receipt, out: &mut impl Write) -> io::Result<()> {
    let mut jobs = Map::new();
    for gate in &receipt.predicate.gates {
        let outputs = json!({
            "outcome": gate.outcome.as_str(),
            "required": gate.required.to_string(),
            "findings": gate.findings.iter().filter(|f| crate::judge::counts(f)).count().to_string(),
        });
        // Of two gates with one name the last must not speak for both.
        let result = if jobs.contains_key(&gate.id) { "failure" } else { result(gate.outcome) };
        jobs.insert(gate.id.clone(), json!({"result": result, "outputs": outputs}));
    }
    let whole = json!({
        "result": if is_green(receipt) { "success" } else { "failure" },
        "outputs": {"verdict": receipt.predicate.verdict.as_str()},
    });
    jobs.insert(WHOLE.to_owned(), whole);
    serde_json::to_writer_pretty(&mut *out, &Value::Object(jobs))?;
    out.write_all(b"\n")
}

/// What GitHub would have called a job that ended so. What is not green is
/// never `success`; `skipped`, which many scripts let pass, is only what
/// ci.toml itself exempts.
fn result(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed | Outcome::Reused | Outcome::Flaky => "success",
        Outcome::NotApplicable => "skipped",
        Outcome::Interrupted | Outcome::Skipped => "cancelled",
        Outcome::Failed
        | Outcome::Vacuous
        | Outcome::Errored
        | Outcome::TimedOut
        | Outcome::Blocked => "failure",
    }
}

#[cfg(test)]
mod tests {
    use kernel::Verdict;
    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    fn jobs(receipt: &Receipt) -> Value {
        let mut out = Vec::new();
        write(receipt, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_job_a_gate_and_one_for_the_verdict() {
        let jobs = jobs(&sample::receipt());
        let results: Vec<String> = jobs
            .as_object()
            .unwrap()
            .iter()
            .map(|(id, job)| format!("{id} {}", job["result"].as_str().unwrap()))
            .collect();
        assert_eq!(
            results,
            [
                "action-pins failure",
                "secret-scan failure",
                "unit failure",
                "openapi-gate failure",
                "lint skipped",
                "slow cancelled",
                "editions-gate success",
                "verify-all failure",
            ]
        );
        assert_eq!(
            jobs["action-pins"]["outputs"],
            json!({"outcome": "failed", "required": "true", "findings": "1"})
        );
    }

    #[test]
    fn nothing_that_is_not_green_is_a_success() {
        use Outcome::{
            Blocked, Errored, Failed, Flaky, Interrupted, NotApplicable, Passed, Reused, Skipped,
            TimedOut, Vacuous,
        };
        for outcome in [
            Blocked,
            Errored,
            Failed,
            Flaky,
            Interrupted,
            NotApplicable,
            Passed,
            Reused,
            Skipped,
            TimedOut,
            Vacuous,
        ] {
            let is_success = result(outcome) == "success";
            let judged = outcome.is_green() && outcome != NotApplicable;
            assert_eq!(is_success, judged, "{outcome:?}");
        }
        for verdict in [Verdict::Partial, Verdict::Error, Verdict::Red] {
            let mut receipt = sample::green();
            receipt.predicate.verdict = verdict;
            assert_eq!(jobs(&receipt)[WHOLE]["result"], "failure");
        }
        assert_eq!(jobs(&sample::green())[WHOLE]["result"], "success");
        let mut lying = sample::receipt();
        lying.predicate.verdict = Verdict::Green;
        assert_eq!(jobs(&lying)[WHOLE]["result"], "failure");
    }

    #[test]
    fn one_name_for_two_gates_hides_no_failure() {
        let gates = vec![sample::gate("a", Failed), sample::gate("a", Passed)];
        let jobs = jobs(&sample::of(gates, Verdict::Green));
        assert_eq!(jobs["a"]["result"], "failure");
        let named = vec![sample::gate(WHOLE, Passed)];
        assert_eq!(self::jobs(&sample::of(named, Verdict::Red))[WHOLE]["result"], "failure");
    }

    use Outcome::{Failed, Passed};

    proptest! {
        #![proptest_config(sample::cases())]

        #[test]
        fn what_strangers_write_is_no_output(text in any::<String>()) {
            for job in jobs(&sample::hostile(&text)).as_object().unwrap().values() {
                for output in job["outputs"].as_object().unwrap().values() {
                    let output = output.as_str().unwrap();
                    prop_assert!(output.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
                }
            }
        }
    }
}
