//! The gate's own keys in ci.toml.

use camino::Utf8PathBuf;
use kernel::Severity;
use schemars::JsonSchema;
use serde::Deserialize;

/// `[gate.editions-gate]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What must not depend on what. Absent: `core` keeps clear of `ee/**`.
    pub boundary: Vec<BoundarySettings>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            boundary: vec![BoundarySettings {
                name: "core".to_owned(),
                restricted: vec!["ee/**".to_owned()],
                core: everything(),
                tests: Policy::Deny,
                type_only: Policy::Deny,
                ci: Policy::Allow,
                seams: Vec::new(),
                strings: Vec::new(),
                license: None,
            }],
        }
    }
}

/// `[[gate.editions-gate.boundary]]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundarySettings {
    /// Its name in messages.
    pub name: String,
    /// Files that the core must not depend on.
    pub restricted: Vec<String>,
    /// Files that must not: all that are not restricted, where absent.
    #[serde(default = "everything")]
    pub core: Vec<String>,
    /// What a test of the core may do.
    #[serde(default)]
    pub tests: Policy,
    /// What an import of types alone, gone before the program runs, may do.
    #[serde(default)]
    pub type_only: Policy,
    /// What a file that a CI service reads may do: the whole product is built and
    /// tested somewhere, so it may by default.
    #[serde(default = "allow")]
    pub ci: Policy,
    /// Files of the core that may import what is restricted, because they are
    /// not part of the core's build.
    #[serde(default)]
    pub seams: Vec<SeamSettings>,
    /// Regular expressions of names by which the restricted tree is looked up
    /// while the program runs, e.g. `"ee\\.app`.
    #[serde(default)]
    pub strings: Vec<String>,
    /// SPDX licences of the two sides.
    #[serde(default)]
    pub license: Option<LicenseSettings>,
}

/// The licences of the two sides of a boundary.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenseSettings {
    /// Of the core, e.g. `Apache-2.0`.
    pub core: String,
    /// Of what is restricted, e.g. `LicenseRef-X`.
    pub restricted: String,
}

/// A file that joins the two trees.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeamSettings {
    /// The file.
    #[schemars(with = "String")]
    pub path: Utf8PathBuf,
    /// What its `//go:build` line must make certain, e.g. `!core`.
    pub requires: String,
}

/// What is thought of an edge of some kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Red.
    #[default]
    Deny,
    /// Told.
    Warn,
    /// Counted.
    Allow,
}

impl Policy {
    /// How much a finding weighs; none where there is to be none.
    pub(crate) fn severity(self) -> Option<Severity> {
        match self {
            Policy::Deny => Some(Severity::Error),
            Policy::Warn => Some(Severity::Warning),
            Policy::Allow => None,
        }
    }
}

fn allow() -> Policy {
    Policy::Allow
}

fn everything() -> Vec<String> {
    vec!["**".to_owned()]
}
