//! Migrations that are programs: what a command prints is judged in their place.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use kernel::{Checked, Evidence, GateError, Options, Pulse, Reply, Request, Tree};
use migration_gate::REGISTER;

const ALEMBIC: &str =
    "[[source]]\ndir = 'm'\nrender = ['alembic', 'upgrade', '{from}:{to}', '--sql']\n";

const FIRST: &str =
    "revision = 'a1'\ndown_revision = None\n\ndef upgrade():\n    op.create_table('orders')\n";

const SECOND: &str = "revision = 'b2'\ndown_revision = 'a1'\n\n\ndef upgrade():\n    op.add_column('orders', 'memo')\n    op.drop_column('orders', 'note')\n";

const PRINTED: &str = "BEGIN;\n\n-- Running upgrade a1 -> b2\n\nALTER TABLE orders ADD COLUMN memo TEXT;\n\nALTER TABLE orders DROP COLUMN note;\n\nUPDATE alembic_version SET version_num='b2' WHERE alembic_version.version_num = 'a1';\n\nCOMMIT;\n";

/// What is asked of the commands, and what is found with their answers.
fn judged(
    options: &str,
    base: &[(&str, &str)],
    head: &[(&str, &str)],
    reply: impl Fn(&[String]) -> (i32, String),
) -> (Vec<String>, Result<Checked, GateError>) {
    let (head, base) = (Tree::literal(head.iter().copied()), Tree::literal(base.iter().copied()));
    let gate = (REGISTER.configure)(&Options::of(options), &head).unwrap();
    assert!(gate.wants().more);
    let (none, pulse) = (BTreeMap::new(), Pulse::default());
    let evidence = Evidence {
        head: &head,
        base: Some(&base),
        history: None,
        replies: &none,
        remarks: &[],
        pulse: &pulse,
    };
    let (mut asked, mut replies) = (Vec::new(), BTreeMap::new());
    for (name, request) in gate.requests(&evidence).unwrap() {
        let Request::Command(command) = request else { continue };
        asked.push(command.argv.join(" "));
        let (exit_code, text) = reply(&command.argv);
        let reply = Reply::Command {
            exit_code,
            stdout: text.clone().into_bytes(),
            stderr: if exit_code == 0 { Vec::new() } else { text.into_bytes() },
        };
        replies.insert(name, reply);
    }
    asked.sort();
    (asked, gate.check(&Evidence { replies: &replies, ..evidence }))
}

fn alembic(argv: &[String]) -> (i32, String) {
    match argv.iter().any(|it| it == "a1:b2") {
        true => (0, PRINTED.to_owned()),
        false => (0, "BEGIN;\nCREATE TABLE orders (id int, note text);\nCOMMIT;\n".to_owned()),
    }
}

fn told(checked: &Checked) -> Vec<String> {
    let told = checked.findings.iter().map(|finding| {
        let line = finding.at.span.map_or(0, |span| span.line);
        let offence = finding.rule.rsplit('/').next().unwrap();
        format!("{}:{line} {offence}", finding.at.path)
    });
    told.collect()
}

#[test]
fn a_finding_stands_in_the_program_that_printed_it() {
    let base = [("m/a.py", FIRST)];
    let head = [("m/a.py", FIRST), ("m/b.py", SECOND)];
    let (asked, checked) = judged(ALEMBIC, &base, &head, alembic);
    assert_eq!(asked, ["alembic upgrade a1:b2 --sql", "alembic upgrade base:a1 --sql"]);
    let checked = checked.unwrap();
    assert_eq!(told(&checked), ["m/b.py:7 drop-column"]);
    let label = checked.findings.first().unwrap().label.clone().unwrap();
    assert_eq!(label, "printed as: ALTER TABLE orders DROP COLUMN note");
    assert!(checked.examined.items > 3);
}

#[test]
fn what_has_shipped_tells_the_schema() {
    let base = [("m/a.py", FIRST)];
    let head = [("m/a.py", FIRST), ("m/b.py", SECOND)];
    let same = |argv: &[String]| match argv.iter().any(|it| it == "a1:b2") {
        true => (0, "ALTER TABLE orders ALTER COLUMN id SET NOT NULL;".to_owned()),
        false => (0, "CREATE TABLE orders (id int PRIMARY KEY);".to_owned()),
    };
    let (_, checked) = judged(ALEMBIC, &base, &head, same);
    assert!(told(&checked.unwrap()).is_empty());
}

#[test]
fn nothing_printed_is_never_green() {
    let head = [("m/a.py", FIRST)];
    for (code, text) in [(0, " \n"), (1, "Traceback\nKeyError: 'DATABASE_URL'\n")] {
        let (_, checked) = judged(ALEMBIC, &[], &head, |_| (code, text.to_owned()));
        let error = checked.unwrap_err();
        assert_eq!(error.code, "not-rendered", "{}", error.message);
        assert!(error.message.contains("m/a.py"), "{}", error.message);
    }
}

