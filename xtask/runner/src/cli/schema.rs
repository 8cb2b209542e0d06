//! `schema`: JSON Schema of what users write and of what they read.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::Done;
use crate::Builtin;
use crate::config::json_schema;
use crate::receipt;

/// JSON Schema of ci.toml or of the receipt
#[derive(Debug, Args)]
pub struct Schema {
    /// Of what
    #[arg(value_enum, default_value = "ci")]
    of: Of,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// ci.toml, with the options of every built-in gate
    Ci,
    /// The receipt, version 1
    Receipt,
}

/// Runs it.
pub fn run(builtin: &Builtin, args: &Schema) -> Done {
    let mut out = anstream::stdout().lock();
    match args.of {
        Of::Ci => writeln!(out, "{:#}", json_schema(builtin.kinds()))?,
        Of::Receipt => writeln!(out, "{:#}", receipt::json_schema())?,
    }
    Ok(0)
}
