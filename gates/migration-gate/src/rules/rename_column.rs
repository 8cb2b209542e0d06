//! `rename-column`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::renamed::is_passing;
use crate::step::Step;

/// A column that the release before uses is renamed.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/rename-column",
    severity: Severity::Error,
    doc: "A column that the release before uses is renamed.\n\
\n\
To its statements a rename is a drop: the old name is gone at once. Add the new column, write both, move\n\
readers over, and drop the old one a release later.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME COLUMN note TO memo;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME note TO memo;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN memo text;\nALTER TABLE orders RENAME COLUMN memo TO remark;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME note TO n;\nALTER TABLE orders RENAME n TO note;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::RenameColumn { from, to } } = &step.op.what else {
        return None;
    };
    if step.schema.is_fresh_column(table, from) || is_passing(step) {
        return None;
    }
    let message = format!(
        "column '{from}' of '{table}' is renamed to '{to}' while the release before asks for '{from}'"
    );
    Some(found(message).fix(format!("add '{to}' beside it, and drop '{from}' a release later")))
}
