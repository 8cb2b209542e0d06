//! The scripts of a request, run one statement after the other, each looked at
//! while its transaction is still open.

use std::collections::BTreeSet;

use kernel::{
    DatabaseError, DatabaseRequest, DatabaseScript, DatabaseTrace, ScriptTrace, StepTrace,
};

use super::observe::{self, Catalog, Effort, quoted};
use super::probe::{self, Asked};
use super::undo;
use super::wire::{Connection, Refusal};

const ROWS: &str = include_str!("rows.sql");

/// Takes away the rows that were made up.
const WITHOUT_ROWS: &str = "\
set local session_replication_role = replica; \
do $$ declare it oid; begin \
  for it in select relation from gate_runner.made_up where relation in (select oid from pg_class) loop \
    execute 'delete from ' || it::regclass; \
  end loop; end $$; \
set local session_replication_role = default";

/// A base that cannot be had: the script's fault, or the server's.
pub(super) enum BaseError {
    /// This script will not run here.
    Script(String),
    /// No answer.
    Refused(Refusal),
}

/// Leads the database to the schema of the release before, with a row in each
/// table.
pub(super) fn base(
    connection: &mut Connection<'_>,
    request: &DatabaseRequest,
) -> Result<(), BaseError> {
    for role in request.roles.iter().chain(&request.asked_as) {
        let text = role.replace('\'', "''");
        let known = format!("select 1 from pg_catalog.pg_roles where rolname = '{text}'");
        if connection.rows(&known).map_err(BaseError::Refused)?.is_empty() {
            let create = format!("create role {} login", quoted(role));
            connection.run(&create).map_err(BaseError::Refused)?;
        }
    }
    for script in &request.base {
        let run = |connection: &mut Connection<'_>| -> Result<(), Refusal> {
            if script.transaction {
                connection.run("begin")?;
            }
            for statement in &script.statements {
                connection.run(statement)?;
            }
            if connection.is_in_transaction() {
                connection.run("commit")?;
            }
            connection.run("discard all")
        };
        match run(connection) {
            Ok(()) => {}
            Err(Refusal::Server(error)) => {
                let message = format!("'{}' does not run: {}", script.path, error.message);
                return Err(BaseError::Script(message));
            }
            Err(other) => return Err(BaseError::Refused(other)),
        }
    }
    connection.run(ROWS).map_err(BaseError::Refused)
}

/// Runs what the change adds.
pub(super) fn head(
    connection: &mut Connection<'_>,
    request: &DatabaseRequest,
) -> Result<DatabaseTrace, Refusal> {
    let version = connection.rows("show server_version")?;
    let version = version.into_iter().flatten().flatten().next().unwrap_or_default();
    let mut catalog = observe::catalog(connection)?;
    let tables = catalog.keys().filter(|(class, _)| class == "table");
    let tables: Vec<&str> = tables.map(|(_, id)| id.as_str()).collect();
    let mut filled = observe::filled(connection, &catalog, tables.into_iter())?;
    let role = request.asked_as.as_deref();
    let (asked, unfit) = probe::before(connection, role, &request.probes)?;
    let mut trace = DatabaseTrace {
        server: format!("PostgreSQL {}", version.split(' ').next().unwrap_or_default()),
        before: observe::entries(&catalog),
        filled: filled.iter().cloned().collect(),
        probes: asked.len() as u64,
        probes_unfit: unfit,
        ..DatabaseTrace::default()
    };
    let mut starts = Vec::new();
    for script in &request.head {
        starts.push(catalog.clone());
        let mut walk = Walk { connection, catalog, filled };
        let steps = walk.script(script)?;
        (catalog, filled) = (walk.catalog, walk.filled);
        let failed = steps.iter().any(|step| step.error.is_some());
        // Those who ask have sessions of their own.
        connection.run("discard all")?;
        let broken = broken(connection, role, &asked, &steps)?;
        let path = script.path.clone();
        trace.scripts.push(ScriptTrace { path, steps, broken, undo: None });
        if failed {
            return Ok(trace);
        }
    }
    undo::all(connection, request, &starts, &mut trace)?;
    Ok(trace)
}

