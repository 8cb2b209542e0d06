//! Python: imports of every form, and which file of the repository a module is.

mod entry_points;
mod imports;
mod resolve;
mod value;

pub(crate) use entry_points::{declared, entry_points};
pub(crate) use imports::imports;
pub(crate) use resolve::Roots;
