//! `drop-table`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::step::Step;

/// A table that the release before still uses is dropped.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-table",
    severity: Severity::Error,
    doc: "A table that the release before still uses is dropped.\n\
\n\
While a release rolls out, instances of the release before it go on reading and writing the table: every\n\
one of their statements fails, and the rows are gone. Stop using it in one release and drop it in a later\n\
one; then a waiver says since when nothing uses it: `-- gate:allow drop-table reason=\"unused since v41\" since=v41`.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "DROP TABLE orders;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "DROP TABLE IF EXISTS audit.log, orders CASCADE;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE scratch (id bigint);\nDROP TABLE scratch;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "COMMENT ON TABLE orders IS 'DROP TABLE orders';"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::DropTable { table, .. } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("table '{table}' is dropped while the release before still uses it");
    Some(found(message).fix("drop it one release after the last one that uses it"))
}
