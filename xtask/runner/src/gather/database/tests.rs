//! Sessions on a server of our own, from nothing to nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{
    DatabaseRequest, DatabaseScript, DatabaseServer, DatabaseTrace, ErrorKind, GateError, Probe,
    Reply,
};

use super::address::Address;
use super::local::Local;
use super::wire::{Connection, Limit, Refusal};
use super::{elsewhere, installed, reply};
use crate::exec::Cancel;

fn script(path: &str, transaction: bool, statements: &[&str]) -> DatabaseScript {
    let statements = statements.iter().map(|it| (*it).to_owned()).collect();
    DatabaseScript { path: path.into(), transaction, statements, undo: None }
}

fn request(base: &str, head: Vec<DatabaseScript>) -> DatabaseRequest {
    DatabaseRequest {
        dialect: "postgres".to_owned(),
        version: 15,
        server: DatabaseServer::Local,
        roles: vec!["reader".to_owned()],
        asked_as: None,
        base: vec![script("m/1.sql", true, &[base])],
        head,
        probes: Vec::new(),
    }
}

const LONG: Duration = Duration::from_secs(120);

/// A folder that the server's user can reach, for what is kept.
fn state() -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    (folder, path)
}

fn run(state: Option<&Utf8Path>, wanted: &DatabaseRequest) -> Result<DatabaseTrace, String> {
    match reply(state, wanted, LONG, &Cancel::new()).unwrap() {
        Reply::Database(Ok(trace)) => Ok(*trace),
        Reply::Database(Err(reason)) => Err(reason),
        other => panic!("{other:?}"),
    }
}

fn id(trace: &DatabaseTrace, name: &str) -> String {
    trace.before.iter().find(|it| it.class == "table" && it.name == name).unwrap().id.clone()
}

const BASE: &str = "create table a (id bigserial primary key, n int not null, note text);
    create table b (id bigint primary key, a_id bigint not null references a (id));";

/// Whether these tests are not to be had: `.ci/run` says so where it could not
/// install a server. Everywhere else they fail without one.
pub(super) fn are_left_out() -> bool {
    std::env::var_os("GATE_RUNNER_TESTS_WITHOUT_POSTGRESQL").is_some()
}

#[test]
fn each_statement_is_looked_at_and_what_was_made_is_kept() {
    if are_left_out() {
        return;
    }
    let (_folder, state) = state();
    let head = vec![
        script("m/2.sql", true, &["alter table a add column uid uuid default gen_random_uuid()"]),
        script(
            "m/3.sql",
            false,
            &["create index concurrently a_n on a (n)", "create index on b (a_id)"],
        ),
        script("m/4.sql", true, &["alter table a add constraint n_ck check (n > 2000000)"]),
    ];
    let mut wanted = request(BASE, head);
    wanted.probes = vec![
        Probe { name: "one".to_owned(), sql: "select id, n, note from a where id = $1".to_owned() },
        Probe { name: "gone".to_owned(), sql: "select nothing from a".to_owned() },
    ];
    let trace = run(Some(&state), &wanted).unwrap();
    assert!(trace.server.starts_with("PostgreSQL "), "{}", trace.server);
    assert_eq!((trace.probes, trace.probes_unfit.len()), (1, 1));
    let (a, b) = (id(&trace, "a"), id(&trace, "b"));
    assert!(trace.filled.contains(&a) && trace.filled.contains(&b), "each table has a row");

    let rewrite = &trace.scripts[0].steps[0];
    assert!(rewrite.locks.iter().any(|it| it.id == a && it.mode == "AccessExclusiveLock"));
    assert!(rewrite.scans.iter().any(|it| it.id == a && it.rows > 0), "{:?}", rewrite.scans);
    let is_anew = |change: &kernel::CatalogChange| match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            before.id == a && before.facts.get("filenode") != after.facts.get("filenode")
        }
        _ => false,
    };
    assert!(rewrite.changes.iter().any(is_anew), "the table was written anew");

    let [alone, beside] = trace.scripts[1].steps.as_slice() else { panic!() };
    assert!(alone.alone && alone.error.is_none() && alone.locks.is_empty());
    assert!(beside.locks.iter().any(|it| it.id == b && it.mode == "ShareLock"));
    let check = &trace.scripts[2].steps[0];
    assert!(check.error.is_none() && check.without_rows, "a made-up row is no reason to fail");

    let kept = std::fs::read_dir(state.join("database")).unwrap().count();
    assert_eq!(kept, 2, "a data folder of initdb and one of the base");
    assert_eq!(run(Some(&state), &wanted).unwrap(), trace, "the second run shows the same");
}

