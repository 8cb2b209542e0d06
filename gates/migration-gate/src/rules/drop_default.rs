//! `drop-default`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Default, What};
use crate::step::Step;

/// A default is dropped that inserts of the release before rely on.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-default",
    severity: Severity::Error,
    doc: "A default is dropped that inserts of the release before rely on.\n\
\n\
They leave the column out, and it may not be null. Keep the default until no running release leaves the\n\
column out.",
    bad: &[migration!(
        "CREATE TABLE orders (status text NOT NULL DEFAULT 'new');",
        "ALTER TABLE orders ALTER COLUMN status DROP DEFAULT;"
    )],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;"
        ),
        migration!(
            "CREATE TABLE orders (status text NOT NULL DEFAULT 'new');",
            "ALTER TABLE orders ALTER COLUMN status DROP DEFAULT;\nALTER TABLE orders ALTER COLUMN status SET DEFAULT 'fresh';"
        ),
        migration!(
            "CREATE TABLE orders (status text NOT NULL DEFAULT 'new');",
            "ALTER TABLE orders ALTER status DROP DEFAULT;\nALTER TABLE orders ALTER status DROP NOT NULL;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::DropDefault { column } } = &step.op.what else {
        return None;
    };
    if step.schema.is_fresh_column(table, column) {
        return None;
    }
    let known = step.schema.table(table).and_then(|it| it.column(column));
    let is_needless =
        known.is_some_and(|it| !it.not_null || matches!(it.default, Default::None | Default::Null));
    let comes_back = step.after.iter().any(|(_, op)| match &op.what {
        What::Table { table: on, change } => {
            on == table
                && match change {
                    Change::SetDefault { column: set, .. }
                    | Change::AddIdentity { column: set, .. }
                    | Change::DropNotNull { column: set }
                    | Change::DropColumn { column: set, .. } => set == column,
                    _ => false,
                }
        }
        _ => false,
    });
    if is_needless || comes_back {
        return None;
    }
    let message =
        format!("the default of '{column}' in '{table}' is dropped while inserts rely on it");
    Some(found(message).fix("keep it until no running release leaves the column out"))
}
