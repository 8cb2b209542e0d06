//! The labelled cases of cases/*.jsonl: exactly the expected findings, line and
//! rule. `checked` says whose word a label of more.jsonl is: `zizmor` (1.32,
//! pedantic), a specification, what GitHub documents or its runner does, or, of
//! files that GitHub refuses, the `careful` verdict.

use std::collections::{BTreeMap, BTreeSet};

use action_pins::REGISTER;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    path: String,
    content: String,
    expect: Vec<Expected>,
    why: String,
    /// Whose word the label is; of cases.jsonl this is told elsewhere.
    checked: Option<String>,
    /// Of ci.toml.
    options: Option<String>,
    /// Other files of the tree.
    #[serde(default)]
    beside: BTreeMap<String, String>,
    /// What else would be right.
    note: Option<String>,
}

#[derive(Deserialize)]
struct Expected {
    line: u32,
    rule: String,
}

#[test]
fn every_case_is_judged_as_labelled() {
    judge_all(include_str!("../cases/cases.jsonl"), 53);
}

#[test]
fn every_crafted_shape_is_judged_as_labelled() {
    judge_all(include_str!("../cases/more.jsonl"), 138);
}

#[test]
fn every_hostile_shape_is_judged_as_labelled() {
    judge_all(include_str!("../cases/hostile.jsonl"), 97);
}

fn judge_all(text: &str, count: usize) {
    let cases: Vec<Case> =
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(cases.len(), count);
    // Rules that the labels know: a rule that came later has examples of its own.
    let labels = cases.iter().flat_map(|case| &case.expect).map(|expected| expected.rule.as_str());
    let labelled: BTreeSet<&str> = labels.collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let options = if case.id.starts_with("cm-") { "comments = 'strict'" } else { "" };
        let options = case.options.as_deref().unwrap_or(options);
        let beside = case.beside.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let files: Vec<(&str, &str)> =
            std::iter::once((case.path.as_str(), case.content.as_str())).chain(beside).collect();
        let mut found = testkit::judge(&REGISTER, options, &files);
        found
            .retain(|found| found.split_once(' ').is_some_and(|(_, rule)| labelled.contains(rule)));
        let any_line = case.note.as_deref().is_some_and(|note| note.contains("any line"));
        let found =
            if any_line { found.into_iter().map(|f| without_line(&f)).collect() } else { found };
        let expected = case.expect.iter().map(|e| format!("{}:{} {}", case.path, e.line, e.rule));
        let expected: Vec<String> =
            expected.map(|e| if any_line { without_line(&e) } else { e }).collect();
        if found != expected {
            let (id, why, note) = (&case.id, &case.why, case.note.as_deref().unwrap_or(""));
            let checked = case.checked.as_deref().unwrap_or("");
            wrong.push(format!(
                "{id} ({why}; {checked}; {note})\n  expected {expected:?}\n  found    {found:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// `path rule` of `path:line rule`.
fn without_line(found: &str) -> String {
    let (place, rule) = found.split_once(' ').unwrap_or((found, ""));
    let path = place.rsplit_once(':').map_or(place, |(path, _)| path);
    format!("{path} {rule}")
}
