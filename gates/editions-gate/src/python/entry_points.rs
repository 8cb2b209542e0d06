//! Programs and plugins that a package declares: a module each, by its name.

use toml::{Table, Value};

use crate::reference::{Kind, Reference};

/// `scripts` and `entry-points` of a pyproject.toml, and what poetry calls them.
pub(crate) fn entry_points(text: &str, table: &Table) -> Vec<Reference> {
    let get = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
    };
    let tables = [
        &["project", "scripts"][..],
        &["project", "gui-scripts"],
        &["project", "entry-points"],
        &["tool", "poetry", "scripts"],
        &["tool", "poetry", "plugins"],
    ];
    let mut open: Vec<&Value> = tables.iter().filter_map(|path| get(path)).collect();
    let mut found = Vec::new();
    while let Some(value) = open.pop() {
        match value {
            Value::Table(table) => open.extend(table.values()),
            Value::String(name) => {
                let specifier = name.split([':', ' ']).next().unwrap_or_default().to_owned();
                // TOML gives no places; a name of this length stands there once.
                let start = text.find(name.as_str()).unwrap_or(0);
                let span = start..start + specifier.len();
                found.push(Reference { kind: Kind::Static, specifier, span });
            }
            _ => {}
        }
    }
    found
}
