//! Go: imports, build constraints, manifests, and which folder an import path is.

mod calls;
pub(crate) mod constraint;
mod directives;
mod imports;
mod manifest;
mod modules;

pub(crate) use calls::references as calls;
pub(crate) use directives::directives;
pub(crate) use imports::head;
pub(crate) use manifest::{references, tools};
pub(crate) use modules::Modules;
