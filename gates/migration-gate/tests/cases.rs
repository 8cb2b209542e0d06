//! The labelled cases of cases/cases.jsonl: exactly the expected offences. A
//! statement case is one migration on top of cases/base.sql; what is not met
//! yet is listed below by name, and the list may only shrink.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Evidence, Finding, Options, Pulse, Severity, Tree, survey};
use migration_gate::REGISTER;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    dialect: String,
    framework: String,
    #[serde(default)]
    tx: bool,
    /// What has shipped besides the schema of cases/base.sql.
    #[serde(default)]
    base: String,
    sql: Option<String>,
    files: Option<BTreeMap<String, String>>,
    base_files: Option<BTreeMap<String, String>>,
    expected: Vec<String>,
    /// What the text alone tells, where that is not all, or more.
    #[serde(rename = "static")]
    text: Option<Vec<String>>,
    why: String,
    pg15: Option<Seen>,
}

/// What PostgreSQL 15 was seen to do.
#[derive(Deserialize)]
struct Seen {
    n1_broken: Vec<serde_json::Value>,
}

/// Not met, and why.
const OPEN: &[(&str, &str)] =
    &[("wai-2", "the runner, not the gate, tells of a waiver without a reason")];

#[test]
fn every_case_is_judged_as_labelled() {
    held(include_str!("../cases/cases.jsonl"), 94, OPEN, [23, 23, 0, 33]);
}

/// Of those in cases/own: not met, and why.
const OWN_OPEN: &[(&str, &str)] = &[];

#[test]
fn every_case_of_our_own_is_judged_as_labelled() {
    held(include_str!("../cases/own/cases.jsonl"), 237, OWN_OPEN, [95, 95, 2, 92]);
}

/// `expected_figures`: breaks that are told, breaks, clean cases with an alarm,
/// clean cases.
fn held(text: &str, count: usize, open: &[(&str, &str)], expected_figures: [usize; 4]) {
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), count);
    let open: BTreeSet<&str> = open.iter().map(|(id, _)| *id).collect();
    let mut wrong = Vec::new();
    let (mut breaks, mut found_breaks, mut clean, mut alarms) = (0, 0, 0, 0);
    for case in &cases {
        let result = judge(case);
        let (found, loud) = result.unwrap_or_else(|error| panic!("{}: {error}", case.id));
        let expected = case.text.as_ref().unwrap_or(&case.expected);
        let expected: BTreeSet<String> = expected.iter().cloned().collect();
        let is_break = case.pg15.as_ref().is_some_and(|seen| !seen.n1_broken.is_empty());
        breaks += usize::from(is_break);
        found_breaks += usize::from(is_break && loud);
        clean += usize::from(case.expected.is_empty());
        alarms += usize::from(case.expected.is_empty() && loud);
        if (found == expected) == open.contains(case.id.as_str()) {
            let (id, why) = (&case.id, &case.why);
            let state =
                if found == expected { "is met now: take it off the list" } else { "is not met" };
            wrong.push(format!(
                "{id} {state} ({why})\n  expected {expected:?}\n  found    {found:?}"
            ));
        }
    }
    let figures = [found_breaks, breaks, alarms, clean];
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(figures, expected_figures);
}

/// The offences found, each once, and whether any is more than a note.
fn judge(case: &Case) -> Result<(BTreeSet<String>, bool), String> {
    let (dir, head, base) = layout(case);
    let options = format!(
        "[[source]]\ndir = '{dir}'\nframework = '{}'\ndialect = '{}'\n\
         transaction = {{ default = {}, directive = '-- probectl:no-tx:' }}\n",
        case.framework,
        case.dialect,
        case.tx || case.files.is_some(),
    );
    let head = Tree::literal(head);
    let base = Tree::literal(base);
    let gate = (REGISTER.configure)(&Options::of(&options), &head).map_err(|e| e.to_string())?;
    let (replies, pulse) = (BTreeMap::new(), Pulse::default());
    let evidence = Evidence {
        head: &head,
        base: Some(&base),
        history: None,
        replies: &replies,
        remarks: &[],
        pulse: &pulse,
    };
    let checked = survey(&*gate, &evidence).map_err(|error| error.to_string())?;
    // The labels know two tables locked in one transaction by a name of its own.
    let offence = |finding: &Finding| {
        let offence = finding.rule.rsplit('/').next().unwrap_or_default();
        let is_note = finding.severity == Some(Severity::Note) && offence == "lock-pile-up";
        if is_note { format!("{offence}-note") } else { offence.to_owned() }
    };
    let rules = gate.rules();
    let is_loud = |finding: &Finding| {
        let rule = rules.iter().find(|rule| rule.id == finding.rule);
        finding.severity.or(rule.map(|rule| rule.severity)) > Some(Severity::Note)
    };
    let loud = checked.findings.iter().any(is_loud);
    Ok((checked.findings.iter().map(offence).collect(), loud))
}

type Files = Vec<(String, String)>;

fn layout(case: &Case) -> (String, Files, Files) {
    let schema = format!("{}\n{}\n", include_str!("../cases/base.sql"), case.base);
    if let Some(sql) = &case.sql {
        let before = ("migrations/0001_base.sql".to_owned(), schema);
        let new = ("migrations/0002_case.sql".to_owned(), sql.clone());
        return ("migrations".to_owned(), vec![before.clone(), new], vec![before]);
    }
    let pairs = |files: &Option<BTreeMap<String, String>>| -> Files {
        files.iter().flatten().map(|(path, text)| (path.clone(), text.clone())).collect()
    };
    let base = pairs(&case.base_files);
    let mut head = pairs(&case.files);
    let first = head.first().map(|(path, _)| path.as_str()).unwrap_or_default();
    let dir = first.rsplit_once('/').map_or(".", |(dir, _)| dir).to_owned();
    // What the case does not speak of is still there.
    for (path, text) in &base {
        if !head.iter().any(|(known, _)| known == path) {
            head.push((path.clone(), text.clone()));
        }
    }
    (dir, head, base)
}
