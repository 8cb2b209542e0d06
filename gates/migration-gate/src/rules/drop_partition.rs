//! `drop-partition`.

use kernel::{Example, Severity};

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::step::Step;

/// A part of a table in use is taken away with its rows.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-partition",
    severity: Severity::Error,
    doc: "A part of a table in use is taken away with its rows.\n\
\n\
The rows are gone, or out of reach, for the release before as well. Let a job take old partitions away, and\n\
not a migration. (PostgreSQL's partitions are tables: dropping one is `drop-table`.)",
    bad: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\ndialect = 'mysql'\n\
-- migrations/0001_a.sql --\nALTER TABLE flows DROP PARTITION p2023;\n",
    )],
    good: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\ndialect = 'mysql'\n\
-- migrations/0001_a.sql --\nALTER TABLE flows ADD PARTITION (PARTITION p2025 VALUES LESS THAN (2026));\n",
    )],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::DropPartition { table } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("a part of '{table}' is taken away with its rows");
    Some(found(message).fix("let a job take old parts away, outside the migration"))
}
