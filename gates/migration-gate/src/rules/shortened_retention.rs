//! `shortened-retention`.

use kernel::{Example, Severity};

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::step::Step;

/// Rows of a table in use are kept for another time.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/shortened-retention",
    severity: Severity::Error,
    doc: "Rows of a table in use are kept for another time.\n\
\n\
ClickHouse deletes what a new TTL no longer keeps, in the background and for good. Say in a waiver that no\n\
row is lost, or since when nothing older is read.",
    bad: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\ndialect = 'clickhouse'\n\
-- migrations/0001_a.sql --\nALTER TABLE flows MODIFY TTL at + INTERVAL 7 DAY;\n",
    )],
    good: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\ndialect = 'clickhouse'\n\
-- migrations/0001_a.sql --\nALTER TABLE flows REMOVE TTL;\n",
    )],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Retention { table } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("'{table}' gets another TTL: rows that it does not keep are deleted");
    Some(found(message).fix("say in a waiver that no row is lost that is still read"))
}
