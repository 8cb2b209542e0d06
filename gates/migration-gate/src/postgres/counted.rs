//! What files do, counted by kind, for `scripts/compare-operations` to hold against
//! PostgreSQL's own parser. The script lays the counts of every file side by side.

#[cfg(test)]
use std::collections::BTreeMap;

use super::read;
use crate::ops::{Change, Default, What};

/// What an operation is called in the script; none for what it does not count.
fn kind(what: &What) -> Option<&'static str> {
    Some(match what {
        What::CreateTable(_) => "create table",
        What::DropTable { .. } => "drop table",
        What::CreateIndex(_) => "create index",
        What::DropIndex { .. } => "drop index",
        What::CreateTrigger { .. } => "create trigger",
        What::CreatePolicy { .. } => "create policy",
        What::DropPolicy { .. } => "drop policy",
        What::AddValue { .. } => "add enum value",
        What::Truncate { .. } => "truncate",
        What::Delete { .. } => "delete",
        What::Update { .. } => "update",
        What::Create { kind, .. } => match kind.as_str() {
            "function" => "create function",
            "sequence" => "create sequence",
            "extension" => "create extension",
            "schema" => "create schema",
            _ => return None,
        },
        What::Drop { kind, .. } => match kind.as_str() {
            "view" | "materialized view" => "drop view",
            "function" => "drop function",
            "type" | "domain" => "drop type",
            _ => return None,
        },
        What::Table { change, .. } => match change {
            Change::RenameTo { .. } => "rename table",
            Change::AddColumn { .. } => "add column",
            Change::DropColumn { .. } => "drop column",
            Change::RenameColumn { .. } => "rename column",
            Change::SetType(_) => "set type",
            Change::SetNotNull { .. } => "set not null",
            Change::DropNotNull { .. } => "drop not null",
            Change::SetDefault { default: Default::None, .. } | Change::DropDefault { .. } => {
                "drop default"
            }
            Change::SetDefault { .. } => "set default",
            Change::AddConstraint(_) => "add constraint",
            Change::DropConstraint { .. } => "drop constraint",
            Change::RenameConstraint { .. } => "rename constraint",
            Change::ValidateConstraint { .. } => "validate constraint",
            Change::AttachPartition { .. } => "attach partition",
            Change::DetachPartition { .. } => "detach partition",
            Change::RowSecurity { .. } => "row security",
            _ => return None,
        },
        _ => return None,
    })
}

#[test]
#[ignore = "scripts/compare-operations runs it, with OPERATIONS_OF a list of files"]
#[allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a script's other half")]
fn operations_of_files() {
    let list = std::env::var("OPERATIONS_OF").unwrap();
    for path in std::fs::read_to_string(list).unwrap().lines() {
        let text = std::fs::read_to_string(path).unwrap();
        let script = read(&text);
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        // What a block holds is no statement of the file.
        let own = script.statements.iter().filter(|statement| statement.holder.is_none());
        for kind in own.flat_map(|statement| &statement.ops).filter_map(|op| kind(&op.what)) {
            *counts.entry(kind).or_default() += 1;
        }
        let told = serde_json::json!({
            "path": path,
            "statements": script.parts.len(),
            "faults": script.faults.len(),
            "counts": counts,
        });
        println!("operations {told}");
    }
}
