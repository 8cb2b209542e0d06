//! The plugin protocol: one JSON request on standard input, an answer of JSON
//! lines on standard output, the last of them `done`. Only the words; who runs
//! a plugin is `run/plugin.rs`.
//!
//! ```text
//! → {"schema":1,"request":"describe","gate":"no-tabs","options":{}}
//! ← {"rule":{"id":"tab","doc":"…","bad":["-- a.md --\n…"],"good":["…"]}}
//! ← {"done":{"schema":1}}
//!
//! → {"schema":1,"request":"check","gate":"no-tabs","options":{},"root":"/repository",
//!    "base":null,"files":[{"path":"a.md","blob":"<id>","kind":"file"}]}
//! ← {"finding":{"rule":"tab","path":"a.md","line":3,"column":1,"message":"a tab"}}
//! ← {"skipped":{"reason":"binary","count":1}}
//! ← {"done":{"schema":1,"examined":{"files":1,"items":40}}}
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;

use kernel::{Entry, EntryKind, Example, Rule, Severity};
use serde::{Deserialize, Serialize};

/// The version that this program speaks.
pub const SCHEMA: u32 = 1;

/// What a plugin is asked.
#[derive(Debug, Serialize)]
pub struct Request<'a> {
    schema: u32,
    request: &'static str,
    gate: &'a str,
    options: &'a toml::Table,
    #[serde(flatten)]
    check: Option<Check<'a>>,
}

/// What is to be judged.
#[derive(Debug, Serialize)]
pub struct Check<'a> {
    /// Where the files lie.
    pub root: &'a str,
    /// What a change is compared with, if that is configured.
    pub base: Option<Base>,
    /// The files it is to judge.
    pub files: Vec<File>,
}

/// What a change is compared with.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Base {
    /// As configured.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The commit at which the change began; none where it cannot be had.
    pub merge_base: Option<String>,
}

/// One file.
#[derive(Debug, Serialize)]
pub struct File {
    /// Relative to the root.
    pub path: String,
    /// Its blob's name; none where it has none (too large, unreadable).
    pub blob: Option<String>,
    /// What it is.
    pub kind: &'static str,
}

impl File {
    /// As a tree lists it.
    #[must_use]
    pub fn of(entry: &Entry) -> File {
        File {
            path: kernel::slashed(&entry.path).into_owned(),
            blob: entry.id.as_ref().map(ToString::to_string),
            kind: match entry.kind {
                EntryKind::File => "file",
                EntryKind::Executable => "executable",
                EntryKind::Symlink => "symlink",
                EntryKind::Submodule => "submodule",
            },
        }
    }
}

