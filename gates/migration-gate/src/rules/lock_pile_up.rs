//! `lock-pile-up`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::held::locked;
use crate::ops::{Name, What};
use crate::step::Step;

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
    let is_old = |table: &Name| !step.schema.is_fresh_table(table);
    let mut held = step.held.iter().filter(|table| is_old(table));
    match &step.op.what {
        What::Update { table, .. } | What::Delete { table, .. } => {
            // Where the framework notes what has run.
            let notes = step.framework.own_table.unwrap_or_default();
            if notes.split([' ', '(']).any(|word| word == table.name) {
                return None;
            }
            let held = held.next().filter(|_| is_old(table))?;
            let message =
                format!("rows of '{table}' are changed while '{held}' is locked for everybody");
            Some(found(message).fix("change the rows in a migration of its own, in batches"))
        }
        what => {
            let table = locked(what).filter(|table| is_old(table))?;
            if step.held.contains(table) {
                return None;
            }
            let message = format!("'{table}' and '{}' are locked in one transaction", held.next()?);
            let one = found(message).severity(Severity::Note);
            Some(one.fix("give each table a migration of its own"))
        }
    }
}
