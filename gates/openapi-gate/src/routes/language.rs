//! The languages whose sources are read, and the frameworks of each.

use kernel::SourceFile;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use super::go;
#[cfg(feature = "python")]
use super::python;
#[cfg(feature = "rust")]
use super::rust;
#[cfg(feature = "typescript")]
use super::typescript;
use crate::path::Dialect;

/// A language, as far as all of them are alike.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Language {
    pub(crate) name: &'static str,
    /// What its sources' names end with.
    pub(crate) extensions: &'static [&'static str],
    /// What is not offered to be read: what others wrote, and tests.
    apart: &'static [&'static str],
    /// The feature of this crate that reads it; none is always built.
    feature: Option<&'static str>,
    frameworks: &'static [&'static str],
    is_built: bool,
}

/// Go, which shapes are written in as well.
pub(crate) const GO: Language = Language {
    name: "Go",
    extensions: &["go"],
    apart: &["**/vendor/**"],
    feature: None,
    frameworks: &["net-http", "chi", "gin", "echo", "fiber", "gorilla"],
    is_built: true,
};

/// Rust.
pub(crate) const RUST: Language = Language {
    name: "Rust",
    extensions: &["rs"],
    apart: &["**/{vendor,target,tests}/**"],
    feature: Some("rust"),
    frameworks: &["axum", "actix-web", "rocket", "poem"],
    is_built: cfg!(feature = "rust"),
};

/// Python.
pub(crate) const PYTHON: Language = Language {
    name: "Python",
    extensions: &["py"],
    apart: &["**/{site-packages,node_modules,.venv,venv}/**", "**/{tests,test}/**"],
    feature: Some("python"),
    frameworks: &["fastapi", "starlette", "flask", "django", "aiohttp"],
    is_built: cfg!(feature = "python"),
};

/// TypeScript and JavaScript.
pub(crate) const TYPESCRIPT: Language = Language {
    name: "TypeScript and JavaScript",
    extensions: &["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"],
    apart: &["**/node_modules/**", "**/*.test.*", "**/*.spec.*", "**/__tests__/**"],
    feature: Some("typescript"),
    frameworks: &["express", "fastify", "hono", "koa", "nestjs", "nextjs"],
    is_built: cfg!(feature = "typescript"),
};

const ALL: [&Language; 4] = [&GO, &RUST, &PYTHON, &TYPESCRIPT];

/// A framework whose calls are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub(crate) enum Framework {
    /// Of Go.
    Go(go::Framework),
    /// Of Rust.
    #[cfg(feature = "rust")]
    Rust(rust::Framework),
    /// Of Python.
    #[cfg(feature = "python")]
    Python(python::Framework),
    /// Of TypeScript and JavaScript.
    #[cfg(feature = "typescript")]
    TypeScript(typescript::Framework),
}

impl TryFrom<String> for Framework {
    type Error = String;

    fn try_from(text: String) -> Result<Framework, String> {
        if let Some(own) = named(&text) {
            return Ok(Framework::Go(own));
        }
        #[cfg(feature = "rust")]
        if let Some(own) = named(&text) {
            return Ok(Framework::Rust(own));
        }
        #[cfg(feature = "python")]
        if let Some(own) = named(&text) {
            return Ok(Framework::Python(own));
        }
        #[cfg(feature = "typescript")]
        if let Some(own) = named(&text) {
            return Ok(Framework::TypeScript(own));
        }
        let language = ALL.iter().find(|it| it.frameworks.contains(&text.as_str()));
        if let Some(feature) = language.and_then(|language| language.feature) {
            return Err(format!(
                "framework '{text}' is read by the feature '{feature}', which this program was \
                 built without"
            ));
        }
        Err(format!(
            "framework '{text}' is not supported; supported are {}; for others let \
             routes.command print the routes, or name the registrar by 'shape'",
            supported()
        ))
    }
}

/// The framework of one language that is called so.
fn named<'t, T: Deserialize<'t>>(text: &'t str) -> Option<T> {
    let text: StrDeserializer<'t, Error> = text.into_deserializer();
    T::deserialize(text).ok()
}

/// The frameworks that are read, for messages.
pub(crate) fn supported() -> String {
    let quoted =
        |own: &[&str]| own.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let built = ALL.iter().filter(|language| language.is_built);
    let lists = built.map(|own| format!("{} ({})", quoted(own.frameworks), own.name));
    lists.collect::<Vec<_>>().join(", ")
}

impl Framework {
    /// The one of Go, if it is.
    #[allow(unreachable_patterns, reason = "a build may read no other language")]
    pub(crate) fn go(self) -> Option<go::Framework> {
        match self {
            Framework::Go(own) => Some(own),
            _ => None,
        }
    }

    /// The language of its sources.
    pub(crate) fn language(self) -> &'static Language {
        match self {
            Framework::Go(_) => &GO,
            #[cfg(feature = "rust")]
            Framework::Rust(_) => &RUST,
            #[cfg(feature = "python")]
            Framework::Python(_) => &PYTHON,
            #[cfg(feature = "typescript")]
            Framework::TypeScript(_) => &TYPESCRIPT,
        }
    }

    /// Whether its routes stand on routers that something else mounts: files, lists
    /// of patterns and decorated classes have their place by themselves.
    pub(crate) fn mounts_routers(self) -> bool {
        match self {
            #[cfg(feature = "python")]
            Framework::Python(own) => own != python::Framework::Django,
            #[cfg(feature = "typescript")]
            Framework::TypeScript(own) => {
                use typescript::Framework::{Nestjs, Nextjs};
                !matches!(own, Nestjs | Nextjs)
            }
            _ => true,
        }
    }

    /// Whether its routes can have a version.
    #[allow(unreachable_patterns, reason = "a build may read no other language")]
    pub(crate) fn has_versions(self) -> bool {
        match self {
            #[cfg(feature = "typescript")]
            Framework::TypeScript(own) => own == typescript::Framework::Nestjs,
            _ => false,
        }
    }

    /// Whose grammar its paths are written in.
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Framework::Go(own) => go::dialect(own),
            #[cfg(feature = "rust")]
            Framework::Rust(own) => rust::dialect(own),
            #[cfg(feature = "python")]
            Framework::Python(_) => Dialect::Chi,
            #[cfg(feature = "typescript")]
            Framework::TypeScript(_) => Dialect::Any,
        }
    }
}

impl Language {
    /// The patterns of its sources, for an offer: without what others wrote and
    /// without tests.
    pub(crate) fn patterns(&self) -> Vec<String> {
        let own = self.extensions.iter().map(|extension| format!("**/*.{extension}"));
        own.chain(self.apart.iter().map(|apart| format!("!{apart}"))).collect()
    }

    /// Whether `file` is named as its sources are.
    pub(crate) fn names(&self, file: &SourceFile) -> bool {
        file.path().extension().is_some_and(|own| self.extensions.contains(&own))
    }
}
