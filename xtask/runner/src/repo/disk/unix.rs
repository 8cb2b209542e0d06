//! Each directory is opened from the one above it, so that nobody can slip a
//! link in between.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use camino::Utf8Path;
use kernel::{EntryKind, ReadError};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, fstat, openat, readlinkat, statat};
use rustix::io::Errno;

use super::{Found, content};
use crate::repo::RepoError;

/// A directory and what lies below it. Paths are raw bytes, relative, with
/// `/` between components.
#[derive(Debug)]
pub(in crate::repo) struct Disk {
    root: OwnedFd,
    size_bytes_max: u64,
}

impl Disk {
    /// The directory `dir`, which may itself be named through links.
    pub(in crate::repo) fn open(dir: &Utf8Path, size_bytes_max: u64) -> Result<Disk, RepoError> {
        let root = rustix::fs::open(dir.as_std_path(), DIRECTORY, Mode::empty());
        let root = root.map_err(|error| RepoError::Unreadable {
            dir: dir.to_owned(),
            reason: io::Error::from(error).to_string(),
        })?;
        Ok(Disk { root, size_bytes_max })
    }

    /// What `path` is.
    pub(in crate::repo) fn look(&self, path: &[u8]) -> Result<Found, ReadError> {
        let found = self.parent(path).and_then(|(dir, name)| {
            statat(dir.as_ref().unwrap_or(&self.root), name, AtFlags::SYMLINK_NOFOLLOW)
        });
        match found {
            Ok(stat) => Ok(match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => Found::File {
                    executable: stat.st_mode & 0o100 != 0,
                    size_bytes: u64::try_from(stat.st_size).unwrap_or_default(),
                    modified_ns: i128::from(stat.st_mtime) * 1_000_000_000
                        + i128::from(stat.st_mtime_nsec),
                },
                FileType::Symlink => Found::Symlink,
                FileType::Directory => Found::Directory,
                _ => Found::Special,
            }),
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(Found::Nothing),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// The bytes of a file, or the target of a link.
    pub(in crate::repo) fn read(&self, path: &[u8], kind: EntryKind) -> Result<Vec<u8>, ReadError> {
        self.read_dated(path, kind).map(|(bytes, _)| bytes)
    }

    /// [`Disk::read`], and when the file's content, name or mode last changed:
    /// nanoseconds since 1970, none for a link. No program can set it back.
    pub(in crate::repo) fn read_dated(
        &self,
        path: &[u8],
        kind: EntryKind,
    ) -> Result<(Vec<u8>, Option<i128>), ReadError> {
        if kind == EntryKind::Symlink
            && let Some(target) = self.target(path)?
        {
            return Ok((target, None));
        }
        let (mut file, size_bytes) = self.file(path)?;
        let bytes = content(&mut file, size_bytes, self.size_bytes_max)?;
        let stat = fstat(&file).map_err(unreadable)?;
        let changed_ns = i128::from(stat.st_ctime) * 1_000_000_000 + i128::from(stat.st_ctime_nsec);
        Ok((bytes, Some(changed_ns)))
    }

    /// The target of a link; none where it is no link.
    pub(in crate::repo) fn target(&self, path: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let target = self.parent(path).and_then(|(dir, name)| {
            readlinkat(dir.as_ref().unwrap_or(&self.root), name, Vec::new())
        });
        match target {
            Ok(target) => Ok(Some(target.into_bytes())),
            Err(Errno::INVAL) => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// An open regular file and its size.
    pub(in crate::repo) fn file(&self, path: &[u8]) -> Result<(File, u64), ReadError> {
        // NONBLOCK: opening a FIFO would otherwise wait for a writer.
        let flags =
            OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = self.parent(path).and_then(|(dir, name)| {
            let dir = dir.as_ref().unwrap_or(&self.root);
            let named = statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)?;
            // Opening is not harmless for a FIFO or a device: look first.
            match FileType::from_raw_mode(named.st_mode) {
                FileType::RegularFile => openat(dir, name, flags, Mode::empty()).map(Ok),
                other => Ok(Err(other)),
            }
        });
        let file = match opened {
            Ok(Ok(file)) => file,
            Ok(Err(other)) => return Err(not_a_file(other)),
            Err(error) => return Err(unreadable(error)),
        };
        let stat = fstat(&file).map_err(unreadable)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => {
                Ok((File::from(file), u64::try_from(stat.st_size).unwrap_or_default()))
            }
            other => Err(not_a_file(other)),
        }
    }

    /// The directory `path` (empty: the root), to be listed. What stands in it
    /// can be looked at through it.
    pub(in crate::repo) fn list(&self, path: &[u8]) -> Result<Dir, Errno> {
        let passed = match path {
            b"" => None,
            path => match self.at_once(path, LISTED)? {
                Some(dir) => return Dir::new(dir),
                None => Some(self.directory(path)?),
            },
        };
        Dir::new(openat(passed.as_ref().unwrap_or(&self.root), c".", LISTED, Mode::empty())?)
    }

    /// The directory that holds `path` (none: the root) and the last component.
    fn parent<'a>(&self, path: &'a [u8]) -> Result<(Option<OwnedFd>, &'a [u8]), Errno> {
        let Some(slash) = memchr::memrchr(b'/', path) else { return Ok((None, path)) };
        let (dir, name) = (path.get(..slash), path.get(slash + 1..));
        let (Some(dir), Some(name)) = (dir, name) else { return Err(Errno::INVAL) };
        Ok((Some(self.directory(dir)?), name))
    }

