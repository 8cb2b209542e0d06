//! Up, down, up: what a change says undoes it, undone and done once more.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{CatalogEntry, DatabaseRequest, DatabaseTrace, UndoTrace};

use super::observe::{self, Catalog};
use super::session::apply;
use super::wire::{Connection, Refusal};

/// Differences that are told of one script.
const LEFT_MAX: usize = 10;

/// Facts that are another number each time.
const NUMBERS: [&str; 8] =
    ["filenode", "number", "type_id", "columns", "index", "parent", "partition_of", "function"];

/// Undoes the scripts from the last one on, as far as each says how, and runs
/// them again. `starts` are the catalogs before each.
pub(super) fn all(
    connection: &mut Connection<'_>,
    request: &DatabaseRequest,
    starts: &[Catalog],
    trace: &mut DatabaseTrace,
) -> Result<(), Refusal> {
    let mut undone = Vec::new();
    for (index, script) in request.head.iter().enumerate().rev() {
        let (Some(undo), Some(start)) = (&script.undo, starts.get(index)) else { break };
        let error = apply(connection, undo)?;
        let failed = error.is_some();
        let left = match failed {
            true => Vec::new(),
            false => differences(start, &observe::catalog(connection)?),
        };
        if let Some(script) = trace.scripts.get_mut(index) {
            script.undo = Some(UndoTrace { error, left, again: None });
        }
        if failed {
            return Ok(());
        }
        undone.push(index);
    }
    for index in undone.into_iter().rev() {
        let Some(script) = request.head.get(index) else { continue };
        if let Some(error) = apply(connection, script)? {
            if let Some(undo) = trace.scripts.get_mut(index).and_then(|it| it.undo.as_mut()) {
                undo.again = Some(error);
            }
            return Ok(());
        }
    }
    Ok(())
}

/// What is in one of them alone, in words.
fn differences(before: &Catalog, after: &Catalog) -> Vec<String> {
    let (before, after) = (observe::entries(before), observe::entries(after));
    let (before, after) = (told(&before), told(&after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let words = match (before.get(name), after.get(name)) {
            (Some(_), None) => "is not back",
            (None, Some(_)) => "is still there",
            (Some(before), Some(after)) if before != after => "is another than before",
            _ => continue,
        };
        found.push(format!("{name} {words}"));
        if found.len() == LEFT_MAX {
            break;
        }
    }
    found
}

/// Each object by what it is called, with what does not change from run to run.
fn told(catalog: &[CatalogEntry]) -> BTreeMap<String, BTreeMap<&str, &str>> {
    let name = |id: &str| {
        let classes = ["table", "view", "materialized-view", "composite", "type"];
        let mut found =
            catalog.iter().filter(|it| it.id == id && classes.contains(&it.class.as_str()));
        found.next().map(|entry| entry.name.clone()).unwrap_or_default()
    };
    let entries = catalog.iter().filter(|entry| !entry.facts.contains_key("internal"));
    let told = entries.map(|entry| {
        let of = match entry.of.as_str() {
            "" => String::new(),
            of => format!("{}.", name(of)),
        };
        let facts = entry.facts.iter().filter(|(key, _)| !NUMBERS.contains(&key.as_str()));
        let facts = facts.map(|(key, value)| (key.as_str(), value.as_str())).collect();
        (format!("{} '{}.{of}{}'", entry.class, entry.schema, entry.name), facts)
    });
    told.collect()
}
