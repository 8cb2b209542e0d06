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
}

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
}

/// What a commit leads on to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leads {
    tree: Id,
    parents: Vec<Id>,
}

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
        let packed: Mutex<HashMap<Place, Leads>> = Mutex::default();
        Walk::over(packs, Kind::Commit).run(threads, stop, &|object| {
            if let Some(leads) = leads(object.bytes) {
                let mut packed = packed.lock().unwrap_or_else(PoisonError::into_inner);
                packed.insert(object.place, leads);
            }
            1
        })?;
        let packed = packed.into_inner().unwrap_or_else(PoisonError::into_inner);
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
                    (Kind::Commit, bytes) => leads(&bytes),
                    _ => None,
                },
            };
            let found = found.ok_or(Error::Unfit { id, what: "no commit" })?;
            let first = parents.len();
            parents.extend_from_slice(&found.parents);
            all.push(Commit { id, tree: found.tree, place, parents: (first, parents.len()) });
            ahead.extend(found.parents.into_iter().filter(|parent| met.insert(*parent)));
        }
        all.sort_unstable_by_key(|commit| (commit.place, commit.id));
        Ok(Commits { all, parents })
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Commit] {
        &self.all
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
