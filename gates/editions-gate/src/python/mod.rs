//! Python: imports of every form, and which file of the repository a module is.

mod entry_points;
mod facts;
mod imports;
mod resolve;
mod value;

use entry_points::declared;
pub(crate) use entry_points::entry_points;
pub(crate) use facts::references;
use imports::imports;
pub(crate) use resolve::Roots;
