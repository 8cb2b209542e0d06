//! Locks that a transaction holds until it ends.

use std::collections::BTreeMap;

use crate::ops::{Change, Name, What};

/// The tables that everybody is kept out of, by their names of now, each with
/// its turn.
#[derive(Debug, Default)]
pub(crate) struct Held {
    turns: BTreeMap<Name, usize>,
    names: BTreeMap<usize, Name>,
    next: usize,
}

impl Held {
    pub(crate) fn contains(&self, table: &Name) -> bool {
        self.turns.contains_key(table)
    }

    /// In the order in which they were locked.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Name> {
        self.names.values()
    }

    /// Takes the lock that an operation takes.
    pub(crate) fn take(&mut self, what: &What) {
        if *what == What::Commit {
            *self = Held::default();
        }
        let Some(table) = locked(what) else { return };
        if !self.contains(table) {
            self.turns.insert(table.clone(), self.next);
            self.names.insert(self.next, table.clone());
            self.next += 1;
        }
        let to = match what {
            What::Table { change: Change::RenameTo { to }, .. } => Name::new(&table.schema, to),
            What::Table { change: Change::SetSchema { schema }, .. } => {
                Name::new(schema, &table.name)
            }
            _ => return,
        };
        if let Some(turn) = self.turns.remove(table) {
            self.turns.insert(to.clone(), turn);
            self.names.insert(turn, to);
        }
    }
}

/// The table that an operation keeps everybody out of until the transaction
/// ends.
pub(crate) fn locked(what: &What) -> Option<&Name> {
    match what {
        What::Table { change: Change::ValidateConstraint { .. } | Change::Other, .. } => None,
        What::Table { table, .. } => Some(table),
        _ => None,
    }
}
