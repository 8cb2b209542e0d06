//! Which files of a folder are migrations, in which order they run, which part
//! of each runs, and whether that is one transaction: a file for each framework.
//!
//! ```text
//! Tree ─ folder ─ Migration ─ sections ─ Section (up, down, a changeset)
//! ```

mod alembic;
mod atlas;
mod atlas_sum;
mod changelog;
mod code;
mod dbmate;
mod detect;
mod diesel;
mod django;
mod drizzle;
mod evidence;
mod flyway;
mod golang_migrate;
mod goose;
mod include;
mod liquibase;
mod migration;
mod plain;
mod prisma;
mod psql;
mod refinery;
mod section;
mod semicolon;
mod sql_migrate;
mod sqlx;
mod supabase;
mod tern;
mod version;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{ConfigError, Entry, Globs, Tree};

use crate::ops::{Change, Statement, What};
use crate::postgres::Script;
use crate::settings::{Dialect, Source};

pub(crate) use alembic::revision;
pub(crate) use changelog::{Properties, runs_in};
pub(crate) use detect::{detect, detect_program, is_deep};
pub(crate) use include::{Expanded, expand};
pub(crate) use migration::{Folder, Migration, Role, Slot};
pub(crate) use section::Section;
pub(crate) use version::Version;

/// What is known of a framework, in a file of its own each.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    /// As ci.toml names it.
    pub(crate) name: &'static str,
    /// What a path inside of the folder says; none where it is not run.
    slot: fn(&Utf8Path) -> Option<Slot>,
    /// Why it refuses to run, or where it runs what is not read here, by a path
    /// that `slot` does not know.
    refuses: fn(&Utf8Path) -> Option<&'static str>,
    /// What of a file's text runs.
    sections: fn(&str) -> Vec<Section>,
    /// Where a file brings in others.
    brings: fn(&str) -> Vec<include::Bring>,
    /// A file that is no SQL, as the SQL that is run of it.
    written: fn(&str, &Utf8Path, &Tree, &Given<'_>) -> Option<Expanded>,
    /// What no single file tells: a journal's order, say.
    arrange: fn(&mut Folder, &Path<'_>),
    /// Whether a section's statements run in one transaction.
    transaction: fn(&Running<'_>) -> bool,
    /// The version that `shipped_through` names; none where versions have no
    /// order.
    version: fn(&str) -> Option<Version>,
    /// Whether it refuses to run when a file that has run has changed by as
    /// much as a comment.
    pub(crate) keeps_checksums: bool,
    /// Whether a file holds several migrations.
    pub(crate) is_shared: bool,
    /// Whether all that is pending runs in one transaction.
    pub(crate) is_joined: bool,
    /// Whether its files are programs, and a command prints what they run.
    pub(crate) is_program: bool,
    /// Whether files run in the order of their names, which is not that of
    /// their versions where these are not equally long.
    pub(crate) is_by_name: bool,
    /// Whether it refuses to run where a number is left out.
    pub(crate) has_no_gaps: bool,
    /// What keeps a statement out of a transaction.
    pub(crate) outside: &'static str,
    /// Makes the table in which it notes what has run, where migrations name that.
    pub(crate) own_table: Option<&'static str>,
}

/// A framework whose folders can be read.
pub(crate) type Framework = &'static Layout;

/// Every one, in the order in which they are listed to people.
pub(crate) const ALL: [Framework; 19] = [
    &plain::LAYOUT,
    &psql::LAYOUT,
    &sqlx::LAYOUT,
    &golang_migrate::LAYOUT,
    &diesel::LAYOUT,
    &goose::LAYOUT,
    &sql_migrate::LAYOUT,
    &dbmate::LAYOUT,
    &flyway::LAYOUT,
    &refinery::LAYOUT,
    &tern::LAYOUT,
    &prisma::LAYOUT,
    &drizzle::LAYOUT,
    &atlas::LAYOUT,
    &liquibase::LAYOUT,
    &supabase::LAYOUT,
    &alembic::LAYOUT,
    &django::LAYOUT,
    &code::LAYOUT,
];

/// The one that ci.toml names; none for `auto`.
pub(crate) fn named(name: &str) -> Result<Option<Framework>, ConfigError> {
    // Its changelogs are SQL or not, and it is the same.
    let name = if name == "liquibase" { liquibase::LAYOUT.name } else { name };
    if name == "auto" {
        return Ok(None);
    }
    if let Some(known) = ALL.into_iter().find(|it| it.name == name) {
        return Ok(Some(known));
    }
    let known = ALL.map(|it| it.name).join(", ");
    Err(ConfigError::new(format!("framework '{name}' is not known"))
        .hint(format!("known are auto, {known}")))
}

/// Where a framework's folder is.
pub(crate) struct Path<'a> {
    dir: &'a str,
    tree: &'a Tree,
    /// Those that are given; none where all are.
    contexts: &'a [String],
}

impl Path<'_> {
    /// The text of a file beside the migrations.
    fn text(&self, inside: &str) -> Option<String> {
        Some(self.tree.read(&self.beside(inside)).ok()?.text()?.to_owned())
    }

    /// A path beside the migrations.
    fn beside(&self, inside: &str) -> Utf8PathBuf {
        match self.dir {
            "." => inside.into(),
            dir => kernel::below(Utf8Path::new(dir), inside),
        }
    }
}

