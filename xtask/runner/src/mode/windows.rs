//! Windows has no such bits: a file has the rights of its folder, and what may be executed is
//! told by its name.

use std::fs::{Metadata, OpenOptions, Permissions};
use std::io;
use std::path::Path;

/// A new file has the rights of its folder: of the git directory, its owner's.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Nothing needs to be said.
pub(crate) fn executable(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// None can be given to a new file.
pub(crate) fn for_all() -> Option<Permissions> {
    None
}

/// None can be given to a new file.
pub(crate) fn taken_over(_from: &Metadata) -> Option<Permissions> {
    None
}

/// git runs each hook that is there.
pub(crate) fn is_executable(_file: &Metadata) -> bool {
    true
}

/// Nothing needs to be said.
pub(crate) fn make_executable(_path: &Path) -> io::Result<()> {
    Ok(())
}
