//! Changed paths × components → which of them are concerned. Pure.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use kernel::Globs;
use serde_json::{Map, Value, json};

use crate::config::Component;
use crate::fan_out::{ENTRIES_MAX, NOTHING};

/// Lines that came and went; none of a file that has no lines.
pub type Lines = Option<(u64, u64)>;

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// These paths, with their lines.
    Paths(BTreeMap<Utf8PathBuf, Lines>),
    /// It cannot be told, and why: everything is selected.
    Unknown(String),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Each component, in ci.toml's order.
    pub parts: Vec<Part>,
    /// Changed paths that no component has and nobody ignores.
    pub unmatched: Vec<Utf8PathBuf>,
    /// How many changed paths are ignored.
    pub ignored: u64,
    /// Why everything is selected, if it is.
    pub unknown: Option<String>,
}

/// One component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Why it is selected, if it is: `changed`, `always` or `unknown-base`.
    pub why: Option<&'static str>,
    /// Changed files of it.
    pub files: u64,
    /// Lines that came.
    pub insertions: u64,
    /// Lines that went.
    pub deletions: u64,
}

/// Decides for every component.
#[must_use]
pub fn select(components: &[Component], ignore: &Globs, change: &Change) -> Selection {
    let none = BTreeMap::new();
    let (paths, unknown) = match change {
        Change::Paths(paths) => (paths, None),
        Change::Unknown(why) => (&none, Some(why.clone())),
    };
    let (ignored, counted): (Vec<_>, Vec<_>) =
        paths.iter().partition(|(path, _)| ignore.matches(path));
    let part = |component: &Component| {
        let mut part =
            Part { name: component.name.clone(), why: None, files: 0, insertions: 0, deletions: 0 };
        for (_, lines) in counted.iter().filter(|(path, _)| component.paths.matches(path)) {
            part.files += 1;
            let (came, went) = lines.unwrap_or_default();
            part.insertions = part.insertions.saturating_add(came);
            part.deletions = part.deletions.saturating_add(went);
        }
        part.why = match (part.files > 0, component.always, &unknown) {
            (true, ..) => Some("changed"),
            (_, true, _) => Some("always"),
            (.., Some(_)) => Some("unknown-base"),
            _ => None,
        };
        part
    };
    let is_homeless = |path: &Utf8PathBuf| !components.iter().any(|it| it.paths.matches(path));
    let unmatched = counted.iter().map(|(path, _)| *path).filter(|path| is_homeless(path));
    Selection {
        parts: components.iter().map(part).collect(),
        unmatched: unmatched.cloned().collect(),
        ignored: ignored.len() as u64,
        unknown,
    }
}

impl Selection {
    /// The selected ones.
    pub fn selected(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.why.is_some())
    }

    /// The matrix of a GitHub Actions workflow: an entry a selected component,
    /// with the keys that are passed through; [`NOTHING`] where none is.
    ///
    /// # Errors
    /// More components than a matrix can hold: their number.
    pub fn matrix(&self, components: &[Component]) -> Result<Value, usize> {
        let entry = |part: &Part| {
            let passed = components.iter().find(|it| it.name == part.name).map(|it| &it.passed);
            let mut entry = Map::from_iter([("component".to_owned(), json!(part.name))]);
            entry.extend(passed.cloned().unwrap_or_default());
            Value::Object(entry)
        };
        let mut entries: Vec<Value> = self.selected().map(entry).collect();
        if entries.is_empty() {
            // A matrix without entries is an error there.
            entries.push(json!({ "component": NOTHING }));
        }
        if entries.len() > ENTRIES_MAX {
            Err(entries.len())
        } else {
            Ok(json!({ "include": entries }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(name: &str, paths: &[&str], always: bool) -> Component {
        let passed = Map::from_iter([("image".to_owned(), json!(format!("i/{name}")))]);
        Component { name: name.to_owned(), paths: Globs::new(paths).unwrap(), always, passed }
    }

    fn changed(paths: &[&str]) -> Change {
        Change::Paths(paths.iter().map(|path| (Utf8PathBuf::from(*path), Some((2, 1)))).collect())
    }

    #[test]
    fn what_changed_is_selected_and_what_has_no_home_is_named() {
        let components = [
            component("api", &["api/**", "proto/**"], false),
            component("web", &["web/**"], false),
            component("db", &[], true),
        ];
        let ignore = Globs::new(["**/*.md"]).unwrap();
        let found = select(
            &components,
            &ignore,
            &changed(&["api/a.go", "proto/x", "api/README.md", "Makefile"]),
        );
        let whys: Vec<_> = found.parts.iter().map(|part| part.why).collect();
        assert_eq!(whys, [Some("changed"), None, Some("always")]);
        assert_eq!(
            (found.parts[0].files, found.parts[0].insertions, found.parts[0].deletions),
            (2, 4, 2)
        );
        assert_eq!((found.unmatched.len(), found.ignored), (1, 1));
        assert_eq!(
            found.matrix(&components).unwrap(),
            json!({ "include": [{ "component": "api", "image": "i/api" }, { "component": "db", "image": "i/db" }] })
        );
    }

    #[test]
    fn what_cannot_be_told_selects_everything_and_nothing_is_a_sentinel() {
        let components = [component("api", &["api/**"], false)];
        let none = Globs::default();
        let all = select(&components, &none, &Change::Unknown("no base".into()));
        assert_eq!(
            (all.parts[0].why, all.unknown.as_deref()),
            (Some("unknown-base"), Some("no base"))
        );
        let nothing = select(&components, &none, &changed(&[]));
        assert_eq!(
            nothing.matrix(&components).unwrap(),
            json!({ "include": [{ "component": "(nothing)" }] })
        );
    }

    #[test]
    fn a_matrix_has_its_limit() {
        let many = |count: usize| {
            (0..count).map(|at| component(&format!("c{at}"), &[], true)).collect::<Vec<_>>()
        };
        let (most, more) = (many(256), many(257));
        let all = |components: &[Component]| {
            select(components, &Globs::default(), &changed(&[])).matrix(components)
        };
        assert_eq!(all(&most).unwrap()["include"].as_array().unwrap().len(), 256);
        assert_eq!(all(&more), Err(257));
    }
}
