//! Files of ours, written whole or not at all.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};

use camino::Utf8Path;
use tempfile::NamedTempFile;

use super::RepoError;
use crate::mode;

/// Writes `bytes` to `path`: to a new file beside it that then takes its name,
/// so that a reader sees the old content or the new. What exists and is no
/// regular file (`/dev/stdout`, a FIFO, a link) is written in place.
///
/// # Errors
/// [`RepoError::Unwritable`].
pub fn atomic_write(path: &Utf8Path, bytes: &[u8]) -> Result<(), RepoError> {
    write(path, bytes)
        .map_err(|error| RepoError::Unwritable { path: path.to_owned(), reason: error.to_string() })
}

/// Writes `bytes` to a `path` where nothing is, with its folders; what has come
/// there meanwhile stays as it is.
///
/// # Errors
/// [`RepoError::Unwritable`], also where something is.
pub fn write_new(path: &Utf8Path, bytes: &[u8]) -> Result<(), RepoError> {
    let dir = path.parent().filter(|dir| !dir.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let write = || {
        fs::create_dir_all(dir)?;
        let mut file = new_file(dir, mode::for_all())?;
        file.write_all(bytes)?;
        file.persist_noclobber(path).map_err(|error| error.error)
    };
    let unwritable = |error: io::Error| RepoError::Unwritable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    write().map(|_file| ()).map_err(unwritable)
}

fn write(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let permissions = match fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_file() => return write_in_place(path, bytes),
        Ok(found) => mode::taken_over(&found),
        // What of this the user's umask allows.
        Err(error) if error.kind() == io::ErrorKind::NotFound => mode::for_all(),
        Err(error) => return Err(error),
    };
    let dir = path.parent().filter(|dir| !dir.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let mut file = new_file(dir, permissions)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A file that will take another's name.
fn new_file(dir: &Utf8Path, permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    builder.tempfile_in(dir)
}

fn write_in_place(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    // A stream that others write to as well is not ours to cut.
    let shared = path.starts_with("/dev") || path.starts_with("/proc");
    let mut file = OpenOptions::new().write(true).append(shared).truncate(!shared).open(path)?;
    file.write_all(bytes)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use camino::Utf8PathBuf;

    use super::*;

    fn temp() -> (tempfile::TempDir, Utf8PathBuf) {
        let temp = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(temp.path().to_owned()).unwrap();
        (temp, path)
    }

    #[test]
    fn a_file_is_replaced_and_keeps_its_mode() {
        let (_temp, dir) = temp();
        let path = dir.join("receipt.json");
        atomic_write(&path, b"one").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let other_name = dir.join("hard-link");
        fs::hard_link(&path, &other_name).unwrap();
        atomic_write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read(&other_name).unwrap(), b"one", "it was written over, not replaced");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 2, "a temporary file was left behind");
    }

    #[test]
    fn what_is_there_is_never_written_over() {
        let (_temp, dir) = temp();
        let path = dir.join("a/b/ci.toml");
        write_new(&path, b"one").unwrap();
        let error = write_new(&path, b"two").unwrap_err().to_string();
        assert!(error.contains("exists"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o444, 0o444);
    }

    #[test]
    fn a_link_stays_a_link() {
        let (_temp, dir) = temp();
        fs::write(dir.join("real"), "a longer text").unwrap();
        std::os::unix::fs::symlink("real", dir.join("link")).unwrap();
        atomic_write(&dir.join("link"), b"new").unwrap();
        assert!(fs::symlink_metadata(dir.join("link")).unwrap().file_type().is_symlink());
        assert_eq!(fs::read(dir.join("real")).unwrap(), b"new");
    }

    #[test]
    fn a_device_is_written_in_place() {
        atomic_write(Utf8Path::new("/dev/null"), b"x").unwrap();
        assert!(!fs::symlink_metadata("/dev/null").unwrap().file_type().is_file());
    }

    #[test]
    fn what_cannot_be_written_is_told() {
        let (_temp, dir) = temp();
        let error = atomic_write(&dir.join("no/such/file"), b"x").unwrap_err().to_string();
        assert!(error.starts_with("cannot write '") && error.contains("No such file"), "{error}");
    }
}
