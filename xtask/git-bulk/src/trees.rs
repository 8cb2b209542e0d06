//! What each tree of the packs has beyond the tree that it is made of, and what
//! it has no more.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::mix::Mixed;
use crate::tree::{self, Beyond, Entry};
use crate::{Error, Fetch, Id, Kind, Object, Packs, Walk};

/// Set in the number of an object that no pack has.
pub const IS_STRAY: u32 = 1 << 31;
/// Set in a name under which a tree stands.
const IS_TREE: u32 = 1 << 31;
/// In the place of an object: the tree has not what its base has under the name.
const GONE: u32 = u32::MAX;

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

/// The trees of the packs, and those of no pack that were asked for.
#[derive(Debug, Default)]
pub struct Trees {
    children: Vec<Child>,
    /// By number: where its children are; none of what is no sound tree.
    packed: Vec<Option<Part>>,
    /// The same of those that no pack has.
    strays: HashMap<u32, Part>,
    is_sorted: bool,
}

/// Where a tree's children are.
#[derive(Clone, Copy, Debug)]
struct Part {
    start: u32,
    /// Where those that are gone begin.
    gone: u32,
    end: u32,
    /// Whether its base, if it has one, has nothing to do with it.
    is_all: bool,
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
        let name = self.name(entry.name);
        Child { object, name: if entry.is_tree { name | IS_TREE } else { name } }
    }

    fn name(&mut self, name: &[u8]) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX) & !IS_TREE;
        match self.names.get(name) {
            Some(name) => *name,
            None => *self.names.entry(name.to_vec()).or_insert(next),
        }
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

/// What a tree has beyond its base.
fn beyond<'a>(object: &Object<'a>) -> Result<Beyond<'a>, &'static str> {
    let id_len = object.id.as_bytes().len();
    if let Some(base) = object.base {
        return tree::beyond(object.bytes, base.bytes, base.pieces, id_len);
    }
    let mut found = Beyond { is_all: true, ..Beyond::default() };
    tree::entries(object.bytes, id_len, |entry| found.entries.push(entry))?;
    Ok(found)
}

