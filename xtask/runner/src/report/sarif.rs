//! SARIF 2.1.0 (OASIS standard, errata 01): one run with rules, results and
//! what kept a gate from judging.
//!
//! GitHub's code scanning reads it; the limits it sets (5,000 results shown,
//! 25,000 read) are its own to apply.

use std::collections::BTreeMap;
use std::io::{self, Write};

use kernel::{Rule, Severity};
use serde_json::{Map, Value, json};

use super::gate::{could_not_judge, exception};
use super::text::{shown, visible};
use crate::receipt::{FindingRecord, FindingState, FixRecord, GateResult, Receipt};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What paths are relative to: the top of the repository.
const ROOT: &str = "%SRCROOT%";
/// The name under which a finding's fingerprint is told from other tools'.
const FINGERPRINT: &str = "gateRunner/v1";

/// Writes the report. `rules` give help to the findings' rules and are listed
/// also where they found nothing; a rule that is not among them is told by its
/// id alone.
///
/// # Errors
/// `out` could not be written.
pub fn write(receipt: &Receipt, rules: &[Rule], out: &mut impl Write) -> io::Result<()> {
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [run(receipt, rules)],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn run(receipt: &Receipt, rules: &[Rule]) -> Value {
    let predicate = &receipt.predicate;
    let mut listed: BTreeMap<&str, Value> = BTreeMap::new();
    for (_, finding) in receipt.findings() {
        listed.entry(&finding.rule).or_insert_with(|| bare_rule(finding));
    }
    for rule in rules {
        listed.insert(&rule.id, full_rule(rule));
    }
    let index: BTreeMap<&str, usize> = listed.keys().enumerate().map(|(i, id)| (*id, i)).collect();
    let results: Vec<Value> = receipt
        .findings()
        .map(|(gate, finding)| result(receipt, gate, finding, index.get(&*finding.rule).copied()))
        .collect();
    json!({
        "tool": {"driver": {
            "name": predicate.tool.name,
            "version": predicate.tool.version,
            "semanticVersion": predicate.tool.version,
            "rules": listed.into_values().collect::<Vec<_>>(),
        }},
        "automationDetails": {"id": format!("{}/", predicate.tool.name)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "the top of the repository"}}},
        "invocations": [invocation(receipt)],
        "results": results,
        "properties": {
            "verdict": predicate.verdict.as_str(),
            "commit": predicate.source.commit,
            "dirty": predicate.source.dirty,
        },
    })
}

fn level(severity: Severity) -> &'static str {
    severity.as_str()
}

/// A rule known by nothing but its findings.
fn bare_rule(finding: &FindingRecord) -> Value {
    let text = format!("see: cargo xtask explain {}", finding.rule);
    json!({
        "id": finding.rule,
        "shortDescription": {"text": plain(&finding.rule)},
        "fullDescription": {"text": plain(&text)},
        "help": {"text": plain(&text)},
        "defaultConfiguration": {"level": level(finding.severity)},
    })
}

fn full_rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": {"text": plain(rule.summary())},
        "fullDescription": {"text": plain(rule.doc.trim())},
        "help": {"text": plain(rule.doc.trim()), "markdown": rule.doc.trim()},
        "defaultConfiguration": {"level": level(rule.severity)},
    })
}

fn result(
    receipt: &Receipt,
    gate: &GateResult,
    finding: &FindingRecord,
    rule_index: Option<usize>,
) -> Value {
    let mut text = finding.message.clone();
    if let Some(label) = &finding.label {
        text.push_str(&format!(": {label}"));
    }
    if let Some(commit) = &finding.commit {
        text.push_str(&format!("\nin commit: {commit}"));
    }
    if let Some(fix) = &finding.fix {
        text.push_str(&format!("\nfix: {}", fix.note));
    }
    let mut result = Map::new();
    let mut put = |name: &str, value: Value| result.insert(name.to_owned(), value);
    put("ruleId", json!(finding.rule));
    if let Some(index) = rule_index {
        put("ruleIndex", json!(index));
    }
    put("level", json!(level(finding.severity)));
    put("message", json!({"text": plain(&text)}));
    put("locations", json!([{"physicalLocation": physical(finding)}]));
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(id, related)| {
            let mut place = json!({"artifactLocation": artifact(&related.path)});
            if related.line > 0 {
                place["region"] = json!({"startLine": related.line});
            }
            json!({"id": id, "physicalLocation": place, "message": {"text": plain(&related.label)}})
        });
        put("relatedLocations", related.collect());
    }
    put("partialFingerprints", json!({FINGERPRINT: finding.fingerprint}));
    // Present on one result, so present on all (3.27.23).
    put("suppressions", suppressions(receipt, finding));
    if let Some(fix) = finding.fix.as_ref().filter(|fix| !fix.edits.is_empty()) {
        put("fixes", json!([changes(fix)]));
    }
    put(
        "properties",
        json!({"gate": gate.id, "required": gate.required, "commit": finding.commit}),
    );
    Value::Object(result)
}

