//! Rust: paths, modules and included files, and which crate or file of the
//! repository each of them is.

mod attributes;
mod crates;
mod declarations;
mod expressions;
mod literals;
mod manifest;
mod modules;
mod place;
mod references;
mod uses;
mod value;

pub(crate) use crates::Crates;
pub(crate) use literals::texts;
pub(crate) use place::Place;
pub(crate) use references::references;
