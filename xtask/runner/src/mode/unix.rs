use std::fs::{Metadata, OpenOptions, Permissions, set_permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// A new file is its owner's alone.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// A new file may be executed, as far as the user's umask allows.
pub(crate) fn executable(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o777)
}

/// Those of a new file that everybody may read and write, as far as the user's umask allows.
pub(crate) fn for_all() -> Option<Permissions> {
    Some(Permissions::from_mode(0o666))
}

/// Those that a file in another's place takes over.
pub(crate) fn taken_over(from: &Metadata) -> Option<Permissions> {
    Some(from.permissions())
}

/// Whether anybody may execute the file.
pub(crate) fn is_executable(file: &Metadata) -> bool {
    file.permissions().mode() & 0o111 != 0
}

/// Lets everybody execute the file.
pub(crate) fn make_executable(path: &Path) -> io::Result<()> {
    set_permissions(path, Permissions::from_mode(0o755))
}
