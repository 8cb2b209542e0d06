//! `.env` beside a file of Compose, which fills in what the file leaves open.
//! Whoever calls Compose may say otherwise, as with the default of an `ARG`.

use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{ConfigError, Globs, Tree};

use crate::variables::fill;

/// Values by name.
pub(crate) type Values = HashMap<String, String>;

/// So many of them are read.
const FILES_MAX: usize = 1_000;

/// Each `.env` of a tree by its folder.
#[derive(Debug, Default)]
pub(crate) struct Dotenvs(HashMap<Utf8PathBuf, Values>);

impl Dotenvs {
    pub(crate) fn of(tree: &Tree) -> Result<Dotenvs, ConfigError> {
        let globs = Globs::new(["**/.env"]).map_err(|error| ConfigError::new(error.to_string()))?;
        let mut folders = HashMap::new();
        for entry in tree.list(&globs).into_iter().take(FILES_MAX) {
            // One that cannot be read answers nothing.
            let Ok(file) = tree.read_entry(&entry) else { continue };
            if let (Some(folder), Some(text)) = (entry.path.parent(), file.text()) {
                folders.insert(folder.to_owned(), read(text));
            }
        }
        Ok(Dotenvs(folders))
    }

    /// What stands beside the file `path`.
    pub(crate) fn beside(&self, path: &Utf8Path) -> Option<&Values> {
        self.0.get(path.parent()?)
    }
}

fn read(text: &str) -> Values {
    let mut values = Values::new();
    for line in text.lines() {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=') else { continue };
        let name = name.trim();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            continue;
        }
        let value = value.trim();
        let value = match value.chars().next() {
            Some('\'') => value.split('\'').nth(1).unwrap_or_default().to_owned(),
            Some('"') => known(value.split('"').nth(1).unwrap_or_default(), &values),
            _ if value.starts_with('#') => String::new(),
            _ => known(value.split(" #").next().unwrap_or_default().trim_end(), &values),
        };
        values.insert(name.to_owned(), value);
    }
    values
}

/// A value of others before it.
fn known(text: &str, values: &Values) -> String {
    fill(text, &|name| values.get(name).cloned()).text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_compose_reads_them() {
        let values = read(
            "# A=1\nA=a:1.2\nexport B = \"b:$A\" # x\nC='${A}'\nD=a#b # c\nE=\nF=${NO}\nno line\nG.H=1\nA=z",
        );
        let of = |name: &str| values.get(name).map(String::as_str);
        assert_eq!((of("A"), of("B"), of("C")), (Some("z"), Some("b:a:1.2"), Some("${A}")));
        assert_eq!((of("D"), of("E"), of("F")), (Some("a#b"), Some(""), Some("$")));
        assert_eq!(values.len(), 6);
    }
}
