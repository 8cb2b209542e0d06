//! What a script did that a rule has a name for.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{CatalogEntry, ScriptTrace, StepTrace};

use super::catalog::{Catalog, Key, fact, key};

/// An effect, in the words of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) offence: &'static str,
    /// The statement that did it.
    pub(super) step: usize,
    pub(super) message: String,
    /// Weighs less than its rule.
    pub(super) is_note: bool,
}

/// A script between the schema of the release before and its own.
pub(super) struct Passage<'a> {
    /// What the release before knows.
    pub(super) old: &'a Catalog,
    /// Before the script.
    pub(super) before: &'a Catalog,
    /// After it.
    pub(super) after: &'a Catalog,
    pub(super) script: &'a ScriptTrace,
    /// Tables that held rows.
    pub(super) filled: &'a [String],
    /// The last statement that touched each object.
    touched: BTreeMap<Key, usize>,
    /// The ids of those objects, and of what they are parts of.
    ids: BTreeSet<&'a str>,
}

impl<'a> Passage<'a> {
    pub(super) fn new(
        old: &'a Catalog,
        before: &'a Catalog,
        after: &'a Catalog,
        script: &'a ScriptTrace,
        filled: &'a [String],
    ) -> Passage<'a> {
        let (mut touched, mut ids) = (BTreeMap::new(), BTreeSet::new());
        for (index, step) in script.steps.iter().enumerate() {
            for change in &step.changes {
                for entry in change.before.iter().chain(&change.after) {
                    touched.insert(key(entry), index);
                    ids.extend([entry.id.as_str(), entry.of.as_str()]);
                }
            }
        }
        Passage { old, before, after, script, filled, touched, ids }
    }

    /// Whether the release before knows the object.
    pub(super) fn is_old(&self, entry: &CatalogEntry) -> bool {
        self.old.same(entry).is_some()
    }

    /// Whether a statement changed the object or a part of it.
    pub(super) fn is_touched(&self, entry: &CatalogEntry) -> bool {
        let is_whole = !entry.of.is_empty() && self.ids.contains(entry.of.as_str());
        is_whole || self.ids.contains(entry.id.as_str())
    }

    /// Whether the release before knows the object, and it may be another now.
    pub(super) fn is_judged(&self, entry: &CatalogEntry) -> bool {
        self.is_touched(entry) && self.is_old(entry)
    }

    /// Whether the release before knows the relation.
    pub(super) fn is_old_relation(&self, id: &str) -> bool {
        self.old.relation_of(id).is_some()
    }

    pub(super) fn is_filled(&self, id: &str) -> bool {
        self.filled.iter().any(|it| it == id)
    }

    /// An effect of the statement that touched `entry` last.
    pub(super) fn effect(
        &self,
        offence: &'static str,
        entry: &CatalogEntry,
        message: String,
    ) -> Effect {
        let step = self.touched.get(&key(entry)).copied().unwrap_or_default();
        Effect { offence, step, message, is_note: false }
    }

    /// An effect of the statement that changed that fact of `entry` last.
    pub(super) fn effect_on(
        &self,
        offence: &'static str,
        entry: &CatalogEntry,
        name: &str,
        message: String,
    ) -> Effect {
        let mut effect = self.effect(offence, entry, message);
        let changes_it = |step: &StepTrace| {
            step.changes.iter().any(|change| match (&change.before, &change.after) {
                (Some(before), Some(after)) => {
                    key(after) == key(entry) && fact(before, name) != fact(after, name)
                }
                _ => false,
            })
        };
        if let Some(step) = self.script.steps.iter().rposition(changes_it) {
            effect.step = step;
        }
        effect
    }

    /// The statements with their numbers.
    pub(super) fn steps(&self) -> impl Iterator<Item = (usize, &'a StepTrace)> {
        self.script.steps.iter().enumerate()
    }
}

impl Effect {
    pub(super) fn note(mut self) -> Effect {
        self.is_note = true;
        self
    }
}
