//! What a session showed beside what the text says, from recorded traces.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use kernel::{Checked, ErrorKind, Example, Fact, GateError, Reply, survey};
use migration_gate::REGISTER;

const HEAD: &str = "-- @options --\n[[source]]\ndir = 'm'\nframework = 'plain'\nmode = 'MODE'\n\
                    shipped_through = '1'\n\
                    -- m/1.sql --\nCREATE TABLE a (id bigint PRIMARY KEY, n int);\n";

/// Judges `new` as the second migration, with `trace` as what was seen; in its
/// place a reason why nothing was.
fn judged(mode: &str, new: &str, trace: Result<&str, &str>) -> Result<Checked, GateError> {
    let head = HEAD.replace("MODE", mode);
    let recorded =
        trace.map_or(String::new(), |trace| format!("-- @database database --\n{trace}\n"));
    let text = format!("{head}-- m/2.sql --\n{new}\n{recorded}");
    let example = Example { text: text.into(), shown: None };
    let mut scene = example.scene().unwrap();
    if let Err(reason) = trace {
        scene.replies.insert("database".to_owned(), Reply::Database(Err(reason.to_owned())));
    }
    let options = scene.options.clone().unwrap();
    let gate = (REGISTER.configure)(&options, &scene.head).unwrap();
    survey(&*gate, &scene.evidence())
}

/// Offence and label of each finding.
fn told(checked: &Checked) -> Vec<String> {
    let told = checked.findings.iter().map(|finding| {
        let label = finding.label.as_deref().unwrap_or_default().split(':').next();
        format!("{} {}", finding.rule.rsplit('/').next().unwrap(), label.unwrap())
    });
    let mut told: Vec<String> = told.map(|it| it.trim().to_owned()).collect();
    told.sort();
    told
}

/// A trace in which column `n` of `a` goes at the first statement.
const GONE: &str = "server = 'PostgreSQL 15.1'
before = [
  { class = 'table', id = '1', schema = 'public', name = 'a' },
  { class = 'column', id = '1.2', schema = 'public', of = '1', name = 'n', facts = { type = 'integer' } },
]
[[scripts]]
path = 'm/2.sql'
[[scripts.steps]]
[[scripts.steps.changes]]
before = { class = 'column', id = '1.2', schema = 'public', of = '1', name = 'n', facts = { type = 'integer' } }
";

const SAME: &str = "server = 'PostgreSQL 15.1'\n[[scripts]]\npath = 'm/2.sql'\n[[scripts.steps]]\n";

#[test]
fn what_both_say_is_said_once() {
    for mode in ["both", "execute"] {
        let checked = judged(mode, "ALTER TABLE a DROP COLUMN n;", Ok(GONE)).unwrap();
        assert_eq!(told(&checked), ["drop-column"], "{mode}");
        assert_eq!(checked.facts["executed"], Fact::Flag(true));
        assert_eq!(checked.facts["executed_agrees"], Fact::Count(1));
    }
}

#[test]
fn what_one_says_alone_is_marked() {
    let block = "DO $$ BEGIN EXECUTE 'ALTER TABLE a DROP COLUMN ' || current_setting('x'); END $$;";
    let checked = judged("both", block, Ok(GONE)).unwrap();
    assert_eq!(told(&checked), ["drop-column executed-only"], "a run tells what the text does not");
    let new = "ALTER TABLE a DROP COLUMN n;";
    assert_eq!(told(&judged("both", new, Ok(SAME)).unwrap()), ["drop-column static-only"]);
    assert!(told(&judged("execute", new, Ok(SAME)).unwrap()).is_empty());
}

#[test]
fn without_a_server_nothing_passes_for_executed() {
    let new = "ALTER TABLE a DROP COLUMN n;";
    let error = judged("execute", new, Err("none is installed")).unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Environment, "not-executed"));
    let checked = judged("both", new, Err("none is installed")).unwrap();
    assert_eq!(told(&checked), ["drop-column"]);
    assert_eq!(checked.facts["executed"], Fact::Flag(false));
    let why = Fact::List(vec!["m: none is installed".to_owned()]);
    assert_eq!(checked.facts["executed_not_because"], why);
}

#[test]
fn what_cannot_be_sent_is_not_run() {
    let template = "ALTER TABLE {{ .Schema }}.a ADD COLUMN b int;";
    let error = judged("execute", template, Err("never asked")).unwrap_err();
    assert_eq!(error.code, "not-executed");
    let head = HEAD.replace("MODE", "execute");
    let text = format!("{head}-- m/2.sql --\n{template}\n");
    let scene = Example { text: text.into(), shown: None }.scene().unwrap();
    let options = scene.options.clone().unwrap();
    let gate = (REGISTER.configure)(&options, &scene.head).unwrap();
    assert!(gate.wants().more);
    assert!(gate.requests(&scene.evidence()).unwrap().is_empty());
    let error = gate.check(&scene.evidence()).unwrap_err();
    assert!(error.message.contains("template"), "{}", error.message);
}

#[test]
fn a_failure_is_told_by_its_rule() {
    let failed =
        |code: &str| SAME.to_owned() + &format!("error = {{ code = '{code}', message = 'no' }}\n");
    let new = "ALTER TABLE a ADD COLUMN m int;";
    let told_of = |code: &str| told(&judged("execute", new, Ok(&failed(code))).unwrap());
    assert_eq!(told_of("42P01"), ["does-not-apply the server refuses it as 42P01"]);
    assert_eq!(told_of("25001"), ["concurrently-in-transaction the server refuses it as 25001"]);
}

#[test]
fn sqlite_tells_which_queries_fail_and_the_text_the_rest() {
    let broken = "server = 'SQLite 3.50.1'\nprobes = 2\n[[scripts]]\npath = 'm/2.sql'\n\
                  [[scripts.steps]]\n[[scripts.broken]]\nname = 'q/1'\nsql = 'SELECT n FROM a'\n\
                  error = { code = 'sqlite 1', message = 'no such column: n' }\n";
    for mode in ["both", "execute"] {
        let mode = format!("{mode}'\ndialect = 'sqlite");
        let new = "ALTER TABLE a DROP COLUMN n;";
        let checked = judged(&mode, new, Ok(broken)).unwrap();
        assert_eq!(told(&checked), ["broken-query 'q/1' asks 'SELECT n FROM a'", "drop-column"]);
        assert_eq!(checked.facts["executed"], Fact::Flag(true));
        let failed = "server = 'SQLite 3.50.1'\n[[scripts]]\npath = 'm/2.sql'\n[[scripts.steps]]\n\
                      error = { code = 'sqlite 1', message = 'no such table: b' }\n";
        let checked = judged(&mode, "ALTER TABLE b ADD COLUMN c;", Ok(failed)).unwrap();
        assert_eq!(told(&checked), ["does-not-apply the server refuses it as sqlite 1"]);
    }
    let none = judged("execute'\ndialect = 'sqlite", "SELECT 1;", Err("built without SQLite"));
    assert_eq!(none.unwrap_err().code, "not-executed");
}