    /// The directory `path`, to pass through.
    fn directory(&self, path: &[u8]) -> Result<OwnedFd, Errno> {
        match self.at_once(path, DIRECTORY)? {
            Some(dir) => Ok(dir),
            None => walk(&self.root, components(path))?.ok_or(Errno::INVAL),
        }
    }

    /// The directory `path` by one call; none where the system has no such call.
    fn at_once(&self, path: &[u8], flags: OFlags) -> Result<Option<OwnedFd>, Errno> {
        if components(path).any(|component| matches!(component, b"" | b"." | b"..")) {
            return Err(Errno::INVAL);
        }
        match beneath(&self.root, path, flags) {
            // Kernels before 5.6, and sandboxes that do not know the call.
            Err(Errno::NOSYS | Errno::PERM) => Ok(None),
            answer => answer.map(Some),
        }
    }
}

fn components(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/')
}

const LISTED: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC).union(SEARCH);
// To pass through a directory is enough; reading it is not needed.
#[cfg(target_os = "linux")]
const SEARCH: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const SEARCH: OFlags = OFlags::RDONLY;

#[cfg(target_os = "linux")]
fn beneath(root: &OwnedFd, dir: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
    use rustix::fs::{ResolveFlags, openat2};
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    openat2(root, dir, flags, Mode::empty(), resolve)
}

#[cfg(not(target_os = "linux"))]
fn beneath(_root: &OwnedFd, _dir: &[u8], _flags: OFlags) -> Result<OwnedFd, Errno> {
    Err(Errno::NOSYS)
}

/// Opens one directory after the other, none of them through a link.
fn walk<'a>(
    root: &OwnedFd,
    components: impl Iterator<Item = &'a [u8]>,
) -> Result<Option<OwnedFd>, Errno> {
    let mut dir: Option<OwnedFd> = None;
    for component in components {
        let from = dir.as_ref().unwrap_or(root).as_fd();
        dir = Some(openat(from, component, DIRECTORY | OFlags::NOFOLLOW, Mode::empty())?);
    }
    Ok(dir)
}

fn unreadable(error: Errno) -> ReadError {
    ReadError::Unreadable(match error {
        Errno::NOENT | Errno::NOTDIR => "it vanished after it was listed".to_owned(),
        Errno::LOOP => "it stands behind a symbolic link now, which is not followed".to_owned(),
        Errno::ACCESS | Errno::PERM => "permission denied".to_owned(),
        error => io::Error::from(error).to_string(),
    })
}

fn not_a_file(found: FileType) -> ReadError {
    let found = match found {
        FileType::Symlink => "a symbolic link",
        FileType::Directory => "a directory",
        FileType::Fifo => "a FIFO",
        FileType::Socket => "a socket",
        _ => "a device",
    };
    ReadError::Unreadable(format!("it is {found} now, not a file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The path for kernels without openat2 must refuse the same things.
    #[test]
    fn walking_follows_no_link() {
        let temp = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(temp.path().join("a/b")).unwrap();
        std::os::unix::fs::symlink("a", temp.path().join("l")).unwrap();
        let root = OwnedFd::from(File::open(temp.path()).unwrap());
        let walk_to = |path: &'static str| walk(&root, path.split('/').map(str::as_bytes));
        assert!(walk_to("a/b").unwrap().is_some());
        assert!(matches!(walk_to("l/b").unwrap_err(), Errno::LOOP | Errno::NOTDIR));
        assert_eq!(walk_to("a/c").unwrap_err(), Errno::NOENT);
    }
}
