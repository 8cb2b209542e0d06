//! Source files that routes are read from.

use kernel::{ConfigError, Globs};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::path::Dialect;
use crate::routes::{Framework, GO, Language, Shape, TYPESCRIPT, Versioning, supported};

/// Source files that register routes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StaticSettings {
    /// The framework whose calls are read.
    framework: Option<Framework>,
    /// The files, as patterns.
    files: Vec<String>,
    /// A table or registrar of one's own, in Go: `{$METHOD, $PATH, ...}`,
    /// `{Method: $METHOD, Path: $PATH, ...}` or
    /// `registrar.Register($METHOD, $PATH, ...)`; beside a framework of TypeScript
    /// and JavaScript: `{method: $METHOD, path: $PATH, ...}`, `[$METHOD, $PATH, ...]`
    /// or `this.route($METHOD, $PATH, ...)`. Its paths are whole.
    shape: Option<String>,
    /// The prefix under which a router is served that nothing in the files
    /// mounts, e.g. `/`; where this is left out its routes are told as
    /// unresolved.
    unmounted: Option<String>,
    /// What a version of NestJS does where no file says it by `enableVersioning`:
    /// `uri` puts it into the path, `header`, `media-type` and `custom` leave paths
    /// alone; where this is left out what has a version is told as unresolved.
    versioning: Option<Versioning>,
}

/// Source files of an API.
#[derive(Clone, Debug)]
pub(crate) struct Static {
    pub(crate) framework: Option<Framework>,
    pub(crate) files: Globs,
    pub(crate) shape: Option<Shape>,
    /// Where a router is that nothing mounts, without a slash at its end.
    pub(crate) unmounted: Option<String>,
    /// What a version does where no file says it.
    #[cfg_attr(
        not(feature = "typescript"),
        expect(dead_code, reason = "nothing else that is read has versions")
    )]
    pub(crate) versioning: Option<Versioning>,
}

impl Static {
    /// The language of its files.
    pub(crate) fn language(&self) -> &'static Language {
        self.framework.map_or(&GO, Framework::language)
    }
}

impl StaticSettings {
    /// Refuses what could never work; `error` names the API.
    pub(super) fn read(
        self,
        error: &impl Fn(String) -> ConfigError,
    ) -> Result<Static, ConfigError> {
        let files = Globs::new(&self.files).map_err(|bad| error(bad.to_string()))?;
        if files.is_empty() {
            return Err(error("'routes.static' names no files".to_owned()));
        }
        let dialect = self.framework.map_or(Dialect::Any, Framework::dialect);
        let shape = self.shape.as_deref().map(|text| Shape::read(text, dialect)).transpose();
        let shape = shape.map_err(|reason| {
            error(format!("shape '{}': {reason}", self.shape.as_deref().unwrap_or_default()))
                .hint("write '{$METHOD, $PATH, ...}' or 'registrar.Register($METHOD, $PATH, ...)'")
        })?;
        let language = self.framework.map_or(&GO, Framework::language);
        if let Some(shape) = &shape {
            let reason = match language {
                own if *own == GO => shape.is_list.then_some("Go has no such list"),
                own if *own == TYPESCRIPT => (shape.is_literal && !shape.head.is_empty())
                    .then_some("nothing stands before an object or list of JavaScript"),
                _ => Some("a shape is of Go, or of TypeScript and JavaScript"),
            };
            if let Some(reason) = reason {
                let text = self.shape.as_deref().unwrap_or_default();
                return Err(error(format!("shape '{text}' for {}: {reason}", language.name))
                    .hint("let routes.command print what a registrar of one's own registers"));
            }
        }
        if self.framework.is_none() && shape.is_none() {
            return Err(error("'routes.static' needs a 'framework' or a 'shape'".to_owned())
                .hint(format!("supported frameworks are {}", supported())));
        }
        let unmounted = match self.unmounted {
            Some(prefix) if !prefix.starts_with('/') => {
                return Err(error(format!("'unmounted' is '{prefix}'"))
                    .hint("write '/', or a prefix such as '/api'"));
            }
            given => given.map(|prefix| prefix.trim_end_matches('/').to_owned()),
        };
        let has_mounts = self.framework.is_some_and(Framework::mounts_routers);
        if unmounted.is_some() && !has_mounts {
            return Err(error("'unmounted' needs a framework whose routers are mounted".into())
                .hint("leave it out: the paths of these files are whole"));
        }
        if self.versioning.is_some() && !self.framework.is_some_and(Framework::has_versions) {
            return Err(error("'versioning' needs the framework 'nestjs'".into())
                .hint("leave it out: other frameworks have no versions"));
        }
        let (framework, versioning) = (self.framework, self.versioning);
        Ok(Static { framework, files, shape, unmounted, versioning })
    }
}
