//! Rust: paths, modules and included files, and which crate or file of the
//! repository each of them is.

mod attributes;
mod crates;
mod lexer;
mod manifest;
mod modules;
mod references;
mod uses;

pub(crate) use crates::Crates;
pub(crate) use references::references;
