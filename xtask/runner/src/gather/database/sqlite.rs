//! SQLite: migrations run in memory, and what the release before asks is asked
//! before and after them. Of its catalog nothing is told.

use std::time::Instant;

use kernel::{
    BrokenProbe, DatabaseError, DatabaseRequest, DatabaseScript, DatabaseTrace, Probe, ScriptTrace,
    StepTrace,
};
use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::session::BaseError;
use super::wire::{Limit, Refusal};

/// After how many of SQLite's own instructions the clock is looked at.
const INSTRUCTIONS: i32 = 10_000;

/// Runs what is asked for.
pub(super) fn trace(
    wanted: &DatabaseRequest,
    limit: Limit<'_>,
) -> Result<DatabaseTrace, BaseError> {
    let connection = open(limit).map_err(|error| BaseError::Script(error.to_string()))?;
    for script in &wanted.base {
        if let Some(error) = run(&connection, script).into_iter().find_map(|step| step.error) {
            in_time(limit)?;
            let message = format!("'{}' does not run: {}", script.path, error.message);
            return Err(BaseError::Script(message));
        }
    }
    let (mut asked, mut unfit) = (Vec::new(), Vec::new());
    for probe in &wanted.probes {
        match ask(&connection, probe) {
            None => asked.push(probe),
            Some(error) => unfit.push(broken(probe, error)),
        }
    }
    in_time(limit)?;
    let mut trace = DatabaseTrace {
        server: format!("SQLite {}", rusqlite::version()),
        probes: asked.len() as u64,
        probes_unfit: unfit,
        ..DatabaseTrace::default()
    };
    for script in &wanted.head {
        let steps = run(&connection, script);
        let failed = steps.iter().any(|step| step.error.is_some());
        let fails = |probe: &&Probe| ask(&connection, probe).map(|error| broken(probe, error));
        // What a failed script did has been taken back.
        let broken = if failed { Vec::new() } else { asked.iter().filter_map(fails).collect() };
        in_time(limit)?;
        let path = script.path.clone();
        trace.scripts.push(ScriptTrace { path, steps, broken, undo: None });
        if failed {
            break;
        }
    }
    Ok(trace)
}

/// A database in memory, from which no statement reaches a file.
fn open(limit: Limit<'_>) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => Authorization::Deny,
        AuthAction::Pragma { pragma_name, .. }
            if pragma_name.eq_ignore_ascii_case("temp_store_directory")
                || pragma_name.eq_ignore_ascii_case("data_store_directory") =>
        {
            Authorization::Deny
        }
        _ => Authorization::Allow,
    }))?;
    let (cancel, until) = (limit.cancel.clone(), limit.until);
    let is_over = move || cancel.is_requested() || until.is_some_and(|it| Instant::now() >= it);
    connection.progress_handler(INSTRUCTIONS, Some(is_over))?;
    Ok(connection)
}

fn in_time(limit: Limit<'_>) -> Result<(), BaseError> {
    if limit.cancel.is_requested() {
        return Err(BaseError::Refused(Refusal::Cancelled));
    }
    match limit.until.is_some_and(|until| Instant::now() >= until) {
        true => Err(BaseError::Refused(Refusal::TimedOut)),
        false => Ok(()),
    }
}

/// The statements of a script, up to the one that fails.
fn run(connection: &Connection, script: &DatabaseScript) -> Vec<StepTrace> {
    let mut steps: Vec<StepTrace> = Vec::new();
    let mut say = |text: &str| {
        let error = connection.execute_batch(text).err().map(told);
        let failed = error.is_some();
        steps.push(StepTrace { error, ..StepTrace::default() });
        !failed
    };
    if script.transaction {
        // Where a pragma would do nothing in it, neither does it there.
        _ = connection.execute_batch("BEGIN");
    }
    let is_done = script.statements.iter().all(|statement| say(statement));
    let is_open = !connection.is_autocommit();
    if is_open
        && is_done
        && let Some(error) = connection.execute_batch("COMMIT").err().map(told)
        && let Some(last) = steps.last_mut()
    {
        last.error = Some(error);
    }
    if !connection.is_autocommit() {
        _ = connection.execute_batch("ROLLBACK");
    }
    steps
}

/// Why a probe fails. One with parameters is only prepared, which asks for
/// tables, columns and what ON CONFLICT names.
fn ask(connection: &Connection, probe: &Probe) -> Option<DatabaseError> {
    let answer = || -> rusqlite::Result<()> {
        let mut statement = connection.prepare(probe.sql.trim().trim_end_matches(';'))?;
        if statement.parameter_count() > 0 {
            return Ok(());
        }
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        Ok(())
    };
    connection.execute_batch("SAVEPOINT gate_runner").ok()?;
    let error = answer().err().map(told);
    _ = connection.execute_batch("ROLLBACK TO gate_runner; RELEASE gate_runner");
    error
}

fn told(error: rusqlite::Error) -> DatabaseError {
    let code = error.sqlite_error().map_or(0, |it| it.extended_code);
    let message = error.to_string();
    let message = message.lines().next().unwrap_or_default().to_owned();
    DatabaseError { code: format!("sqlite {code}"), message }
}

