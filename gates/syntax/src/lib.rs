//! Source as tokens, one module a language, for every gate that reads it. What a
//! token is worth is the gate's: here is only where it begins and ends.
//!
//! Reading never fails. What the language itself would refuse gives tokens too,
//! and what stays open to the end of the file is told, so that nobody calls the
//! rest of it clean.

pub mod ecmascript;
pub mod python;
pub mod rust;
mod scan;
