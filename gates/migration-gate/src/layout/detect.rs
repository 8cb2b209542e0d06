//! Which framework a folder belongs to: by the names of its files, by the marks
//! in the first of them, by what lies beside them, and by what the repository
//! says it depends on.

use camino::Utf8Path;
use kernel::{ConfigError, Entry, Tree};

use super::{CODE, Framework, alembic, atlas, changelog, code, dbmate, diesel, django, drizzle};
use super::{
    files, flyway, golang_migrate, goose, liquibase, plain, prisma, psql, refinery, sql_migrate,
    sqlx, stem, supabase, tern,
};

/// What only one framework writes into a file.
const MARKS: [(&str, Framework); 8] = [
    ("-- +goose ", &goose::LAYOUT),
    ("--+goose ", &goose::LAYOUT),
    ("-- +migrate ", &sql_migrate::LAYOUT),
    ("migrate:up", &dbmate::LAYOUT),
    ("---- create above / drop below ----", &tern::LAYOUT),
    ("---- tern: disable-tx ----", &tern::LAYOUT),
    ("-- atlas:", &atlas::LAYOUT),
    ("liquibase formatted sql", &liquibase::LAYOUT),
];

/// Files of a folder that are looked into.
const READ_MAX: usize = 20;

/// The framework of `dir`.
///
/// # Errors
/// None or several fit, or its migrations are programs.
pub(crate) fn detect(dir: &str, tree: &Tree) -> Result<Framework, ConfigError> {
    let dir = dir.trim_end_matches('/');
    let all = files(dir, tree);
    let is_sql =
        |inside: &camino::Utf8PathBuf| inside.file_name().is_some_and(|it| stem(it).is_some());
    let sql: Vec<(&Entry, &Utf8Path)> =
        all.iter().filter(|(_, it)| is_sql(it)).map(|(entry, it)| (entry, it.as_path())).collect();
    let has_changelog = has_changelog(&all, tree);
    if sql.is_empty() && has_changelog {
        return Ok(&liquibase::LAYOUT);
    }
    if sql.is_empty() {
        return without_sql(dir, all.iter().map(|(_, inside)| inside.as_path()));
    }
    let has = |name: &str| all.iter().any(|(_, inside)| inside == Utf8Path::new(name));
    let fits = |framework: Framework| sql.iter().any(|(_, it)| (framework.slot)(it).is_some());
    // A folder for each migration.
    let has_steps = |framework: Framework| {
        let is_step = |it: &Utf8Path| it.components().count() > 1 && (framework.slot)(it).is_some();
        sql.iter().any(|(_, it)| is_step(it))
    };
    let has_end = |end: &str| sql.iter().any(|(_, path)| path.as_str().ends_with(end));
    let candidates: Vec<Framework> = if let Some(marked) = marked(dir, &sql, tree)? {
        vec![marked]
    } else if has_changelog {
        vec![&liquibase::LAYOUT]
    } else if has("meta/_journal.json") {
        vec![&drizzle::LAYOUT]
    } else if has_steps(&prisma::LAYOUT) {
        match (has("migration_lock.toml"), all.iter().any(|(_, it)| it.ends_with("snapshot.json")))
        {
            (true, _) => vec![&prisma::LAYOUT],
            (false, true) => vec![&drizzle::LAYOUT],
            (false, false) => vec![&prisma::LAYOUT, &drizzle::LAYOUT],
        }
    } else if fits(&flyway::LAYOUT) && sql.iter().any(|(_, it)| is_versioned(it)) {
        versioned(dir, &all, &sql)
    } else if has_steps(&diesel::LAYOUT) {
        vec![&diesel::LAYOUT]
    } else if has_end(".up.sql") || has_end(".down.sql") {
        vec![&sqlx::LAYOUT, &golang_migrate::LAYOUT]
    } else if has("atlas.sum") {
        vec![&atlas::LAYOUT]
    } else if has("tern.conf") {
        vec![&tern::LAYOUT]
    } else if dir.ends_with("supabase/migrations") {
        vec![&supabase::LAYOUT]
    } else if speaks_psql(&sql, tree) {
        vec![&psql::LAYOUT]
    } else if fits(&sqlx::LAYOUT) {
        vec![&sqlx::LAYOUT, &plain::LAYOUT]
    } else {
        vec![&plain::LAYOUT]
    };
    decide(dir, &candidates, tree)
}