impl<'a> Request<'a> {
    /// Asks for the plugin's rules.
    #[must_use]
    pub fn describe(gate: &'a str, options: &'a toml::Table) -> Request<'a> {
        Request { schema: SCHEMA, request: "describe", gate, options, check: None }
    }

    /// Asks for findings.
    #[must_use]
    pub fn check(gate: &'a str, options: &'a toml::Table, check: Check<'a>) -> Request<'a> {
        Request { schema: SCHEMA, request: "check", gate, options, check: Some(check) }
    }

    /// The line on standard input.
    ///
    /// # Errors
    /// An option that JSON cannot hold: infinity, say.
    pub fn line(&self) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Rule(DescribedRule),
    Finding(Finding),
    Skipped(Skipped),
    Done(Done),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedRule {
    id: String,
    severity: Option<Severity>,
    doc: String,
    #[serde(default)]
    bad: Vec<String>,
    #[serde(default)]
    good: Vec<String>,
}

/// A finding as a plugin tells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Finding {
    /// The rule without the gate's name.
    pub rule: String,
    /// Relative to the root.
    pub path: String,
    /// From 1; none is the file as a whole.
    pub line: Option<u32>,
    /// From 1, in characters.
    pub column: Option<u32>,
    /// Last line.
    pub end_line: Option<u32>,
    /// Column after the last one.
    pub end_column: Option<u32>,
    /// One line.
    pub message: String,
    /// What it weighs; its rule's severity where absent.
    pub severity: Option<Severity>,
    /// What stands under the caret.
    pub label: Option<String>,
    /// How to mend it, in words.
    pub fix: Option<String>,
    /// What stays the same while lines move; the line where absent.
    pub key: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Skipped {
    reason: String,
    count: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Done {
    schema: u32,
    examined: Option<Examined>,
}

/// How much it looked at.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examined {
    /// Files judged.
    pub files: u64,
    /// Things judged in them.
    pub items: u64,
}

/// A whole answer to `check`.
#[derive(Debug)]
pub struct Answer {
    /// What it found.
    pub findings: Vec<Finding>,
    /// What it did not judge, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// How much it looked at.
    pub examined: Examined,
}

/// Reads the answer to `describe` of the gate `gate`.
///
/// # Errors
/// It is not of the protocol, or describes a rule twice.
pub fn described(gate: &str, text: &[u8]) -> Result<Vec<Rule>, String> {
    let mut rules: Vec<Rule> = Vec::new();
    lines(text, &mut |line| match line {
        Line::Rule(rule) => {
            name(&rule.id)?;
            let id = format!("{gate}/{}", rule.id);
            if rules.iter().any(|known| known.id == id) {
                return Err(format!("rule '{}' is described twice", rule.id));
            }
            if rule.doc.trim().is_empty() {
                return Err(format!("rule '{}' has no 'doc'", rule.id));
            }
            rules.push(Rule {
                id: id.into(),
                severity: rule.severity.unwrap_or(Severity::Error),
                doc: rule.doc.into(),
                bad: rule.bad.into_iter().map(example).collect(),
                good: rule.good.into_iter().map(example).collect(),
            });
            Ok(())
        }
        Line::Done(Done { examined: None, .. }) => Ok(()),
        Line::Done(_) => Err("'examined' answers 'check', and this is 'describe'".to_owned()),
        Line::Finding(_) | Line::Skipped(_) => {
            Err("only 'rule' and 'done' answer 'describe'".to_owned())
        }
    })?;
    Ok(rules)
}

/// Reads the answer to `check`; `rules` are those that the plugin described, if
/// it described any.
///
/// # Errors
/// It is not of the protocol, does not say `done`, or finds something by a rule
/// that it did not describe.
pub fn checked(gate: &str, rules: &[Rule], text: &[u8]) -> Result<Answer, String> {
    let mut answer = (Vec::new(), BTreeMap::<String, u64>::new(), None);
    lines(text, &mut |line| match line {
        Line::Finding(finding) => {
            name(&finding.rule)?;
            let is_its = |rule: &Rule| {
                rule.id.strip_prefix(gate).and_then(|id| id.strip_prefix('/'))
                    == Some(finding.rule.as_str())
            };
            if !rules.is_empty() && !rules.iter().any(is_its) {
                return Err(format!("it did not describe the rule '{}'", finding.rule));
            }
            answer.0.push(finding);
            Ok(())
        }
        Line::Skipped(skipped) => {
            let count = answer.1.entry(skipped.reason).or_default();
            *count = count.saturating_add(skipped.count);
            Ok(())
        }
        Line::Done(done) => {
            answer.2 = done.examined;
            done.examined.map(|_| ()).ok_or_else(|| {
                "'done' has no 'examined': {\"done\":{\"schema\":1,\"examined\":{\"files\":0,\"items\":0}}}".to_owned()
            })
        }
        Line::Rule(_) => Err("'rule' answers 'describe', and this is 'check'".to_owned()),
    })?;
    let (findings, skipped, examined) = answer;
    let examined = examined.ok_or_else(no_end)?;
    Ok(Answer { findings, skipped, examined })
}

/// Every line in its order; the last one, and no other, is `done`.
fn lines(text: &[u8], visit: &mut dyn FnMut(Line) -> Result<(), String>) -> Result<(), String> {
    let text = std::str::from_utf8(text).map_err(|_| "the answer is no UTF-8 text".to_owned())?;
    let mut is_done = false;
    for (index, text) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = index + 1;
        let at = |why: String| format!("line {number} of its answer: {why}");
        if is_done {
            return Err(at("'done' is not the last one".to_owned()));
        }
        let line = serde_json::from_str(text).map_err(|error| at(error.to_string()))?;
        if let Line::Done(done) = &line {
            is_done = true;
            if done.schema != SCHEMA {
                let text = format!("schema {}, and this program speaks {SCHEMA}", done.schema);
                return Err(at(text));
            }
        }
        visit(line).map_err(at)?;
    }
    if is_done { Ok(()) } else { Err(no_end()) }
}

fn no_end() -> String {
    "its answer has no 'done' line: it does not say that it came to its end".to_owned()
}

