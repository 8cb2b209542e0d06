//! gitleaks' configuration: `.gitleaks.toml` as of version 8.30.

pub mod allow;
pub mod known;
mod merge;
mod reader;
pub mod syntax;

pub use merge::{Pack, assemble};
