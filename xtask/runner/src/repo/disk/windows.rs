//! Windows opens by whole paths alone. So that nobody can slip a link in
//! between, each directory on the way is held open meanwhile, in a way that
//! keeps it from being renamed or removed.
//!
//! What is lost: a file has no bit that says it may be executed, and no time
//! that no program can set back, so that a change whose date was set back while
//! gates ran is not noticed. FIFOs and devices have no names below a folder.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;

use camino::Utf8Path;
use kernel::{EntryKind, ReadError};

use super::{Found, content};
use crate::repo::RepoError;
use crate::repo::path::of_system;

/// A directory and what lies below it. Paths are raw bytes, relative, with
/// `/` between components.
#[derive(Debug)]
pub(in crate::repo) struct Disk {
    /// With the prefix under which names are taken as they stand: no folder is
    /// the current one, no file is `NUL`, no end is cut.
    root: PathBuf,
    size_bytes_max: u64,
}

const FILE_SHARE_READ: u32 = 1;
const FILE_SHARE_WRITE: u32 = 2;
const FILE_SHARE_DELETE: u32 = 4;
/// Opens a directory, too.
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
/// Opens a link itself.
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const FILE_ATTRIBUTE_REPARSE_POINT: u32 = 0x0400;
/// 1970 in hundreds of nanoseconds since 1601.
const EPOCH: i128 = 116_444_736_000_000_000;

/// `ERROR_NOT_A_REPARSE_POINT`.
const NO_LINK: i32 = 4390;

impl Disk {
    /// The directory `dir`, which may itself be named through links.
    pub(in crate::repo) fn open(dir: &Utf8Path, size_bytes_max: u64) -> Result<Disk, RepoError> {
        let unreadable = |reason: String| RepoError::Unreadable { dir: dir.to_owned(), reason };
        let root = std::fs::canonicalize(dir).map_err(|error| unreadable(error.to_string()))?;
        if !root.is_dir() {
            return Err(unreadable("it is no directory".to_owned()));
        }
        Ok(Disk { root, size_bytes_max })
    }

    /// What `path` is.
    pub(in crate::repo) fn look(&self, path: &[u8]) -> Result<Found, ReadError> {
        let at = match self.way(path) {
            Ok(at) => at,
            Err(Lost::Nothing) => return Ok(Found::Nothing),
            Err(lost) => return Err(unreadable(lost)),
        };
        let found = match at.path.symlink_metadata() {
            Ok(found) => found,
            Err(error) if is_nothing(&error) => return Ok(Found::Nothing),
            Err(error) => return Err(unreadable(Lost::Io(error))),
        };
        Ok(match found.file_type() {
            kind if kind.is_symlink() => Found::Symlink,
            kind if kind.is_dir() => Found::Directory,
            kind if kind.is_file() => Found::File {
                executable: false,
                size_bytes: found.file_size(),
                modified_ns: since_epoch_ns(found.last_write_time()),
            },
            _ => Found::Special,
        })
    }

    /// The bytes of a file, or the target of a link.
    pub(in crate::repo) fn read(&self, path: &[u8], kind: EntryKind) -> Result<Vec<u8>, ReadError> {
        self.read_dated(path, kind).map(|(bytes, _)| bytes)
    }

    /// [`Disk::read`], and when the file's content was last written, as far as
    /// nobody set it back: nanoseconds since 1970, none for a link.
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
        let found = file.metadata().map_err(|error| unreadable(Lost::Io(error)))?;
        Ok((bytes, Some(since_epoch_ns(found.last_write_time()))))
    }

    /// The target of a link, with `/`, as git keeps it; none where it is no link.
    pub(in crate::repo) fn target(&self, path: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let at = self.way(path).map_err(unreadable)?;
        match std::fs::read_link(&at.path) {
            Ok(target) => Ok(Some(of_system(&target).into_owned())),
            Err(error) if error.raw_os_error() == Some(NO_LINK) => Ok(None),
            Err(error) => Err(unreadable(Lost::Io(error))),
        }
    }

    /// An open regular file and its size.
    pub(in crate::repo) fn file(&self, path: &[u8]) -> Result<(File, u64), ReadError> {
        let at = self.way(path).map_err(unreadable)?;
        let io = |error| unreadable(Lost::Io(error));
        let mut options = OpenOptions::new();
        options.read(true).share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
        let itself = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
        let mut file = options.clone().custom_flags(itself).open(&at.path).map_err(io)?;
        let mut found = file.metadata().map_err(io)?;
        if !found.is_file() {
            let found = if found.is_dir() { "a directory" } else { "a symbolic link" };
            return Err(ReadError::Unreadable(format!("it is {found} now, not a file")));
        }
        if found.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT != 0 {
            // Of the kinds that name no other file (compressed, or fetched when it is read):
            // opened as it is, it would read as something else.
            file = options.open(&at.path).map_err(io)?;
            found = file.metadata().map_err(io)?;
        }
        Ok((file, found.file_size()))
    }

    /// Where `path` is, every directory before it held in its place.
    fn way(&self, path: &[u8]) -> Result<Way, Lost> {
        let path = std::str::from_utf8(path).map_err(|_| Lost::Impossible)?;
        let mut way = Way { path: self.root.clone(), _held: Vec::new() };
        let mut components = path.split('/').peekable();
        while let Some(component) = components.next() {
            let is_plain = !matches!(component, "" | "." | "..");
            if !is_plain || component.contains(['\\', ':', '\0']) {
                return Err(Lost::Impossible);
            }
            way.path.push(component);
            if components.peek().is_some() {
                way._held.push(hold(&way.path)?);
            }
        }
        Ok(way)
    }
}

/// A path, and the directories that it leads through.
struct Way {
    path: PathBuf,
    _held: Vec<File>,
}

/// Why a way ends.
enum Lost {
    /// No file of Windows can have this name.
    Impossible,
    /// Nothing is there, or a link that is not followed.
    Nothing,
    Io(io::Error),
}

/// Opens a directory, not through a link, in a way that keeps it where it is.
fn hold(dir: &std::path::Path) -> Result<File, Lost> {
    let opened = OpenOptions::new()
        // To look at its attributes alone would hold nothing.
        .read(true)
        .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE)
        .custom_flags(FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT)
        .open(dir);
    let found = opened.and_then(|dir| Ok((dir.metadata()?, dir)));
    match found {
        Ok((found, dir)) if found.is_dir() => Ok(dir),
        Ok(_) => Err(Lost::Nothing),
        Err(error) if is_nothing(&error) => Err(Lost::Nothing),
        Err(error) => Err(Lost::Io(error)),
    }
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn since_epoch_ns(filetime: u64) -> i128 {
    (i128::from(filetime) - EPOCH) * 100
}

fn unreadable(lost: Lost) -> ReadError {
    ReadError::Unreadable(match lost {
        Lost::Impossible => "Windows can have no file of this name".to_owned(),
        Lost::Nothing => "it vanished after it was listed, or stands behind a link".to_owned(),
        Lost::Io(error) if is_nothing(&error) => "it vanished after it was listed".to_owned(),
        Lost::Io(error) if error.kind() == ErrorKind::PermissionDenied => {
            "permission denied".to_owned()
        }
        Lost::Io(error) => error.to_string(),
    })
}