/// What a file is read with.
pub(crate) struct Given<'a> {
    pub(crate) dir: &'a str,
    pub(crate) dialect: Dialect,
    pub(crate) properties: &'a Properties,
    /// Those that are given; none where all are.
    pub(crate) contexts: &'a [String],
}

#[cfg(test)]
impl Given<'_> {
    fn of(dir: &str) -> Given<'_> {
        static NONE: std::sync::LazyLock<Properties> =
            std::sync::LazyLock::new(Properties::default);
        Given { dir, dialect: Dialect::Postgres, properties: &NONE, contexts: &[] }
    }
}

/// A section that is about to run.
pub(crate) struct Running<'a> {
    pub(crate) migration: &'a Migration,
    pub(crate) section: &'a Section,
    /// What of its file runs.
    pub(crate) text: &'a str,
    pub(crate) script: &'a Script,
    pub(crate) source: &'a Source,
    pub(crate) tree: &'a Tree,
}

impl Running<'_> {
    /// Several statements that are sent as one text are one transaction, where
    /// none is opened.
    fn is_sent_as_one(&self) -> bool {
        self.script.parts.len() > 1
    }

    /// Whether PostgreSQL refuses a statement in a transaction.
    fn runs_alone(statement: &Statement) -> bool {
        statement.ops.iter().any(|op| match &op.what {
            What::CreateIndex(create) => create.concurrently,
            What::DropIndex { concurrently, .. } => *concurrently,
            What::Table { change: Change::DetachPartition { concurrently, .. }, .. } => {
                *concurrently
            }
            What::Alone { .. } => true,
            _ => false,
        })
    }
}

impl Layout {
    /// The version that `shipped_through` names.
    ///
    /// # Errors
    /// There is no order in its versions.
    pub(crate) fn version(&self, text: &str) -> Result<Version, ConfigError> {
        (self.version)(text).ok_or_else(|| {
            let message = format!("the versions of {} have no order", self.name);
            ConfigError::new(message)
                .hint("leave 'shipped_through' out: [verify] base says what has shipped")
        })
    }

    /// The same, where a folder's files say more than their names do.
    pub(crate) fn through(&self, text: &str, folder: &Folder) -> Option<Version> {
        let is_named = |version: &&Version| match version {
            Version::Made(_, name) => {
                let rest = name.strip_prefix(text);
                rest.is_some_and(|rest| rest.is_empty() || rest == ".sql" || rest.starts_with('_'))
            }
            _ => false,
        };
        let versions = folder.ups.iter().map(|it| &it.slot.version);
        versions.filter(is_named).max().cloned().or_else(|| (self.version)(text))
    }

    /// What of a file's text runs.
    pub(crate) fn sections(&self, migration: &Migration, text: &str) -> Vec<Section> {
        if let Some(fault) = &migration.fault {
            return vec![Section::whole(text).fault(0..0, fault)];
        }
        (self.sections)(text)
    }

    /// Whether a section's statements run in one transaction.
    pub(crate) fn transaction(&self, running: &Running<'_>) -> bool {
        (self.transaction)(running)
    }
}