/// A rule's name must be one that a waiver can write.
fn name(rule: &str) -> Result<(), String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_/".contains(c);
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
    if rule.chars().all(fine) && !is_edge(rule.chars().next()) && !is_edge(rule.chars().last()) {
        return Ok(());
    }
    Err(format!("'{rule}' is no name of a rule: letters, digits, '-', '_' and '/' only"))
}

fn example(text: String) -> Example {
    Example { text: Cow::Owned(text), shown: None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DONE: &str = r#"{"done":{"schema":1,"examined":{"files":1,"items":2}}}"#;
    const FOUND: &str = r#"{"finding":{"rule":"tab","path":"a","line":1,"message":"m"}}"#;

    fn check(text: &str) -> Result<Answer, String> {
        checked("g", &[], text.as_bytes())
    }

    #[test]
    fn a_whole_answer() {
        let answer = check(&format!(
            "{FOUND}\n\n{{\"skipped\":{{\"reason\":\"binary\",\"count\":2}}}}\n{DONE}\n"
        ))
        .unwrap();
        assert_eq!(
            (answer.findings.len(), answer.skipped["binary"], answer.examined.items),
            (1, 2, 2)
        );
        let rules = described("g", b"{\"rule\":{\"id\":\"tab\",\"doc\":\"d\",\"bad\":[\"-- a --\\nx\"]}}\n{\"done\":{\"schema\":1}}").unwrap();
        assert_eq!(
            (&*rules[0].id, rules[0].bad.len(), rules[0].severity),
            ("g/tab", 1, Severity::Error)
        );
        assert!(checked("g", &rules, format!("{FOUND}\n{DONE}").as_bytes()).is_ok());
        let other = FOUND.replace("tab", "other");
        assert!(
            checked("g", &rules, format!("{other}\n{DONE}").as_bytes())
                .unwrap_err()
                .contains("did not describe")
        );
    }

    #[test]
    fn what_is_not_of_the_protocol_is_told_with_its_line() {
        for (text, why) in [
            (String::new(), "no 'done' line"),
            (FOUND.to_owned(), "no 'done' line"),
            (format!("{DONE}\n{FOUND}"), "line 2 of its answer: 'done' is not the last one"),
            (format!("{DONE}\n{DONE}"), "not the last one"),
            (format!("hello\n{DONE}"), "line 1"),
            (DONE.replace("\"schema\":1", "\"schema\":2"), "schema 2, and this program speaks 1"),
            (DONE.replace("\"schema\":1,", ""), "missing field `schema`"),
            (DONE.replace("\"items\"", "\"lines\""), "unknown field `lines`"),
            ("{\"done\":{\"schema\":1}}".to_owned(), "no 'examined'"),
            (format!("{}\n{DONE}", FOUND.replace("\"line\"", "\"row\"")), "unknown field `row`"),
            (format!("{}\n{DONE}", FOUND.replace("tab", "a b")), "no name of a rule"),
            (format!("{}\n{DONE}", FOUND.replace("finding", "fnding")), "unknown variant `fnding`"),
            (format!("{{\"rule\":{{\"id\":\"x\",\"doc\":\"d\"}}}}\n{DONE}"), "answers 'describe'"),
        ] {
            let error = check(&text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        assert!(described("g", DONE.as_bytes()).unwrap_err().contains("answers 'check'"));
        assert!(described("g", FOUND.as_bytes()).unwrap_err().contains("only 'rule'"));
    }

    #[test]
    fn a_request_is_one_line() {
        let options: toml::Table = "text = 'two\nlines'".parse().unwrap_or_default();
        let files = vec![File { path: "a\nb".into(), blob: None, kind: "file" }];
        let check = Check { root: "/r", base: None, files };
        let line = Request::check("g", &options, check).line().unwrap();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(
            (&value["request"], &value["files"][0]["path"]),
            (&"check".into(), &"a\nb".into())
        );
        let line = Request::describe("g", &options).line().unwrap();
        assert!(!String::from_utf8(line).unwrap().contains("files"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        #[test]
        fn no_answer_is_too_odd(parts in prop::collection::vec(prop::sample::select(vec![
            DONE, FOUND, "\n", "{", "}", "{\"rule\":{\"id\":\"a\",\"doc\":\"d\"}}", "{\"skipped\":{\"reason\":\"\",\"count\":18446744073709551615}}", "null", "[]", "é", "\0", "{\"done\":{\"schema\":1}}",
        ]), 0..8)) {
            let text = parts.concat();
            prop_assert_eq!(format!("{:?}", check(&text)), format!("{:?}", check(&text)));
            let _rules = described("g", text.as_bytes());
        }
    }
}