fn broken(probe: &Probe, error: DatabaseError) -> BrokenProbe {
    BrokenProbe { name: probe.name.clone(), sql: probe.sql.clone(), error }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use kernel::DatabaseServer;

    use super::*;
    use crate::exec::Cancel;

    const BASE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT NOT NULL);\
                        CREATE UNIQUE INDEX t_a ON t (a); INSERT INTO t (a, b) VALUES ('x', 'y');";

    const PROBES: [&str; 5] = [
        "SELECT id, a, b FROM t",
        "INSERT INTO t (a, b) VALUES ('z', 'z')",
        "INSERT INTO t (a, b) VALUES (?1, ?2) ON CONFLICT (a) DO UPDATE SET b = excluded.b",
        "UPDATE t SET a = NULL WHERE id = 1",
        "SELECT nothing FROM nowhere",
    ];

    fn script(path: &str, statements: &[&str]) -> DatabaseScript {
        let statements = statements.iter().map(|it| (*it).to_owned()).collect();
        DatabaseScript { path: path.into(), transaction: true, statements, undo: None }
    }

    fn traced(new: &[&str]) -> DatabaseTrace {
        let wanted = DatabaseRequest {
            dialect: "sqlite".to_owned(),
            version: 0,
            server: DatabaseServer::Auto,
            roles: Vec::new(),
            asked_as: None,
            base: vec![script("1.sql", &[BASE])],
            head: vec![script("2.sql", new)],
            probes: PROBES
                .iter()
                .map(|sql| Probe { name: (*sql).to_owned(), sql: (*sql).to_owned() })
                .collect(),
        };
        let cancel = Cancel::new();
        trace(&wanted, Limit { cancel: &cancel, until: None }).unwrap_or_else(|_| panic!("no base"))
    }

    fn broken_by(new: &[&str]) -> Vec<usize> {
        let trace = traced(new);
        let steps = &trace.scripts[0].steps;
        assert!(steps.iter().all(|step| step.error.is_none()), "{steps:?}");
        let place = |it: &BrokenProbe| PROBES.iter().position(|sql| **sql == it.sql).unwrap();
        trace.scripts[0].broken.iter().map(place).collect()
    }

    #[test]
    fn what_breaks_the_release_before_is_named() {
        assert!(broken_by(&["ALTER TABLE t ADD COLUMN c TEXT"]).is_empty());
        assert_eq!(broken_by(&["ALTER TABLE t RENAME COLUMN b TO c"]), [0, 1, 2]);
        assert_eq!(broken_by(&["ALTER TABLE t DROP COLUMN b"]), [0, 1, 2]);
        assert_eq!(broken_by(&["DROP INDEX t_a"]), [2], "what ON CONFLICT names");
        assert_eq!(broken_by(&["DROP TABLE t"]), [0, 1, 2, 3]);
        assert_eq!(
            broken_by(&[
                "CREATE TRIGGER g BEFORE INSERT ON t BEGIN SELECT raise(ABORT, 'no'); END"
            ]),
            [1]
        );
    }

    #[test]
    fn a_table_made_anew_is_judged_by_what_it_is_then() {
        let anew = |columns: &str, select: &str| {
            let create = format!("CREATE TABLE n ({columns})");
            let fill = format!("INSERT INTO n SELECT {select} FROM t");
            let index = "CREATE UNIQUE INDEX t_a ON t (a)";
            broken_by(&[&create, &fill, "DROP TABLE t", "ALTER TABLE n RENAME TO t", index])
        };
        let same = "id INTEGER PRIMARY KEY, a TEXT, b TEXT NOT NULL";
        assert!(anew(same, "id, a, b").is_empty());
        assert_eq!(anew("id INTEGER PRIMARY KEY, a TEXT", "id, a"), [0, 1, 2]);
        let tighter = "id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL";
        assert_eq!(anew(tighter, "id, a, b"), [3]);
    }

    #[test]
    fn what_fails_is_told_and_no_file_is_reached() {
        let trace = traced(&["SELECT 1", "ALTER TABLE nowhere ADD COLUMN c"]);
        assert!(trace.server.starts_with("SQLite 3."));
        assert_eq!((trace.probes, trace.probes_unfit.len()), (4, 1));
        let errors = |trace: &DatabaseTrace| -> Vec<bool> {
            trace.scripts[0].steps.iter().map(|step| step.error.is_some()).collect()
        };
        assert_eq!(errors(&trace), [false, true]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.db");
        for text in ["ATTACH '{}' AS x", "VACUUM INTO '{}'"] {
            let text = text.replace("{}", file.to_str().unwrap());
            assert_eq!(errors(&traced(&["COMMIT", &text])), [false, true], "{text}");
            assert!(!file.exists());
        }
    }

    #[test]
    fn what_has_no_end_is_ended() {
        let connection = {
            let cancel = Cancel::new();
            open(Limit {
                cancel: &cancel,
                until: Instant::now().checked_add(std::time::Duration::from_millis(50)),
            })
            .unwrap()
        };
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        assert!(connection.execute_batch(endless).is_err());
    }
}
