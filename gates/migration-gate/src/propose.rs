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

/// What no PostgreSQL has and others' migrations soon have, in lower case, and
/// whose it is; none where those cannot be read.
const FOREIGN: [(&str, Option<&str>); 10] = [
    ("auto_increment", Some("mysql")),
    ("autoincrement", Some("sqlite")),
    ("engine=innodb", Some("mysql")),
    ("engine = innodb", Some("mysql")),
    ("mergetree", Some("clickhouse")),
    (" on cluster ", Some("clickhouse")),
    ("pragma ", Some("sqlite")),
    ("without rowid", Some("sqlite")),
    ("nvarchar", None),
    ("table `", Some("mysql")),
];

pub(crate) fn propose(tree: &Tree, depth: Depth) -> Option<Proposal> {
    let (mut toml, mut because, mut others) = (String::new(), Vec::new(), Vec::new());
    for dir in folders(tree) {
        let framework = match layout::detect(dir.as_str(), tree) {
            Ok(framework) => framework,
            Err(_) if dialect(&layout::sql_entries(dir.as_str(), tree), tree).is_none() => continue,
            Err(error) => {
                let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
                others.push((dir, format!("{}{hint}", error.message)));
                continue;
            }
        };
        let folder = layout::folder(framework, dir.as_str(), tree);
        let entries: Vec<Entry> = folder.ups.iter().map(|up| up.entry.clone()).collect();
        let Some(found) = manifest_dialect(&dir, tree).or_else(|| dialect(&entries, tree)) else {
            continue;
        };
        let more = match found {
            "postgres" => "pg_version = 15            # the oldest you run on\n".to_owned(),
            other => format!("dialect = \"{other}\"\n"),
        };
        let framework_is = framework.name;
        toml.push_str(&format!(
            "[[gate.{ID}.source]]\ndir = {:?}\nframework = \"{framework_is}\"\n{more}",
            dir.as_str(),
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
        name.contains("migration") || name == "migrate" || name == "changelog" || name == "drizzle"
    })
}

/// The folder below `named` that `file` counts for: `named` itself where it, or
/// a folder for each migration, holds it; else the one that does, as in
/// `migrations/postgres/1_a.up.sql`.
fn home(named: &Utf8Path, file: &Utf8Path) -> Utf8PathBuf {
    let is_step = matches!(file.file_name(), Some("up.sql" | "down.sql" | "migration.sql"));
    // Flyway, refinery and Liquibase read the folders below as well.
    if layout::is_deep(file) || named.file_name() == Some("changelog") {
        return named.to_owned();
    }
    let folder = match (file.parent(), is_step) {
        (Some(step), true) => step.parent().unwrap_or(step),
        (Some(folder), false) => folder,
        (None, _) => named,
    };
    folder.to_owned()
}

/// The dialect, where the manifest beside or above the folder builds a database
/// library for SQLite or MySQL and not for PostgreSQL.
fn manifest_dialect(dir: &Utf8Path, tree: &Tree) -> Option<&'static str> {
    let lock = tree.read(&kernel::below(dir, "migration_lock.toml")).ok();
    let lock = lock.as_ref().and_then(|file| file.text()).unwrap_or_default();
    let provided = ["mysql", "sqlite"].into_iter();
    let mut provided = provided.filter(|name| lock.contains(&format!("\"{name}\"")));
    if let Some(name) = provided.next() {
        return Some(name);
    }
    let manifest =
        dir.ancestors().find_map(|above| tree.read(&kernel::below(above, "Cargo.toml")).ok());
    let text = manifest.as_ref().and_then(|file| file.text()).unwrap_or_default();
    let uses_library = text.contains("sqlx") || text.contains("diesel");
    let builds = |feature: &str| text.contains(&format!("\"{feature}\""));
    let is_other = uses_library && !builds("postgres");
    ["mysql", "sqlite"].into_iter().find(|feature| is_other && builds(feature))
}

/// Whose SQL it is, by a mark of others' or by how much of it PostgreSQL reads;
/// none where it is nobody's that can be read.
fn dialect(migrations: &[Entry], tree: &Tree) -> Option<&'static str> {
    // The last as well as the first: many began on something else.
    let step = migrations.len().div_ceil(READ_MAX).max(1);
    let (mut read, mut faulty) = (0, 0);
    for migration in migrations.iter().step_by(step) {
        let Ok(file) = tree.read_entry(migration) else { continue };
        let Some(text) = file.text() else { continue };
        let lower = text.to_ascii_lowercase();
        if let Some((_, whose)) = FOREIGN.iter().find(|(mark, _)| lower.contains(mark)) {
            return *whose;
        }
        read += 1;
        faulty += usize::from(!postgres::read(text).faults.is_empty());
    }
    (read > 0 && faulty * 5 <= read).then_some("postgres")
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
    fn whose_sql_it_is_is_offered_as_well() {
        for (other, dialect) in [
            ("create table a (id int auto_increment) engine=InnoDB;", "mysql"),
            ("create table a (id integer primary key autoincrement);", "sqlite"),
            ("create table `a` (`id` int);", "mysql"),
            ("create table a (id Int64) engine = MergeTree;", "clickhouse"),
        ] {
            let files = [("migrations/1_a.sql", other), ("migrations/2_b.sql", B)];
            let toml = proposed(&files).unwrap().toml;
            assert!(toml.contains(&format!("dialect = \"{dialect}\"")), "{toml}");
        }
        let manifest = ("Cargo.toml", "sqlx = { version = \"0.8\", features = [\"sqlite\"] }\n");
        let files = [manifest, ("migrations/1_a.sql", A), ("migrations/2_b.sql", B)];
        assert!(proposed(&files).unwrap().toml.contains("dialect = \"sqlite\""), "sqlx for SQLite");
        let other = ("migrations/1_a.sql", "create table a (id nvarchar(10));");
        assert!(proposed(&[other, ("migrations/2_b.sql", B)]).is_none(), "nobody reads it");
        assert!(proposed(&[("migrations/1_a.sql", A)]).is_none(), "a script");
        assert!(proposed(&[("sql/1_a.sql", A), ("sql/2_b.sql", B)]).is_none(), "no migrations");
    }

    #[test]
    fn a_folder_that_is_not_clear_is_named_beside_one_that_is() {
        let found = proposed(&[
            ("a/migrations/1_a.sql", A),
            ("a/migrations/2_b.sql", B),
            ("b/migrations/1_a.up.sql", A),
            ("b/migrations/1_a.down.sql", B),
        ]);
        let found = found.unwrap();
        assert!(found.toml.contains("# b/migrations: "), "{}", found.toml);
        assert!(found.toml.contains("golang-migrate"), "{}", found.toml);
    }

    #[test]
    fn two_frameworks_that_fit_are_both_named() {
        let found = proposed(&[("migrations/1_a.up.sql", A), ("migrations/1_a.down.sql", B)]);
        let cannot = found.unwrap().cannot.unwrap();
        assert!(cannot.contains("sqlx") && cannot.contains("golang-migrate"), "{cannot}");
    }
}
