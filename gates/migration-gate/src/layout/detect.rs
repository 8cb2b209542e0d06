//! Which framework a folder belongs to, by the names of its files and by what
//! the repository says it depends on.

use kernel::{ConfigError, Tree};

use super::{Framework, sql_files};

/// Marks of frameworks that cannot be read yet, as they stand in a first file.
const FOREIGN_MARKS: [(&str, &str); 5] = [
    ("-- +goose ", "goose"),
    ("-- migrate:up", "dbmate"),
    ("--liquibase formatted sql", "liquibase-sql"),
    ("---- create above / drop below ----", "tern"),
    ("---- tern: disable-tx ----", "tern"),
];

/// The framework of `dir`.
///
/// # Errors
/// None or several fit, or one that is not supported does.
pub(crate) fn detect(dir: &str, tree: &Tree) -> Result<Framework, ConfigError> {
    let files = sql_files(dir, tree);
    if files.is_empty() {
        return Ok(Framework::Plain);
    }
    let refuse = |name: &str| {
        let message = format!("'{dir}' looks like {name}, which is not supported yet");
        // Files in a folder of their own each are not what `plain` reads.
        Err(ConfigError::new(message).hint(
            match files.iter().any(|(_, it)| it.parent() == Some("".into())) {
                true => "name a framework that reads it as well, e.g. framework = \"plain\"",
                false => "leave this source out until then",
            },
        ))
    };
    let names: Vec<&str> = files.iter().filter_map(|(_, path)| path.file_name()).collect();
    if names.contains(&"migration.sql") {
        return refuse("prisma");
    }
    if names.iter().any(|name| is_versioned(name, 'V') || is_versioned(name, 'R')) {
        return refuse("flyway or refinery");
    }
    for (entry, _) in files.iter().take(20) {
        let Ok(file) = tree.read_entry(entry) else { continue };
        let text = file.text().unwrap_or_default();
        if let Some((_, name)) = FOREIGN_MARKS.iter().find(|(mark, _)| text.contains(mark)) {
            return refuse(name);
        }
    }
    let fits = |framework: Framework| files.iter().any(|(_, path)| framework.slot(path).is_some());
    let has_down = files.iter().any(|(_, path)| path.as_str().ends_with(".down.sql"));
    let has_up = files.iter().any(|(_, path)| path.as_str().ends_with(".up.sql"));
    let candidates: &[Framework] = if fits(Framework::Diesel) {
        &[Framework::Diesel]
    } else if has_up || has_down {
        &[Framework::Sqlx, Framework::GolangMigrate]
    } else if fits(Framework::Sqlx) {
        &[Framework::Sqlx, Framework::Plain]
    } else {
        &[Framework::Plain]
    };
    decide(dir, candidates, tree)
}

/// `V3__name.sql`, `R__name.sql`.
fn is_versioned(name: &str, letter: char) -> bool {
    let Some(rest) = name.strip_prefix(letter) else { return false };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_'));
    rest.len() + 3 <= name.len() && name.contains("__")
}

fn decide(dir: &str, candidates: &[Framework], tree: &Tree) -> Result<Framework, ConfigError> {
    if let [only] = candidates {
        return Ok(*only);
    }
    let speaking: Vec<Framework> =
        candidates.iter().copied().filter(|it| is_depended_on(*it, dir, tree)).collect();
    if let [only] = speaking.as_slice() {
        return Ok(*only);
    }
    // Numbered files without a library that claims them are just that.
    if speaking.is_empty() && candidates.contains(&Framework::Plain) {
        return Ok(Framework::Plain);
    }
    let names: Vec<&str> = candidates.iter().map(|it| it.as_str()).collect();
    Err(ConfigError::new(format!("the files in '{dir}' fit {}", names.join(" and ")))
        .hint(format!("say which: framework = \"{}\"", names.join("\" or \""))))
}

/// Whether a manifest above the folder names the framework.
fn is_depended_on(framework: Framework, dir: &str, tree: &Tree) -> bool {
    let (manifest, name) = match framework {
        Framework::Sqlx => ("Cargo.toml", "sqlx"),
        Framework::GolangMigrate => ("go.mod", "golang-migrate/migrate"),
        Framework::Plain | Framework::Diesel => return false,
    };
    let mut folder = Some(camino::Utf8Path::new(dir));
    while let Some(here) = folder {
        let path = if here == "." { manifest.into() } else { kernel::below(here, manifest) };
        let text = tree.read(&path).ok();
        if text.as_ref().and_then(|file| file.text()).is_some_and(|text| text.contains(name)) {
            return true;
        }
        folder = here.parent();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Result<&'static str, String> {
        let tree = Tree::literal(files.iter().copied());
        detect("m", &tree).map(Framework::as_str).map_err(|error| error.message)
    }

    #[test]
    fn shapes_and_manifests_decide() {
        assert_eq!(found(&[("m/0001_a.sql", "")]), Ok("plain"));
        assert_eq!(found(&[("m/0001_a.sql", ""), ("Cargo.toml", "sqlx = \"0.8\"")]), Ok("sqlx"));
        assert_eq!(found(&[("m/1_a/up.sql", ""), ("m/1_a/down.sql", "")]), Ok("diesel"));
        let go = ("go.mod", "require github.com/golang-migrate/migrate/v4 v4.1.0");
        assert_eq!(found(&[("m/1_a.up.sql", ""), go]), Ok("golang-migrate"));
        assert_eq!(found(&[("m/a.sql", "")]), Ok("plain"));
    }

    #[test]
    fn what_is_not_clear_is_asked() {
        let error = found(&[("m/1_a.up.sql", ""), ("m/1_a.down.sql", "")]).unwrap_err();
        assert!(error.contains("sqlx and golang-migrate"), "{error}");
    }

    #[test]
    fn what_cannot_be_read_yet_is_refused() {
        for (files, name) in [
            (("m/V1__a.sql", ""), "flyway"),
            (("m/20240101_a/migration.sql", ""), "prisma"),
            (("m/1_a.sql", "-- +goose Up\n"), "goose"),
            (("m/1_a.sql", "-- migrate:up\n"), "dbmate"),
        ] {
            let error = found(&[files]).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
        assert_eq!(found(&[("m/Values.sql", "")]), Ok("plain"));
    }
}
