//! Which commits put a blob somewhere: each commit's tree beside its parents',
//! at the paths alone where one of the blobs ever stood.

use std::collections::{HashMap, HashSet};

use super::{BREATH, Brought, Mixed, ROOT, both};
use crate::trees::{Child, IS_STRAY, Under};
use crate::{Commit, Commits, Error, Id, Packs};

/// A commit whose diff put a blob at a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Introduced {
    /// The commit.
    pub commit: Id,
    /// The path.
    pub path: Vec<u8>,
    /// The blob that stands there since.
    pub blob: Id,
    /// What stood there in each parent.
    pub parents: Vec<Option<Id>>,
}

/// Answers about trees that are kept at a time, unless a single one takes more.
const KNOWN_LEN_MAX: usize = 1 << 18;

impl Brought {
    /// The commits whose diff put one of `blobs` somewhere, in any order. A merge
    /// counts where its file differs from every parent's.
    ///
    /// # Errors
    /// `stop` said so.
    pub fn introduced(
        &self,
        blobs: impl Iterator<Item = Id>,
        commits: &Commits,
        packs: &Packs,
        threads: usize,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<Introduced>, Error> {
        let wanted: HashSet<u32> = blobs.filter_map(|id| self.number(&id, packs)).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let below = self.leading_to(&wanted);
        let roots: Vec<_> = commits.all().iter().zip(self.roots.iter().copied()).collect();
        let root_of: HashMap<Id, u32> = roots.iter().map(|(one, root)| (one.id, *root)).collect();
        let of_part = |part: &[(&Commit, u32)]| {
            let mut compared = Compared {
                brought: self,
                packs,
                below: below.clone(),
                wanted: &wanted,
                known: HashMap::default(),
                room: KNOWN_LEN_MAX,
            };
            let mut found = Vec::new();
            for (at, (commit, root)) in part.iter().enumerate() {
                if at.is_multiple_of(BREATH) && stop() {
                    return Err(Error::Stopped);
                }
                let parents = commits.parents(commit).iter().map(|id| root_of.get(id).copied());
                compared.commit(&commit.id, *root, parents.collect(), &mut found);
            }
            Ok(found)
        };
        let mut parts = roots.chunks(roots.len().div_ceil(threads.max(1)).max(1));
        let (first, rest) = (parts.next().unwrap_or_default(), parts);
        std::thread::scope(|scope| {
            let rest: Vec<_> = rest.map(|part| scope.spawn(|| of_part(part))).collect();
            let mut found = of_part(first)?;
            for part in rest {
                found.extend(part.join().unwrap_or(Err(Error::Stopped))?);
            }
            Ok(found)
        })
    }

    /// The paths at which one of `wanted` ever stood, and those above them: by
    /// the path above.
    fn leading_to(&self, wanted: &HashSet<u32>) -> HashMap<u32, Vec<u32>> {
        let mut below: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut met = HashSet::from([ROOT]);
        for arrival in self.all.iter().filter(|arrival| wanted.contains(&arrival.blob)) {
            let mut at = arrival.path;
            while met.insert(at)
                && let Some((above, _)) = self.paths.get(at as usize)
            {
                below.entry(*above).or_default().push(at);
                at = *above;
            }
        }
        below
    }

    fn id(&self, number: u32, packs: &Packs) -> Option<Id> {
        match number & IS_STRAY {
            0 => packs.id(packs.place(number)?),
            _ => self.strays.get((number & !IS_STRAY) as usize).copied(),
        }
    }
}

/// Trees being compared.
struct Compared<'a> {
    brought: &'a Brought,
    packs: &'a Packs,
    wanted: &'a HashSet<u32>,
    /// By path: the paths below it that are looked at.
    below: HashMap<u32, Vec<u32>>,
    /// What stands in a tree under a name.
    known: HashMap<u64, Option<Child>, Mixed>,
    /// How many of these are kept.
    room: usize,
}

impl Compared<'_> {
    fn commit(
        &mut self,
        commit: &Id,
        root: u32,
        parents: Vec<Option<u32>>,
        found: &mut Vec<Introduced>,
    ) {
        let mut ahead = vec![(ROOT, root, parents)];
        while let Some((path, tree, parents)) = ahead.pop() {
            // What one parent has as well is no news.
            if parents.contains(&Some(tree)) {
                continue;
            }
            let below = self.below.remove(&path).unwrap_or_default();
            for at in &below {
                let Some((_, name)) = self.brought.paths.get(*at as usize) else { continue };
                let Some(child) = self.under(tree, *name) else { continue };
                let before: Vec<Option<Child>> = parents
                    .iter()
                    .map(|parent| parent.and_then(|parent| self.under(parent, *name)))
                    .collect();
                if before.iter().flatten().any(|before| before.object == child.object) {
                    continue;
                }
                let before = before
                    .iter()
                    .map(|one| one.filter(|one| one.is_tree() == child.is_tree()))
                    .map(|one| one.map(|one| one.object));
                if child.is_tree() {
                    ahead.push((*at, child.object, before.collect()));
                } else if self.wanted.contains(&child.object)
                    && let Some(blob) = self.brought.id(child.object, self.packs)
                {
                    let id = |number: u32| self.brought.id(number, self.packs);
                    found.push(Introduced {
                        commit: *commit,
                        path: self.brought.path(*at),
                        blob,
                        parents: before.map(|one| one.and_then(id)).collect(),
                    });
                }
            }
            self.below.insert(path, below);
        }
    }

    /// What stands in `tree` under `name`.
    fn under(&mut self, tree: u32, name: u32) -> Option<Child> {
        let mut asked = Vec::new();
        let mut at = tree;
        let found = loop {
            if let Some(known) = self.known.get(&both(at, name)) {
                break *known;
            }
            asked.push(at);
            match self.brought.trees.under(self.packs, at, name) {
                Under::Is(child) => break Some(child),
                Under::Nothing => break None,
                Under::AsIn(base) => at = base,
            }
        };
        // A line of trees must not be walked again for each of its trees.
        self.room = self.room.max(2 * asked.len());
        if self.known.len() + asked.len() > self.room {
            self.known.clear();
        }
        self.known.extend(asked.into_iter().map(|tree| (both(tree, name), found)));
        found
    }
}
