//! The commits that tips lead to, and the tree of each.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use crate::hex::id;
use crate::{Error, Fetch, Id, Kind, Packs, Place, Walk};

/// Commits, each once.
#[derive(Debug, Default)]
pub struct Commits {
    /// Those of no pack first, then as they lie in packs: mostly the newest first.
    all: Vec<Commit>,
    /// The parents of all, each commit's together.
    parents: Vec<Id>,
    /// The bytes of those in packs, one after the other, if they are few.
    bytes: Option<Vec<u8>>,
}

/// Commits are kept while they come to no more: their messages are asked for later.
const KEPT_BYTES_MAX: usize = 16 << 20;

/// A commit.
#[derive(Clone, Copy, Debug)]
pub struct Commit {
    /// Its name.
    pub id: Id,
    /// The name of its tree.
    pub tree: Id,
    /// Where it is, if a pack has it.
    pub place: Option<Place>,
    /// Where its parents are in the list of all parents.
    parents: (usize, usize),
    /// Where its bytes are among those of all.
    bytes: (usize, usize),
}

/// What a commit leads on to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leads {
    tree: Id,
    parents: Vec<Id>,
}

/// By place what each leads on to and where its bytes are kept, and those bytes.
type Packed = (HashMap<Place, (Leads, (usize, usize))>, Option<Vec<u8>>);

impl Commits {
    /// Those that `tips` lead to, read from `threads` threads; `fetch` gets what
    /// no pack has.
    ///
    /// # Errors
    /// A commit is damaged or missing, or `stop` said so.
    pub fn read(
        packs: &Packs,
        tips: &[Id],
        threads: usize,
        stop: &(dyn Fn() -> bool + Sync),
        fetch: Fetch<'_>,
    ) -> Result<Commits, Error> {
        let packed: Mutex<Packed> = Mutex::new((HashMap::new(), Some(Vec::new())));
        Walk::over(packs, Kind::Commit).run(threads, stop, &|object| {
            if let Some(leads) = leads(object.bytes) {
                let mut packed = packed.lock().unwrap_or_else(PoisonError::into_inner);
                let (all, kept) = &mut *packed;
                kept.take_if(|kept| kept.len() + object.bytes.len() > KEPT_BYTES_MAX);
                let from = kept.as_ref().map_or(0, Vec::len);
                kept.iter_mut().for_each(|kept| kept.extend_from_slice(object.bytes));
                all.insert(object.place, (leads, (from, from + object.bytes.len())));
            }
            1
        })?;
        let (packed, bytes) = packed.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut met: HashSet<Id> = tips.iter().copied().collect();
        let mut ahead: Vec<Id> = met.iter().copied().collect();
        let mut all = Vec::new();
        let mut parents = Vec::new();
        while let Some(id) = ahead.pop() {
            let place = packs.find(&id);
            let found = match place {
                Some(place) => packed.get(&place).cloned(),
                None if stop() => return Err(Error::Stopped),
                None => match fetch(&id)? {
                    (Kind::Commit, bytes) => leads(&bytes).map(|leads| (leads, (0, 0))),
                    _ => None,
                },
            };
            let (found, bytes) = found.ok_or(Error::Unfit { id, what: "no commit" })?;
            let first = parents.len();
            parents.extend_from_slice(&found.parents);
            let parents = (first, parents.len());
            all.push(Commit { id, tree: found.tree, place, parents, bytes });
            ahead.extend(found.parents.into_iter().filter(|parent| met.insert(*parent)));
        }
        all.sort_unstable_by_key(|commit| (commit.place, commit.id));
        Ok(Commits { all, parents, bytes })
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Commit] {
        &self.all
    }

    /// The bytes of one of them, if it lies in a pack and all those were kept.
    #[must_use]
    pub fn bytes(&self, commit: &Commit) -> Option<&[u8]> {
        let (from, to) = commit.bytes;
        commit.place.and(self.bytes.as_ref())?.get(from..to)
    }

    /// The parents of one of them.
    #[must_use]
    pub fn parents(&self, commit: &Commit) -> &[Id] {
        let (from, to) = commit.parents;
        self.parents.get(from..to).unwrap_or_default()
    }
}

/// Reads the head of a commit.
fn leads(bytes: &[u8]) -> Option<Leads> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let tree = id(lines.next()?.strip_prefix(b"tree ")?)?;
    let parents = lines.map_while(|line| line.strip_prefix(b"parent ")).map(id);
    Some(Leads { tree, parents: parents.collect::<Option<_>>()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_leads_to_its_tree_and_parents() {
        let [a, b, c] = ["a", "b", "c"].map(|digit| digit.repeat(40));
        let text = format!("tree {a}\nparent {b}\nparent {c}\nauthor x\n\nparent {a}\n");
        let found = leads(text.as_bytes()).unwrap();
        assert_eq!(found.tree.to_string(), a);
        assert_eq!(found.parents.iter().map(Id::to_string).collect::<Vec<_>>(), [b, c]);
        assert!(leads(format!("tree {a}\n").as_bytes()).unwrap().parents.is_empty());
        assert_eq!(leads(b"tree x\n"), None);
        assert_eq!(leads(format!("tree {a}\nparent x\n").as_bytes()), None);
        assert_eq!(leads(b""), None);
    }
}
