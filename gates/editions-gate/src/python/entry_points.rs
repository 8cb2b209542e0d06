//! Programs and plugins that a package declares: a module each, by its name.

use syntax::python::{Kind as Is, Lexer, Step};
use toml::{Table, Value};

use super::value::value as text_of;
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

/// The same of a setup.py: `"name = a.b:main"` in any of its lists.
pub(crate) fn declared(source: &str) -> Vec<Reference> {
    let steps = Lexer::new(source).filter_map(|step| match step {
        Step::Token(token) if token.kind == Is::String => Some(token),
        _ => None,
    });
    let point = |token: syntax::python::Token| {
        let text = text_of(token.text(source))?;
        let (name, rest) = text.split_once('=')?;
        let (module, attribute) = rest.trim().split_once(':')?;
        let is_name = |text: &str| {
            let known = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
            !text.is_empty() && text.chars().all(known)
        };
        let attribute = attribute.split('[').next().unwrap_or_default().trim();
        let is_point = is_name(name.trim()) && is_name(module) && is_name(attribute);
        let (specifier, span) = (module.to_owned(), token.start..token.end);
        is_point.then_some(Reference { kind: Kind::Static, specifier, span })
    };
    steps.filter_map(point).collect()
}