/// Whether one of the first files that could be is a changelog of Liquibase's.
fn has_changelog(all: &[(Entry, camino::Utf8PathBuf)], tree: &Tree) -> bool {
    let could = all.iter().filter(|(_, inside)| changelog::could_be(inside)).take(READ_MAX);
    could.map(|(entry, _)| tree.read_entry(entry).ok()).any(|file| {
        let text = file.as_ref().and_then(|file| file.text());
        text.is_some_and(|text| text.contains(changelog::MARK))
    })
}

/// Whether only a framework that reads folders below has such a file.
pub(crate) fn is_deep(inside: &Utf8Path) -> bool {
    is_versioned(inside)
}

/// `V3__name.sql` and its kin.
fn is_versioned(inside: &Utf8Path) -> bool {
    let name = inside.file_name().unwrap_or_default();
    name.contains("__") && (flyway::slot(inside).is_some() || refinery::slot(inside).is_some())
}

/// Flyway or refinery: what only one of them reads decides.
fn versioned(
    dir: &str,
    all: &[(Entry, camino::Utf8PathBuf)],
    sql: &[(&Entry, &Utf8Path)],
) -> Vec<Framework> {
    let ends = |end: &str| all.iter().any(|(_, it)| it.as_str().ends_with(end));
    let only_flyway = |inside: &Utf8Path| {
        is_versioned(inside)
            && refinery::slot(inside).is_none()
            && inside.as_str().ends_with(".sql")
    };
    let is_flyway =
        ends(".sql.conf") || ends(".java") || ends(".kt") || dir.ends_with("db/migration");
    match (is_flyway || sql.iter().any(|(_, it)| only_flyway(it)), ends(".rs")) {
        (true, _) => vec![&flyway::LAYOUT],
        (false, true) => vec![&refinery::LAYOUT],
        (false, false) => vec![&flyway::LAYOUT, &refinery::LAYOUT],
    }
}

