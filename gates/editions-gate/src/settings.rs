//! The gate's own keys in ci.toml.

use std::collections::BTreeMap;

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
    /// The product of the core alone, built and tested without the restricted tree.
    pub build: Option<BuildSettings>,
    /// Programs that are shipped, and what must not be in them.
    pub binary: Vec<BinarySettings>,
    /// Whether a file is searched first for the names by which what is restricted can
    /// be reached, and lexed only where one stands. `false` lexes every file, and
    /// finds the same.
    pub search: bool,
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
            build: None,
            binary: Vec::new(),
            search: true,
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

/// `[gate.editions-gate.build]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BuildSettings {
    /// Commands, run one after the other in the repository's root.
    pub run: Vec<Vec<String>>,
    /// How the restricted tree is kept away from them.
    #[serde(default)]
    pub isolate: Isolate,
    /// Whose restricted tree it is: the first boundary's, where absent.
    #[serde(default)]
    pub boundary: Option<String>,
    /// Variables set for them. `{cache}` is a folder that is kept from run to run,
    /// outside of the tree.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Seconds for each command: the gate's `timeout`, where absent.
    #[serde(default)]
    pub timeout_s: Option<u64>,
}

/// How commands are kept from the restricted tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Isolate {
    /// A copy of the tree without it, outside of the repository.
    #[default]
    Copy,
    /// Go's `-overlay`: the tree as it is, the files said to be gone.
    Overlay,
}

/// `[[gate.editions-gate.binary]]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BinarySettings {
    /// The file that is shipped, relative to the repository.
    #[schemars(with = "String")]
    pub artifact: Utf8PathBuf,
    /// Texts that its bytes must not hold.
    #[serde(default)]
    pub absent: Vec<String>,
    /// A start that it must refuse.
    #[serde(default)]
    pub refuses: Option<RefusesSettings>,
    /// A build of the whole product, in which every probe must trip.
    #[schemars(with = "Option<String>")]
    #[serde(default)]
    pub twin: Option<Utf8PathBuf>,
}

/// A start that a program must refuse: it ends with an error and says why.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusesSettings {
    /// Variables set for it.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Its arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// What it has to say.
    pub message: String,
    /// Seconds it may take: 10, where absent.
    #[serde(default)]
    pub within_s: Option<u64>,
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
