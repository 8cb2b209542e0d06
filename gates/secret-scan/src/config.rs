//! The gate's own keys in ci.toml, and the rules they lead to.

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{ConfigError, HistoryScope, ReadError, Tree};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::gitleaks::known::Known;
use crate::gitleaks::{Pack, assemble};

/// `[gate.secret-scan]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Settings {
    /// How much of the history is judged beside the tree.
    pub history: HistoryOption,
    /// A gitleaks configuration, relative to the repository; `.gitleaks.toml`
    /// is found by itself.
    #[schemars(with = "Option<String>")]
    pub config: Option<Utf8PathBuf>,
    /// A report of gitleaks' in JSON, relative to the repository: its findings
    /// are known. `.gitleaksignore` is found by itself.
    #[schemars(with = "Option<String>")]
    pub baseline: Option<Utf8PathBuf>,
    /// How many archives (zip, tar, gzip) are opened in each other; 0 opens none.
    pub archives: u8,
    /// Whether of a version that git keeps as a delta only what is new is looked
    /// at; the findings are the same, and without it the history takes longer.
    pub delta: bool,
}

/// More archives in each other are a bomb.
const ARCHIVES_MAX: u8 = 8;

/// How much of the history is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HistoryOption {
    /// The tree alone.
    None,
    /// What is about to be pushed.
    Range,
    /// Everything that a ref reaches.
    #[default]
    Full,
}

impl HistoryOption {
    /// What is asked of the runner.
    pub fn scope(self) -> Option<HistoryScope> {
        match self {
            HistoryOption::None => None,
            HistoryOption::Range => Some(HistoryScope::Range),
            HistoryOption::Full => Some(HistoryScope::Full),
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            history: HistoryOption::Full,
            config: None,
            baseline: None,
            archives: 2,
            delta: true,
        }
    }
}

/// The file that gitleaks finds by itself.
const FOUND_BY_ITSELF: &str = ".gitleaks.toml";
/// The fingerprints that it finds by itself.
const IGNORE_FILE: &str = ".gitleaksignore";

impl Settings {
    /// All of them that decide what is found in a text: two runs with the same
    /// find the same, however much of the history they look at.
    pub fn without_scope(&self) -> String {
        let Settings { history, delta, .. } = Settings::default();
        format!("{:?}", Settings { history, delta, ..self.clone() })
    }

    /// The rules in force.
    ///
    /// # Errors
    /// The configuration is not there or wrong.
    pub fn pack(&self, tree: &Tree) -> Result<Pack, ConfigError> {
        let load = |path: &str| read(tree, Utf8Path::new(path));
        match &self.config {
            Some(path) => assemble(path.as_str(), &load),
            None if tree.find(Utf8Path::new(FOUND_BY_ITSELF)).is_some() => {
                assemble(FOUND_BY_ITSELF, &load)
            }
            None => Ok(Pack::built_in()),
        }
    }
}

impl Settings {
    /// The findings that are known one by one.
    ///
    /// # Errors
    /// A file is not there or wrong.
    pub fn known(&self, tree: &Tree) -> Result<Known, ConfigError> {
        let ignore = Utf8Path::new(IGNORE_FILE);
        let ignored = tree.find(ignore).map(|_| read(tree, ignore)).transpose()?;
        let baseline = self.baseline.as_ref().map(|path| Ok((path.as_str(), read(tree, path)?)));
        let baseline = baseline.transpose()?;
        Known::read(
            ignored.as_deref().map(|text| (IGNORE_FILE, text)),
            baseline.as_ref().map(|(path, text)| (*path, text.as_str())),
        )
    }

    /// How many archives are opened in each other.
    ///
    /// # Errors
    /// More than anybody needs.
    pub fn archive_depth(&self) -> Result<usize, ConfigError> {
        if self.archives > ARCHIVES_MAX {
            let error = format!("'archives = {}' is more than {ARCHIVES_MAX}", self.archives);
            return Err(ConfigError::new(error).hint("2 opens an archive in an archive"));
        }
        Ok(usize::from(self.archives))
    }
}

fn read(tree: &Tree, path: &Utf8Path) -> Result<String, ConfigError> {
    let file = tree.read(path).map_err(|error| match error {
        ReadError::Missing => ConfigError::new(format!("there is no '{path}' in the tree"))
            .hint("paths of configurations are relative to the repository"),
        error => ConfigError::new(format!("'{path}' could not be read: {error}")),
    })?;
    let text = file.text().map(str::to_owned);
    text.ok_or_else(|| ConfigError::new("it is no UTF-8 text").file(path))
}

/// JSON Schema of the keys.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Settings)
}
