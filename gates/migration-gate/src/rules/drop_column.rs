//! `drop-column`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::timeline::Step;

/// A column that the release before still uses is dropped.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-column",
    severity: Severity::Error,
    doc: "A column that the release before still uses is dropped.\n\
\n\
Its statements name the column until the last old instance is gone, and each of them fails from here on.\n\
Stop using it in one release and drop it in a later one, with a waiver that says since when nothing reads\n\
or writes it.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders DROP COLUMN note;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "alter table only orders drop if exists note, add column memo text;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "-- DROP COLUMN note comes next release\nALTER TABLE orders ADD COLUMN memo text;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN memo text;\nALTER TABLE orders DROP COLUMN memo;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::DropColumn { column, if_exists } } = &step.op.what
    else {
        return None;
    };
    let is_gone = *if_exists && step.schema.table(table).is_some_and(|it| it.lacks(column));
    if is_gone || step.schema.is_fresh_column(table, column) {
        return None;
    }
    let message =
        format!("column '{column}' of '{table}' is dropped while the release before still uses it");
    Some(found(message).fix("drop it one release after the last one that reads or writes it"))
}
