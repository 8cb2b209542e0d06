//! The runner: gathers evidence, has the gates judge it, writes the receipt.
//! The only crate that touches the world.

use std::process::ExitCode;

pub mod baseline;
pub mod config;
pub mod git;
pub mod judge;
pub mod plan;
pub mod receipt;
pub mod record;
pub mod repo;
pub mod waiver;

/// The gates that are built in.
#[must_use]
pub fn builtin() -> Vec<kernel::Kind> {
    Vec::new()
}

/// Runs the command line.
#[must_use]
pub fn main(_kinds: Vec<kernel::Kind>) -> ExitCode {
    ExitCode::from(2)
}
