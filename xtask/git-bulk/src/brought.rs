//! Which commits brought which blobs: a whole history's, in a few bytes each.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{self, BufRead};

use crate::changes::changes;
use crate::{Id, Packs, Place};

/// Set in the number of a blob that no pack has.
const IS_STRAY: u64 = 1 << 63;

/// The blobs that commits put somewhere.
#[derive(Debug, Default)]
pub struct Brought {
    commits: Vec<Id>,
    paths: Vec<Vec<u8>>,
    /// In order, none twice.
    all: Vec<Arrival>,
    strays: Vec<Id>,
}

/// A blob that a commit put at a path, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    blob: u64,
    path: u32,
    commit: u32,
}

/// A blob, by where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blob {
    /// In a pack.
    Packed(Place),
    /// In none, by name.
    Stray(Id),
}

impl Brought {
    /// Reads what `git diff-tree` prints; calls `met` once for each path, in
    /// the order of their numbers.
    ///
    /// # Errors
    /// As [`changes`].
    pub fn read(
        reader: &mut dyn BufRead,
        packs: &Packs,
        met: &mut dyn FnMut(&[u8]),
    ) -> io::Result<Brought> {
        let mut brought = Brought::default();
        let mut strays: HashMap<Id, u64> = HashMap::new();
        let mut paths: HashMap<Vec<u8>, u32> = HashMap::new();
        brought.commits = changes(reader, |change| {
            let blob = match packs.find(&change.blob) {
                Some(place) => number(place),
                None => *strays.entry(change.blob).or_insert_with(|| {
                    brought.strays.push(change.blob);
                    IS_STRAY | (brought.strays.len() as u64 - 1)
                }),
            };
            let path = match paths.get(change.path) {
                Some(path) => *path,
                None => {
                    met(change.path);
                    let path = u32::try_from(paths.len()).unwrap_or(u32::MAX);
                    paths.insert(change.path.to_vec(), path);
                    path
                }
            };
            brought.all.push(Arrival { blob, path, commit: change.commit });
        })?;
        brought.paths = vec![Vec::new(); paths.len()];
        for (path, at) in paths {
            if let Some(slot) = brought.paths.get_mut(at as usize) {
                *slot = path;
            }
        }
        brought.all.sort_unstable();
        brought.all.dedup();
        brought.all.shrink_to_fit();
        Ok(brought)
    }

    /// Calls `each` for every blob, once, with the numbers of the paths that it
    /// ever stood at.
    pub fn each(&self, each: &mut dyn FnMut(Blob, &[u32])) {
        let mut paths = Vec::new();
        for of_blob in self.all.chunk_by(|one, next| one.blob == next.blob) {
            paths.clear();
            paths.extend(of_blob.iter().map(|arrival| arrival.path));
            paths.dedup();
            if let Some(blob) = of_blob.first().and_then(|arrival| self.blob(arrival.blob)) {
                each(blob, &paths);
            }
        }
    }

    /// The path of that number.
    #[must_use]
    pub fn path(&self, number: u32) -> &[u8] {
        self.paths.get(number as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a commit brought `id`.
    #[must_use]
    pub fn holds(&self, id: &Id, packs: &Packs) -> bool {
        match packs.find(id) {
            Some(place) => {
                let number = number(place);
                let at = self.all.partition_point(|arrival| arrival.blob < number);
                self.all.get(at).is_some_and(|arrival| arrival.blob == number)
            }
            None => self.strays.contains(id),
        }
    }

    fn blob(&self, number: u64) -> Option<Blob> {
        if number & IS_STRAY != 0 {
            let at = usize::try_from(number & !IS_STRAY).ok()?;
            return self.strays.get(at).copied().map(Blob::Stray);
        }
        let (pack, entry) = ((number >> 32) as u32, (number & u64::from(u32::MAX)) as u32);
        Some(Blob::Packed(Place { pack, entry }))
    }

    /// The commits that put one of `blobs` somewhere.
    #[must_use]
    pub fn commits_of(&self, blobs: &BTreeSet<Id>, packs: &Packs) -> BTreeSet<Id> {
        let numbers: HashSet<u64> = blobs
            .iter()
            .filter_map(|id| match packs.find(id) {
                Some(place) => Some(number(place)),
                None => {
                    let at = self.strays.iter().position(|stray| stray == id)?;
                    Some(IS_STRAY | at as u64)
                }
            })
            .collect();
        let chosen = self.all.iter().filter(|arrival| numbers.contains(&arrival.blob));
        chosen.filter_map(|it| self.commits.get(it.commit as usize).copied()).collect()
    }
}

fn number(place: Place) -> u64 {
    u64::from(place.pack) << 32 | u64::from(place.entry)
}
