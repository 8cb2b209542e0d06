//! ci.baseline.json: findings that are known and do not count. By itself it only
//! shrinks; a stale entry is a finding, and where ci.toml asks for it one that the
//! merge base has not.

use std::collections::HashSet;

use camino::Utf8Path;
use kernel::{ReadError, Tree};
use serde::{Deserialize, Serialize};

/// The file's name, beside ci.toml.
pub const FILE_NAME: &str = "ci.baseline.json";
/// The `schema` this program reads and writes.
const SCHEMA: u32 = 1;
/// What to do instead of adding an entry, where it only shrinks.
pub const INSTEAD: &str =
    "mend what is found, or except it with a reason (gate:allow, [[waiver]] in ci.toml)";

/// All of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Version of the format.
    pub schema: u32,
    /// Sorted by rule, path, fingerprint.
    pub findings: Vec<Known>,
}

/// A known finding. Its line is not kept: lines move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Full rule id.
    pub rule: String,
    /// Relative to the repository.
    pub path: String,
    /// [`crate::receipt::FindingRecord::fingerprint`].
    pub fingerprint: String,
    /// Why it is still there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Rule, path, fingerprint.
pub type Key<'k> = (&'k str, &'k str, &'k str);

impl Known {
    /// What makes it one entry.
    #[must_use]
    pub fn key(&self) -> Key<'_> {
        (&self.rule, &self.path, &self.fingerprint)
    }
}

/// Nothing is known.
impl Default for Baseline {
    fn default() -> Baseline {
        Baseline::of([])
    }
}

/// The baseline of a tree and its text; none where it has no such file.
///
/// # Errors
/// The file is there and no baseline.
pub fn read(tree: &Tree) -> Result<Option<(Baseline, String)>, String> {
    let path = Utf8Path::new(FILE_NAME);
    match tree.read(path) {
        Err(ReadError::Missing) => Ok(None),
        Err(error) => Err(format!("{path} could not be read: {error}")),
        Ok(file) => {
            let text = file.text().ok_or_else(|| format!("{path} is no UTF-8 text"))?;
            Ok(Some((Baseline::parse(path, text)?, text.to_owned())))
        }
    }
}

impl Baseline {
    /// Reads the file's text.
    ///
    /// # Errors
    /// It is not of the form that `baseline update --write` makes.
    pub fn parse(path: &Utf8Path, text: &str) -> Result<Baseline, String> {
        let baseline: Baseline = serde_json::from_str(text).map_err(|error| {
            format!("{path}: {error}; let 'cargo xtask baseline update --write' make the file anew")
        })?;
        if baseline.schema != SCHEMA {
            return Err(format!("{path}: schema {}; this program reads {SCHEMA}", baseline.schema));
        }
        Ok(baseline)
    }

    /// A baseline of these findings.
    #[must_use]
    pub fn of(findings: impl IntoIterator<Item = Known>) -> Baseline {
        let mut findings: Vec<Known> = findings.into_iter().collect();
        findings.sort();
        findings.dedup_by(|a, b| a.key() == b.key());
        Baseline { schema: SCHEMA, findings }
    }

    /// The file's text.
    ///
    /// # Errors
    /// Never for these types; serde's signature carries it.
    pub fn text(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }

    /// What it knows, to be asked often. An entry is its rule, path and
    /// fingerprint: one that tells readers another path knows nothing.
    #[must_use]
    pub fn index(&self) -> HashSet<Key<'_>> {
        self.findings.iter().map(Known::key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(rule: &str, path: &str) -> Known {
        Known {
            rule: rule.into(),
            path: path.into(),
            fingerprint: format!("{rule}{path}"),
            reason: None,
        }
    }

    #[test]
    fn text_and_value_agree_and_the_order_is_fixed() {
        let baseline = Baseline::of([known("b/x", "1"), known("a/x", "2"), known("a/x", "2")]);
        assert_eq!(baseline.findings.len(), 2);
        assert_eq!(baseline.findings[0].rule, "a/x");
        let text = baseline.text().unwrap();
        assert_eq!(Baseline::parse("f".into(), &text).unwrap(), baseline);
        assert!(baseline.index().contains(&("a/x", "2", "a/x2")));
        assert!(!baseline.index().contains(&("b/x", "2", "a/x2")));
        assert!(!baseline.index().contains(&("a/x", "elsewhere", "a/x2")));
    }

    #[test]
    fn another_form_is_told() {
        assert!(Baseline::parse("f".into(), "{}").unwrap_err().contains("baseline update"));
        assert!(
            Baseline::parse("f".into(), r#"{"schema":2,"findings":[]}"#)
                .unwrap_err()
                .contains("schema 2")
        );
    }
}
