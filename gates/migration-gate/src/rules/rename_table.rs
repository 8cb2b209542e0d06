//! `rename-table`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Name, What};
use crate::renamed::{is_end, is_passing};
use crate::rights::Rights;
use crate::step::Step;

/// A table that the release before uses is renamed.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/rename-table",
    severity: Severity::Error,
    doc: "A table that the release before uses is renamed.\n\
\n\
To its statements a rename is a drop: the old name is gone at once. Make the new table beside the old one,\n\
or leave a view under the old name (a note), and drop the old name a release later. Another table that\n\
takes the name in the same transaction is a note too, where it has each column of before and what was\n\
granted on it; keys, triggers and references of other tables stay with the old one.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME TO purchases;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME TO o;\nCOMMIT;\nALTER TABLE o RENAME TO orders;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE n (id bigint PRIMARY KEY, note text);\nALTER TABLE orders RENAME TO o;\nALTER TABLE n RENAME TO orders;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint);\nGRANT SELECT ON orders TO app;",
            "ALTER TABLE orders RENAME TO o;\nCREATE TABLE orders (id bigint, note text);"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE purchases (id bigint);\nALTER TABLE purchases RENAME TO sales;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME TO o;\nALTER TABLE o ADD COLUMN a int;\nALTER TABLE o RENAME TO orders;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::RenameTo { to } } = &step.op.what else {
        return None;
    };
    let is_index = step.schema.index(table).is_some();
    if step.schema.is_fresh_table(table) || is_index || is_passing(step) {
        return None;
    }
    let is_back = step.after.iter().any(|(_, op)| match &op.what {
        What::CreateView { view, .. } => view == table,
        _ => false,
    });
    if is_back && step.transaction {
        let message = format!(
            "table '{table}' is renamed to '{to}' and a view takes its name: it must have each column and right of before"
        );
        return Some(found(message).severity(Severity::Note));
    }
    if step.transaction
        && let Some(found) = taken_over(step, table)
    {
        return Some(found);
    }
    let message =
        format!("table '{table}' is renamed to '{to}' while the release before asks for '{table}'");
    Some(found(message).fix(format!("keep '{table}' until no running release names it")))
}

/// Another table that takes the name in the same transaction, and what it lacks.
fn taken_over(step: &Step<'_>, table: &Name) -> Option<Found> {
    let here = step.after.iter().map(|(_, op)| op).take_while(|op| !is_end(op));
    let other = here.into_iter().find_map(|op| match &op.what {
        What::CreateTable(create) if create.table == *table => Some(table),
        What::Table { table: other, change: Change::RenameTo { to } }
            if *to == table.name && other.schema == table.schema && other != table =>
        {
            Some(other)
        }
        _ => None,
    })?;
    let before = step.schema.table(table);
    let lost = before
        .zip(columns(step, other))
        .and_then(|(before, now)| before.columns().find(|column| !now.contains(*column)).cloned());
    if let Some(column) = lost {
        let message =
            format!("another table takes the name '{table}', and has no column '{column}'");
        return Some(found(message).fix("give it each column that the release before names"));
    }
    // What is granted on all tables of a schema is on those that are there.
    let all = || step.before.iter().chain(step.after).map(|(_, op)| &op.what);
    let given: Rights = all()
        .filter_map(|what| match what {
            What::Grant { objects, schemas, rights } => {
                let is_on = objects.contains(other)
                    || objects.contains(table)
                    || schemas.contains(&table.schema);
                is_on.then_some(rights)
            }
            _ => None,
        })
        .flatten()
        .cloned()
        .collect();
    if !step.schema.granted(table).is_subset(&given) {
        let message =
            format!("another table takes the name '{table}', without what was granted on it");
        return Some(found(message).fix("grant it the same before it takes the name"));
    }
    let message = format!(
        "another table takes the name '{table}': it must have each column, key and right of before"
    );
    Some(found(message).severity(Severity::Note))
}

/// All columns of a table that was made by now, or is made later on.
fn columns(step: &Step<'_>, name: &Name) -> Option<Vec<String>> {
    let made = step.before.iter().chain(step.after).rev().find_map(|(_, op)| match &op.what {
        What::CreateTable(create) if create.table == *name => Some(create),
        _ => None,
    })?;
    let own = made.columns.iter().map(|column| column.name.clone());
    let added = step.before.iter().chain(step.after).filter_map(|(_, op)| match &op.what {
        What::Table { table, change: Change::AddColumn { column, .. } } if table == name => {
            Some(column.name.clone())
        }
        _ => None,
    });
    made.columns_are_all.then(|| own.chain(added).collect())
}
