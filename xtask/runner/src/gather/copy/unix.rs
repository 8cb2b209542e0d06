use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

/// What to look at where copying fails.
pub(super) const HINT: &str = "is there room in the temporary folder?";

/// A link at `at` to `target`.
pub(super) fn link(target: &[u8], at: &Path) -> io::Result<()> {
    symlink(OsStr::from_bytes(target), at)
}
