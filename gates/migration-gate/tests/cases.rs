//! The labelled cases of cases/cases.jsonl: exactly the expected offences. A
//! statement case is one migration on top of cases/base.sql; what is not met
//! yet is listed below by name, and the list may only shrink.

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
    sql: Option<String>,
    files: Option<BTreeMap<String, String>>,
    base_files: Option<BTreeMap<String, String>>,
    expected: Vec<String>,
    why: String,
}

/// Not met yet, and why.
const OPEN: &[(&str, &str)] =
    &[("wai-2", "the runner, not the gate, tells of a waiver without a reason")];

#[test]
fn every_case_is_judged_as_labelled() {
    let text = include_str!("../cases/cases.jsonl");
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), 94);
    let open: BTreeSet<&str> = OPEN.iter().map(|(id, _)| *id).collect();
    let (mut wrong, mut met) = (Vec::new(), 0);
    for case in &cases {
        let result = judge(case);
        let found = result.unwrap_or_else(|error| panic!("{}: {error}", case.id));
        let expected: BTreeSet<String> = case.expected.iter().cloned().collect();
        let is_met = found == expected;
        met += usize::from(is_met);
        if is_met == open.contains(case.id.as_str()) {
            let (id, why) = (&case.id, &case.why);
            let state = if is_met { "is met now: take it off the list" } else { "is not met" };
            wrong.push(format!(
                "{id} {state} ({why})\n  expected {expected:?}\n  found    {found:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((met, OPEN.len()), (93, 1));
}

/// The offences found, each once.
fn judge(case: &Case) -> Result<BTreeSet<String>, String> {
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
    Ok(checked.findings.iter().map(offence).collect())
}

type Files = Vec<(String, String)>;

fn layout(case: &Case) -> (String, Files, Files) {
    let schema = include_str!("../cases/base.sql").to_owned();
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
