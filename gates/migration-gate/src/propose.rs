//! What a repository without options is offered: its folders of PostgreSQL
//! migrations and the framework that runs each.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Depth, Entry, Globs, Proposal, Tree};

use crate::{ID, layout, postgres};

const FILES: [&str; 3] = [
    "**/*.sql",
    "!**/{node_modules,vendor,third_party,testdata,test,tests,__tests__,fixtures}/**",
    "!**/{examples,example,benches,benchmarks}/**",
];

/// The folders that are offered; of more, a person chooses.
const FOLDERS_MAX: usize = 8;

/// The files of a folder that are read to tell whose SQL they hold.
const READ_MAX: usize = 40;

/// What no PostgreSQL has and others' migrations soon have, in lower case.
const FOREIGN: [&str; 10] = [
    "auto_increment",
    "autoincrement",
    "engine=",
    "engine =",
    "mergetree",
    " on cluster ",
    "pragma ",
    "without rowid",
    "nvarchar",
    "table `",
];

pub(crate) fn propose(tree: &Tree, depth: Depth) -> Option<Proposal> {
    let (mut toml, mut because, mut others) = (String::new(), Vec::new(), Vec::new());
    for dir in folders(tree) {
        let framework = match layout::detect(dir.as_str(), tree) {
            Ok(framework) => framework,
            Err(_) if !is_postgres(&layout::sql_entries(dir.as_str(), tree), tree) => continue,
            Err(error) => {
                let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
                others.push((dir, format!("{}{hint}", error.message)));
                continue;
            }
        };
        let folder = layout::folder(framework, dir.as_str(), tree);
        let entries: Vec<Entry> = folder.ups.iter().map(|up| up.entry.clone()).collect();
        if is_for_another(&dir, tree) || !is_postgres(&entries, tree) {
            continue;
        }
        toml.push_str(&format!(
            "[[gate.{ID}.source]]\ndir = {:?}\nframework = \"{}\"\npg_version = 15            # the oldest you run on\n",
            dir.as_str(),
            framework.name,
        ));
        because.push(format!("{dir} ({} of {})", folder.ups.len(), framework.name));
    }
    // Only the base tells what has shipped.
    if depth == Depth::None {
        return None;
    }
    match (toml.is_empty(), others.is_empty()) {
        (true, true) => None,
        (true, false) => {
            let table = |(dir, _): &(Utf8PathBuf, String)| {
                format!("[[gate.{ID}.source]]\ndir = {:?}\n", dir.as_str())
            };
            let dirs: Vec<&str> = others.iter().map(|(dir, _)| dir.as_str()).collect();
            let reasons: Vec<&str> = others.iter().map(|(_, reason)| reason.as_str()).collect();
            let toml: String = others.iter().map(table).collect();
            let because = format!("migrations in {}", dirs.join(", "));
            Some(Proposal::new(toml, because).cannot(reasons.join("; ")))
        }
        (false, _) => {
            let others: String =
                others.iter().map(|(dir, reason)| format!("# {dir}: {reason}\n")).collect();
            Some(Proposal::new(format!("{others}{toml}"), because.join(", ")))
        }
    }
}

/// Folders that say they hold migrations, the outermost of each.
fn folders(tree: &Tree) -> Vec<Utf8PathBuf> {
    let Ok(files) = Globs::new(FILES) else { return Vec::new() };
    let mut counts: BTreeMap<Utf8PathBuf, usize> = BTreeMap::new();
    for entry in tree.list(&files) {
        let named = entry.path.ancestors().skip(1).filter(|above| is_named(above));
        if let Some(outermost) = named.last() {
            *counts.entry(home(outermost, &entry.path)).or_default() += 1;
        }
    }
    // A folder of one file is more often a script.
    let several = counts.into_iter().filter(|(_, count)| *count > 1).map(|(dir, _)| dir);
    several.take(FOLDERS_MAX).collect()
}

fn is_named(folder: &Utf8Path) -> bool {
    folder.file_name().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        name.contains("migration") || name == "migrate"
    })
}

/// The folder below `named` that `file` counts for: `named` itself where it, or
/// a folder for each migration, holds it; else the one that does, as in
/// `migrations/postgres/1_a.up.sql`.
fn home(named: &Utf8Path, file: &Utf8Path) -> Utf8PathBuf {
    let is_step = matches!(file.file_name(), Some("up.sql" | "down.sql" | "migration.sql"));
    let folder = match (file.parent(), is_step) {
        (Some(step), true) => step.parent().unwrap_or(step),
        (Some(folder), false) => folder,
        (None, _) => named,
    };
    folder.to_owned()
}

