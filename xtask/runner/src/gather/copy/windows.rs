use std::io;
use std::os::windows::fs::{symlink_dir, symlink_file};
use std::path::Path;

/// What to look at where copying fails.
pub(super) const HINT: &str = "is there room in the temporary folder? A symbolic link needs \
     Windows' developer mode (Settings, System, For developers)";

/// A link at `at` to `target`. A link to a folder is of another kind than one to a file; where
/// what it names is not there yet, it is taken for a file.
pub(super) fn link(target: &[u8], at: &Path) -> io::Result<()> {
    let target = std::str::from_utf8(target).map_err(io::Error::other)?.replace('/', "\\");
    let is_folder = at.parent().is_some_and(|folder| folder.join(&target).is_dir());
    if is_folder { symlink_dir(target, at) } else { symlink_file(target, at) }
}
