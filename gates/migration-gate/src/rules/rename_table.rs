//! `rename-table`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::timeline::Step;

/// A table that the release before uses is renamed.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/rename-table",
    severity: Severity::Error,
    doc: "A table that the release before uses is renamed.\n\
\n\
To its statements a rename is a drop: the old name is gone at once. Make the new table beside the old one,\n\
or leave a view under the old name, and drop the old name a release later.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME TO purchases;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE purchases (id bigint);\nALTER TABLE purchases RENAME TO sales;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::RenameTo { to } } = &step.op.what else {
        return None;
    };
    if step.schema.is_fresh_table(table) || step.schema.index(table).is_some() {
        return None;
    }
    let message =
        format!("table '{table}' is renamed to '{to}' while the release before asks for '{table}'");
    Some(found(message).fix(format!("keep '{table}' until no running release names it")))
}
