//! The labelled cases of migration-gate, executed: what breaks a statement of
//! the release before is found, and what does not is not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kernel::{Evidence, Options, Pulse, Reply, Request, Severity, Tree};
use migration_gate::REGISTER;
use serde::Deserialize;

use super::local::{Local, Server};
use super::wire::{Connection, Limit};
use super::{installed, session};
use crate::exec::Cancel;

#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(default)]
    tx: bool,
    /// What has shipped besides the schema of cases/base.sql.
    #[serde(default)]
    base: String,
    sql: Option<String>,
    expected: Vec<String>,
    #[serde(default)]
    n1: Vec<String>,
    pg15: Option<Seen>,
}

/// What PostgreSQL 15 was seen to do.
#[derive(Deserialize)]
struct Seen {
    applies: bool,
    n1_broken: Vec<serde_json::Value>,
}

const BASE: &str = include_str!("../../../../../gates/migration-gate/cases/base.sql");
const N1: &str = include_str!("../../../../../gates/migration-gate/cases/n1.txt");
const CASES: &str = include_str!("../../../../../gates/migration-gate/cases/cases.jsonl");
const OWN: &str = include_str!("../../../../../gates/migration-gate/cases/own/cases.jsonl");

/// Found otherwise than labelled, and why.
const OTHERWISE: &[(&str, &[&str], &str)] =
    &[("dt-1", &[], "the table has no trigger that could be switched off: nothing happens")];

/// The same of those in cases/own.
const OWN_OTHERWISE: &[(&str, &[&str], &str)] = &[
    ("act-10", &["revoke", "rename-object"], "the twin has no rights, its keys other names"),
    ("tmp-2", &["drop-table", "drop-or-narrow-view", "drop-constraint"], "CASCADE takes more"),
    ("new-4", &["revoke", "drop-or-narrow-view", "drop-constraint"], "another has the name"),
    ("vw-10", &["rename-object"], "it is a view"),
    ("gen-5", &["change-identity", "drop-sequence"], "its sequence goes too"),
    ("en-3", &["retype-column"], "made anew is another type"),
    ("en-4", &["drop-or-rename-type", "retype-column"], "made anew is another type"),
    ("en-7", &["retype-column"], "made anew is another type"),
    ("sc-1", &["rename-object", "move-object"], "what is in it is elsewhere"),
    ("sc-2", &["drop-extension-or-schema", "drop-table"], "CASCADE takes more"),
    ("tm-2", &["retype-column"], "another type, and the table made anew"),
    ("tm-7", &["parent-locked", "tighten"], "made anew it is another key"),
    ("tm-26", &[], "rows show it, not the catalog"),
    ("co-23", &["tighten", "validate-in-same-transaction"], "that locks go at COMMIT is not seen"),
];

#[test]
fn every_executed_case_is_judged_by_its_effect() {
    judged(CASES, 65, OTHERWISE);
}

#[test]
fn every_case_of_our_own_is_judged_by_its_effect() {
    judged(OWN, 237, OWN_OTHERWISE);
}

fn judged(text: &str, count: usize, otherwise: &[(&str, &[&str], &str)]) {
    if super::tests::are_left_out() {
        return;
    }
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let cases: Vec<&Case> = cases.iter().filter(|case| case.pg15.is_some()).collect();
    assert_eq!(cases.len(), count);
    let cancel = Cancel::new();
    let limit = Limit { cancel: &cancel, until: None };
    let stage = Stage::open(limit);
    let (mut breaks, mut found_breaks, mut clean, mut false_alarms) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for case in cases {
        let seen = case.pg15.as_ref().unwrap();
        let (found, loud) = stage.judge(case);
        let is_break = !seen.n1_broken.is_empty();
        breaks += usize::from(is_break);
        found_breaks += usize::from(is_break && loud);
        clean += usize::from(case.expected.is_empty());
        false_alarms += usize::from(case.expected.is_empty() && loud);
        let mut expected: BTreeSet<String> = case.expected.iter().cloned().collect();
        if let Some((_, seen, _)) = otherwise.iter().find(|(id, ..)| *id == case.id) {
            expected = seen.iter().map(|it| (*it).to_owned()).collect();
        }
        let by_name = ["concurrently-in-transaction", "enum-value-used-in-same-transaction"];
        if !seen.applies && !by_name.iter().any(|name| found.contains(*name)) {
            expected.insert("does-not-apply".to_owned());
        }
        // The query itself is told of beside what broke it.
        let mut told = found.clone();
        let named = told.remove("broken-query");
        if told != expected || named != is_break {
            wrong.push(format!("{}: expected {expected:?}, found {found:?}", case.id));
        }
    }
    println!("breaks {found_breaks}/{breaks}, false alarms {false_alarms}/{clean}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((found_breaks, false_alarms), (breaks, 0));
}

/// A server with the base's schema in a database that others are made from.
struct Stage<'a> {
    server: Server,
    limit: Limit<'a>,
}

