//! A boundary, ready to be asked.

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{ConfigError, Globs};
use regex_automata::meta::Regex;

use crate::go::constraint::Expression;
use crate::settings::{BoundarySettings, LicenseSettings, Policy};

/// One boundary.
#[derive(Debug)]
pub(crate) struct Boundary {
    pub(crate) name: String,
    restricted: Globs,
    /// Whether a file's name never decides that it is restricted.
    restricts_whole_folders: bool,
    core: Globs,
    /// The core's patterns without those that take away.
    named: Globs,
    pub(crate) tests: Policy,
    pub(crate) type_only: Policy,
    pub(crate) ci: Policy,
    pub(crate) seams: Vec<Seam>,
    /// Names by which the restricted tree is looked up.
    pub(crate) strings: Vec<Regex>,
    pub(crate) license: Option<LicenseSettings>,
}

/// A file that may import what is restricted, if its build constraint proves
/// that the core's build leaves it out.
#[derive(Debug)]
pub(crate) struct Seam {
    pub(crate) path: Utf8PathBuf,
    /// As written.
    pub(crate) requires: String,
    pub(crate) required: Expression,
}

impl Boundary {
    /// Reads one boundary.
    ///
    /// # Errors
    /// A pattern or an expression that is none, or a boundary around nothing.
    pub(crate) fn new(settings: &BoundarySettings) -> Result<Boundary, ConfigError> {
        let name = &settings.name;
        let globs = |key: &str, patterns: &[String]| {
            Globs::new(patterns)
                .map_err(|error| ConfigError::new(format!("boundary '{name}': {key}: {error}")))
        };
        if settings.restricted.is_empty() {
            let text = format!("boundary '{name}': 'restricted' is empty: nothing could cross it");
            return Err(ConfigError::new(text).hint("write restricted = [\"ee/**\"]"));
        }
        let seam = |seam: &crate::settings::SeamSettings| {
            let required = Expression::parse(&seam.requires).ok_or_else(|| {
                let text = format!(
                    "boundary '{name}': '{}' is no build constraint of '{}'",
                    seam.requires, seam.path
                );
                ConfigError::new(text).hint("write requires = \"!core\"")
            })?;
            Ok(Seam { path: seam.path.clone(), requires: seam.requires.clone(), required })
        };
        let string = |pattern: &String| {
            let wrong = |why: &str| {
                let text = format!("boundary '{name}': strings: '{pattern}' {why}");
                ConfigError::new(text).hint("write strings = ['\"ee\\.app'], a regular expression")
            };
            let regex = Regex::new(pattern).map_err(|_| wrong("is no regular expression"))?;
            match regex.is_match("") {
                true => Err(wrong("matches everywhere")),
                false => Ok(regex),
            }
        };
        let named = settings.core.iter().filter(|pattern| !pattern.starts_with('!'));
        let named: Vec<String> = named.cloned().collect();
        let license = settings.license.clone();
        if license.as_ref().is_some_and(|it| it.core == it.restricted || it.core.is_empty()) {
            let text = format!("boundary '{name}': both sides have the same licence");
            return Err(
                ConfigError::new(text).hint("leave 'license' out where one licence covers both")
            );
        }
        Ok(Boundary {
            name: name.clone(),
            restricted: globs("restricted", &settings.restricted)?,
            restricts_whole_folders: settings
                .restricted
                .iter()
                .all(|pattern| pattern.ends_with("/**") || pattern.ends_with('/')),
            core: globs("core", &settings.core)?,
            named: globs("core", &named)?,
            tests: settings.tests,
            type_only: settings.type_only,
            ci: settings.ci,
            strings: settings.strings.iter().map(string).collect::<Result<_, ConfigError>>()?,
            license,
            seams: settings.seams.iter().map(seam).collect::<Result<_, ConfigError>>()?,
        })
    }

    /// Whether a file must keep clear of what is restricted.
    pub(crate) fn is_core(&self, file: &Utf8Path) -> bool {
        self.core.matches(file) && !self.restricted.matches(file)
    }

    /// Whether one of the core's patterns names a file, whatever others take away.
    pub(crate) fn selects(&self, file: &Utf8Path) -> bool {
        self.named.matches(file)
    }

    /// Whether a file is restricted.
    pub(crate) fn restricts(&self, file: &Utf8Path) -> bool {
        self.restricted.matches(file)
    }

    /// Whether `text` has a name by which the restricted tree is looked up.
    pub(crate) fn is_named_in(&self, text: &str) -> bool {
        self.strings.iter().any(|string| string.is_match(text))
    }

    /// The seam that a file is said to be.
    pub(crate) fn seam(&self, file: &Utf8Path) -> Option<&Seam> {
        self.seams.iter().find(|seam| seam.path == file)
    }

    /// Its patterns as written.
    pub(crate) fn restricted_patterns(&self) -> impl Iterator<Item = &str> {
        self.restricted.patterns()
    }

    /// The folders that it restricts, as its patterns begin: `ee` of `ee/**`.
    pub(crate) fn restricted_folders(&self) -> impl Iterator<Item = &str> {
        let patterns = self.restricted.patterns().filter(|pattern| !pattern.starts_with('!'));
        patterns.filter_map(|pattern| {
            let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
            let star = pattern.find(['*', '?', '{']).unwrap_or(pattern.len());
            let before = pattern.get(..star)?;
            let end = before.rfind('/')?;
            pattern.get(..end).filter(|folder| !folder.is_empty())
        })
    }

    /// Whether a folder's own files are restricted, whatever they are called.
    pub(crate) fn restricts_folder(&self, folder: &Utf8Path) -> bool {
        let names: &[&str] = if self.restricts_whole_folders {
            &["x"]
        } else {
            &["x", "x.go", "x.ts", "x.tsx", "x.py", "x.rs"]
        };
        names.iter().any(|name| self.restricted.matches(&kernel::below(folder, name)))
    }
}

/// Whether a file is a test, by the usual names of each language.
pub(crate) fn is_test(file: &Utf8Path) -> bool {
    let (folders, name) = file.as_str().rsplit_once('/').unwrap_or(("", file.as_str()));
    let mut parts = name.split('.');
    let stem = parts.next().unwrap_or_default();
    let in_folder = folders.split('/').any(|part| {
        matches!(part, "__tests__" | "__mocks__" | "tests" | "test" | "e2e" | "testdata")
    });
    let middle = parts.any(|part| {
        matches!(part, "test" | "tests" | "spec" | "servertest" | "clienttest" | "stories" | "cy")
    });
    in_folder
        || middle
        || stem.ends_with("_test")
        || stem.starts_with("test_")
        || matches!(name, "conftest.py" | "tests.rs")
}

#[cfg(test)]
mod tests {
    use super::is_test;

    #[test]
    fn tests_are_known_by_their_names() {
        for path in [
            "a/b_test.go",
            "a/b.test.tsx",
            "a/b.spec.ts",
            "a/__tests__/b.ts",
            "tests/unit/b.py",
            "a/test_b.py",
            "conftest.py",
            "src/a/tests.rs",
        ] {
            assert!(is_test(path.into()), "{path}");
        }
        for path in ["a/b.go", "a/testing.ts", "latest/b.py", "contest.py", "a/test.go"] {
            assert!(!is_test(path.into()), "{path}");
        }
    }
}
