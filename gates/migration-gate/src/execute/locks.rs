//! What keeps others waiting: locks, scans and tables written anew, statement
//! by statement.

use std::collections::BTreeSet;

use kernel::{CatalogChange, CatalogEntry, StepTrace};

use super::catalog::{fact, shown};
use super::effect::{Effect, Passage};
use crate::rules::widens;

/// Keeps everybody out.
const EXCLUSIVE: &str = "AccessExclusiveLock";

pub(super) fn effects(passage: &Passage<'_>) -> Vec<Effect> {
    let mut found = Vec::new();
    // Tables that everybody is kept out of by now.
    let mut held: BTreeSet<&str> = BTreeSet::new();
    for (number, step) in passage.steps() {
        let locks = step.locks.iter().filter(|lock| lock.mode == EXCLUSIVE);
        held.extend(locks.map(|lock| lock.id.as_str()));
        let mut say = |offence: &'static str, message: String| {
            found.push(Effect { offence, step: number, message, is_note: false });
        };
        rewrites(passage, step, &mut say);
        indexes(passage, step, &mut say);
        constraints(passage, step, &held, &mut say);
        partitions(passage, step, &mut say);
    }
    found
}

type Say<'a> = &'a mut dyn FnMut(&'static str, String);

/// Before and after of what was there and still is.
fn altered(step: &StepTrace) -> impl Iterator<Item = (&CatalogEntry, &CatalogEntry)> {
    step.changes.iter().filter_map(|change| Some((change.before.as_ref()?, change.after.as_ref()?)))
}

fn new(step: &StepTrace) -> impl Iterator<Item = &CatalogEntry> {
    let is_new = |change: &&CatalogChange| change.before.is_none();
    step.changes.iter().filter(is_new).filter_map(|change| change.after.as_ref())
}

fn gone(step: &StepTrace) -> impl Iterator<Item = &CatalogEntry> {
    let is_gone = |change: &&CatalogChange| change.after.is_none();
    step.changes.iter().filter(is_gone).filter_map(|change| change.before.as_ref())
}

fn rewrites(passage: &Passage<'_>, step: &StepTrace, say: Say<'_>) {
    let is_moved = |(before, after): &(&CatalogEntry, &CatalogEntry)| {
        fact(before, "filenode") != fact(after, "filenode") && !fact(before, "filenode").is_empty()
    };
    let mut tables: BTreeSet<&str> = BTreeSet::new();
    for (before, after) in altered(step).filter(is_moved) {
        if !passage.is_old_relation(&before.id) {
            continue;
        }
        let name = shown(after);
        tables.insert(&before.id);
        match before.class.as_str() {
            "table" if step.emptied.contains(&before.id) => {
                say("truncate", format!("every row of '{name}' is gone"));
            }
            "table" => {
                let is_retyped = altered(step).any(|(was, is)| {
                    let (old, new) = (fact(was, "type"), fact(is, "type"));
                    was.class == "column" && was.of == before.id && old != new && !widens(old, new)
                });
                let is_unlogged = fact(before, "persistence") != fact(after, "persistence")
                    && fact(after, "persistence") == "u";
                if is_retyped {
                    say("retype-column", format!("'{name}' is written anew for another type"));
                } else if !is_unlogged {
                    say(
                        "table-rewrite",
                        format!("'{name}' is written anew while nobody may use it"),
                    );
                }
            }
            "materialized-view" => {
                say(
                    "reindex-cluster-vacuum-full",
                    format!("'{name}' is written anew while nobody may read it"),
                );
            }
            _ => {}
        }
    }
    let mut indexes = altered(step).filter(is_moved).filter(|(before, _)| before.class == "index");
    let alone = indexes.find(|(before, _)| {
        passage.is_old_relation(&before.of) && !tables.contains(before.of.as_str())
    });
    if let Some((index, _)) = alone.filter(|_| !step.alone) {
        let message = format!("index '{}' is built anew while writers wait", index.name);
        say("reindex-cluster-vacuum-full", message);
    }
}

fn indexes(passage: &Passage<'_>, step: &StepTrace, say: Say<'_>) {
    if step.alone {
        return;
    }
    let backs = |constraint: &CatalogEntry, index: &CatalogEntry| {
        constraint.class == "constraint" && fact(constraint, "index") == index.id
    };
    let is_new = |it: &&CatalogEntry| {
        // What is back after ROLLBACK TO was never gone.
        it.class == "index" && passage.is_old_relation(&it.of) && passage.before.same(it).is_none()
    };
    for index in new(step).filter(is_new) {
        // On the parent alone there are no rows: its partitions are not locked.
        let is_parent =
            passage.old.get("table", &index.of).is_some_and(|it| fact(it, "kind") == "p");
        let is_of_part = |lock: &kernel::Lock| {
            passage
                .old
                .get("table", &lock.id)
                .is_some_and(|it| fact(it, "partition_of") == index.of)
        };
        if is_parent && !step.alone && !step.locks.iter().any(is_of_part) {
            continue;
        }
        // A change of type makes the indexes of its column anew.
        if gone(step).any(|it| it.class == "index" && it.name == index.name) {
            continue;
        }
        let Some(table) = passage.old.relation_of(&index.of).map(shown) else { continue };
        if new(step).any(|it| backs(it, index) && fact(it, "type") != "f") {
            let message = format!("'{table}' takes no writes while '{}' is built", index.name);
            say("unique-or-primary-key-build", message);
        } else {
            let message = format!("'{table}' takes no writes while '{}' is built", index.name);
            say("index-not-concurrent", message);
        }
    }
    for index in gone(step).filter(|it| it.class == "index" && passage.is_old(it)) {
        let has_table = passage.after.relation_of(&index.of).is_some();
        let is_back = new(step).any(|it| it.class == "index" && it.name == index.name);
        let is_constraint = gone(step).any(|it| backs(it, index));
        let went_with_column = gone(step).any(|it| it.class == "column" && it.of == index.of);
        if has_table && !is_back && !is_constraint && !went_with_column {
            let message = format!("'{}' is dropped while nobody may use its table", index.name);
            say("drop-index-not-concurrent", message);
        }
    }
}

fn constraints(passage: &Passage<'_>, step: &StepTrace, held: &BTreeSet<&str>, say: Say<'_>) {
    // Of a table without a row nobody can tell: it is taken to be read.
    let is_read = |id: &str| {
        step.scans.iter().any(|scan| scan.id == id) || !passage.is_filled(id) || step.without_rows
    };
    let checks = |it: &&CatalogEntry| {
        it.class == "constraint"
            && matches!(fact(it, "type"), "c" | "f")
            && fact(it, "valid") == "yes"
            && passage.old.get("table", &it.of).is_some()
    };
    for constraint in new(step).filter(checks) {
        if is_read(&constraint.of) && !is_on_new_rows(step, constraint) {
            let message = format!("every row is read for '{}' while writers wait", constraint.name);
            say("validating-constraint", message);
        }
    }
    let validated = altered(step).filter(|(before, after)| {
        before.class == "constraint"
            && fact(before, "valid").is_empty()
            && fact(after, "valid") == "yes"
    });
    for (_, constraint) in validated {
        if held.contains(constraint.of.as_str()) && passage.is_old_relation(&constraint.of) {
            let message = format!("'{}' is validated while everybody is kept out", constraint.name);
            say("validate-in-same-transaction", message);
        }
    }
    for constraint in new(step).filter(|it| it.class == "constraint" && fact(it, "type") == "f") {
        let parent = fact(constraint, "parent");
        // Held already, it is not taken again.
        let is_taken = step.alone || step.locks.iter().any(|lock| lock.id == parent);
        if is_taken && parent != constraint.of && passage.old.get("table", parent).is_some() {
            let name = passage.old.get("table", parent).map(shown).unwrap_or_default();
            let message = format!("'{name}' takes no writes while '{}' is made", constraint.name);
            say("parent-locked", message);
        }
    }
}

/// A foreign key of a column that the same statement added without a default:
/// there is nothing to look up, and a server does not.
fn is_on_new_rows(step: &StepTrace, constraint: &CatalogEntry) -> bool {
    let columns = fact(constraint, "columns");
    fact(constraint, "type") == "f"
        && columns.split(' ').all(|number| {
            let id = format!("{}.{number}", constraint.of);
            new(step)
                .any(|it| it.class == "column" && it.id == id && fact(it, "default").is_empty())
        })
}

fn partitions(passage: &Passage<'_>, step: &StepTrace, say: Say<'_>) {
    for (before, after) in altered(step).filter(|(it, _)| it.class == "table") {
        let is_attached =
            fact(before, "partition_of").is_empty() && !fact(after, "partition_of").is_empty();
        let is_read = step.scans.iter().any(|scan| scan.id == before.id);
        if is_attached && is_read && passage.is_old(before) {
            let message =
                format!("every row of '{}' is read before it is a partition", shown(before));
            say("attach-partition", message);
        }
    }
    for table in new(step).filter(|it| it.class == "table") {
        if let Some(parent) = passage.old.get("table", fact(table, "partition_of")) {
            let message = format!("'{}' is locked while '{}' is made", shown(parent), table.name);
            say("parent-locked", message);
        }
    }
}