impl<'a> Stage<'a> {
    fn open(limit: Limit<'a>) -> Stage<'a> {
        let installed = installed::nearest(15, limit.cancel)
            .expect("these tests run on PostgreSQL: apt-get install postgresql");
        let user = installed::User::fit().unwrap();
        let local = Local { installed: &installed, user: &user, kept: None, limit };
        let server = local.server("none", &mut |_| Ok::<(), super::Refusal>(()));
        let server = server.unwrap_or_else(|error| panic!("{error}"));
        Stage { server, limit }
    }

    fn connect(&self, database: &str) -> Connection<'a> {
        Connection::open(&self.server.address, database, self.limit).unwrap()
    }

    /// The offences, and whether any of them counts.
    fn judge(&self, case: &Case) -> (BTreeSet<String>, bool) {
        let sql = case.sql.clone().unwrap_or_default();
        let n1: String = N1
            .lines()
            .chain(case.n1.iter().map(String::as_str))
            .map(|it| format!("{it}\n"))
            .collect();
        let schema = format!("{BASE}\n{}\n", case.base);
        let base = [("migrations/0001_base.sql", schema.as_str()), ("n1.txt", n1.as_str())];
        let new = ("migrations/0002_case.sql", sql.as_str());
        let head = Tree::literal(base.into_iter().chain([new]));
        let base = Tree::literal(base);
        let options = format!(
            "[[source]]\ndir = 'migrations'\nframework = 'plain'\nmode = 'execute'\n\
             role = 'app'\nqueries = ['n1.txt']\ntransaction = {{ default = {} }}\n",
            case.tx
        );
        let gate = (REGISTER.configure)(&Options::of(&options), &head).unwrap();
        let pulse = Pulse::default();
        let none = BTreeMap::new();
        let evidence = evidence_of(&head, &base, &none, &pulse);
        let asked = gate.requests(&evidence).unwrap();
        let Some(Request::Database(wanted)) = asked.get("database") else { panic!("{}", case.id) };
        let name = case.id.replace('-', "_");
        // Most cases stand on the same schema.
        let base = if case.base.is_empty() { "base".to_owned() } else { format!("base_{name}") };
        self.prepare(wanted, &base);
        self.connect("postgres").run(&format!("create database {name} template {base}")).unwrap();
        let trace = session::head(&mut self.connect(&name), wanted).unwrap();
        let replies =
            BTreeMap::from([("database".to_owned(), Reply::Database(Ok(Box::new(trace))))]);
        let checked = gate.check(&Evidence { replies: &replies, ..evidence }).unwrap();
        let rules = gate.rules();
        let severity = |finding: &kernel::Finding| {
            let rule = rules.iter().find(|rule| rule.id == finding.rule);
            finding.severity.or(rule.map(|rule| rule.severity)).unwrap()
        };
        let loud = checked.findings.iter().any(|it| severity(it) >= Severity::Warning);
        let offence = |finding: &kernel::Finding| {
            let offence = finding.rule.rsplit('/').next().unwrap_or_default().to_owned();
            let is_note = finding.severity == Some(Severity::Note) && offence == "lock-pile-up";
            if is_note { format!("{offence}-note") } else { offence }
        };
        (checked.findings.iter().map(offence).collect(), loud)
    }

