//! What each tree of the packs has beyond the tree that it is made of.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::tree::{self, Entry};
use crate::{Error, Fetch, Id, Kind, Object, Packs, Walk};

/// Set in the number of an object that no pack has.
pub const IS_STRAY: u32 = 1 << 31;
/// Set in a name under which a tree stands.
const IS_TREE: u32 = 1 << 31;

/// An object under a name.
#[derive(Clone, Copy, Debug)]
pub struct Child {
    /// The object's number.
    pub object: u32,
    name: u32,
}

impl Child {
    /// The number of its name.
    pub fn name(self) -> u32 {
        self.name & !IS_TREE
    }

    /// Whether it is a tree.
    pub fn is_tree(self) -> bool {
        self.name & IS_TREE != 0
    }
}

/// The trees of the packs.
#[derive(Debug)]
pub struct Trees<'a> {
    packs: &'a Packs,
    children: Vec<Child>,
    /// By number: where its children are; none of what is no sound tree.
    ranges: Vec<Option<(u32, u32)>>,
    pub numbers: Numbers,
}

/// Numbers of names, and of objects that no pack has.
#[derive(Debug, Default)]
pub struct Numbers {
    names: HashMap<Vec<u8>, u32>,
    strays: HashMap<Id, u32>,
    /// The strays by number.
    stray_ids: Vec<Id>,
}

impl Numbers {
    fn child(&mut self, packs: &Packs, entry: &Entry<'_>) -> Child {
        let object = self.object(packs, &entry.id);
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX) & !IS_TREE;
        let name = match self.names.get(entry.name) {
            Some(name) => *name,
            None => *self.names.entry(entry.name.to_vec()).or_insert(next),
        };
        Child { object, name: if entry.is_tree { name | IS_TREE } else { name } }
    }

    /// The number of an object.
    pub fn object(&mut self, packs: &Packs, id: &Id) -> u32 {
        if let Some(place) = packs.find(id) {
            return packs.number(place);
        }
        let next = u32::try_from(self.stray_ids.len()).unwrap_or(u32::MAX) | IS_STRAY;
        let number = *self.strays.entry(*id).or_insert(next);
        if number == next {
            self.stray_ids.push(*id);
        }
        number
    }

    /// The object of that number, if no pack has it.
    fn stray(&self, number: u32) -> Option<Id> {
        let at = (number & IS_STRAY != 0).then_some((number & !IS_STRAY) as usize)?;
        self.stray_ids.get(at).copied()
    }

    /// The names and the strays, by number.
    pub fn into_lists(self) -> (Vec<Vec<u8>>, Vec<Id>) {
        let mut names: Vec<(u32, Vec<u8>)> = self.names.into_iter().map(|(a, b)| (b, a)).collect();
        names.sort_unstable();
        (names.into_iter().map(|(_, name)| name).collect(), self.stray_ids)
    }
}

/// What a tree has that its base has not; submodules are of other repositories.
fn beyond_base<'a>(object: &Object<'a>) -> Result<Vec<Entry<'a>>, &'static str> {
    let mut found = Vec::new();
    let id_len = object.id.as_bytes().len();
    let each = |entry: Entry<'a>| {
        if !entry.is_submodule {
            found.push(entry);
        }
    };
    match object.base {
        Some(base) => tree::entries_beyond(object.bytes, base.bytes, base.pieces, id_len, each)?,
        None => tree::entries(object.bytes, id_len, each)?,
    }
    Ok(found)
}

impl<'a> Trees<'a> {
    /// Reads every tree, each right after its base, from `threads` threads.
    ///
    /// # Errors
    /// A pack is damaged, or `stop` said so.
    pub fn read(
        packs: &'a Packs,
        threads: usize,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Trees<'a>, Error> {
        let ranges = vec![None; packs.count()];
        let numbers = Numbers::default();
        let trees = Mutex::new(Trees { packs, children: Vec::new(), ranges, numbers });
        Walk::over(packs, Kind::Tree).run(threads, stop, &|object| {
            if let Ok(found) = beyond_base(&object) {
                let mut trees = trees.lock().unwrap_or_else(PoisonError::into_inner);
                trees.add(packs.number(object.place), &found);
            }
            1
        })?;
        Ok(trees.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&mut self, number: u32, entries: &[Entry<'_>]) {
        let start = u32::try_from(self.children.len()).ok();
        for entry in entries {
            self.children.push(self.numbers.child(self.packs, entry));
        }
        let end = u32::try_from(self.children.len()).ok();
        if let Some(range) = self.ranges.get_mut(number as usize) {
            *range = start.zip(end);
        }
    }

    /// The tree that `tree` is made of, and what it has beyond; no tree where
    /// that is all it has. None where `tree` lies in no pack.
    pub fn beyond(&self, tree: u32) -> Option<(Option<u32>, &[Child])> {
        let (start, end) = (*self.ranges.get(tree as usize)?)?;
        let children = self.children.get(start as usize..end as usize)?;
        Some((self.packs.base_of(tree), children))
    }

    /// All that `tree` has.
    ///
    /// # Errors
    /// It is damaged or missing, or no tree.
    pub fn whole(&mut self, tree: u32, fetch: Fetch<'_>) -> Result<Vec<Child>, Error> {
        let packs = self.packs;
        let (id, (kind, bytes)) = match packs.place(tree) {
            Some(place) => {
                let id = packs.id(place).ok_or(Error::Stopped)?;
                (id, packs.read(place)?)
            }
            None => {
                let id = self.numbers.stray(tree).ok_or(Error::Stopped)?;
                (id, fetch(&id)?)
            }
        };
        let unfit = |what| Error::Unfit { id, what };
        if kind != Kind::Tree {
            return Err(unfit("no tree"));
        }
        let mut children = Vec::new();
        let numbers = &mut self.numbers;
        let read = tree::entries(&bytes, id.as_bytes().len(), |entry| {
            if !entry.is_submodule {
                children.push(numbers.child(packs, &entry));
            }
        });
        read.map_err(|_| unfit("a damaged tree"))?;
        Ok(children)
    }
}