/// Whether the manifest beside or above the folder builds a database library
/// for SQLite or MySQL and not for PostgreSQL.
fn is_for_another(dir: &Utf8Path, tree: &Tree) -> bool {
    let manifest =
        dir.ancestors().find_map(|above| tree.read(&kernel::below(above, "Cargo.toml")).ok());
    let text = manifest.as_ref().and_then(|file| file.text()).unwrap_or_default();
    let uses_library = text.contains("sqlx") || text.contains("diesel");
    let builds = |feature: &str| text.contains(&format!("\"{feature}\""));
    uses_library && !builds("postgres") && (builds("sqlite") || builds("mysql"))
}

fn is_postgres(migrations: &[Entry], tree: &Tree) -> bool {
    // The last as well as the first: many began on something else.
    let step = migrations.len().div_ceil(READ_MAX).max(1);
    let (mut read, mut faulty) = (0, 0);
    for migration in migrations.iter().step_by(step) {
        let Ok(file) = tree.read_entry(migration) else { continue };
        let Some(text) = file.text() else { continue };
        let lower = text.to_ascii_lowercase();
        if FOREIGN.iter().any(|mark| lower.contains(mark)) {
            return false;
        }
        read += 1;
        faulty += usize::from(!postgres::read(text).faults.is_empty());
    }
    read > 0 && faulty * 5 <= read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(files: &[(&str, &str)]) -> Option<Proposal> {
        propose(&Tree::literal(files.iter().copied()), Depth::Whole)
    }

    const A: &str = "create table a (id bigint primary key);\n";
    const B: &str = "alter table a add column b text;\n";

    #[test]
    fn folders_are_offered_with_their_framework() {
        let found = proposed(&[("db/migrations/1_a.sql", A), ("db/migrations/2_b.sql", B)]);
        let found = found.unwrap();
        assert_eq!(found.because, "db/migrations (2 of plain)");
        assert!(found.toml.contains("dir = \"db/migrations\"\nframework = \"plain\""));
        let found = proposed(&[
            ("go.mod", "require github.com/golang-migrate/migrate/v4 v4.17.0\n"),
            ("migrations/postgres/1_a.up.sql", A),
            ("migrations/postgres/2_b.up.sql", B),
        ]);
        assert_eq!(found.unwrap().because, "migrations/postgres (2 of golang-migrate)");
        let found =
            proposed(&[("migrations/1_a/up.sql", A), ("migrations/1_a/down.sql", "drop table a;")]);
        assert_eq!(found.unwrap().because, "migrations (1 of diesel)");
    }

    #[test]
    fn what_is_not_postgresql_is_not_offered() {
        for other in [
            "create table a (id int auto_increment) engine=InnoDB;",
            "create table a (id integer primary key autoincrement);",
            "create table `a` (`id` int);",
        ] {
            let files = [("migrations/1_a.sql", other), ("migrations/2_b.sql", B)];
            assert!(proposed(&files).is_none(), "{other}");
        }
        let manifest = ("Cargo.toml", "sqlx = { version = \"0.8\", features = [\"sqlite\"] }\n");
        let files = [manifest, ("migrations/1_a.sql", A), ("migrations/2_b.sql", B)];
        assert!(proposed(&files).is_none(), "sqlx for SQLite");
        assert!(proposed(&[("migrations/1_a.sql", A)]).is_none(), "a script");
        assert!(proposed(&[("sql/1_a.sql", A), ("sql/2_b.sql", B)]).is_none(), "no migrations");
    }

    #[test]
    fn a_framework_that_is_not_read_is_named() {
        let other = "-- +migrate Up\ncreate table a (id bigint);\n";
        let found = proposed(&[
            ("a/migrations/1_a.sql", A),
            ("a/migrations/2_b.sql", B),
            ("b/migrations/1_a.sql", other),
            ("b/migrations/2_b.sql", other),
        ]);
        let found = found.unwrap();
        assert!(found.toml.contains("# b/migrations: "), "{}", found.toml);
        assert!(found.toml.contains("sql-migrate"), "{}", found.toml);
        let only = proposed(&[("b/migrations/1_a.sql", other), ("b/migrations/2_b.sql", other)]);
        assert!(only.unwrap().cannot.unwrap().contains("sql-migrate"));
        let clickhouse = "create table a (id Int64) engine = MergeTree;\n";
        let files = [("migrations/1_a.up.sql", clickhouse), ("migrations/2_b.up.sql", clickhouse)];
        assert!(proposed(&files).is_none());
    }

    #[test]
    fn two_frameworks_that_fit_are_both_named() {
        let found = proposed(&[("migrations/1_a.up.sql", A), ("migrations/1_a.down.sql", B)]);
        let cannot = found.unwrap().cannot.unwrap();
        assert!(cannot.contains("sqlx") && cannot.contains("golang-migrate"), "{cannot}");
    }
}