impl Trees {
    /// Reads every tree of `packs`, each right after its base, from `threads`
    /// threads.
    ///
    /// # Errors
    /// A pack is damaged, or `stop` said so.
    pub fn read(
        packs: &Packs,
        threads: usize,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<(Trees, Numbers), Error> {
        let trees = Trees { packed: vec![None; packs.count()], ..Trees::default() };
        let read = Mutex::new((trees, Numbers::default()));
        Walk::over(packs, Kind::Tree).run(threads, stop, &|object| {
            if let Ok(found) = beyond(&object) {
                let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
                let (trees, numbers) = &mut *read;
                let part = trees.add(packs, numbers, &found);
                if let Some(slot) = trees.packed.get_mut(packs.number(object.place) as usize) {
                    *slot = part;
                }
            }
            1
        })?;
        Ok(read.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Submodules are of other repositories: nothing stands under their names.
    fn add(&mut self, packs: &Packs, numbers: &mut Numbers, found: &Beyond<'_>) -> Option<Part> {
        let place = |children: &Vec<Child>| u32::try_from(children.len()).ok();
        let start = place(&self.children)?;
        let entries = found.entries.iter().filter(|entry| !entry.is_submodule);
        self.children.extend(entries.map(|entry| numbers.child(packs, entry)));
        let gone = place(&self.children)?;
        for name in &found.gone {
            self.children.push(Child { object: GONE, name: numbers.name(name) });
        }
        let submodules = found.entries.iter().filter(|entry| entry.is_submodule);
        for entry in submodules.filter(|_| !found.is_all) {
            self.children.push(Child { object: GONE, name: numbers.name(entry.name) });
        }
        Some(Part { start, gone, end: place(&self.children)?, is_all: found.is_all })
    }

    fn part(&self, tree: u32) -> Option<Part> {
        match self.packed.get(tree as usize) {
            Some(part) => *part,
            None => self.strays.get(&tree).copied(),
        }
    }

    fn slice(&self, start: u32, end: u32) -> &[Child] {
        self.children.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The tree that `tree` is made of, and what it has beyond; no tree where
    /// that is all it has. None where `tree` lies in no pack.
    pub fn beyond(&self, packs: &Packs, tree: u32) -> Option<(Option<u32>, &[Child])> {
        let part = (*self.packed.get(tree as usize)?)?;
        let base = if part.is_all { None } else { packs.base_of(tree) };
        Some((base, self.slice(part.start, part.gone)))
    }

    /// All that `tree` has, told from what it and those that it is made of have beyond
    /// each other. None where one of them lies in no pack, or is damaged.
    fn gathered(&self, packs: &Packs, tree: u32) -> Option<Vec<Child>> {
        let mut all = Vec::new();
        // What a tree nearer by says of a name counts.
        let mut told: HashSet<u32, Mixed> = HashSet::default();
        let mut at = tree;
        loop {
            let part = (*self.packed.get(at as usize)?)?;
            let children = self.slice(part.start, part.gone);
            all.extend(children.iter().filter(|child| !told.contains(&child.name())));
            if part.is_all {
                return Some(all);
            }
            told.extend(self.slice(part.start, part.end).iter().map(|child| child.name()));
            at = packs.base_of(at)?;
        }
    }

    /// All that `tree` has.
    ///
    /// # Errors
    /// It is damaged or missing, or no tree.
    pub fn whole(
        &mut self,
        packs: &Packs,
        numbers: &mut Numbers,
        tree: u32,
        fetch: Fetch<'_>,
    ) -> Result<Vec<Child>, Error> {
        if let Some(part) = self.strays.get(&tree) {
            return Ok(self.slice(part.start, part.gone).to_vec());
        }
        if let Some(children) = self.gathered(packs, tree) {
            return Ok(children);
        }
        let place = packs.place(tree);
        let (id, (kind, bytes)) = match place {
            Some(place) => {
                let id = packs.id(place).ok_or(Error::Stopped)?;
                (id, packs.read(place)?)
            }
            None => {
                let id = numbers.stray(tree).ok_or(Error::Stopped)?;
                let (kind, bytes) = fetch(&id)?;
                (id, (kind, Arc::new(bytes)))
            }
        };
        let unfit = |what| Error::Unfit { id, what };
        if kind != Kind::Tree {
            return Err(unfit("no tree"));
        }
        let mut found = Beyond { is_all: true, ..Beyond::default() };
        let read = tree::entries(&bytes, id.as_bytes().len(), |entry| found.entries.push(entry));
        read.map_err(|_| unfit("a damaged tree"))?;
        if place.is_none()
            && let Some(part) = self.add(packs, numbers, &found)
        {
            self.strays.insert(tree, part);
            return Ok(self.slice(part.start, part.gone).to_vec());
        }
        let entries = found.entries.iter().filter(|entry| !entry.is_submodule);
        Ok(entries.map(|entry| numbers.child(packs, entry)).collect())
    }

    /// Puts the children in the order in which [`Trees::under`] looks for them.
    pub fn sort(&mut self) {
        let Trees { children, packed, strays, .. } = self;
        for part in packed.iter().flatten().chain(strays.values()) {
            for (start, end) in [(part.start, part.gone), (part.gone, part.end)] {
                if let Some(part) = children.get_mut(start as usize..end as usize) {
                    part.sort_unstable_by_key(|child| child.name());
                }
            }
        }
        self.is_sorted = true;
    }

    /// What `tree` has under `name`, or on which tree it is made that may have it
    /// there; [`Trees::sort`] must have been called.
    pub fn under(&self, packs: &Packs, tree: u32, name: u32) -> Under {
        debug_assert!(self.is_sorted, "children are looked for by halving");
        let Some(part) = self.part(tree) else { return Under::Nothing };
        let at = |children: &[Child]| {
            let at = children.binary_search_by_key(&name, |child| child.name()).ok()?;
            children.get(at).copied()
        };
        if let Some(child) = at(self.slice(part.start, part.gone)) {
            return Under::Is(child);
        }
        if part.is_all || at(self.slice(part.gone, part.end)).is_some() {
            return Under::Nothing;
        }
        packs.base_of(tree).map_or(Under::Nothing, Under::AsIn)
    }
}

/// What a tree has under a name.
pub enum Under {
    /// That.
    Is(Child),
    /// Nothing.
    Nothing,
    /// What another tree has there.
    AsIn(u32),
}
