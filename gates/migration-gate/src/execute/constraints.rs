//! Constraints and unique indexes of a table: what rows they refuse now, and
//! which ON CONFLICT finds its index no longer.

use kernel::CatalogEntry;

use super::catalog::{fact, shown};
use super::effect::{Effect, Passage};
use super::relations::fresh_numbers;
use crate::demand::Demand;
use crate::postgres::demanded;

pub(super) fn effects(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    found: &mut Vec<Effect>,
) {
    if !matches!(relation.class.as_str(), "table" | "materialized-view") {
        return;
    }
    lost_constraints(passage, relation, now, found);
    lost_arbiters(passage, relation, now, found);
    renamed_indexes(passage, relation, now, found);
    if relation.class == "table" {
        new_constraints(passage, relation, now, found);
        new_keys(passage, relation, now, found);
    }
}

fn lost_constraints(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    found: &mut Vec<Effect>,
) {
    let table = shown(relation);
    // A view that takes a table's name has none, and the table keeps its own.
    if now.class == "view" {
        return;
    }
    for constraint in passage.before.parts("constraint", &relation.id) {
        let name = &constraint.name;
        if !passage.is_old(constraint)
            || passage.after.part("constraint", &now.id, name).is_some()
            || columns_are_gone(passage, relation, fact(constraint, "columns"))
        {
            continue;
        }
        match passage.after.same(constraint) {
            // ON CONFLICT ON CONSTRAINT finds it no more, whatever is like it there.
            Some(other) => {
                let message = match other.name == *name {
                    true => format!("'{table}' is another table, without constraint '{name}'"),
                    false => format!("constraint '{name}' of '{table}' is '{}' now", other.name),
                };
                found.push(passage.effect("rename-object", constraint, message));
            }
            // A key's index is asked for below.
            None if matches!(fact(constraint, "type"), "p" | "u" | "x") => {}
            None => {
                let message = format!("constraint '{name}' of '{table}' is gone");
                found.push(passage.effect("drop-constraint", constraint, message));
            }
        }
    }
}

fn columns_are_gone(passage: &Passage<'_>, relation: &CatalogEntry, numbers: &str) -> bool {
    numbers
        .split(' ')
        .filter(|number| !number.is_empty() && *number != "0")
        .any(|number| passage.after.get("column", &format!("{}.{number}", relation.id)).is_none())
}

fn lost_arbiters(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    found: &mut Vec<Effect>,
) {
    for index in passage.before.parts("index", &relation.id) {
        let arbiter = fact(index, "arbiter");
        let serves =
            |it: &CatalogEntry| fact(it, "arbiter") == arbiter && fact(it, "valid") == "yes";
        if arbiter.is_empty()
            || !passage.is_old(index)
            || passage.after.parts("index", &now.id).any(serves)
            || columns_are_gone(passage, relation, fact(index, "columns"))
        {
            continue;
        }
        // A column or schema that is called otherwise is told of by that.
        if passage.after.same(index).is_some() {
            continue;
        }
        let message = format!(
            "'{}' is unique by '{}' no more: ON CONFLICT finds no index",
            shown(relation),
            arbiter
        );
        found.push(passage.effect("drop-conflict-arbiter", index, message));
    }
}

/// An index that is called otherwise: seldom named by anything but its table.
fn renamed_indexes(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    found: &mut Vec<Effect>,
) {
    for index in passage.before.parts("index", &relation.id).filter(|it| passage.is_old(it)) {
        let Some(other) = passage.after.same(index) else { continue };
        let backs = |it: &CatalogEntry| fact(it, "index") == index.id;
        if other.name == index.name
            || passage.after.part("index", &now.id, &index.name).is_some()
            || passage.after.parts("constraint", &now.id).any(backs)
        {
            continue;
        }
        let message = format!("index '{}' is '{}' now", index.name, other.name);
        found.push(passage.effect("rename-object", index, message).note());
    }
}