/// The framework whose mark stands in one of the first files.
fn marked(
    dir: &str,
    sql: &[(&Entry, &Utf8Path)],
    tree: &Tree,
) -> Result<Option<Framework>, ConfigError> {
    let mut found: Vec<Framework> = Vec::new();
    for (entry, _) in sql.iter().take(READ_MAX) {
        let Ok(file) = tree.read_entry(entry) else { continue };
        let text = file.text().unwrap_or_default();
        for (mark, framework) in MARKS {
            let Some(at) = text.find(mark) else { continue };
            let line = text.get(..at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
            // A mark is a comment of its own.
            let is_mark = mark.starts_with("--") && line.is_empty() || line.trim() == "--";
            if is_mark && !found.iter().any(|it| it.name == framework.name) {
                found.push(framework);
            }
        }
    }
    // Atlas has its directives in the files of others as well.
    if found.len() > 1 {
        found.retain(|it| it.name != atlas::LAYOUT.name);
    }
    match found.as_slice() {
        [] => Ok(None),
        [only] if only.name == atlas::LAYOUT.name => Ok(None),
        [only] => Ok(Some(only)),
        several => Err(ambiguous(dir, several)),
    }
}

/// Whether a line of the first files begins with a backslash and a word.
fn speaks_psql(sql: &[(&Entry, &Utf8Path)], tree: &Tree) -> bool {
    let speaks = |line: &str| {
        let word = line.strip_prefix('\\');
        word.is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    sql.iter().take(READ_MAX).any(|(entry, _)| {
        let file = tree.read_entry(entry).ok();
        file.as_ref().and_then(|file| file.text()).is_some_and(|text| text.lines().any(speaks))
    })
}

fn decide(dir: &str, candidates: &[Framework], tree: &Tree) -> Result<Framework, ConfigError> {
    if let [only] = candidates {
        return Ok(only);
    }
    let speaking: Vec<Framework> =
        candidates.iter().copied().filter(|it| is_depended_on(it, dir, tree)).collect();
    if let [only] = speaking.as_slice() {
        return Ok(only);
    }
    // Numbered files without a library that claims them are just that.
    if speaking.is_empty() && candidates.iter().any(|it| it.name == plain::LAYOUT.name) {
        return Ok(&plain::LAYOUT);
    }
    Err(ambiguous(dir, candidates))
}

fn ambiguous(dir: &str, candidates: &[Framework]) -> ConfigError {
    let names: Vec<&str> = candidates.iter().map(|it| it.name).collect();
    ConfigError::new(format!("the files in '{dir}' fit {}", names.join(" and ")))
        .hint(format!("say which: framework = \"{}\"", names.join("\" or \"")))
}

/// Whether a manifest above the folder names the framework.
fn is_depended_on(framework: Framework, dir: &str, tree: &Tree) -> bool {
    let manifests: &[(&str, &str)] = match framework.name {
        "sqlx" => &[("Cargo.toml", "sqlx")],
        "refinery" => &[("Cargo.toml", "refinery")],
        "golang-migrate" => &[("go.mod", "golang-migrate/migrate")],
        "prisma" => &[("package.json", "prisma"), ("schema.prisma", "datasource")],
        "drizzle" => &[("package.json", "drizzle-orm"), ("drizzle.config.ts", "drizzle-kit")],
        "flyway" => &[
            ("pom.xml", "flyway"),
            ("build.gradle", "flyway"),
            ("build.gradle.kts", "flyway"),
            ("build.sbt", "flyway"),
            ("flyway.conf", ""),
            ("flyway.toml", ""),
        ],
        _ => return false,
    };
    let mut folder = Some(Utf8Path::new(dir));
    while let Some(here) = folder {
        for (manifest, name) in manifests {
            let path = if here == "." { manifest.into() } else { kernel::below(here, manifest) };
            let text = tree.read(&path).ok();
            if text.as_ref().and_then(|file| file.text()).is_some_and(|text| text.contains(name)) {
                return true;
            }
        }
        folder = here.parent();
    }
    false
}

/// A folder without SQL is empty, or its migrations are programs.
/// The framework of a folder whose migrations are programs, which a command
/// prints as SQL.
///
/// # Errors
/// None fits.
pub(crate) fn detect_program(dir: &str, tree: &Tree) -> Result<Framework, ConfigError> {
    let all = files(dir.trim_end_matches('/'), tree);
    let is_alembic = |(entry, inside): &&(Entry, camino::Utf8PathBuf)| {
        let file = tree.read_entry(entry).ok().filter(|_| inside.extension() == Some("py"));
        file.is_some_and(|file| file.text().is_some_and(|text| alembic::revision(text).is_some()))
    };
    if all.iter().take(READ_MAX).find(is_alembic).is_some() {
        return Ok(&alembic::LAYOUT);
    }
    let candidates: [Framework; 2] = [&django::LAYOUT, &code::LAYOUT];
    let fits = |framework: &Framework| all.iter().any(|(_, it)| (framework.slot)(it).is_some());
    candidates.into_iter().find(fits).ok_or_else(|| {
        ConfigError::new(format!("'{dir}' has no migrations that are programs"))
            .hint("take 'render' out, or write framework = \"alembic\", \"django\" or \"code\"")
    })
}

fn without_sql<'a>(
    dir: &str,
    files: impl Iterator<Item = &'a Utf8Path>,
) -> Result<Framework, ConfigError> {
    let is_step = |inside: &&Utf8Path| {
        let name = inside.file_name().unwrap_or_default();
        let has_number = name.contains(|c: char| c.is_ascii_digit());
        has_number && inside.extension().is_some_and(|it| CODE.contains(&it))
    };
    let first = files.filter(is_step).min();
    let Some(first) = first else { return Ok(&plain::LAYOUT) };
    let message =
        format!("the migrations in '{dir}' are programs, like '{first}', and are not read");
    Err(ConfigError::new(message).hint(
        "name the command that prints one as SQL: render = [\"alembic\", \"upgrade\", \"{from}:{to}\", \
         \"--sql\"], or [\"python\", \"manage.py\", \"sqlmigrate\", \"{app}\", \"{name}\"]",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Result<&'static str, String> {
        let tree = Tree::literal(files.iter().copied());
        detect("m", &tree).map(|it| it.name).map_err(|error| error.message)
    }

    #[test]
    fn shapes_and_manifests_decide() {
        assert_eq!(found(&[("m/0001_a.sql", "")]), Ok("plain"));
        assert_eq!(found(&[("m/0001_a.sql", ""), ("Cargo.toml", "sqlx = \"0.8\"")]), Ok("sqlx"));
        assert_eq!(found(&[("m/1_a/up.sql", ""), ("m/1_a/down.sql", "")]), Ok("diesel"));
        let go = ("go.mod", "require github.com/golang-migrate/migrate/v4 v4.1.0");
        assert_eq!(found(&[("m/1_a.up.sql", ""), go]), Ok("golang-migrate"));
        assert_eq!(found(&[("m/a.sql", "")]), Ok("plain"));
        assert_eq!(found(&[("m/Values.sql", "")]), Ok("plain"));
        assert_eq!(found(&[("m/migration.sql", "")]), Ok("plain"));
    }

    #[test]
    fn each_framework_is_known_by_its_own() {
        let prisma = ("m/20240101_a/migration.sql", "");
        let versioned = ("m/V1__a.sql", "");
        for (files, name) in [
            (vec![("m/1_a.sql", "-- +goose Up\n")], "goose"),
            (vec![("m/1_a.sql", "-- migrate:up\n")], "dbmate"),
            (vec![("m/1_a.sql", "-- +migrate Up\n")], "sql-migrate"),
            (vec![("m/1_a.sql", "a;\n---- create above / drop below ----\n")], "tern"),
            (vec![("m/1_a.sql", "a;\n"), ("m/tern.conf", "")], "tern"),
            (vec![prisma, ("m/migration_lock.toml", "")], "prisma"),
            (vec![prisma, ("m/20240101_a/snapshot.json", "{}")], "drizzle"),
            (
                vec![prisma, ("package.json", "{\"dependencies\":{\"@prisma/client\":\"6\"}}")],
                "prisma",
            ),
            (vec![("m/0000_a.sql", ""), ("m/meta/_journal.json", "{}")], "drizzle"),
            (vec![("m/2024_a.sql", ""), ("m/atlas.sum", "h1:")], "atlas"),
            (vec![("m/a.sql", "--liquibase formatted sql\n")], "liquibase-sql"),
            (vec![("m/a.sql", "-- liquibase formatted sql\n")], "liquibase-sql"),
            (vec![("m/a.xml", "<databaseChangeLog/>")], "liquibase-sql"),
            (vec![("m/a.yml", "databaseChangeLog:\n"), ("m/1_a.sql", "")], "liquibase-sql"),
            (vec![("m/a.sql", "\\set ON_ERROR_STOP on\n")], "psql"),
            (vec![versioned, ("Cargo.toml", "refinery = \"0.8\"")], "refinery"),
            (vec![versioned, ("m/V2__b.rs", "")], "refinery"),
            (vec![versioned, ("pom.xml", "<artifactId>flyway-core</artifactId>")], "flyway"),
            (vec![versioned, ("m/R__views.sql", "")], "flyway"),
            (vec![("m/V1.1__a.sql", "")], "flyway"),
        ] {
            assert_eq!(found(&files), Ok(name), "{files:?}");
        }
        let tree = Tree::literal([("supabase/migrations/2024_a.sql", "")]);
        assert_eq!(detect("supabase/migrations", &tree).unwrap().name, "supabase");
    }

    #[test]
    fn what_is_not_clear_is_asked() {
        for (files, words) in [
            (vec![("m/1_a.up.sql", ""), ("m/1_a.down.sql", "")], "sqlx and golang-migrate"),
            (vec![("m/V1__a.sql", "")], "flyway and refinery"),
            (vec![("m/20240101_a/migration.sql", "")], "prisma and drizzle"),
            (
                vec![("m/1_a.sql", "-- +goose Up\n"), ("m/2_a.sql", "-- migrate:up\n")],
                "goose and dbmate",
            ),
            (vec![("m/0001_initial.py", "")], "are programs, like '0001_initial.py'"),
        ] {
            let error = found(&files).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
