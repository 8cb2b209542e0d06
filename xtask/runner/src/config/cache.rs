//! `[cache]`: a cache that a team shares.

use schemars::JsonSchema;
use serde::Deserialize;

/// Where results are kept for everybody, by the plain HTTP protocol of a remote
/// build cache: `GET` and `PUT` under `/ac/` and `/cas/`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// The server, e.g. `https://cache.example.com/gates`.
    pub url: String,
    /// Who writes to it.
    #[serde(default)]
    pub write: Write,
    /// The variable that holds a token, sent as `Authorization: Bearer`.
    pub token_env: Option<String>,
}

/// Who writes to the shared cache. Whoever judges a fork's code never does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Write {
    /// CI alone, which takes nothing and so has seen what it writes.
    #[default]
    Ci,
    /// Everybody.
    Always,
    /// Nobody.
    Never,
}
