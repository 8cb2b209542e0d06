//! What a server serves: printed by a command, or read from its source.

pub(crate) mod command;
mod go;
mod language;
#[cfg(feature = "python")]
mod python;
#[cfg(feature = "rust")]
mod rust;
mod shape;
#[cfg(feature = "typescript")]
mod typescript;

use camino::Utf8Path;
use kernel::{Location, SourceFile, Tree};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::path::Path;
use crate::settings::Static;

pub(crate) use language::{Framework, GO, Language, PYTHON, RUST, TYPESCRIPT, supported};
pub(crate) use shape::Shape;

/// What `file` says about routes, as text for [`link`]; none where it says
/// nothing.
pub(crate) fn read(file: &SourceFile, wanted: &Static) -> Option<String> {
    if !wanted.language().names(file) {
        return None;
    }
    match wanted.framework {
        None | Some(Framework::Go(_)) => go::read(file, wanted),
        #[cfg(feature = "rust")]
        Some(Framework::Rust(own)) => rust::read(file, own),
        #[cfg(feature = "python")]
        Some(Framework::Python(_)) => python::read(file),
        #[cfg(feature = "typescript")]
        Some(Framework::TypeScript(own)) => typescript::read(file, own, wanted.shape.as_ref()),
    }
}

/// Puts together what [`read`] said about each file of `tree`.
pub(crate) fn link(said: &[(&Utf8Path, &str)], wanted: &Static, tree: &Tree) -> Found {
    #[cfg(not(feature = "typescript"))]
    let _only_typescript_asks = tree;
    #[cfg(any(feature = "rust", feature = "python"))]
    let unmounted = wanted.unmounted.as_deref();
    match wanted.framework {
        None | Some(Framework::Go(_)) => go::link(said, wanted),
        #[cfg(feature = "rust")]
        Some(Framework::Rust(own)) => rust::link(said, own, unmounted),
        #[cfg(feature = "python")]
        Some(Framework::Python(own)) => python::link(said, own, unmounted),
        #[cfg(feature = "typescript")]
        Some(Framework::TypeScript(own)) => typescript::link(said, own, wanted, tree),
    }
}

/// What a version of NestJS does to a path; as its `VersioningType` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Versioning {
    /// It stands in the path: `/v1/a`.
    Uri,
    /// A header of the request says it.
    Header,
    /// The media type says it.
    MediaType,
    /// A function of the server's own says it.
    Custom,
}

/// One registered route.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// Upper-case; none takes every method.
    pub(crate) method: Option<String>,
    pub(crate) path: Path,
    /// The same path in another spelling that it serves as well.
    pub(crate) also: Option<Path>,
    /// Where it is registered.
    pub(crate) at: Location,
    /// The router that it is registered on, where two of the same there are a
    /// mistake; none where it is registered under a condition.
    pub(crate) router: Option<usize>,
}

/// A registration whose path or method cannot be told.
#[derive(Clone, Debug)]
pub(crate) struct Unresolved {
    pub(crate) at: Location,
    /// As it is written.
    pub(crate) text: String,
    /// What cannot be told.
    pub(crate) why: String,
}

/// Everything that one source of routes gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) routes: Vec<Route>,
    /// Routes whose registration says that no specification shall have them.
    pub(crate) hidden: Vec<Route>,
    pub(crate) unresolved: Vec<Unresolved>,
    /// Routes of routers that nothing mounts, at the place that the options name.
    pub(crate) placed: usize,
}

/// The methods that HTTP has names for (RFC 9110, RFC 5789, and QUERY, which
/// OpenAPI 3.2 has).
pub(crate) const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"];

impl Route {
    /// `GET /a`, or `ANY /a`.
    pub(crate) fn shown(&self) -> String {
        format!("{} {}", self.method.as_deref().unwrap_or("ANY"), self.path.shown)
    }
}
