//! By what a file system notes of each file.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;

use camino::Utf8Path;
use kernel::EntryKind;
use rayon::prelude::*;
use rustix::fs::{AtFlags, Dir, FileType, Stat, fstat, statat};
use rustix::io::Errno;

use super::Glance;
use crate::repo::disk::Disk;
use crate::repo::index_file::{IndexEntry, IndexFile, Seen, Tracked};
use crate::repo::name::{ObjectFormat, hex};
use crate::repo::state::{Index, now_ns};

/// Past so many doubtful paths git is quicker asked about the whole tree.
const DOUBTFUL_MAX: usize = 256;

/// Looks at the work tree at `root`. None where the index is not plain or the
/// disk is not as git leaves it: then git is to be asked about all of it.
pub(in crate::repo) fn glance(
    root: &Utf8Path,
    git_dir: &Utf8Path,
    format: ObjectFormat,
) -> Option<Glance> {
    let begun_ns = now_ns();
    let mut file = File::open(git_dir.join("index")).ok()?;
    let written = fstat(&file).ok()?;
    let mut bytes = Vec::with_capacity(usize::try_from(written.st_size).ok()? + 1);
    file.read_to_end(&mut bytes).ok()?;
    let index = IndexFile::parse(&bytes, format)?;
    let written = seen(&written).modified;
    let disk = Disk::open(root, u64::MAX).ok()?;
    let looker = Looker { disk: &disk, index: &index, written, format };
    let mut folders = folders(&index);
    // Neighbours lie together on the disk too; each takes microseconds.
    folders.sort_unstable_by_key(|folder| folder.path);
    let doubtful = folders.par_iter().with_min_len(16).map(|folder| looker.look(folder));
    let doubtful: Vec<Vec<u8>> = doubtful.collect::<Option<Vec<_>>>()?.concat();
    if doubtful.len() > DOUBTFUL_MAX {
        return None;
    }
    let tree = index.tree.clone();
    let index = match index.starts() {
        Some(starts) => Index::Tracked(Tracked::new(bytes, starts, format)),
        None => Index::Text(index.listing()),
    };
    Some(Glance { begun_ns, index, tree, doubtful })
}

/// A folder that holds something tracked, at any depth.
#[derive(Default)]
struct Folder<'a> {
    path: &'a [u8],
    /// Positions of its own files in the index, in order.
    files: Vec<usize>,
    /// Names of folders in it that hold something tracked.
    folders: Vec<&'a [u8]>,
}

/// Every such folder.
fn folders<'a>(index: &'a IndexFile<'_>) -> Vec<Folder<'a>> {
    let mut all = Folders::default();
    // Most files lie where the one before them does.
    let (mut last, mut place) = (&b""[..], all.place(b""));
    for (position, entry) in index.entries.iter().enumerate() {
        let (path, _) = split(&entry.path);
        if path != last {
            (last, place) = (path, all.place(path));
        }
        if let Some(folder) = all.folders.get_mut(place) {
            folder.files.push(position);
        }
    }
    for folder in &mut all.folders {
        folder.folders.sort_unstable();
    }
    all.folders
}

#[derive(Default)]
struct Folders<'a> {
    folders: Vec<Folder<'a>>,
    places: HashMap<&'a [u8], usize>,
}

impl<'a> Folders<'a> {
    /// Where the folder at `path` stands; it and those above it are made.
    fn place(&mut self, path: &'a [u8]) -> usize {
        if let Some(place) = self.places.get(path) {
            return *place;
        }
        let (place, mut path) = (self.add(path), path);
        // It is new to those above it.
        while !path.is_empty() {
            let (above, name) = split(path);
            let known = self.places.get(above).copied();
            let at = known.unwrap_or_else(|| self.add(above));
            if let Some(above) = self.folders.get_mut(at) {
                above.folders.push(name);
            }
            if known.is_some() {
                break;
            }
            path = above;
        }
        place
    }

    fn add(&mut self, path: &'a [u8]) -> usize {
        self.places.insert(path, self.folders.len());
        self.folders.push(Folder { path, ..Folder::default() });
        self.folders.len() - 1
    }
}

/// The folder that holds `path`, and its name there.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memrchr(b'/', path) {
        Some(slash) => {
            (path.get(..slash).unwrap_or_default(), path.get(slash + 1..).unwrap_or_default())
        }
        None => (b"", path),
    }
}

struct Looker<'a> {
    disk: &'a Disk,
    index: &'a IndexFile<'a>,
    /// When the index was written.
    written: (u32, u32),
    format: ObjectFormat,
}

