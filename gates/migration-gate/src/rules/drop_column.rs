//! `drop-column`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Name, What};
use crate::step::Step;

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
        kernel::Example::new(
            "-- @options --\n[[source]]\ndir = 'm'\nframework = 'plain'\ndialect = 'sqlite'\n\
-- base: m/1_a.sql --\nCREATE TABLE orders (id int, note text);\n\
-- m/1_a.sql --\nCREATE TABLE orders (id int, note text);\n\
-- m/2_b.sql --\nCREATE TABLE n (id int); INSERT INTO n SELECT id FROM orders; DROP TABLE orders;\n\
ALTER TABLE n RENAME TO orders;\n",
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
    if let What::Rebuild { table, columns: Some(columns) } = &step.op.what {
        return lost(step, table, columns);
    }
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

/// A column that the table which takes the name does not have.
fn lost(step: &Step<'_>, table: &Name, columns: &[String]) -> Option<Found> {
    let is_lost =
        |name: &&String| !columns.contains(name) && !step.schema.is_fresh_column(table, name);
    let column = step.schema.table(table)?.columns().find(is_lost)?;
    let message = format!("column '{column}' of '{table}' is not in the table that takes its name");
    Some(found(message).fix("drop it one release after the last one that reads or writes it"))
}
