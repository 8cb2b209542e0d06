//! JUnit XML: a suite a gate. Its first case is the gate itself (could it
//! judge?), then one for each rule that found something.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use junit_report::{
    Duration, OffsetDateTime, ReportBuilder, TestCase, TestCaseBuilder, TestSuite, TestSuiteBuilder,
};
use kernel::Outcome;

use super::gate::{Tally, could_not_judge, elapsed_ms, exception, particulars};
use super::text::count;
use crate::judge::counts;
use crate::receipt::{FindingRecord, GateResult, Receipt};

/// Writes the report.
///
/// # Errors
/// `out` could not be written.
pub fn write(receipt: &Receipt, out: &mut impl Write) -> io::Result<()> {
    let suites = receipt.predicate.gates.iter().map(|gate| suite(receipt, gate));
    let report = ReportBuilder::new().add_testsuites(suites).build();
    report.write_xml(&mut *out).map_err(io::Error::other)?;
    out.write_all(b"\n")
}

fn suite(receipt: &Receipt, gate: &GateResult) -> TestSuite {
    let mut suite = TestSuiteBuilder::new(&legal(&gate.id));
    suite.set_timestamp(started(receipt, gate)).add_testcase(own_case(receipt, gate));
    let mut rules: BTreeMap<&str, Vec<&FindingRecord>> = BTreeMap::new();
    for finding in &gate.findings {
        rules.entry(&finding.rule).or_default().push(finding);
    }
    for (rule, findings) in rules {
        suite.add_testcase(rule_case(receipt, gate, rule, &findings));
    }
    if let Some(tail) = &gate.tail {
        suite.set_system_out(&data(tail));
    }
    suite.build()
}

