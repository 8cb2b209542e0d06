//! The runner: gathers evidence, has the gates judge it, writes the receipt.
//! The only crate that touches the world.
//!
//! ```text
//! argv ── Cli ─┐
//! ci.toml ─ Config ─┼─ Plan ─ gather ─ Evidence ─ check ─ Checked ─ judge ─ Receipt ─ report::*
//! git ─── Tree ─────┘
//! ```
//!
//! A repository's own xtask is five lines around [`main`] and [`builtin`].

mod base;
mod baseline;
mod builtin;
mod bundle;
mod ci;
mod cli;
pub mod config;
mod difference;
mod engine;
pub mod exec;
mod fan_out;
mod gather;
pub mod git;
mod github;
mod green;
mod init;
mod introduced;
mod judge;
mod mode;
mod output;
mod plan;
mod plugin;
mod policy;
mod progress;
mod proof;
mod quote;
mod ready;
pub mod receipt;
mod record;
#[cfg(feature = "action-pins")]
mod registry;
pub mod repo;
mod report;
mod reuse;
mod run;
mod select;
mod sign;
mod tool;
mod trust;
mod view;
mod waiver;

use std::process::ExitCode;

pub use builtin::{Builtin, builtin};
pub use kernel;

/// Runs the command line with these gates and ends with its exit code.
#[must_use]
pub fn main(builtin: Builtin) -> ExitCode {
    cli::main(&builtin)
}