fn new_constraints(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    found: &mut Vec<Effect>,
) {
    let fresh = fresh_numbers(passage, now);
    let known: Vec<&str> = passage
        .before
        .parts("constraint", &relation.id)
        .map(|constraint| fact(constraint, "definition"))
        .collect();
    for constraint in passage.after.parts("constraint", &now.id) {
        let columns = fact(constraint, "columns");
        // One on new columns asks nothing of those who leave them out.
        let is_about_new = !columns.is_empty() && columns.split(' ').all(|it| fresh.contains(it));
        let is_rule = matches!(fact(constraint, "type"), "c" | "f" | "x");
        if !is_rule || is_about_new || known.contains(&fact(constraint, "definition")) {
            continue;
        }
        if asks_the_same(passage, constraint)
            || asks_what_holds(passage, relation, now, constraint)
            || asks_no_more(passage, relation, now, constraint)
        {
            continue;
        }
        let message = format!(
            "'{}' refuses rows that it took: '{}' is new",
            shown(relation),
            constraint.name
        );
        found.push(passage.effect("tighten", constraint, message));
    }
}

/// Whether it is one of before, and only when it is asked is another: that its
/// parent is called otherwise changes its words too.
fn asks_the_same(passage: &Passage<'_>, constraint: &CatalogEntry) -> bool {
    let Some(was) = passage.before.same(constraint) else { return false };
    let same = |name: &str| fact(was, name) == fact(constraint, name);
    let words = |it: &CatalogEntry| {
        let definition = fact(it, "definition");
        definition.split(" DEFERRABLE").next().unwrap_or_default().to_owned()
    };
    let is_key = fact(constraint, "type") == "f";
    same("type") && same("columns") && same("parent") && (is_key || words(was) == words(constraint))
}

/// Whether every row keeps to it anyway: the column takes no null, or the rows
/// were those of a partition.
fn asks_what_holds(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    constraint: &CatalogEntry,
) -> bool {
    let was_part = !fact(relation, "partition_of").is_empty();
    if fact(constraint, "type") != "c" {
        return false;
    }
    let id = format!("{}.{}", relation.id, fact(constraint, "columns"));
    let column = passage.before.get("column", &id);
    let is_not_null = column.is_some_and(|column| {
        fact(column, "not_null") == "yes"
            && fact(constraint, "definition") == not_null(&column.name)
    });
    is_not_null || was_part && fact(now, "partition_of").is_empty()
}

/// Whether what was checked before demands as much.
fn asks_no_more(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    constraint: &CatalogEntry,
) -> bool {
    // A column that it does not know stays null where nothing fills it in.
    let stays_null = |name: &str| {
        passage.after.part("column", &now.id, name).is_some_and(|column| {
            let supplies = ["default", "identity", "generated", "not_null"];
            !passage.is_old(column) && supplies.iter().all(|it| fact(column, it).is_empty())
        })
    };
    let demand = |it: &CatalogEntry| demanded(fact(it, "definition"));
    let checks = passage.before.parts("constraint", &relation.id);
    let old = checks.filter(|it| fact(it, "type") == "c").filter_map(demand);
    let old = Demand::All(old.map(|it| it.where_null(&|_| false)).collect());
    fact(constraint, "type") == "c"
        && demand(constraint).is_some_and(|new| old.is_at_least(&new.where_null(&stays_null)))
}

/// How a server writes that a column takes no null.
pub(super) fn not_null(column: &str) -> String {
    format!("CHECK (({column} IS NOT NULL))")
}

fn new_keys(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    found: &mut Vec<Effect>,
) {
    let fresh = fresh_numbers(passage, now);
    let was_unique: Vec<Vec<&str>> = passage
        .before
        .parts("index", &relation.id)
        .filter(|index| {
            fact(index, "unique") == "yes" && !fact(index, "arbiter").contains(" WHERE ")
        })
        .map(|index| fact(index, "columns").split(' ').collect())
        .collect();
    let arbiters: Vec<&str> =
        passage.before.parts("index", &relation.id).map(|it| fact(it, "arbiter")).collect();
    for index in passage.after.parts("index", &now.id) {
        let columns: Vec<&str> = fact(index, "columns").split(' ').collect();
        let covers = |key: &Vec<&str>| {
            !key.contains(&"0") && key.iter().all(|column| columns.contains(column))
        };
        // Null in a new column is never the same twice.
        let has_new = columns.iter().any(|column| fresh.contains(*column));
        if fact(index, "unique").is_empty()
            || fact(index, "arbiter").is_empty()
            || has_new
            || arbiters.contains(&fact(index, "arbiter"))
            || was_unique.iter().any(covers)
        {
            continue;
        }
        let message = format!(
            "'{}' refuses rows that it took: '{}' makes it unique by '{}'",
            shown(relation),
            index.name,
            fact(index, "arbiter")
        );
        found.push(passage.effect("tighten", index, message));
    }
}
