//! Which files of a folder are migrations, in which order they run, and
//! whether each runs in a transaction: a file for each framework.

mod detect;
mod diesel;
mod golang_migrate;
mod plain;
mod sqlx;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{ConfigError, Entry, Globs, Tree};

use crate::postgres::Script;
use crate::settings::Source;

pub(crate) use detect::detect;

/// A framework whose folders can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framework {
    Plain,
    Sqlx,
    GolangMigrate,
    Diesel,
}

/// Those that are known and cannot be read yet.
const LATER: [&str; 11] = [
    "psql",
    "goose",
    "dbmate",
    "flyway",
    "refinery",
    "tern",
    "prisma",
    "drizzle",
    "atlas",
    "liquibase-sql",
    "supabase",
];

impl Framework {
    pub(crate) const ALL: [Framework; 4] =
        [Framework::Plain, Framework::Sqlx, Framework::GolangMigrate, Framework::Diesel];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Framework::Plain => "plain",
            Framework::Sqlx => "sqlx",
            Framework::GolangMigrate => "golang-migrate",
            Framework::Diesel => "diesel",
        }
    }

    /// Whether it refuses to run when a file that has run has changed by as
    /// much as a comment.
    pub(crate) fn keeps_checksums(self) -> bool {
        self == Framework::Sqlx
    }

    /// The one that ci.toml names; none for `auto`.
    pub(crate) fn named(name: &str) -> Result<Option<Framework>, ConfigError> {
        if name == "auto" {
            return Ok(None);
        }
        if let Some(known) = Framework::ALL.into_iter().find(|it| it.as_str() == name) {
            return Ok(Some(known));
        }
        let supported = Framework::ALL.map(Framework::as_str).join(", ");
        let message = match LATER.contains(&name) {
            true => format!("framework '{name}' is not supported yet"),
            false => format!("framework '{name}' is not known"),
        };
        Err(ConfigError::new(message).hint(format!("supported are auto, {supported}")))
    }

    /// The version that `shipped_through` names.
    pub(crate) fn version(self, text: &str) -> Version {
        match self {
            Framework::Diesel => diesel::version(text),
            _ => Version::leading(text).unwrap_or_else(|| Version::Name(text.to_owned())),
        }
    }

    fn slot(self, inside: &Utf8Path) -> Option<Slot> {
        match self {
            Framework::Plain => plain::slot(inside),
            Framework::Sqlx => sqlx::slot(inside),
            Framework::GolangMigrate => golang_migrate::slot(inside),
            Framework::Diesel => diesel::slot(inside),
        }
    }

    /// Whether the file's statements run in one transaction.
    pub(crate) fn transaction(
        self,
        file: &Migration,
        text: &str,
        script: &Script,
        source: &Source,
        tree: &Tree,
    ) -> bool {
        match self {
            Framework::Plain => plain::transaction(text, script, source),
            Framework::Sqlx => sqlx::transaction(text),
            Framework::GolangMigrate => golang_migrate::transaction(script),
            Framework::Diesel => diesel::transaction(file, tree),
        }
    }
}

/// What a path says about a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) version: Version,
    /// Undoes another: never part of a release.
    pub(crate) is_down: bool,
}

/// A version: compared as a number where it is one, and `2` equals `0002`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    Number(u128),
    Name(String),
}

impl Version {
    /// From the digits at the start of `text`.
    pub(crate) fn leading(text: &str) -> Option<Version> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        text.get(..digits)?.parse().ok().map(Version::Number)
    }
}

/// A file that is a migration.
#[derive(Clone, Debug)]
pub(crate) struct Migration {
    pub(crate) entry: Entry,
    pub(crate) slot: Slot,
}

impl Migration {
    pub(crate) fn path(&self) -> &Utf8Path {
        &self.entry.path
    }
}

/// What a folder holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder {
    /// In the order in which they run.
    pub(crate) ups: Vec<Migration>,
    pub(crate) downs: Vec<Migration>,
    /// SQL files that the framework does not run.
    pub(crate) others: u64,
}

/// A file's name without `.sql`, in whichever case that is written.
fn stem(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    extension.eq_ignore_ascii_case("sql").then_some(stem)
}

/// The SQL files of `dir`, whatever they are to a framework.
pub(crate) fn sql_entries(dir: &str, tree: &Tree) -> Vec<Entry> {
    sql_files(dir, tree).into_iter().map(|(entry, _)| entry).collect()
}

/// The SQL files of `dir`, relative to it.
fn sql_files(dir: &str, tree: &Tree) -> Vec<(Entry, Utf8PathBuf)> {
    let dir = dir.trim_end_matches('/');
    let pattern = if dir == "." { "**".to_owned() } else { format!("{dir}/**") };
    let Ok(globs) = Globs::new([pattern]) else { return Vec::new() };
    let inside = |entry: Entry| {
        let path =
            if dir == "." { Some(entry.path.as_path()) } else { entry.path.strip_prefix(dir).ok() };
        let path = path?.to_owned();
        Some((entry, path))
    };
    // What a runner does with `0002_B.SQL` is for its layout to say: to be
    // asked, the file has to be seen.
    let is_sql = |entry: &Entry| entry.path.file_name().is_some_and(|name| stem(name).is_some());
    tree.list(&globs).into_iter().filter(is_sql).filter_map(inside).collect()
}

/// Reads the folder of a source as `framework` does.
pub(crate) fn folder(framework: Framework, dir: &str, tree: &Tree) -> Folder {
    let mut folder = Folder::default();
    for (entry, inside) in sql_files(dir, tree) {
        match framework.slot(&inside) {
            None => folder.others += 1,
            Some(slot) if slot.is_down => folder.downs.push(Migration { entry, slot }),
            Some(slot) => folder.ups.push(Migration { entry, slot }),
        }
    }
    let key = |it: &Migration| (it.slot.version.clone(), it.entry.path.clone());
    folder.ups.sort_by_key(key);
    folder.downs.sort_by_key(key);
    folder
}
