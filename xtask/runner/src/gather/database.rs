//! A database session's trace: migrations run, each statement looked at.
//!
//! ```text
//! DatabaseRequest ─ server ─ base ─ head ─ DatabaseTrace
//!    local.rs      installed, copied from a kept data folder, stopped, removed
//!    sqlite.rs     SQLite in memory, where that was built in
//!    address.rs    or the one that the environment names, in a database of its own
//! ```

mod address;
#[cfg(all(test, unix, feature = "migration-gate"))]
mod cases;
#[cfg(unix)]
mod installed;
#[cfg(unix)]
mod local;
mod observe;
mod probe;
mod session;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(all(test, unix))]
mod tests;
mod undo;
mod wire;

use std::time::{Duration, Instant};

use camino::Utf8Path;
use kernel::{DatabaseRequest, DatabaseServer, DatabaseTrace, ErrorKind, GateError, Reply};

use crate::exec::Cancel;
use address::Address;
use observe::quoted;
use session::BaseError;
use wire::{Connection, Limit, Refusal};

/// Runs what is asked for; `state` is the folder in which data folders are kept.
///
/// # Errors
/// The run was interrupted or its time was up. That no server is to be had is a
/// reply.
pub fn reply(
    state: Option<&Utf8Path>,
    wanted: &DatabaseRequest,
    timeout: Duration,
    cancel: &Cancel,
) -> Result<Reply, GateError> {
    let limit = Limit { cancel, until: Instant::now().checked_add(timeout) };
    let failed = |refusal: Refusal| match refusal {
        Refusal::Cancelled => {
            Err(GateError::new(ErrorKind::Interrupted, "interrupted", "the run was interrupted"))
        }
        Refusal::TimedOut => Err(GateError::new(
            ErrorKind::TimedOut,
            "timed-out",
            "the time limit passed while the migrations ran",
        )),
        other => Ok(Reply::Database(Err(other.to_string()))),
    };
    match trace(state, wanted, limit) {
        Ok(trace) => Ok(Reply::Database(Ok(Box::new(trace)))),
        Err(BaseError::Script(reason)) => Ok(Reply::Database(Err(reason))),
        Err(BaseError::Refused(refusal)) => failed(refusal),
    }
}

impl From<Refusal> for BaseError {
    fn from(refusal: Refusal) -> BaseError {
        BaseError::Refused(refusal)
    }
}

fn trace(
    state: Option<&Utf8Path>,
    wanted: &DatabaseRequest,
    limit: Limit<'_>,
) -> Result<DatabaseTrace, BaseError> {
    if wanted.dialect == "sqlite" {
        return in_memory(wanted, limit);
    }
    let named = || {
        let variable = |name: &str| std::env::var(name).ok();
        address::from_environment(&variable).map(|address| address.map_err(BaseError::Script))
    };
    let none = |reason: &str| {
        BaseError::Script(format!(
            "{reason}: install one (Debian: apt-get install postgresql), or set DATABASE_URL to a \
             scratch server"
        ))
    };
    match wanted.server {
        DatabaseServer::Environment => match named() {
            Some(address) => elsewhere(&address?, wanted, limit),
            None => Err(BaseError::Script(
                "server is 'environment', and neither DATABASE_URL nor PGHOST is set".to_owned(),
            )),
        },
        server => match (here(state, wanted, limit), server) {
            (Some(trace), _) => trace,
            (None, DatabaseServer::Local) => Err(none("no PostgreSQL server is installed here")),
            (None, _) => match named() {
                Some(address) => elsewhere(&address?, wanted, limit),
                None => Err(none(
                    "no PostgreSQL server is installed here, and neither DATABASE_URL nor PGHOST \
                     names one",
                )),
            },
        },
    }
}

#[cfg(feature = "sqlite")]
fn in_memory(wanted: &DatabaseRequest, limit: Limit<'_>) -> Result<DatabaseTrace, BaseError> {
    sqlite::trace(wanted, limit)
}

#[cfg(not(feature = "sqlite"))]
fn in_memory(_: &DatabaseRequest, _: Limit<'_>) -> Result<DatabaseTrace, BaseError> {
    Err(BaseError::Script(
        "this program was built without SQLite: build it with the feature 'sqlite' of gate-runner"
            .to_owned(),
    ))
}

/// On a server of our own; none where none is installed.
#[cfg(unix)]
fn here(
    state: Option<&Utf8Path>,
    wanted: &DatabaseRequest,
    limit: Limit<'_>,
) -> Option<Result<DatabaseTrace, BaseError>> {
    let installed = installed::nearest(wanted.version, limit.cancel)?;
    let run = || {
        let user = installed::User::fit().map_err(BaseError::Script)?;
        let kept = state.and_then(|state| kept(&state.join("database"), &user));
        let local = local::Local { installed: &installed, user: &user, kept, limit };
        let name = name(&installed.version, wanted);
        let server = local.server(&name, &mut |address| {
            let mut connection = Connection::open(address, &address.database, limit)?;
            session::base(&mut connection, wanted)
        })?;
        let address = &server.address;
        let mut connection = Connection::open(address, &address.database, limit)?;
        Ok(session::head(&mut connection, wanted)?)
    };
    Some(run())
}

#[cfg(not(unix))]
fn here(
    _: Option<&Utf8Path>,
    _: &DatabaseRequest,
    _: Limit<'_>,
) -> Option<Result<DatabaseTrace, BaseError>> {
    None
}

/// The folder in which data folders are kept, if the server's user can reach it.
#[cfg(unix)]
fn kept(folder: &Utf8Path, user: &installed::User) -> Option<camino::Utf8PathBuf> {
    if !user.can_reach(folder) {
        return None;
    }
    std::fs::create_dir_all(folder).ok()?;
    user.take(folder.as_std_path()).ok()?;
    Some(folder.to_owned())
}

/// A name for a data folder that has the base in it: another one as soon as
/// anything is that it was made from.
#[cfg(unix)]
fn name(version: &str, wanted: &DatabaseRequest) -> String {
    /// Another number where the rows that are made up are other ones.
    const FORM: u32 = 1;
    let made_of =
        format!("{FORM} {version} {:?} {:?} {:?}", wanted.roles, wanted.asked_as, wanted.base);
    crate::receipt::sha256(made_of.as_bytes()).chars().take(24).collect()
}

/// On a server that somebody else runs, in a database of our own that is
/// dropped again.
fn elsewhere(
    address: &Address,
    wanted: &DatabaseRequest,
    limit: Limit<'_>,
) -> Result<DatabaseTrace, BaseError> {
    let mut home = Connection::open(address, &address.database, limit)?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let name = format!("gate_runner_{}_{}", std::process::id(), now.unwrap_or_default().as_nanos());
    home.run(&format!("create database {}", quoted(&name)))?;
    let run = || {
        let mut connection = Connection::open(address, &name, limit)?;
        session::base(&mut connection, wanted)?;
        Ok(session::head(&mut connection, wanted)?)
    };
    let trace = run();
    // Also after an interrupt, which ends every connection that heeds it.
    let cleanup = limit.cancel.for_cleanup();
    let until = Instant::now().checked_add(Duration::from_secs(10));
    let limit = Limit { cancel: &cleanup, until };
    let dropped = Connection::open(address, &address.database, limit)
        .and_then(|mut home| home.run(&format!("drop database {} with (force)", quoted(&name))));
    dropped.map_err(|error| {
        BaseError::Script(format!("the database '{name}' could not be dropped again: {error}"))
    })?;
    trace
}
