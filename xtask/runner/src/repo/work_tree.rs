//! The work tree: git's list, and the disk's content.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Entry, EntryKind, ObjectId, ReadError, Source};
use rayon::prelude::*;

use super::difference::{DELETED, Difference, content};
use super::disk::{Disk, Found};
use super::folder::{unopened_entry, unopened_error};
use super::listed::Listed;
use super::listing::{self, Change, ChangeState, IndexLine, Status};
use super::name::ObjectFormat;
use super::objects::Objects;
use super::state::{self, State};
use super::{RepoError, Repository, Snapshot, path, sorted};
use crate::git::Git;

/// `looked` is what was seen of it already, at this very moment.
pub(super) fn snapshot(
    repo: &Repository,
    looked: Option<state::Looked>,
) -> Result<Snapshot, RepoError> {
    let disk = Disk::open(repo.root()?, repo.size_bytes_max)?;
    let mut state = State::of_work_tree(repo, looked)?;
    let index = state.take_index();
    let status = state.status()?;
    let unopened: BTreeMap<Utf8PathBuf, String> = listing::unopened_directories(&state.warnings)
        .into_iter()
        .map(|(raw, reason)| (path::shown(raw), reason))
        .collect();
    let found = match index {
        #[cfg(unix)]
        state::Index::Tracked(tracked) if status.changes.is_empty() && unopened.is_empty() => {
            let (difference, left_out) = (Difference::default(), HashSet::new());
            FoundAll { listed: Listed::later(tracked), difference, left_out }
        }
        index => FoundAll::of(repo, &disk, &index.text(), &status, &unopened)?,
    };
    let FoundAll { listed, mut difference, left_out } = found;

    let mut point = state.point(repo, &status)?;
    point.dirty = !difference.is_empty();
    point.dirty_digest = point.dirty.then(|| difference.digest(b""));
    let is_tree = !point.dirty && unopened.is_empty();
    let fingerprint = Some(difference.digest(&state.touched()));
    let objects = Arc::clone(&repo.objects);
    let (begun_ns, format) = (state.begun_ns, repo.format);
    let source = WorkTree { listed, disk, objects, left_out, unopened, begun_ns, format };
    Ok(Snapshot { source: Arc::new(source), point, is_tree, fingerprint })
}

/// Everything that is there, and what sets it apart from the commit.
struct FoundAll {
    listed: Listed,
    difference: Difference,
    /// Left out by a sparse checkout.
    left_out: HashSet<Utf8PathBuf>,
}

impl FoundAll {
    /// By looking at each path that git does not vouch for.
    fn of(
        repo: &Repository,
        disk: &Disk,
        index: &[u8],
        status: &Status<'_>,
        unopened: &BTreeMap<Utf8PathBuf, String>,
    ) -> Result<FoundAll, RepoError> {
        let (mut entries, suspects) = divide(index, &status.changes)?;
        let reader = Reader { repo, disk };
        let seen: Vec<Seen> = match suspects.len() {
            // For these few the pool would cost more than it gives.
            0..8 => suspects.iter().map(|suspect| reader.look(suspect)).collect(),
            _ => suspects.par_iter().map(|suspect| reader.look(suspect)).collect(),
        };
        let mut left_out = HashSet::new();
        let mut difference = Difference::default();
        for (suspect, seen) in suspects.iter().zip(seen) {
            if let Some(mark) = seen.mark {
                difference.add(suspect.path, &mark);
            }
            if let Some(entry) = seen.entry {
                if seen.left_out {
                    left_out.insert(entry.path.clone());
                }
                entries.push(entry);
            }
        }
        for change in status.changes.iter().filter(|change| !change.is_unstaged()) {
            if let ChangeState::Tracked { mode_index, id_index, .. } = change.state {
                let mark = match mode_index.is_absent() {
                    true => DELETED.to_owned(),
                    false => content(mode_index.kind(), &ObjectId::new(id_index)),
                };
                difference.add(change.path, &mark);
            }
        }
        entries.extend(unopened.keys().cloned().map(unopened_entry));
        Ok(FoundAll { listed: Listed::Made(sorted(entries)?), difference, left_out })
    }
}

/// A path that git's index does not answer for: it must be looked at.
struct Suspect<'a> {
    path: &'a [u8],
    /// Tracked, without conflict.
    line: Option<IndexLine<'a>>,
    /// None for a file that git was told not to look at.
    change: Option<&'a Change<'a>>,
}