/// A file's name without `.sql`, in whichever case that is written.
fn stem(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    extension.eq_ignore_ascii_case("sql").then_some(stem)
}

/// The name of a file that lies in the folder itself.
fn flat(inside: &Utf8Path) -> Option<&str> {
    inside.file_name().filter(|_| inside.components().count() == 1)
}

/// The SQL files of `dir`, whatever they are to a framework.
pub(crate) fn sql_entries(dir: &str, tree: &Tree) -> Vec<Entry> {
    // What a runner does with `0002_B.SQL` is for its layout to say: to be
    // asked, the file has to be seen.
    let is_sql = |entry: &Entry| entry.path.file_name().is_some_and(|name| stem(name).is_some());
    files(dir, tree).into_iter().map(|(entry, _)| entry).filter(is_sql).collect()
}

/// The files of `dir`, relative to it.
fn files(dir: &str, tree: &Tree) -> Vec<(Entry, Utf8PathBuf)> {
    let dir = dir.trim_end_matches('/');
    let pattern = if dir == "." { "**".to_owned() } else { format!("{dir}/**") };
    let Ok(globs) = Globs::new([pattern]) else { return Vec::new() };
    let inside = |entry: Entry| {
        let path =
            if dir == "." { Some(entry.path.as_path()) } else { entry.path.strip_prefix(dir).ok() };
        let path = path?.to_owned();
        Some((entry, path))
    };
    tree.list(&globs).into_iter().filter_map(inside).collect()
}

/// Languages of migrations that are programs.
const CODE: [&str; 10] = ["go", "rs", "java", "kt", "groovy", "py", "rb", "ts", "js", "cs"];

/// Reads the folder of a source as `framework` does.
pub(crate) fn folder(framework: Framework, dir: &str, tree: &Tree) -> Folder {
    folder_in(framework, dir, tree, &[])
}

/// The same, of what runs in these contexts.
pub(crate) fn folder_in(
    framework: Framework,
    dir: &str,
    tree: &Tree,
    contexts: &[String],
) -> Folder {
    let dir = dir.trim_end_matches('/');
    let mut folder = Folder::default();
    for (entry, inside) in files(dir, tree) {
        let extension = inside.extension().unwrap_or_default();
        let is_sql = extension.eq_ignore_ascii_case("sql");
        let slot = match is_sql || framework.is_program {
            true if !is_sql && !CODE.contains(&extension) => None,
            true => (framework.slot)(&inside),
            false => program(framework, &inside),
        };
        match slot {
            None if (framework.refuses)(&inside).is_some() => {
                let slot = Slot::up(Version::Unordered(inside.to_string()));
                let fault = (framework.refuses)(&inside);
                folder.ups.push(Migration { fault, ..Migration::new(entry, slot) });
            }
            None => folder.others += u64::from(is_sql),
            Some(slot) if slot.is_down() => folder.downs.push(Migration::new(entry, slot)),
            Some(slot) => {
                let is_read = is_sql || framework.is_program;
                let fault = (!is_read).then_some(
                    "it is a program, and what it does to the schema is not read: write what it \
                     runs as SQL",
                );
                folder.ups.push(Migration { fault, ..Migration::new(entry, slot) });
            }
        }
    }
    (framework.arrange)(&mut folder, &Path { dir, tree, contexts });
    let key = |it: &Migration| {
        let version = (!framework.is_by_name).then(|| it.slot.version.clone());
        (version, it.entry.path.clone())
    };
    folder.ups.sort_by_key(key);
    folder.downs.sort_by_key(key);
    folder
}

/// A migration that is a program, by the name that it would have as SQL.
fn program(framework: Framework, inside: &Utf8Path) -> Option<Slot> {
    let runs: &[&str] = match framework.name {
        "goose" => &["go"],
        "refinery" => &["rs"],
        "flyway" => &["java", "kt", "groovy"],
        _ => &[],
    };
    let extension = inside.extension().filter(|it| runs.contains(it))?;
    if inside.as_str().ends_with("_test.go") {
        return None;
    }
    let sql = format!("{}sql", inside.as_str().strip_suffix(extension)?);
    (framework.slot)(Utf8Path::new(&sql)).filter(|slot| !slot.is_down())
}