    fn prepare(&self, wanted: &kernel::DatabaseRequest, name: &str) {
        let mut home = self.connect("postgres");
        let known = format!("select 1 from pg_database where datname = '{name}'");
        if home.rows(&known).unwrap().is_empty() {
            home.run(&format!("create database {name}")).unwrap();
            let mut base = self.connect(name);
            match session::base(&mut base, wanted) {
                Ok(()) => {}
                Err(session::BaseError::Script(reason)) => panic!("{reason}"),
                Err(session::BaseError::Refused(refusal)) => panic!("{refusal}"),
            }
        }
        // A database is only copied while nobody is in it.
        let busy = format!("select 1 from pg_stat_activity where datname = '{name}'");
        while !home.rows(&busy).unwrap().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// What a session shows of the new migrations of a folder: the framework's own
/// transaction, and what undoes them.
fn told(stage: &Stage<'_>, framework: &str, number: usize, new: &[(&str, &str)]) -> Vec<String> {
    let options = format!("[[source]]\ndir = 'm'\nframework = '{framework}'\nmode = 'execute'\n");
    let head = Tree::literal(new.iter().copied());
    let gate = (REGISTER.configure)(&Options::of(&options), &head).unwrap();
    let (none, pulse) = (BTreeMap::new(), Pulse::default());
    let base = Tree::literal::<&str, &str>([]);
    let evidence = evidence_of(&head, &base, &none, &pulse);
    let asked = gate.requests(&evidence).unwrap();
    let Some(Request::Database(wanted)) = asked.get("database") else {
        panic!("{framework} {new:?}")
    };
    let name = format!("layout_{number}");
    stage.connect("postgres").run(&format!("create database {name} template layouts")).unwrap();
    let trace = session::head(&mut stage.connect(&name), wanted).unwrap();
    let replies = BTreeMap::from([("database".to_owned(), Reply::Database(Ok(Box::new(trace))))]);
    let checked = gate.check(&Evidence { replies: &replies, ..evidence }).unwrap();
    let place = |finding: &kernel::Finding| {
        let offence = finding.rule.rsplit('/').next().unwrap_or_default();
        format!("{} {offence}", finding.at.span.map_or(0, |span| span.line))
    };
    let mut found: Vec<String> = checked.findings.iter().map(place).collect();
    found.sort();
    found
}

/// A framework, files, and what is found: line and offence.
type Layout<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

/// Each layout's transactions and down parts, on a server.
#[test]
fn layouts_run_as_their_frameworks_run_them() {
    if super::tests::are_left_out() {
        return;
    }
    let cancel = Cancel::new();
    let stage = Stage::open(Limit { cancel: &cancel, until: None });
    stage.connect("postgres").run("create database layouts").unwrap();
    let mut home = stage.connect("layouts");
    match session::base(&mut home, &empty()) {
        Ok(()) => drop(home),
        Err(_) => panic!("no base"),
    }
    let make = "CREATE TABLE t (a int);";
    let index = "CREATE INDEX CONCURRENTLY i ON t (a);";
    let flyway = [("m/V1__a.sql", make), ("m/V2__b.sql", index)];
    let prisma = [("m/1_a/migration.sql", make), ("m/2_b/migration.sql", index)];
    let two = format!("SELECT 1;\n{index}");
    let prisma_two = [prisma[0], ("m/2_b/migration.sql", two.as_str())];
    let goose = format!("-- +goose Up\n{make}\n-- +goose Down\nDROP TABLE t;\n");
    let goose_index = format!(
        "-- +goose NO TRANSACTION\n-- +goose Up\n{index}\nSELECT 1;\n-- +goose Down\nDROP INDEX i;\n"
    );
    let goose_in = goose_index.replace("-- +goose NO TRANSACTION\n", "");
    let lost = goose.replace("DROP TABLE t", "SELECT 1");
    let changesets = format!(
        "--liquibase formatted sql\n--changeset a:1\n{make}\n--rollback DROP TABLE t;\n\
         --changeset a:2 runInTransaction:false\n{index}\n--rollback DROP INDEX i;\n"
    );
    let in_one = changesets.replace(" runInTransaction:false", "");
    let log = format!(
        "<databaseChangeLog>\n<changeSet id='1' author='a'><createTable tableName='t'>\n\
         <column name='a' type='int' autoIncrement='true'/><column name='b' type='datetime' \
         defaultValueComputed='current_timestamp'/></createTable></changeSet>\n<changeSet id='2' \
         author='a' runInTransaction='false'>\n<sql>{index}</sql></changeSet></databaseChangeLog>"
    );
    let log_in = log.replace(" runInTransaction='false'", "");
    let drizzle = [("m/0000_a.sql", make), ("m/0001_b.sql", index)];
    let cases: [Layout<'_>; 12] = [
        ("flyway", &flyway, &[]),
        ("refinery", &flyway, &["1 concurrently-in-transaction"]),
        ("prisma", &prisma, &[]),
        ("prisma", &prisma_two, &["2 concurrently-in-transaction"]),
        ("goose", &[("m/1_a.sql", &goose), ("m/2_b.sql", &goose_index)], &[]),
        (
            "goose",
            &[("m/1_a.sql", &goose), ("m/2_b.sql", &goose_in)],
            &["2 concurrently-in-transaction"],
        ),
        ("goose", &[("m/1_a.sql", &lost)], &["1 broken-down"]),
        ("liquibase-sql", &[("m/c.sql", &changesets)], &[]),
        ("liquibase-sql", &[("m/c.sql", &in_one)], &["6 concurrently-in-transaction"]),
        ("liquibase", &[("m/c.xml", &log)], &[]),
        ("liquibase", &[("m/c.xml", &log_in)], &["5 concurrently-in-transaction"]),
        ("drizzle", &drizzle, &["1 concurrently-in-transaction"]),
    ];
    let mut wrong = Vec::new();
    for (number, (framework, files, expected)) in cases.into_iter().enumerate() {
        let found = told(&stage, framework, number, files);
        if found != expected {
            wrong.push(format!("{framework} {files:?}: {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A change with what was answered so far.
fn evidence_of<'a>(
    head: &'a Tree,
    base: &'a Tree,
    replies: &'a BTreeMap<String, Reply>,
    pulse: &'a Pulse,
) -> Evidence<'a> {
    Evidence { head, base: Some(base), history: None, replies, remarks: &[], pulse }
}

/// What a command printed of a program runs, after all that has shipped.
#[test]
fn what_a_program_printed_runs() {
    if super::tests::are_left_out() {
        return;
    }
    let cancel = Cancel::new();
    let stage = Stage::open(Limit { cancel: &cancel, until: None });
    let options = "[[source]]\ndir = 'm'\nframework = 'code'\nmode = 'both'\n\
                   render = ['print', '{name}']\n";
    let (one, two) = (("m/1_a.rb", "create :orders"), ("m/2_b.rb", "x\nremove :orders, :note\n"));
    let (head, base) = (Tree::literal([one, two]), Tree::literal([one]));
    let gate = (REGISTER.configure)(&Options::of(options), &head).unwrap();
    let (mut replies, pulse) = (BTreeMap::new(), Pulse::default());
    loop {
        let evidence = evidence_of(&head, &base, &replies, &pulse);
        let mut asked = gate.requests(&evidence).unwrap();
        asked.retain(|name, _| !replies.contains_key(name));
        let Some((name, request)) = asked.pop_first() else { break };
        let reply = match request {
            Request::Command(command) => {
                let text = match command.argv.last().map(String::as_str) {
                    Some("1_a") => "BEGIN;\nCREATE TABLE orders (id int, note text);\nCOMMIT;\n",
                    _ => {
                        "BEGIN;\nDO $$ BEGIN EXECUTE 'ALTER TABLE orders DROP COLUMN ' || 'note'; END $$;\nALTER TABLE orders ALTER id SET NOT NULL;\nCOMMIT;\n"
                    }
                };
                let (stdout, stderr) = (text.as_bytes().to_vec(), Vec::new());
                Reply::Command { exit_code: 0, stdout, stderr }
            }
            Request::Database(wanted) => {
                stage.prepare(&wanted, "printed");
                let trace = session::head(&mut stage.connect("printed"), &wanted).unwrap();
                Reply::Database(Ok(Box::new(trace)))
            }
            other => panic!("{other:?}"),
        };
        replies.insert(name, reply);
    }
    let evidence = evidence_of(&head, &base, &replies, &pulse);
    let checked = gate.check(&evidence).unwrap();
    let told = |finding: &kernel::Finding| {
        let offence = finding.rule.rsplit('/').next().unwrap_or_default();
        format!("{}:{} {offence}", finding.at.path, finding.at.span.map_or(0, |span| span.line))
    };
    let mut found: Vec<String> = checked.findings.iter().map(told).collect();
    found.sort();
    assert_eq!(found, ["m/2_b.rb:2 drop-column", "m/2_b.rb:2 set-not-null"]);
    assert_eq!(checked.facts.get("executed_agrees"), Some(&kernel::Fact::from(2)));
}

fn empty() -> kernel::DatabaseRequest {
    kernel::DatabaseRequest {
        dialect: "postgres".to_owned(),
        version: 15,
        server: kernel::DatabaseServer::Local,
        roles: Vec::new(),
        asked_as: None,
        base: Vec::new(),
        head: Vec::new(),
        probes: Vec::new(),
    }
}
