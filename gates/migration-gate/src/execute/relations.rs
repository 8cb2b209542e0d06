//! Tables, views and their parts: what statements of the release before find
//! no longer, or no longer as it was.

use std::collections::BTreeSet;

use kernel::CatalogEntry;

use super::catalog::{RELATIONS, fact, loses, shown};
use super::effect::{Effect, Passage};
use crate::rules::{is_free, widens};

pub(super) fn effects(passage: &Passage<'_>) -> Vec<Effect> {
    let mut found = Vec::new();
    for class in RELATIONS {
        for relation in passage.before.all(class).filter(|it| passage.is_judged(it)) {
            match passage.after.relation(&relation.schema, &relation.name) {
                None => found.extend(gone(passage, relation)),
                Some(now) => {
                    columns(passage, relation, now, &mut found);
                    found.extend(itself(passage, relation, now));
                    super::constraints::effects(passage, relation, now, &mut found);
                    super::security::effects(passage, relation, now, &mut found);
                }
            }
        }
    }
    found
}

/// Nothing has the relation's name any more.
fn gone(passage: &Passage<'_>, relation: &CatalogEntry) -> Option<Effect> {
    let name = shown(relation);
    let is_table = relation.class == "table";
    if let Some(now) = passage.after.same(relation) {
        if now.schema != relation.schema {
            let message =
                format!("'{name}' is '{}' now, and its old name leads nowhere", shown(now));
            return Some(passage.effect("move-object", relation, message));
        }
        let offence = if is_table { "rename-table" } else { "rename-object" };
        let message = format!("'{name}' is '{}' now, and its old name leads nowhere", now.name);
        return Some(passage.effect(offence, relation, message));
    }
    let offence = match relation.class.as_str() {
        "table" => "drop-table",
        // One that a column owned goes with it.
        "sequence" if has_gone_with_its_column(passage, relation) => return None,
        "sequence" => "drop-sequence",
        _ => "drop-or-narrow-view",
    };
    Some(passage.effect(offence, relation, format!("'{name}' is gone")))
}

fn has_gone_with_its_column(passage: &Passage<'_>, sequence: &CatalogEntry) -> bool {
    let call = format!("nextval('{}", sequence.name);
    passage.before.all("column").any(|column| {
        let default = fact(column, "default");
        let uses = default.starts_with(&call)
            || default.contains(&format!(".{}'", sequence.name))
            || !fact(column, "identity").is_empty()
                && sequence.name.ends_with(&format!("{}_seq", column.name));
        uses && passage.after.same(column).is_none()
    })
}

fn columns(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    found: &mut Vec<Effect>,
) {
    let is_table = relation.class == "table";
    // A partition's columns are those of its parent, where they are told of.
    if is_table && passage.old.get("table", fact(relation, "partition_of")).is_some() {
        return;
    }
    let name = shown(relation);
    let columns = passage.before.parts("column", &relation.id);
    let old: Vec<&CatalogEntry> = columns.filter(|it| passage.is_old(it)).collect();
    for column in &old {
        let Some(there) = passage.after.part("column", &now.id, &column.name) else {
            found.push(column_gone(passage, column, &name, is_table));
            continue;
        };
        found.extend(column_changed(passage, column, there, &name, is_table));
    }
    if !is_table {
        return;
    }
    let known = |column: &&CatalogEntry| !old.iter().any(|it| it.name == column.name);
    for column in passage.after.parts("column", &now.id).filter(known) {
        let is_renamed = passage.before.same(column).is_some_and(|it| passage.is_old(it));
        let is_given = ["default", "identity", "generated"]
            .iter()
            .any(|supply| !fact(column, supply).is_empty());
        if fact(column, "not_null") == "yes" && !is_given && !is_renamed {
            let message = format!(
                "'{name}' has a column '{}' now that an insert of the release before leaves out",
                column.name
            );
            found.push(passage.effect("required-column", column, message));
        }
    }
}

fn column_gone(
    passage: &Passage<'_>,
    column: &CatalogEntry,
    relation: &str,
    is_table: bool,
) -> Effect {
    let name = &column.name;
    // That of a table which gave its name away is called as before, and is not there.
    match passage.after.same(column).filter(|now| now.name != *name) {
        Some(now) => {
            let offence = if is_table { "rename-column" } else { "rename-object" };
            let message = format!("column '{name}' of '{relation}' is '{}' now", now.name);
            passage.effect(offence, column, message)
        }
        None => {
            let offence = if is_table { "drop-column" } else { "drop-or-narrow-view" };
            passage.effect(offence, column, format!("column '{name}' of '{relation}' is gone"))
        }
    }
}