#[test]
fn what_fails_is_told() {
    if are_left_out() {
        return;
    }
    let wanted = request("create table a (id int); drop table gone;", Vec::new());
    let reason = run(None, &wanted).unwrap_err();
    assert_eq!(reason, "'m/1.sql' does not run: table \"gone\" does not exist");
    let head = vec![
        script("m/2.sql", true, &["create table c (id int)", "alter table gone add x int"]),
        script("m/3.sql", true, &["select 1"]),
    ];
    let trace = run(None, &request(BASE, head)).unwrap();
    assert_eq!(trace.scripts.len(), 1, "nothing follows a script that failed");
    let error = trace.scripts[0].steps[1].error.as_ref().unwrap();
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        ("42P01", "relation \"gone\" does not exist")
    );
}

#[test]
fn up_down_up_leads_back_or_says_what_is_left() {
    if are_left_out() {
        return;
    }
    let undone = |down: &[&str]| {
        let up =
            script("m/2.up.sql", true, &["create table c (id int)", "alter table a add x int"]);
        let down = Box::new(script("m/2.down.sql", true, down));
        let head = vec![DatabaseScript { undo: Some(down), ..up }];
        run(None, &request(BASE, head)).unwrap().scripts.remove(0).undo.unwrap()
    };
    let whole = undone(&["drop table c", "alter table a drop x"]);
    assert_eq!((whole.error, whole.left.len(), whole.again), (None, 0, None));
    let half = undone(&["alter table a drop x"]);
    assert!(half.left.iter().any(|it| it == "table 'public.c' is still there"), "{:?}", half.left);
    assert_eq!(half.again.unwrap().message, "relation \"c\" already exists");
    assert_eq!(undone(&["drop table d"]).error.unwrap().message, "table \"d\" does not exist");
}

#[test]
fn a_run_that_is_stopped_leaves_nothing_behind() {
    if are_left_out() {
        return;
    }
    let waits = || request(BASE, vec![script("m/2.sql", true, &["select pg_sleep(60)"])]);
    let began = Instant::now();
    let late = reply(None, &waits(), Duration::from_secs(4), &Cancel::new());
    assert_eq!(kind(late), ErrorKind::TimedOut);
    let cancel = Cancel::new();
    let stopped = std::thread::scope(|scope| {
        let run = scope.spawn(|| reply(None, &waits(), LONG, &cancel));
        std::thread::sleep(Duration::from_secs(3));
        cancel.request();
        run.join().unwrap()
    });
    assert_eq!(kind(stopped), ErrorKind::Interrupted);
    assert!(began.elapsed() < Duration::from_secs(50), "{:?}", began.elapsed());
}

/// A server in the place of somebody else's, who asks for a password.
#[test]
fn a_server_of_somebody_else_is_left_as_it_was() {
    if are_left_out() {
        return;
    }
    let cancel = Cancel::new();
    let limit = Limit { cancel: &cancel, until: None };
    let installed = installed::nearest(15, &cancel).unwrap();
    let user = installed::User::fit().unwrap();
    let local = Local { installed: &installed, user: &user, kept: None, limit };
    let server = local.server("none", &mut |_| Ok::<(), Refusal>(())).unwrap();
    let mut home = Connection::open(&server.address, "postgres", limit).unwrap();
    home.run("create role tester superuser login password 'a b'").unwrap();
    let hba = home.rows("show hba_file").unwrap().remove(0).remove(0).unwrap();
    let lines = "select 'local all tester scram-sha-256' union all select 'local all all trust'";
    home.run(&format!("copy ({lines}) to '{hba}'; select pg_reload_conf()")).unwrap();
    let own = |password: &str| Address {
        user: "tester".to_owned(),
        password: Some(password.to_owned()),
        ..server.address.clone()
    };
    while Connection::open(&own("wrong"), "postgres", limit).is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let databases = "select datname from pg_database order by 1";
    let before = home.rows(databases).unwrap();
    let wanted = request(BASE, vec![script("m/2.sql", true, &["drop table b"])]);
    let trace = elsewhere(&own("a b"), &wanted, limit).ok().unwrap();
    assert_eq!(trace.scripts[0].steps[0].error, None);
    let broken = request("drop table gone", Vec::new());
    assert!(elsewhere(&own("a b"), &broken, limit).is_err());
    assert_eq!(home.rows(databases).unwrap(), before, "its databases are dropped again");
}

fn kind(reply: Result<Reply, GateError>) -> ErrorKind {
    reply.unwrap_err().kind
}

#[test]
fn a_server_of_the_environment_is_needed_where_it_is_asked_for() {
    let wanted =
        DatabaseRequest { server: DatabaseServer::Environment, ..request(BASE, Vec::new()) };
    if std::env::var_os("DATABASE_URL").is_none() && std::env::var_os("PGHOST").is_none() {
        assert!(run(None, &wanted).unwrap_err().contains("neither DATABASE_URL nor PGHOST"));
    }
}