/// Divides the paths into those that git vouches for and those to look at.
fn divide<'a>(
    index: &'a [u8],
    changes: &'a [Change<'a>],
) -> Result<(Vec<Entry>, Vec<Suspect<'a>>), RepoError> {
    let unstaged = changes.iter().filter(|change| change.is_unstaged());
    let mut by_path = HashMap::new();
    let mut suspects = Vec::new();
    for change in unstaged {
        if matches!(change.state, ChangeState::Tracked { .. }) {
            by_path.insert(change.path, change);
        } else {
            suspects.push(Suspect { path: change.path, line: None, change: Some(change) });
        }
    }
    let mut entries = Vec::new();
    for line in listing::index(index) {
        let line = line?;
        let kind = line.mode.kind();
        let change = by_path.get(line.path).copied();
        let unwatched = line.skips_work_tree() || line.assumes_unchanged();
        if line.stage != 0 {
            // In conflict: once in `changes`, up to three times here.
        } else if change.is_some() || unwatched && kind != EntryKind::Submodule {
            suspects.push(Suspect { path: line.path, line: Some(line), change });
        } else {
            entries.push(entry(line.path, kind, Some(ObjectId::new(line.id))));
        }
    }
    Ok((entries, suspects))
}

fn entry(raw: &[u8], kind: EntryKind, id: Option<ObjectId>) -> Entry {
    Entry { path: path::shown(raw), kind, id, size_bytes: None }
}

/// What is on disk at a suspect's path.
#[derive(Default)]
struct Seen {
    /// None where there is no file.
    entry: Option<Entry>,
    /// What is there instead of what the index holds; none where it is the same.
    mark: Option<String>,
    /// A sparse checkout left it out: its content is the index's.
    left_out: bool,
}

/// Looks at suspects.
struct Reader<'a> {
    repo: &'a Repository,
    disk: &'a Disk,
}

impl Reader<'_> {
    fn look(&self, suspect: &Suspect) -> Seen {
        let raw = suspect.path.strip_suffix(b"/").unwrap_or(suspect.path);
        let gone = || Seen { mark: Some(DELETED.to_owned()), ..Seen::default() };
        let marked = |entry: Entry, mark: String| Seen {
            entry: Some(entry),
            mark: Some(mark),
            ..Seen::default()
        };
        match self.disk.look(raw) {
            Ok(Found::Nothing) => match suspect.line {
                Some(line) if line.skips_work_tree() && suspect.change.is_none() => Seen {
                    entry: Some(entry(raw, line.mode.kind(), Some(ObjectId::new(line.id)))),
                    mark: None,
                    left_out: true,
                },
                _ => gone(),
            },
            Ok(Found::Directory) => match suspect.repository_state() {
                Some(state) => {
                    let id = self.head_of(raw);
                    let name = id.as_ref().map_or("unknown", ObjectId::as_str);
                    let mark = format!("submodule {name} {state}");
                    marked(entry(raw, EntryKind::Submodule, id), mark)
                }
                // What lies in it is listed by itself.
                None => gone(),
            },
            // Reading it says why it cannot be read.
            Ok(Found::Special) => marked(entry(raw, EntryKind::File, None), "special".to_owned()),
            Err(error) => {
                let kind = suspect.declared().unwrap_or(EntryKind::File);
                marked(entry(raw, kind, None), format!("unreadable {error}"))
            }
            Ok(found @ (Found::File { .. } | Found::Symlink)) => {
                let seen = self.content(suspect, raw, found);
                let same = suspect.change.is_none()
                    && suspect.line.zip(seen.entry.as_ref()).is_some_and(|(line, entry)| {
                        line.mode.kind() == entry.kind
                            && entry.id.as_ref().is_some_and(|id| id.as_str() == line.id)
                    });
                Seen { mark: seen.mark.filter(|_| !same), ..seen }
            }
        }
    }

    fn content(&self, suspect: &Suspect, raw: &[u8], found: Found) -> Seen {
        let (kind, id, size_bytes, otherwise) = match found {
            Found::File { executable, size_bytes, modified_ns } => {
                let kind = match (suspect.declared(), executable) {
                    (Some(kind), _) if kind != EntryKind::Submodule => kind,
                    (_, true) => EntryKind::Executable,
                    (_, false) => EntryKind::File,
                };
                let large = size_bytes > self.repo.size_bytes_max;
                let id = if large { None } else { self.name_of_file(raw) };
                (kind, id, Some(size_bytes), format!("unnamed {size_bytes} {modified_ns}"))
            }
            _ => {
                let target = self.disk.target(raw).ok().flatten().unwrap_or_default();
                let size_bytes = target.len() as u64;
                let id = self.repo.format.blob(size_bytes, &target[..]).ok().flatten();
                (EntryKind::Symlink, id, Some(size_bytes), "unnamed symlink".to_owned())
            }
        };
        let mark = id.as_ref().map_or(otherwise, |id| content(kind, id));
        let entry = Entry { size_bytes, ..entry(raw, kind, id) };
        Seen { entry: Some(entry), mark: Some(mark), left_out: false }
    }

    fn name_of_file(&self, raw: &[u8]) -> Option<ObjectId> {
        let (file, size_bytes) = self.disk.file(raw).ok()?;
        self.repo.format.blob(size_bytes, file).ok()?
    }

    /// The commit that is checked out in the repository at `raw`.
    fn head_of(&self, raw: &[u8]) -> Option<ObjectId> {
        let dir = self.repo.root.as_ref()?.join(std::str::from_utf8(raw).ok()?);
        // Named, so that git does not go on looking upwards and find ours.
        let head = Git::new(dir).output(&["--git-dir=.git", "rev-parse", "--verify", "HEAD"]);
        listing::id(std::str::from_utf8(&head.ok()?).ok()?.trim_end()).map(ObjectId::new)
    }
}