fn started(receipt: &Receipt, gate: &GateResult) -> OffsetDateTime {
    let run = &receipt.predicate.run;
    let stamp = run.per_gate.get(&gate.id).map_or(&run.started_at, |time| &time.started_at);
    let seconds = stamp.parse::<Timestamp>().map_or(0, Timestamp::as_second);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// The case of the gate itself.
fn own_case(receipt: &Receipt, gate: &GateResult) -> TestCase {
    let name = legal(&gate.id);
    let elapsed_ms = elapsed_ms(receipt, gate).unwrap_or(0);
    let elapsed = Duration::milliseconds(i64::try_from(elapsed_ms).unwrap_or(i64::MAX));
    let kind = gate.outcome.as_str();
    let reason = &gate.reason;
    let mut why = legal(&reason.text);
    if let Some(hint) = &reason.hint {
        why.push_str(&format!(" (hint: {})", legal(hint)));
    }
    // Failed for a finding is told by the rule's case.
    let is_failure = gate.outcome == Outcome::Failed && Tally::of(gate).errors == 0;
    let mut case = match gate.outcome {
        outcome if could_not_judge(outcome) => TestCaseBuilder::error(&name, elapsed, kind, &why),
        Outcome::NotApplicable | Outcome::Skipped => {
            TestCaseBuilder::skipped_with_cause(&name, kind, &why)
        }
        _ if is_failure => TestCaseBuilder::failure(&name, elapsed, kind, &why),
        _ => TestCaseBuilder::success(&name, elapsed),
    };
    case.set_classname(&name).set_system_out(&data(&particulars(receipt, gate).join(", ")));
    case.build()
}

fn rule_case(
    receipt: &Receipt,
    gate: &GateResult,
    rule: &str,
    findings: &[&FindingRecord],
) -> TestCase {
    let (red, rest): (Vec<&FindingRecord>, Vec<&FindingRecord>) =
        findings.iter().partition(|finding| counts(finding));
    let (name, listing) = (legal(rule), |findings: &[&FindingRecord]| {
        let lines: Vec<String> = findings.iter().map(|finding| line(receipt, finding)).collect();
        data(&lines.join("\n"))
    });
    let mut case = match red.first() {
        Some(first) => {
            let kind = if gate.required { "error" } else { "advisory" };
            let message = match red.len() {
                1 => line(receipt, first),
                more => format!(
                    "{}, the first: {}",
                    count(more as u64, "finding", "findings"),
                    line(receipt, first)
                ),
            };
            let mut case = TestCaseBuilder::failure(&name, Duration::ZERO, kind, &legal(&message));
            // No `file`: the schema that Jenkins' xUnit holds reports to knows none.
            case.set_trace(&listing(&red));
            case
        }
        None => TestCaseBuilder::success(&name, Duration::ZERO),
    };
    case.set_classname(&legal(&gate.id));
    if !rest.is_empty() {
        case.set_system_out(&listing(&rest));
    }
    case.build()
}

/// `path:line:col: error: message`.
fn line(receipt: &Receipt, finding: &FindingRecord) -> String {
    let mut line = legal(&finding.path);
    for number in [finding.line, finding.column] {
        if number == 0 {
            break;
        }
        line.push_str(&format!(":{number}"));
    }
    line.push_str(&format!(": {}: {}", finding.severity.as_str(), legal(&finding.message)));
    if let Some(commit) = &finding.commit {
        line.push_str(&format!(" (in commit {})", legal(commit)));
    }
    if let Some(why) = exception(receipt, finding) {
        line.push_str(&format!(" [{}]", legal(&why)));
    }
    line
}

/// One line of characters that XML 1.0 allows. The writer escapes what must be
/// escaped, but writes forbidden characters as they are.
fn legal(text: &str) -> String {
    allowed(&super::text::visible(text))
}

/// The same, keeping line ends, for a CDATA section: a `]]>` inside is spread
/// over two sections, since the writer does not.
fn data(text: &str) -> String {
    let lines: Vec<String> = super::text::lines(text).iter().map(|line| allowed(line)).collect();
    lines.join("\n").replace("]]>", "]]]]><![CDATA[>")
}

/// Without the characters of Unicode that XML forbids and `visible` leaves.
fn allowed(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    fn xml(receipt: &Receipt) -> String {
        let mut out = Vec::new();
        write(receipt, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_suite_a_gate_and_a_case_a_rule() {
        let xml = xml(&sample::receipt()).replace("><", ">\n<");
        let tags: Vec<&str> = xml.lines().filter(|line| line.starts_with("<test")).collect();
        assert_eq!(
            tags.join("\n"),
            r#"<testsuites>
<testsuite id="0" name="action-pins" package="testsuite/action-pins" tests="3" errors="0" failures="1" hostname="localhost" timestamp="2026-11-21T10:00:00Z" time="0.003">
<testcase name="action-pins" time="0.003" classname="action-pins">
<testcase name="action-pins/malformed" time="0" classname="action-pins">
<testcase name="action-pins/unpinned-uses" time="0" classname="action-pins">
<testsuite id="1" name="secret-scan" package="testsuite/secret-scan" tests="2" errors="0" failures="1" hostname="localhost" timestamp="2026-11-21T10:00:00Z" time="0.003">
<testcase name="secret-scan" time="0.003" classname="secret-scan">
<testcase name="secret-scan/aws-access-key" time="0" classname="secret-scan">
<testsuite id="2" name="unit" package="testsuite/unit" tests="1" errors="0" failures="1" hostname="localhost" timestamp="2026-11-21T10:00:00Z" time="0.003">
<testcase name="unit" time="0.003" classname="unit">
<testsuite id="3" name="openapi-gate" package="testsuite/openapi-gate" tests="1" errors="1" failures="0" hostname="localhost" timestamp="2026-11-21T10:00:00Z" time="0.003">
<testcase name="openapi-gate" time="0.003" classname="openapi-gate">
<testsuite id="4" name="lint" package="testsuite/lint" tests="1" errors="0" failures="0" hostname="localhost" timestamp="2026-11-21T10:00:00Z" time="0">
<testcase name="lint" time="0" classname="lint">
<testsuite id="5" name="slow" package="testsuite/slow" tests="1" errors="0" failures="0" hostname="localhost" timestamp="2026-11-21T10:00:00Z" time="0">
<testcase name="slow" time="0" classname="slow">
<testsuite id="6" name="editions-gate" package="testsuite/editions-gate" tests="1" errors="0" failures="0" hostname="localhost" timestamp="2026-11-21T10:00:00Z" time="0.003">
<testcase name="editions-gate" time="0.003" classname="editions-gate">"#
        );
        for expected in [
            r#"<failure type="error" message=".github/workflows/ci.yml:14:15: error: &apos;actions/checkout@v4&apos; is a tag, not a commit">"#,
            r#"<failure type="failed" message="ended with exit code 101"/>"#,
            r#"<error type="errored" message="&apos;origin/main&apos; is no commit here (hint: fetch it: git fetch origin main)"/>"#,
            r#"<skipped type="skipped" message="it is being rebuilt"/>"#,
            "(in commit 46f2753a1b68aaaabbbbccccddddeeeeffff0000)",
            "[waived: retired next week (.github/workflows/old.yml:7)]",
        ] {
            assert!(xml.contains(expected), "no {expected} in {xml}");
        }
    }

    proptest! {
        #![proptest_config(sample::cases())]

        #[test]
        fn whatever_is_written_stays_text(text in hostile()) {
            let tame = xml(&sample::hostile("tame"));
            let xml = xml(&sample::hostile(&text));
            prop_assert!(xml.chars().all(is_xml));
            prop_assert_eq!(tags(&xml), tags(&tame));
        }
    }

    /// `Char` of XML 1.0, without the tabs and carriage returns that we never write.
    fn is_xml(char: char) -> bool {
        matches!(char, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }

    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            Just(sample::NASTY.to_owned()),
            "[\\]>\u{ffff}\0<&'\"\n!\\[CDATA]{0,12}"
        ]
    }

    /// The names of all tags, by a reader of its own: text is not among them.
    fn tags(xml: &str) -> Vec<String> {
        let mut tags = Vec::new();
        let mut rest = xml;
        while let Some((_, after)) = rest.split_once('<') {
            if let Some(data) = after.strip_prefix("![CDATA[") {
                rest = data.split_once("]]>").expect("a CDATA section ends").1;
                continue;
            }
            let (tag, after) = after.split_once('>').expect("a tag ends");
            tags.push(
                tag.split_whitespace().next().unwrap_or_default().trim_end_matches('/').to_owned(),
            );
            rest = after;
        }
        tags
    }
}
