//! Which blobs commits brought, and where they ever stood: a whole history's,
//! in a few bytes each.
//!
//! What a commit has and none before it had is in its trees, so the trees are
//! all that is read, and each only for what its base in the pack has not: where
//! the base was met at the same path, all else of it is known.

mod introduced;

use std::collections::{HashMap, HashSet};

use crate::commits::Commits;
use crate::mix::Mixed;
use crate::trees::{IS_STRAY, Trees};
use crate::{Error, Fetch, Id, Packs, Place};

pub use introduced::Introduced;

/// The blobs that commits put somewhere.
#[derive(Debug, Default)]
pub struct Brought {
    /// By number: the path above and the name in it; the first is the root.
    paths: Vec<(u32, u32)>,
    names: Vec<Vec<u8>>,
    /// In order, none twice.
    all: Vec<Arrival>,
    strays: Vec<Id>,
    /// The same in order of their names, with their numbers.
    strays_by_id: Vec<(Id, u32)>,
    trees: Trees,
    /// By commit, in their order: the number of its tree.
    roots: Vec<u32>,
}

/// A blob that stood at a path, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    blob: u32,
    path: u32,
}

/// A blob, by where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blob {
    /// In a pack.
    Packed(Place),
    /// In none, by name.
    Stray(Id),
}

/// The path of the root.
const ROOT: u32 = 0;
/// Trees between two questions whether to stop.
const BREATH: usize = 1024;

impl Brought {
    /// What `commits` brought, read from `threads` threads; `fetch` gets what no
    /// pack has.
    ///
    /// # Errors
    /// A tree is damaged or missing, or `stop` said so.
    pub fn by(
        commits: &Commits,
        packs: &Packs,
        threads: usize,
        stop: &(dyn Fn() -> bool + Sync),
        fetch: Fetch<'_>,
    ) -> Result<Brought, Error> {
        let (mut trees, mut numbers) = Trees::read(packs, threads, stop)?;
        let mut roots = Vec::with_capacity(commits.all().len());
        let mut paths = vec![(ROOT, 0)];
        let mut path_of: HashMap<u64, u32, Mixed> = HashMap::default();
        let mut met: HashSet<u64, Mixed> = HashSet::default();
        let mut all = Vec::new();
        let mut ahead = Vec::new();
        let mut whole = Vec::new();
        for commit in commits.all() {
            let root = numbers.object(packs, &commit.tree);
            roots.push(root);
            ahead.push((root, ROOT));
            while let Some((tree, path)) = ahead.pop() {
                if !met.insert(both(tree, path)) {
                    continue;
                }
                if met.len().is_multiple_of(BREATH) && stop() {
                    return Err(Error::Stopped);
                }
                let is_known = |base: &u32| met.contains(&both(*base, path));
                let children = match trees.beyond(packs, tree) {
                    Some((base, children)) if base.as_ref().is_none_or(is_known) => children,
                    _ => {
                        whole = trees.whole(packs, &mut numbers, tree, fetch)?;
                        &whole
                    }
                };
                for child in children {
                    let next = u32::try_from(paths.len()).unwrap_or(u32::MAX);
                    let at = *path_of.entry(both(path, child.name())).or_insert(next);
                    if at == next {
                        paths.push((path, child.name()));
                    }
                    if child.is_tree() {
                        ahead.push((child.object, at));
                    } else {
                        all.push(Arrival { blob: child.object, path: at });
                    }
                }
                whole.clear();
            }
        }
        all.sort_unstable();
        all.dedup();
        all.shrink_to_fit();
        trees.sort();
        let (names, strays) = numbers.into_lists();
        let mut strays_by_id: Vec<(Id, u32)> =
            strays.iter().zip(0..).map(|(id, at)| (*id, IS_STRAY | at)).collect();
        strays_by_id.sort_unstable();
        Ok(Brought { paths, names, all, strays, strays_by_id, trees, roots })
    }

    /// Calls `each` for every blob, once, with the numbers of the paths that it
    /// ever stood at.
    pub fn each(&self, packs: &Packs, each: &mut dyn FnMut(Blob, &[u32])) {
        let mut paths = Vec::new();
        for of_blob in self.all.chunk_by(|one, next| one.blob == next.blob) {
            paths.clear();
            paths.extend(of_blob.iter().map(|arrival| arrival.path));
            if let Some(blob) = of_blob.first().and_then(|arrival| self.blob(arrival.blob, packs)) {
                each(blob, &paths);
            }
        }
    }

    /// The path of that number.
    #[must_use]
    pub fn path(&self, number: u32) -> Vec<u8> {
        let mut parts: Vec<&[u8]> = Vec::new();
        let mut at = number;
        while at != ROOT
            && let Some((above, name)) = self.paths.get(at as usize)
        {
            parts.push(self.names.get(*name as usize).map(Vec::as_slice).unwrap_or_default());
            at = *above;
        }
        parts.reverse();
        parts.join(&b'/')
    }

    /// Whether a commit brought `id`.
    #[must_use]
    pub fn holds(&self, id: &Id, packs: &Packs) -> bool {
        self.number(id, packs).is_some()
    }

    /// Whether `id` ever stood at `path`.
    #[must_use]
    pub fn holds_at(&self, id: &Id, path: &[u8], packs: &Packs) -> bool {
        let number = self.number(id, packs);
        number.is_some_and(|number| self.at(number).iter().any(|at| self.path(at.path) == path))
    }

    /// The number of a blob that a commit brought.
    fn number(&self, id: &Id, packs: &Packs) -> Option<u32> {
        let number = match packs.find(id) {
            Some(place) => packs.number(place),
            None => {
                let at = self.strays_by_id.binary_search_by_key(id, |(id, _)| *id).ok()?;
                self.strays_by_id.get(at)?.1
            }
        };
        (!self.at(number).is_empty()).then_some(number)
    }

    /// Where the blob of that number ever stood.
    fn at(&self, number: u32) -> &[Arrival] {
        let start = self.all.partition_point(|arrival| arrival.blob < number);
        let rest = self.all.get(start..).unwrap_or_default();
        let len = rest.iter().take_while(|arrival| arrival.blob == number).count();
        rest.get(..len).unwrap_or_default()
    }

    fn blob(&self, number: u32, packs: &Packs) -> Option<Blob> {
        if number & IS_STRAY != 0 {
            return self.strays.get((number & !IS_STRAY) as usize).copied().map(Blob::Stray);
        }
        packs.place(number).map(Blob::Packed)
    }
}

fn both(one: u32, other: u32) -> u64 {
    u64::from(one) << 32 | u64::from(other)
}
