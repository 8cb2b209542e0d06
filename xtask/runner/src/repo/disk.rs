//! Files of a work tree or folder, never through a symbolic link and never
//! waiting for anybody. What is judged is the bytes on the disk: what git
//! would make of them (`autocrlf`, `.gitattributes`) is git's affair.

use std::fs::File;
use std::io::Read;

use kernel::ReadError;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::Disk;
#[cfg(windows)]
pub(super) use windows::Disk;

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A regular file.
    File {
        /// Whether its owner may execute it.
        executable: bool,
        /// Its size.
        size_bytes: u64,
        /// Last change of its content, nanoseconds since 1970.
        modified_ns: i128,
    },
    /// A symbolic link.
    Symlink,
    /// A directory.
    Directory,
    /// A FIFO, socket or device.
    Special,
    /// Nothing, or something behind a symbolic link.
    Nothing,
}

/// The bytes of an open file that said to have `size_bytes` of them; it may grow
/// while it is read.
fn content(file: &mut File, size_bytes: u64, size_bytes_max: u64) -> Result<Vec<u8>, ReadError> {
    let too_large = |size_bytes| ReadError::TooLarge { size_bytes, size_bytes_max };
    if size_bytes > size_bytes_max {
        return Err(too_large(size_bytes));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size_bytes).unwrap_or(0) + 1);
    let read = file.take(size_bytes_max.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| ReadError::Unreadable(error.to_string()))?;
    match bytes.len() as u64 {
        size_bytes if size_bytes > size_bytes_max => Err(too_large(size_bytes)),
        _ => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use kernel::{EntryKind, ReadError};

    use super::Disk;

    #[test]
    fn no_path_leads_out() {
        let temp = tempfile::tempdir().unwrap();
        std::fs::create_dir(temp.path().join("in")).unwrap();
        std::fs::write(temp.path().join("secret"), "x").unwrap();
        let inside = Utf8Path::from_path(temp.path()).unwrap().join("in");
        let disk = Disk::open(&inside, 100).unwrap();
        for path in
            ["../secret", "/etc/hostname", "a//b", "", "a/../../secret", "./../secret", ".."]
        {
            let read = disk.read(path.as_bytes(), EntryKind::File);
            assert!(matches!(read, Err(ReadError::Unreadable(_))), "{path}: {read:?}");
        }
    }
}