fn broken(
    connection: &mut Connection<'_>,
    role: Option<&str>,
    asked: &[Asked<'_>],
    steps: &[StepTrace],
) -> Result<Vec<kernel::BrokenProbe>, Refusal> {
    let touched = |step: &StepTrace| {
        !step.changes.is_empty() || !step.emptied.is_empty() || !step.locks.is_empty()
    };
    if !steps.iter().any(touched) {
        return Ok(Vec::new());
    }
    // What a failed script did has been taken back.
    if steps.iter().any(|step| step.error.is_some()) {
        return Ok(Vec::new());
    }
    probe::after(connection, role, asked)
}

/// One script being run.
struct Walk<'a, 'b> {
    connection: &'a mut Connection<'b>,
    catalog: Catalog,
    filled: BTreeSet<String>,
}

impl Walk<'_, '_> {
    fn script(&mut self, script: &DatabaseScript) -> Result<Vec<StepTrace>, Refusal> {
        let before = (self.catalog.clone(), self.filled.clone());
        let mut steps: Vec<StepTrace> = Vec::new();
        let mut effort = Effort::default();
        if script.transaction {
            self.connection.run("begin")?;
        }
        for statement in &script.statements {
            let alone = !self.connection.is_in_transaction();
            if alone {
                effort = Effort::default();
            }
            let step = match alone && !is_transaction_control(statement) {
                true => self.alone(statement, &mut effort)?,
                false => self.step(statement, &mut effort)?,
            };
            let failed = step.error.is_some();
            steps.push(step);
            if failed {
                self.roll_back()?;
                if script.transaction {
                    (self.catalog, self.filled) = before;
                }
                return Ok(steps);
            }
        }
        if self.connection.is_in_transaction()
            && let Some(error) = refused(self.connection.run("commit"))?
        {
            (self.catalog, self.filled) = before;
            if let Some(last) = steps.last_mut() {
                last.error = Some(error);
            }
            self.roll_back()?;
        }
        Ok(steps)
    }

    fn roll_back(&mut self) -> Result<(), Refusal> {
        match self.connection.is_idle() {
            true => Ok(()),
            false => self.connection.run("rollback"),
        }
    }

    /// A statement that is a transaction of its own. That it takes its locks
    /// can only be seen before it ends, so one is opened around it, except
    /// around those that refuse one.
    fn alone(&mut self, statement: &str, effort: &mut Effort) -> Result<StepTrace, Refusal> {
        const ACTIVE_TRANSACTION: &str = "25001";
        self.connection.run("begin")?;
        let mut step = self.step(statement, effort)?;
        if step.error.is_none() {
            step.error = refused(self.connection.run("commit"))?;
        }
        self.roll_back()?;
        if step.error.as_ref().is_some_and(|error| error.code == ACTIVE_TRANSACTION) {
            let error = refused(self.connection.run(statement))?;
            step = StepTrace { error, alone: true, ..self.looked_at(&mut Effort::default())? };
        }
        Ok(step)
    }

    fn step(&mut self, statement: &str, effort: &mut Effort) -> Result<StepTrace, Refusal> {
        let nest = self.connection.is_in_transaction() && !is_transaction_control(statement);
        if nest {
            self.connection.run("savepoint gate_runner_step")?;
        }
        let mut without_rows = false;
        let mut error = refused(self.connection.run(statement))?;
        // 22 and 23: a value or a row that does not fit. It may be one that
        // was made up.
        if nest && error.as_ref().is_some_and(is_about_rows) {
            self.connection.run("rollback to gate_runner_step")?;
            let cleared = refused(self.connection.run(WITHOUT_ROWS))?.is_none();
            if cleared && refused(self.connection.run(statement))?.is_none() {
                (error, without_rows) = (None, true);
            }
        }
        if error.is_some() {
            return Ok(StepTrace { error, ..StepTrace::default() });
        }
        if nest {
            self.connection.run("release gate_runner_step")?;
        }
        Ok(StepTrace { without_rows, ..self.looked_at(effort)? })
    }

    /// What is other than before the statement that ran last.
    fn looked_at(&mut self, effort: &mut Effort) -> Result<StepTrace, Refusal> {
        let (locks, scans) = match self.connection.is_in_transaction() {
            true => effort.more(self.connection)?,
            false => Default::default(),
        };
        let catalog = observe::catalog(self.connection)?;
        let changes = observe::changes(&self.catalog, &catalog);
        self.catalog = catalog;
        let held = |id: &&String| locks.iter().any(|lock| lock.id == **id);
        let suspects: Vec<String> = self.filled.iter().filter(held).cloned().collect();
        let ids = suspects.iter().map(String::as_str);
        let left = observe::filled(self.connection, &self.catalog, ids)?;
        let exists = |id: &String| self.catalog.contains_key(&("table".to_owned(), id.clone()));
        let gone: Vec<String> = suspects.into_iter().filter(|id| !left.contains(id)).collect();
        self.filled.retain(|id| !gone.contains(id));
        let emptied = gone.into_iter().filter(exists).collect();
        Ok(StepTrace { locks, scans, emptied, changes, ..StepTrace::default() })
    }
}

/// Runs a script for what it does: the error that ended it.
pub(super) fn apply(
    connection: &mut Connection<'_>,
    script: &DatabaseScript,
) -> Result<Option<DatabaseError>, Refusal> {
    if script.transaction {
        connection.run("begin")?;
    }
    let mut error = None;
    for statement in &script.statements {
        error = refused(connection.run(statement))?;
        if error.is_some() {
            break;
        }
    }
    if error.is_none() && connection.is_in_transaction() {
        error = refused(connection.run("commit"))?;
    }
    if !connection.is_idle() {
        connection.run("rollback")?;
    }
    connection.run("discard all")?;
    Ok(error)
}

/// The server's own refusal as a value; every other one ends the session.
fn refused(answer: Result<(), Refusal>) -> Result<Option<DatabaseError>, Refusal> {
    match answer {
        Ok(()) => Ok(None),
        Err(Refusal::Server(error)) => Ok(Some(error)),
        Err(other) => Err(other),
    }
}

fn is_about_rows(error: &DatabaseError) -> bool {
    error.code.starts_with("22") || error.code.starts_with("23")
}

/// `BEGIN`, `COMMIT` and the like, which no savepoint may stand around.
fn is_transaction_control(statement: &str) -> bool {
    const WORDS: [&str; 9] =
        ["begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare"];
    let word: String =
        statement.trim_start().chars().take_while(|c| c.is_ascii_alphabetic()).collect();
    WORDS.iter().any(|it| word.eq_ignore_ascii_case(it))
}
