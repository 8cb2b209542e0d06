//! `detach-partition`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::step::Step;

/// A partition is taken out of its table, and its rows with it.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/detach-partition",
    severity: Severity::Error,
    doc: "A partition is taken out of its table, and its rows with it.\n\
\n\
Reads of the release before no longer find them, and rows that belong there are refused. Do it a release\n\
after the last one that needs them.",
    bad: &[
        migration!(
            "CREATE TABLE logs (id int);\nCREATE TABLE old () INHERITS (logs);",
            "ALTER TABLE old NO INHERIT logs;"
        ),
        migration!("", "ALTER TABLE events DETACH PARTITION events_2020;"),
    ],
    good: &[migration!(
        "",
        "CREATE TABLE logs (at date) PARTITION BY RANGE (at);\nCREATE TABLE logs_1 PARTITION OF logs DEFAULT;\nALTER TABLE logs DETACH PARTITION logs_1;"
    )],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::DetachPartition { child, .. } } = &step.op.what else {
        return None;
    };
    if step.schema.is_fresh_table(child) {
        return None;
    }
    let message = format!("the rows of '{child}' vanish from '{table}'");
    Some(found(message).fix("detach it one release after the last one that needs its rows"))
}
