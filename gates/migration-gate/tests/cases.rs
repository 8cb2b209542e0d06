//! The labelled cases of cases/cases.jsonl: exactly the expected offences. A
//! statement case is one migration on top of cases/base.sql; what is not met
//! yet is listed below by name, and the list may only shrink.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Evidence, Options, Pulse, Tree, survey};
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
const OPEN: &[(&str, &str)] = &[
    ("rename-type-1", "its rule is to be written"),
    ("rename-func-1", "its rule is to be written"),
    ("rename-con-1", "its rule is to be written"),
    ("rename-attr-1", "its rule is to be written"),
    ("notnull-11", "its rule is to be written"),
    ("default-1", "its rule is to be written"),
    ("default-4", "its rule is to be written"),
    ("check-1", "its rule is to be written"),
    ("check-3", "its rule is to be written"),
    ("check-5", "its rule is to be written"),
    ("check-8", "its rule is to be written"),
    ("uniq-1", "its rule is to be written"),
    ("uniq-3", "its rule is to be written"),
    ("uniq-4", "its rule is to be written"),
    ("fk-3", "its rule is to be written"),
    ("fk-4", "its rule is to be written"),
    ("view-4", "its rule is to be written"),
    ("type-d1", "its rule is to be written"),
    ("enum-3", "its rule is to be written"),
    ("trig-1", "its rule is to be written"),
    ("rls-3", "its rule is to be written"),
    ("grant-1", "its rule is to be written"),
    ("grant-4", "its rule is to be written"),
    ("seq-1", "its rule is to be written"),
    ("ext-1", "its rule is to be written"),
    ("part-2", "its rule is to be written"),
    ("repl-1", "its rule is to be written"),
    ("vac-1", "its rule is to be written"),
    ("clu-1", "its rule is to be written"),
    ("lock-1", "its rule is to be written"),
    ("pile-2", "its rule is to be written"),
    ("dt-1", "its rule is to be written"),
    ("his-3", "its rule is to be written"),
    ("his-5", "its rule is to be written"),
    ("his-6", "its rule is to be written"),
    ("wai-2", "the runner, not the gate, tells of a waiver without a reason"),
];

/// Cases of frameworks and dialects that are refused so far: the refusal is
/// what is tested.
const REFUSED: &[&str] = &[
    "refinery",
    "flyway",
    "liquibase-sql",
    "prisma",
    "tern",
    "psql",
    "sqlite",
    "mysql",
    "clickhouse",
];

#[test]
fn every_case_is_judged_as_labelled() {
    let text = include_str!("../cases/cases.jsonl");
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), 94);
    let open: BTreeSet<&str> = OPEN.iter().map(|(id, _)| *id).collect();
    let (mut wrong, mut met, mut refused) = (Vec::new(), 0, 0);
    for case in &cases {
        let is_refused =
            [&case.framework, &case.dialect].iter().any(|name| REFUSED.contains(&name.as_str()));
        let result = judge(case);
        if is_refused {
            assert!(result.is_err_and(|error| error.contains("not supported yet")), "{}", case.id);
            refused += 1;
            continue;
        }
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
    println!("{met} met, {} open, {refused} refused of {}", OPEN.len(), cases.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
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
    let offences = checked.findings.iter().filter_map(|finding| finding.rule.split_once('/'));
    Ok(offences.map(|(_, offence)| offence.to_owned()).collect())
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