impl Looker<'_> {
    /// The doubtful paths in one folder; none where it cannot be told.
    fn look(&self, folder: &Folder<'_>) -> Option<Vec<Vec<u8>>> {
        let files = folder.files.iter().filter_map(|at| self.index.entries.get(*at));
        let mut dir = match self.disk.list(folder.path) {
            Ok(dir) => dir,
            Err(Errno::NOENT) => return Some(files.map(|file| file.path.to_vec()).collect()),
            Err(_) => return None,
        };
        let mut doubtful = self.untracked(&mut dir, folder)?;
        for file in files {
            if !self.is_as_it_was(&dir, file)? {
                doubtful.push(file.path.to_vec());
            }
        }
        Some(doubtful)
    }

    /// What stands in a folder and is not tracked.
    fn untracked(&self, dir: &mut Dir, folder: &Folder<'_>) -> Option<Vec<Vec<u8>>> {
        let (path, mut untracked) = (folder.path, Vec::new());
        // Where a name begins in the paths of this folder.
        let beginning = if path.is_empty() { 0 } else { path.len() + 1 };
        while let Some(found) = dir.read() {
            let found = found.ok()?;
            let name = found.file_name().to_bytes();
            // git never looks at what bears this name, wherever it stands.
            if matches!(name, b"." | b".." | b".git") || folder.folders.binary_search(&name).is_ok()
            {
                continue;
            }
            let named = |at: &usize| {
                let path = self.index.entries.get(*at).map_or(&b""[..], |entry| &entry.path);
                path.get(beginning..).unwrap_or_default().cmp(name)
            };
            // To git there is no FIFO, no socket and no device.
            let is_nothing = !matches!(
                found.file_type(),
                FileType::RegularFile | FileType::Symlink | FileType::Directory | FileType::Unknown
            );
            if !is_nothing && folder.files.binary_search_by(named).is_err() {
                let slash: &[u8] = if path.is_empty() { b"" } else { b"/" };
                untracked.push([path, slash, name].concat());
            }
        }
        Some(untracked)
    }

    /// Whether a tracked path is as the index has it. None where a folder of
    /// another repository cannot be looked into.
    fn is_as_it_was(&self, dir: &Dir, file: &IndexEntry<'_>) -> Option<bool> {
        let kind = file.mode.kind();
        if kind == EntryKind::Submodule {
            // Nothing is checked out there: so it is in a clone that did not ask.
            return Some(self.is_empty(&file.path));
        }
        let (_, name) = split(&file.path);
        let Ok(stat) = statat(dir.fd().ok()?, name, AtFlags::SYMLINK_NOFOLLOW) else {
            return Some(false);
        };
        let is_of_kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => kind == EntryKind::Symlink,
            FileType::RegularFile if stat.st_mode & 0o100 == 0 => kind == EntryKind::File,
            FileType::RegularFile => kind == EntryKind::Executable,
            _ => false,
        };
        if !is_of_kind || seen(&stat) != file.seen {
            return Some(false);
        }
        // A change after the index was written has a later date than the index, or the
        // same while the file system's clock has not ticked; its content's date can be set
        // back, the other cannot. Of size 0 git notes what it could not be sure of.
        let newest = file.seen.modified.max(file.seen.changed);
        let is_certain = newest < self.written && file.seen.size_bytes != 0;
        Some(is_certain || self.has_its_name(file, kind))
    }

    fn is_empty(&self, path: &[u8]) -> bool {
        let Ok(mut dir) = self.disk.list(path) else { return false };
        std::iter::from_fn(|| dir.read())
            .all(|found| found.is_ok_and(|it| matches!(it.file_name().to_bytes(), b"." | b"..")))
    }

    /// Whether the bytes on the disk are those of its blob.
    fn has_its_name(&self, file: &IndexEntry<'_>, kind: EntryKind) -> bool {
        let id = if kind == EntryKind::Symlink {
            let target = self.disk.target(&file.path).ok().flatten().unwrap_or_default();
            self.format.blob(target.len() as u64, &target[..])
        } else {
            let Ok((content, size_bytes)) = self.disk.file(&file.path) else { return false };
            self.format.blob(size_bytes, content)
        };
        id.ok().flatten().is_some_and(|id| id.as_str() == hex(file.id))
    }
}

/// As git notes it: cut to 32 bits.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "git cuts it so")]
fn seen(stat: &Stat) -> Seen {
    Seen {
        changed: (stat.st_ctime as u32, stat.st_ctime_nsec as u32),
        modified: (stat.st_mtime as u32, stat.st_mtime_nsec as u32),
        inode: stat.st_ino as u32,
        user: stat.st_uid,
        group: stat.st_gid,
        size_bytes: stat.st_size as u32,
    }
}
