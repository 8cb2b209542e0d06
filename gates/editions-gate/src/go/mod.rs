//! Go: imports, build constraints, and which folder an import path is.

pub(crate) mod constraint;
mod imports;
mod modules;

pub(crate) use imports::head;
pub(crate) use modules::Modules;
