//! `lock-pile-up`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Name, What};
use crate::timeline::Step;

/// Rows are changed in bulk while a lock keeps everybody out, or several tables are locked at once.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/lock-pile-up",
    severity: Severity::Error,
    doc: "Rows are changed in bulk while a lock keeps everybody out, or several tables are locked at once.\n\
\n\
A lock that ALTER TABLE takes for a moment is held until the transaction ends: with a backfill in it, for\n\
as long as that takes. Give the backfill a migration of its own. Several tables in use that are altered in\n\
one transaction are a note: two such transactions can wait for each other.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN memo text;\nUPDATE orders SET memo = note;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN a int;\nALTER TABLE items ADD COLUMN b int;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN a int;\nALTER TABLE orders ADD COLUMN b int;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "UPDATE orders SET note = '' WHERE note IS NULL AND id < 1000;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME TO sales;\nALTER TABLE sales ADD COLUMN b int;"
        ),
        migration!(
            "",
            "CREATE TABLE items (id int);\nALTER TABLE orders ADD COLUMN a int;\nALTER TABLE items ADD COLUMN b int;\nUPDATE items SET id = 1;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    if !step.transaction {
        return None;
    }
    // Since the transaction began.
    let ended = step.before.iter().rposition(|(_, op)| op.what == What::Commit);
    let since = step.before.get(ended.map_or(0, |at| at + 1)..).unwrap_or_default();
    let is_old = |table: &Name| !step.schema.is_fresh_table(table);
    let held: Vec<Name> = held(since.iter().map(|(_, op)| &op.what)).into_iter().filter(is_old).collect();
    match &step.op.what {
        What::Update { table, .. } | What::Delete { table, .. } => {
            let held = held.first().filter(|_| is_old(table))?;
            let message =
                format!("rows of '{table}' are changed while '{held}' is locked for everybody");
            Some(found(message).fix("change the rows in a migration of its own, in batches"))
        }
        what => {
            let table = locked(what).filter(|table| is_old(table))?;
            if held.contains(table) {
                return None;
            }
            let message = format!("'{table}' and '{}' are locked in one transaction", held.first()?);
            let one = found(message).severity(Severity::Note);
            Some(one.fix("give each table a migration of its own"))
        }
    }
}

/// The tables that are locked after `done`, by their names of then.
fn held<'a>(done: impl Iterator<Item = &'a What>) -> Vec<Name> {
    let mut held: Vec<Name> = Vec::new();
    for what in done {
        let Some(table) = locked(what) else { continue };
        if !held.contains(table) {
            held.push(table.clone());
        }
        let to = match what {
            What::Table { change: Change::RenameTo { to }, .. } => Name::new(&table.schema, to),
            What::Table { change: Change::SetSchema { schema }, .. } => {
                Name::new(schema, &table.name)
            }
            _ => continue,
        };
        held.iter_mut().filter(|it| *it == table).for_each(|it| to.clone_into(it));
    }
    held
}

/// The table that an operation keeps everybody out of until the transaction
/// ends.
fn locked(what: &What) -> Option<&Name> {
    match what {
        What::Table { change: Change::ValidateConstraint { .. } | Change::Other, .. } => None,
        What::Table { table, .. } => Some(table),
        _ => None,
    }
}