impl Suspect<'_> {
    /// The kind that git says is on disk, which knows whether this file system
    /// can be believed about executables and links.
    fn declared(&self) -> Option<EntryKind> {
        let mode = match (self.change.map(|change| change.state), self.line) {
            (Some(ChangeState::Tracked { mode_work, .. }), _) => mode_work,
            (Some(ChangeState::Conflict { mode_work }), _) => mode_work,
            (None, Some(line)) => line.mode,
            _ => return None,
        };
        (!mode.is_absent()).then(|| mode.kind())
    }

    /// Where another repository is expected here: how it differs.
    fn repository_state(&self) -> Option<&str> {
        let change = self.change?;
        match change.state {
            ChangeState::Tracked { submodule, .. } if submodule.starts_with('S') => Some(submodule),
            ChangeState::Untracked if change.path.ends_with(b"/") => Some("untracked"),
            ChangeState::Conflict { mode_work } if mode_work.kind() == EntryKind::Submodule => {
                Some("conflict")
            }
            _ => None,
        }
    }
}

struct WorkTree {
    listed: Listed,
    disk: Disk,
    objects: Arc<Objects>,
    /// Left out by a sparse checkout.
    left_out: HashSet<Utf8PathBuf>,
    /// Directories that git could not look into, and why.
    unopened: BTreeMap<Utf8PathBuf, String>,
    /// When the listing began, nanoseconds since 1970.
    begun_ns: i128,
    format: ObjectFormat,
}

impl Source for WorkTree {
    fn entries(&self) -> &[Entry] {
        self.listed.entries()
    }

    fn find(&self, path: &Utf8Path) -> Option<Entry> {
        self.listed.find(path)
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        if entry.kind == EntryKind::Submodule {
            return Err(ReadError::Submodule);
        }
        if let Some(reason) = self.unopened.get(&entry.path) {
            return Err(unopened_error(reason));
        }
        if let Some(id) = entry.id.as_ref().filter(|_| self.left_out.contains(&entry.path)) {
            return self.objects.blob(id);
        }
        let (bytes, changed_ns) =
            self.disk.read_dated(&path::raw(entry.path.as_str()), entry.kind)?;
        // What the receipt says of the tree was true when it was listed.
        if changed_ns.is_some_and(|changed_ns| changed_ns >= self.begun_ns)
            && let Some(listed) = &entry.id
        {
            let id = self.format.blob(bytes.len() as u64, &bytes[..]).ok().flatten();
            // What a filter made of a blob has another name, and git listed the blob's.
            let is_listed = id.as_ref() == Some(listed)
                || self.objects.name_as_stored(&entry.path, &bytes).as_ref() == Some(listed);
            if !is_listed {
                let reason = "it changed after it was listed: run again when nobody writes to it";
                return Err(ReadError::Unreadable(reason.to_owned()));
            }
        }
        Ok(bytes)
    }
}
