//! A database session as evidence: what is to be run, and what was seen.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// A session: scripts in order, each statement judged by its effect.
#[derive(Clone, Debug)]
pub struct DatabaseRequest {
    /// `postgres` or `sqlite`.
    pub dialect: String,
    /// The major version that is asked for; where it is not to be had, another
    /// one's, and the trace says which.
    pub version: u32,
    /// Where it runs.
    pub server: DatabaseServer,
    /// Roles that exist before the first script.
    pub roles: Vec<String>,
    /// The role that probes are asked as; none is the scripts' own.
    pub asked_as: Option<String>,
    /// Scripts that lead to the schema of the release before.
    pub base: Vec<DatabaseScript>,
    /// What the change adds.
    pub head: Vec<DatabaseScript>,
    /// What the release before asks.
    pub probes: Vec<Probe>,
}

/// Where a session runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DatabaseServer {
    /// On a server of its own where one is installed, else on the one that the
    /// environment names.
    #[default]
    Auto,
    /// On a server that is started for it and removed again.
    Local,
    /// On the one of `DATABASE_URL` or `PGHOST`, in a database of its own.
    Environment,
}

/// A file of statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseScript {
    /// Where it stands in the tree.
    pub path: Utf8PathBuf,
    /// Whether they run in one transaction.
    pub transaction: bool,
    /// In their order. A base script may be a single text of all.
    pub statements: Vec<String>,
    /// The script that undoes it.
    pub undo: Option<Box<DatabaseScript>>,
}

/// A statement of the release before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// How a person finds it.
    pub name: String,
    /// Its text; `$1` are parameters.
    pub sql: String,
}

/// What a session showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseTrace {
    /// What the server calls itself, e.g. `PostgreSQL 15.18`.
    pub server: String,
    /// The catalog before the change.
    pub before: Vec<CatalogEntry>,
    /// Tables that hold rows before the change, by [`CatalogEntry::id`].
    pub filled: Vec<String>,
    /// The scripts of the change, as far as they ran.
    pub scripts: Vec<ScriptTrace>,
    /// Probes that were asked before and after.
    pub probes: u64,
    /// Probes that failed before the change: they show nothing.
    pub probes_unfit: Vec<BrokenProbe>,
}

/// An object of a catalog, in words that any server's could be told in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogEntry {
    /// `table`, `column`, `index`, `constraint`, ….
    pub class: String,
    /// What stays while the object is renamed, unique within its class.
    pub id: String,
    /// Its schema.
    pub schema: String,
    /// The id of the relation or type that it is a part of; empty for none.
    pub of: String,
    /// Its name; a function's with its arguments' types.
    pub name: String,
    /// Everything else, e.g. `type` of a column.
    pub facts: BTreeMap<String, String>,
}

/// An object that is another than before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogChange {
    /// None where it is new.
    pub before: Option<CatalogEntry>,
    /// None where it is gone.
    pub after: Option<CatalogEntry>,
}

/// How one script went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScriptTrace {
    /// [`DatabaseScript::path`].
    pub path: Utf8PathBuf,
    /// Its statements, up to the one that failed.
    pub steps: Vec<StepTrace>,
    /// Probes that failed after it and not before.
    pub broken: Vec<BrokenProbe>,
    /// How undoing it went, where it says how.
    pub undo: Option<UndoTrace>,
}

/// What one statement did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepTrace {
    /// Why it failed.
    pub error: Option<DatabaseError>,
    /// It ran outside of any transaction, as it must.
    pub alone: bool,
    /// It ran only once the rows were taken away that had been made up.
    pub without_rows: bool,
    /// Locks that it took and the statements before it had not.
    pub locks: Vec<Lock>,
    /// Tables that it read row by row.
    pub scans: Vec<Scan>,
    /// Tables that hold no row any more.
    pub emptied: Vec<String>,
    /// What it changed in the catalog.
    pub changes: Vec<CatalogChange>,
}

/// A lock on a table or index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lock {
    /// [`CatalogEntry::id`].
    pub id: String,
    /// As the server names it.
    pub mode: String,
}

/// Rows that were read one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scan {
    /// [`CatalogEntry::id`].
    pub id: String,
    /// How many.
    pub rows: u64,
}

/// What a server says of a statement that it will not run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseError {
    /// SQLSTATE.
    pub code: String,
    /// One line.
    pub message: String,
}

/// A probe that does not get what it got.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrokenProbe {
    /// [`Probe::name`].
    pub name: String,
    /// [`Probe::sql`].
    pub sql: String,
    /// What it gets now.
    pub error: DatabaseError,
}

/// How undoing a script and running it again went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UndoTrace {
    /// Why undoing failed.
    pub error: Option<DatabaseError>,
    /// What is other than before the script, in words.
    pub left: Vec<String>,
    /// Why it could not be run once more.
    pub again: Option<DatabaseError>,
}
