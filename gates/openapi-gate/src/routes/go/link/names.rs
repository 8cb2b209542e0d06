//! What the names in a file mean: constants, functions, routers.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::super::facts::{Callee, Origin, Part, Slot, Target, Text};
use super::{Key, Linker, folder};

impl<'f> Linker<'f> {
    pub(super) fn key(&self, file: usize, slot: &Slot) -> Option<Key> {
        let (path, _) = self.file(file)?;
        match slot {
            Slot::Local(number) => Some(Key::Local(file, *number)),
            Slot::Named(name) => Some(Key::Named(folder(path).to_owned(), name.clone())),
            Slot::Default => Some(Key::Default),
            Slot::Unknown => None,
        }
    }

    /// The functions that a call in `file` can mean, each with its file; more
    /// than one only where they are the same function under build tags.
    fn functions(&self, file: usize, callee: &Callee) -> Vec<(usize, usize)> {
        let Some((path, _)) = self.file(file) else { return Vec::new() };
        let all = self.files.iter().enumerate().flat_map(|(file, (path, facts))| {
            let own = facts.functions.iter().enumerate();
            own.map(move |(index, function)| (file, index, folder(path), function))
        });
        let own = folder(path);
        let (folder, receiver, name) = match callee {
            Callee::Plain(name) => (Some(own), Some(None), name),
            Callee::Of(import, name) => match self.folder_of(import) {
                Some(folder) => (Some(folder), Some(None), name),
                None => return Vec::new(),
            },
            Callee::Method(Some(receiver), name) => {
                (Some(own), Some(Some(receiver.as_str())), name)
            }
            Callee::Method(None, name) => (None, None, name),
        };
        let fits: Vec<_> = all
            .filter(|(_, _, at, function)| {
                function.name == *name
                    && folder.is_none_or(|folder| folder == *at)
                    && match receiver {
                        Some(receiver) => function.receiver.as_deref() == receiver,
                        None => function.receiver.is_some(),
                    }
            })
            .collect();
        // A method of an unknown type: of this package if there is one.
        let near = fits.iter().any(|(_, _, at, _)| *at == own);
        let fits: Vec<_> = fits.into_iter().filter(|(_, _, at, _)| !near || *at == own).collect();
        let kinds: BTreeSet<_> =
            fits.iter().map(|(_, _, at, it)| (*at, it.receiver.as_deref())).collect();
        if kinds.len() > 1 {
            return Vec::new();
        }
        fits.into_iter().map(|(file, index, _, _)| (file, index)).collect()
    }

    /// The folder of this repository that holds the package imported by that
    /// path: the longest one that the path ends with.
    fn folder_of(&self, import: &str) -> Option<&'f Utf8Path> {
        let ends = |folder: &&&Utf8Path| {
            let folder = folder.as_str();
            !folder.is_empty()
                && import
                    .strip_suffix(folder)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        self.folders.iter().filter(ends).max_by_key(|folder| folder.as_str().len()).copied()
    }

    pub(super) fn known(&self, file: usize, text: &Text) -> Option<String> {
        let (path, _) = self.file(file)?;
        self.known_in(folder(path), text, 8)
    }

    fn known_in(&self, folder: &Utf8Path, text: &Text, depth: usize) -> Option<String> {
        let mut known = String::new();
        for part in &text.0 {
            let (folder, name) = match part {
                Part::Literal(text) => {
                    known.push_str(text);
                    continue;
                }
                Part::Name(name) => (folder, name),
                Part::Of(import, name) => (self.folder_of(import)?, name),
                Part::Field(..) | Part::Unknown => return None,
            };
            let values = self.consts.get(&(folder, name.as_str()))?;
            let depth = depth.checked_sub(1)?;
            let (first, rest) = values.split_first()?;
            let value = self.known_in(folder, first, depth)?;
            if rest.iter().any(|other| self.known_in(folder, other, depth).as_ref() != Some(&value))
            {
                return None;
            }
            known.push_str(&value);
        }
        Some(known)
    }

    /// The routers that a target is.
    pub(super) fn keys(&self, file: usize, target: &Target) -> Vec<Key> {
        // Longer than any chain of functions that return each other's router.
        self.keys_within(file, target, 8)
    }

    fn keys_within(&self, file: usize, target: &Target, depth: usize) -> Vec<Key> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        match target {
            Target::Slot(Slot::Local(number)) => {
                let origin = self.file(file).and_then(|(_, facts)| facts.locals.get(*number));
                match origin {
                    // Whether that is a router at all is for its function to say.
                    Some(Origin::Result(callee)) => {
                        self.keys_within(file, &Target::Result(callee.clone()), depth)
                    }
                    _ => vec![Key::Local(file, *number)],
                }
            }
            Target::Slot(slot) => self.key(file, slot).into_iter().collect(),
            Target::Result(callee) => {
                let of = |(file, index): (usize, usize)| {
                    let function =
                        self.file(file).and_then(|(_, facts)| facts.functions.get(index));
                    let slots = function.into_iter().flat_map(|function| &function.returns);
                    let keys =
                        |slot: &Slot| self.keys_within(file, &Target::Slot(slot.clone()), depth);
                    slots.flat_map(keys).collect::<Vec<_>>()
                };
                self.functions(file, callee).into_iter().flat_map(of).collect()
            }
            Target::Argument(callee, place) => {
                let of = |(file, index): (usize, usize)| {
                    let (_, facts) = self.file(file)?;
                    let function = facts.functions.get(index)?;
                    let own = function.parameters.iter().find(|(at, _)| at == place)?;
                    Some(Key::Local(file, own.1))
                };
                self.functions(file, callee).into_iter().filter_map(of).collect()
            }
        }
    }
}