#[test]
fn an_edited_program_is_told_and_its_sql_judged() {
    let edited = FIRST.replace("create_table('orders')", "drop_table('users')");
    let drops = |_: &[String]| (0, "DROP TABLE users;".to_owned());
    let (_, checked) = judged(ALEMBIC, &[("m/a.py", FIRST)], &[("m/a.py", &edited)], drops);
    assert_eq!(told(&checked.unwrap()), ["m/a.py:5 drop-table", "m/a.py:1 edited-migration"]);
}

const DJANGO: &str = "[[source]]\ndir = 'shop/migrations'\nframework = 'django'\nrender = ['python', 'manage.py', 'sqlmigrate', '{app}', '{name}']\n";

#[test]
fn django_prints_one_at_a_time() {
    let base = [("shop/migrations/0001_initial.py", "x"), ("shop/migrations/__init__.py", "")];
    let new =
        ("shop/migrations/0002_more.py", "class Migration:\n    RemoveField('order', 'note')\n");
    let head = [base[0], base[1], new];
    let print = |_: &[String]| {
        (
            0,
            "BEGIN;\nALTER TABLE \"shop_order\" DROP COLUMN \"note\" CASCADE;\nCOMMIT;\n"
                .to_owned(),
        )
    };
    let (asked, checked) = judged(DJANGO, &base, &head, print);
    assert_eq!(asked, ["python manage.py sqlmigrate shop 0002_more"]);
    assert_eq!(told(&checked.unwrap()), ["shop/migrations/0002_more.py:2 drop-column"]);
    let python = |_: &[String]| {
        (
            0,
            "--\n-- Raw Python operation\n--\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL\n"
                .to_owned(),
        )
    };
    let (_, checked) = judged(DJANGO, &base, &head, python);
    assert_eq!(told(&checked.unwrap()), ["shop/migrations/0002_more.py:1 unreadable"]);
}

/// What is asked for with these answers.
fn asked(
    options: &str,
    base: &[(&str, &str)],
    head: &[(&str, &str)],
    replies: &BTreeMap<String, Reply>,
) -> BTreeMap<String, Request> {
    let (head, base) = (Tree::literal(head.iter().copied()), Tree::literal(base.iter().copied()));
    let gate = (REGISTER.configure)(&Options::of(options), &head).unwrap();
    let pulse = Pulse::default();
    let evidence = Evidence {
        head: &head,
        base: Some(&base),
        history: None,
        replies,
        remarks: &[],
        pulse: &pulse,
    };
    gate.requests(&evidence).unwrap()
}

#[test]
fn what_was_printed_is_what_runs() {
    let base = [("m/a.py", FIRST)];
    let head = [("m/a.py", FIRST), ("m/b.py", SECOND)];
    let options = format!("{ALEMBIC}mode = 'both'\n");
    let first = asked(&options, &base, &head, &BTreeMap::new());
    assert!(first.values().all(|it| matches!(it, Request::Command(_))) && first.len() == 2);
    let answer = |(name, request): (&String, &Request)| {
        let Request::Command(command) = request else { panic!("{name}") };
        let (exit_code, text) = alembic(&command.argv);
        let (stdout, stderr) = (text.into_bytes(), Vec::new());
        (name.clone(), Reply::Command { exit_code, stdout, stderr })
    };
    let replies: BTreeMap<String, Reply> = first.iter().map(answer).collect();
    let second = asked(&options, &base, &head, &replies);
    let Some(Request::Database(run)) = second.get("database") else { panic!("{second:?}") };
    let words: Vec<&str> =
        run.base.iter().flat_map(|it| &it.statements).map(String::as_str).collect();
    assert_eq!(words, ["BEGIN", "CREATE TABLE orders (id int, note text)", "COMMIT"]);
    let new = run.head.first().unwrap();
    assert!(!new.transaction && new.statements[1].starts_with("ALTER TABLE orders ADD"));
    // What ran of one that was changed since is known to nobody.
    let edited = [("m/a.py", "revision = 'a1'\nx = 1\n"), head[1]];
    let first = asked(&options, &base, &edited, &BTreeMap::new());
    let replies: BTreeMap<String, Reply> = first.iter().map(answer).collect();
    assert!(!asked(&options, &base, &edited, &replies).contains_key("database"));
}

#[test]
fn a_command_that_cannot_be_right_is_refused() {
    let refused = |options: &str, path: &str| {
        let tree = Tree::literal([(path, "revision = 'a'\n")]);
        (REGISTER.configure)(&Options::of(options), &tree).err().map(|error| error.to_string())
    };
    let own = |more: &str| format!("[[source]]\ndir = 'm'\n{more}\n");
    for (options, path, words) in [
        (own("framework = 'alembic'"), "m/a.py", "are programs"),
        (own(""), "m/0001_a.py", "are programs"),
        (own("framework = 'plain'\nrender = ['x', '{path}']"), "m/1.sql", "is SQL already"),
        (own("render = ['x']"), "m/1_a.rb", "prints the same"),
        (own("framework = 'code'\nrender = ['x', '{from}:{to}']"), "m/1_a.rb", "Alembic's"),
        (own("render = ['x', '{path}']"), "m/README", "no migrations that are programs"),
    ] {
        let said = refused(&options, path).unwrap_or_default();
        assert!(said.contains(words), "{options}: {said}");
    }
}