fn column_changed(
    passage: &Passage<'_>,
    column: &CatalogEntry,
    now: &CatalogEntry,
    relation: &str,
    is_table: bool,
) -> Vec<Effect> {
    let mut found = Vec::new();
    let name = &column.name;
    let (was, is) = (fact(column, "type"), fact(now, "type"));
    // A type that is only called otherwise is told of by that.
    let is_other = fact(column, "type_id") != fact(now, "type_id");
    let fits = is_free(was, is) || widens(was, is);
    if is_other && was != is && !fits {
        let offence = if is_table { "retype-column" } else { "drop-or-narrow-view" };
        let message = format!("column '{name}' of '{relation}' is '{is}' now and was '{was}'");
        found.push(passage.effect_on(offence, now, "type", message));
    }
    if !is_table {
        return found;
    }
    let is_required = fact(now, "not_null") == "yes";
    let mut checks = passage.before.parts("constraint", &column.of);
    let was_asked = checks.any(|it| {
        fact(it, "valid") == "yes" && fact(it, "definition") == super::constraints::not_null(name)
    });
    if is_required && fact(column, "not_null").is_empty() && !was_asked {
        let message = format!("column '{name}' of '{relation}' takes no null any more");
        found.push(passage.effect_on("set-not-null", now, "not_null", message));
    }
    let supplied =
        |it: &CatalogEntry| !fact(it, "default").is_empty() || !fact(it, "identity").is_empty();
    let (had, has) = (fact(column, "identity"), fact(now, "identity"));
    if had != has && has != "d" {
        let message = format!("column '{name}' of '{relation}' is an identity no more as it was");
        found.push(passage.effect_on("change-identity", now, "identity", message));
    } else if is_required && supplied(column) && !supplied(now) {
        let message = format!("column '{name}' of '{relation}' has no default any more");
        found.push(passage.effect_on("drop-default", now, "default", message));
    }
    if loses(column, now).is_some() {
        let message = format!("a role may do less with column '{name}' of '{relation}'");
        found.push(passage.effect("revoke", now, message));
    }
    found
}

/// The relation by itself.
fn itself(passage: &Passage<'_>, relation: &CatalogEntry, now: &CatalogEntry) -> Vec<Effect> {
    let mut found = Vec::new();
    let name = shown(relation);
    let other = |what: &str| fact(relation, what) != fact(now, what);
    if let Some(grantee) = loses(relation, now) {
        let is_view = matches!(relation.class.as_str(), "view" | "materialized-view");
        let is_new = relation.id != now.id;
        let offence = if is_view && is_new { "drop-or-narrow-view" } else { "revoke" };
        let message = format!("'{grantee}' may do less with '{name}' than before");
        found.push(passage.effect(offence, now, message));
    }
    if relation.class != "table" || now.class != "table" {
        return found;
    }
    if other("replica_identity") {
        let message = format!("'{name}' has another replica identity");
        found.push(passage.effect_on("change-replica-identity", now, "replica_identity", message));
    }
    if fact(relation, "unfound").is_empty() && fact(now, "unfound") == "yes" {
        let message = format!("'{name}' is published and has no key: no row can be changed");
        found.push(passage.effect_on("change-replica-identity", now, "unfound", message));
    }
    let parents = |it: &CatalogEntry| -> BTreeSet<String> {
        fact(it, "parents").split(' ').map(str::to_owned).collect()
    };
    if !fact(relation, "parents").is_empty() && !parents(relation).is_subset(&parents(now)) {
        let message = format!("the rows of '{name}' are no longer those of its parent");
        found.push(passage.effect_on("detach-partition", now, "parents", message));
    }
    if other("persistence") && fact(now, "persistence") == "u" {
        let message = format!("'{name}' is unlogged now: a crash empties it");
        found.push(passage.effect_on("set-unlogged", now, "persistence", message));
    }
    let parent = fact(relation, "partition_of");
    if !parent.is_empty() && other("partition_of") {
        let message = format!("'{name}' is no partition of its table any more");
        found.push(passage.effect_on("detach-partition", now, "partition_of", message));
    }
    found
}

/// Names of a relation's columns that the release before does not know.
pub(super) fn fresh_numbers(passage: &Passage<'_>, now: &CatalogEntry) -> BTreeSet<String> {
    let columns = passage.after.parts("column", &now.id);
    let fresh = columns.filter(|column| !passage.is_old(column));
    fresh.map(|column| fact(column, "number").to_owned()).collect()
}