fn physical(finding: &FindingRecord) -> Value {
    let mut place = json!({"artifactLocation": artifact(&finding.path)});
    if finding.line > 0 {
        let mut region = json!({"startLine": finding.line});
        let end_line = finding.end_line.max(finding.line);
        let is_ordered = end_line > finding.line || finding.end_column >= finding.column;
        if finding.column > 0 && finding.end_column > 0 && is_ordered {
            region["startColumn"] = json!(finding.column);
            region["endLine"] = json!(end_line);
            region["endColumn"] = json!(finding.end_column);
        }
        if let Some(source) = &finding.source {
            region["snippet"] = json!({"text": source});
        }
        place["region"] = region;
    }
    place
}

fn artifact(path: &str) -> Value {
    json!({"uri": uri(path), "uriBaseId": ROOT})
}

/// A relative URI reference (RFC 3986): everything but unreserved characters
/// and inner slashes is percent-encoded, so a path can never gain a scheme, an
/// authority, a query or a fragment.
pub fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            b'/' if !uri.is_empty() => uri.push('/'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

fn changes(fix: &FixRecord) -> Value {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        let length = edit.end.saturating_sub(edit.start);
        files.entry(edit.path.as_str()).or_default().push(json!({
            "deletedRegion": {"byteOffset": edit.start, "byteLength": length},
            "insertedContent": {"text": edit.text},
        }));
    }
    let changes = files.into_iter().map(|(path, replacements)| {
        json!({"artifactLocation": artifact(path), "replacements": replacements})
    });
    json!({
        "description": {"text": plain(&fix.note)},
        "artifactChanges": changes.collect::<Vec<_>>(),
    })
}

fn suppressions(receipt: &Receipt, finding: &FindingRecord) -> Value {
    let Some(why) = exception(receipt, finding) else { return json!([]) };
    let index = finding.waiver.and_then(|index| usize::try_from(index).ok());
    let waiver = index.and_then(|index| receipt.predicate.waivers.get(index));
    let waiver = waiver.filter(|_| finding.state == FindingState::Waived);
    let is_comment = waiver.is_some_and(|waiver| {
        let place = waiver.origin.rsplit_once(':');
        place.is_some_and(|(path, line)| {
            path != receipt.predicate.config.path && line.parse::<u32>().is_ok()
        })
    });
    let justification = waiver.map_or(why, |waiver| visible(&waiver.reason).into_owned());
    json!([{
        "kind": if is_comment { "inSource" } else { "external" },
        "status": "accepted",
        "justification": justification,
    }])
}

fn invocation(receipt: &Receipt) -> Value {
    let predicate = &receipt.predicate;
    let stuck: Vec<&GateResult> =
        predicate.gates.iter().filter(|gate| could_not_judge(gate.outcome)).collect();
    let notifications: Vec<Value> = stuck
        .iter()
        .map(|gate| {
            let mut text = format!("{} {}: {}", gate.id, gate.outcome.as_str(), gate.reason.text);
            if let Some(hint) = &gate.reason.hint {
                text.push_str(&format!("\nhint: {hint}"));
            }
            json!({
                "level": if gate.required { "error" } else { "warning" },
                "message": {"text": plain(&text)},
                "properties": {"gate": gate.id, "code": gate.reason.code},
            })
        })
        .collect();
    json!({
        "executionSuccessful": stuck.is_empty(),
        "startTimeUtc": predicate.run.started_at,
        "endTimeUtc": predicate.run.finished_at,
        "toolExecutionNotifications": notifications,
    })
}

