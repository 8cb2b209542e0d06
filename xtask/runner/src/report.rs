//! What is printed and written after a run. Each format is a pure function of
//! one receipt: no file is opened, no clock is read.
//!
//! Receipts carry text that strangers wrote: paths, lines of source, messages,
//! output of commands. Each format is responsible for keeping it text.

pub mod ctrf;
pub mod format;
pub mod github;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod needs_json;
pub mod sarif;
pub mod test_result;
pub mod vsa;

pub(crate) mod gate;
mod snippet;
pub(crate) mod text;
mod verdict;

#[cfg(test)]
pub(crate) mod sample;
