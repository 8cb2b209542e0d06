//! `schema`: JSON Schema of ci.toml.

use std::io::Write;

use clap::Args;

use super::Done;
use crate::Builtin;
use crate::config::json_schema;

/// JSON Schema of ci.toml
#[derive(Debug, Args)]
pub struct Schema {}

/// Runs it.
pub fn run(builtin: &Builtin, _args: &Schema) -> Done {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{:#}", json_schema(builtin.kinds()))?;
    Ok(0)
}
