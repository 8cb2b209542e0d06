//! `set-unlogged`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::step::Step;

/// A table in use loses its protection against a crash.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/set-unlogged",
    severity: Severity::Error,
    doc: "A table in use loses its protection against a crash.\n\
\n\
After a crash an unlogged table is empty, standbys never have its rows, and the whole table is written\n\
anew to make it so. Keep it logged.",
    bad: &[migration!(
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
        "ALTER TABLE orders SET UNLOGGED;"
    )],
    good: &[migration!("", "CREATE TABLE items (id int);\nALTER TABLE items SET UNLOGGED;")],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::SetUnlogged } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("'{table}' is empty after the next crash");
    Some(found(message).fix("keep the table logged"))
}
