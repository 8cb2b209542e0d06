//! A file that is a migration: what its path says, and what a folder of them holds.

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Entry;

use super::{Properties, Section, Version};

/// What a path says about a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) version: Version,
    pub(crate) role: Role,
}

/// What a migration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Up,
    /// Undoes another: never part of a release.
    Down,
    /// Runs again whenever it has changed.
    Again,
    /// Runs wherever it has not yet, also after later ones.
    Anywhen,
    /// A short cut for new databases, which others pass by.
    Baseline,
}

impl Slot {
    pub(super) fn up(version: Version) -> Slot {
        Slot { version, role: Role::Up }
    }

    pub(super) fn up_or_down(version: Version, is_down: bool) -> Slot {
        Slot { version, role: if is_down { Role::Down } else { Role::Up } }
    }

    pub(crate) fn is_down(&self) -> bool {
        self.role == Role::Down
    }
}

/// A file that is a migration, or one of several in it.
#[derive(Clone, Debug)]
pub(crate) struct Migration {
    pub(crate) entry: Entry,
    pub(crate) slot: Slot,
    /// Which of its file's it is.
    pub(crate) part: Option<String>,
    /// Whether another of its file has that part's name already.
    pub(crate) is_second: bool,
    /// Which run of changesets of its file it is; none where it is all of it.
    pub(crate) turn: Option<usize>,
    /// Why it cannot be read, where its name or its place says so already.
    pub(crate) fault: Option<&'static str>,
}

impl Migration {
    pub(super) fn new(entry: Entry, slot: Slot) -> Migration {
        Migration { entry, slot, part: None, is_second: false, turn: None, fault: None }
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        &self.entry.path
    }

    /// What it is told apart by.
    pub(crate) fn name(&self) -> Utf8PathBuf {
        match &self.part {
            Some(part) => format!("{}#{part}", self.path()).into(),
            None => self.path().to_owned(),
        }
    }

    /// The migration that `section` of its file is.
    pub(crate) fn of(&self, section: &Section, is_shared: bool) -> Migration {
        let mut migration = self.clone();
        migration.part = section.part.clone();
        if let Some(part) = section.part.as_ref().filter(|_| is_shared) {
            migration.slot.version = Version::Unordered(format!("{}#{part}", self.path()));
        }
        if section.is_again {
            migration.slot.role = Role::Again;
        }
        if section.is_baseline {
            migration.slot.role = Role::Baseline;
        }
        migration
    }
}

/// What a folder holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder {
    /// In the order in which they run.
    pub(crate) ups: Vec<Migration>,
    pub(crate) downs: Vec<Migration>,
    /// SQL files that the framework does not run.
    pub(crate) others: u64,
    /// Files that are not as the framework noted them, and how.
    pub(crate) unlike: Vec<(Utf8PathBuf, &'static str)>,
    /// Values that its files have names for.
    pub(crate) properties: Properties,
}