/// Plain text of a message: one or more visible lines in which no `[a](b)` is
/// an embedded link (3.11.6).
fn plain(text: &str) -> String {
    let seen = |char| if char == '\n' { char } else { shown(char) };
    let text: String = text.chars().map(seen).collect();
    if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    fn log(receipt: &Receipt, rules: &[Rule]) -> Value {
        let mut out = Vec::new();
        write(receipt, rules, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    fn rule() -> Rule {
        Rule {
            id: Cow::Borrowed("action-pins/unpinned-uses"),
            severity: Severity::Error,
            doc: Cow::Borrowed("A reference is not a commit.\n\nPin it."),
            bad: Cow::Borrowed(&[]),
            good: Cow::Borrowed(&[]),
        }
    }

    #[test]
    fn a_result_says_where_what_and_how_to_mend_it() {
        let log = log(&sample::receipt(), &[rule()]);
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(
            ids,
            ["action-pins/malformed", "action-pins/unpinned-uses", "secret-scan/aws-access-key"]
        );
        assert_eq!(rules[1]["help"]["markdown"], "A reference is not a commit.\n\nPin it.");
        let expected = json!({
            "ruleId": "action-pins/unpinned-uses",
            "ruleIndex": 1,
            "level": "error",
            "message": {"text": "'actions/checkout@v4' is a tag, not a commit: a tag can be moved by \
                whoever can push to that repository\nfix: pin the commit: actions/checkout@<40 hex> # v4.2.2"},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": ".github/workflows/ci.yml", "uriBaseId": "%SRCROOT%"},
                "region": {
                    "startLine": 14, "startColumn": 15, "endLine": 14, "endColumn": 34,
                    "snippet": {"text": "      - uses:   actions/checkout@v4"},
                },
            }}],
            "relatedLocations": [{
                "id": 0,
                "physicalLocation": {
                    "artifactLocation": {"uri": ".github/workflows/release.yml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 9},
                },
                "message": {"text": "pinned here"},
            }],
            "partialFingerprints": {"gateRunner/v1": "0a1b"},
            "suppressions": [],
            "properties": {"gate": "action-pins", "required": true, "commit": null},
        });
        assert_eq!(run["results"][0], expected);
        assert_eq!(
            run["results"][1]["fixes"][0]["artifactChanges"][0],
            json!({
                "artifactLocation": {"uri": ".github/workflows/a%20b.yml", "uriBaseId": "%SRCROOT%"},
                "replacements": [{
                    "deletedRegion": {"byteOffset": 100, "byteLength": 10},
                    "insertedContent": {"text": "x@v1"},
                }],
            })
        );
    }

    #[test]
    fn exceptions_are_suppressions_and_errors_notifications() {
        let red = log(&sample::receipt(), &[]);
        let run = &red["runs"][0];
        let suppressed = |index: usize| run["results"][index]["suppressions"].clone();
        assert_eq!(
            suppressed(2),
            json!([{"kind": "external", "status": "accepted", "justification": "known in the baseline"}])
        );
        assert_eq!(
            suppressed(3),
            json!([{"kind": "inSource", "status": "accepted", "justification": "retired next week"}])
        );
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        assert_eq!(
            invocation["toolExecutionNotifications"][0]["message"]["text"],
            "openapi-gate errored: 'origin/main' is no commit here\nhint: fetch it: git fetch origin main"
        );
        let green = log(&sample::green(), &[]);
        assert_eq!(green["runs"][0]["invocations"][0]["executionSuccessful"], true);
        assert_eq!(green["runs"][0]["results"], json!([]));
    }

    #[test]
    fn a_path_stays_a_path_below_the_root() {
        assert_eq!(uri("a b/c#d?e%41.yml"), "a%20b/c%23d%3Fe%2541.yml");
        assert_eq!(uri("//host/x"), "%2F/host/x");
        assert_eq!(uri("javascript:x"), "javascript%3Ax");
        assert_eq!(uri("ü\n"), "%C3%BC%0A");
    }

    proptest! {
        #![proptest_config(sample::cases())]

        #[test]
        fn whatever_is_written_stays_text(text in prop_oneof![any::<String>(), Just(sample::NASTY.to_owned())]) {
            let log = log(&sample::hostile(&text), &[]);
            for result in log["runs"][0]["results"].as_array().unwrap() {
                let message = result["message"]["text"].as_str().unwrap();
                prop_assert!(!message.contains(|c: char| c.is_control() && c != '\n'));
                prop_assert!(!message.replace("\\]", "").contains("]("));
                let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
                let uri = place["uri"].as_str().unwrap();
                prop_assert!(uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b)));
                prop_assert!(!uri.starts_with('/'));
            }
        }
    }

    #[test]
    #[ignore = "writes into the folder SARIF_SAMPLES, for scripts/validate-sarif"]
    fn samples_for_the_schema() {
        let folder = std::env::var("SARIF_SAMPLES").expect("SARIF_SAMPLES names a folder");
        let keep = |name: &str, receipt: &Receipt, rules: &[Rule]| {
            let mut file = std::fs::File::create(format!("{folder}/{name}.sarif")).unwrap();
            write(receipt, rules, &mut file).unwrap();
        };
        keep("sample", &sample::receipt(), &[rule()]);
        keep("green", &sample::green(), &[rule()]);
        keep("hostile", &sample::hostile(sample::NASTY), &[]);
    }
}
