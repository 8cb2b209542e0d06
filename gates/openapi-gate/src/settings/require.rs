//! `require`: what a specification must say of itself.

use camino::Utf8PathBuf;
use kernel::{ConfigError, Tree};
use schemars::JsonSchema;
use serde::Deserialize;

/// What a specification must say of itself.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RequireSettings {
    /// The version of OpenAPI that it must be of: `2.0`, `3.0`, `3.1` or `3.2`.
    openapi: Option<String>,
    /// The file whose text `info.version` must be, e.g. `VERSION`.
    info_version_file: Option<String>,
    /// Keys that a deprecated operation must have, e.g. `x-sunset`.
    deprecated_needs: Vec<String>,
    /// Texts that may stand nowhere in it, in upper or lower case.
    banned_text: Vec<String>,
}

/// The same as the gate works with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Require {
    pub(crate) openapi: Option<String>,
    pub(crate) version_file: Option<Utf8PathBuf>,
    pub(crate) deprecated_needs: Vec<String>,
    /// In lower case.
    pub(crate) banned_text: Vec<String>,
}

impl RequireSettings {
    pub(super) fn read(self, name: &str, tree: &Tree) -> Result<Require, ConfigError> {
        let error = |message: String| ConfigError::new(format!("api '{name}': {message}"));
        let is_empty = self.openapi.is_none()
            && self.info_version_file.is_none()
            && self.deprecated_needs.is_empty()
            && self.banned_text.is_empty();
        if is_empty {
            return Err(error("'require' asks for nothing".to_owned()).hint(
                "name 'openapi', 'info_version_file', 'deprecated_needs' or 'banned_text', or \
                 leave it out",
            ));
        }
        if let Some(other) =
            self.openapi.as_ref().filter(|it| !["2.0", "3.0", "3.1", "3.2"].contains(&it.as_str()))
        {
            return Err(error(format!("'require.openapi' is '{other}'"))
                .hint("expected '2.0', '3.0', '3.1' or '3.2'"));
        }
        let version_file = self.info_version_file.map(Utf8PathBuf::from);
        if let Some(path) = version_file.as_ref().filter(|path| tree.find(path).is_none()) {
            return Err(error(format!("'require.info_version_file': no file '{path}'"))
                .hint("give its path, relative to the repository"));
        }
        let lists = [&self.deprecated_needs, &self.banned_text];
        if lists.into_iter().flatten().any(|text| text.trim().is_empty()) {
            return Err(error("'require' lists an empty text".to_owned()));
        }
        Ok(Require {
            openapi: self.openapi,
            version_file,
            deprecated_needs: self.deprecated_needs,
            banned_text: self.banned_text.iter().map(|text| text.to_lowercase()).collect(),
        })
    }
}
