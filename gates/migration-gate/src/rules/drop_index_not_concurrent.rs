//! `drop-index-not-concurrent`.

use kernel::Severity;

use kernel::Example;

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::step::Step;

/// An index of a table in use is dropped, and nobody may use the table until the transaction ends.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-index-not-concurrent",
    severity: Severity::Error,
    doc: "An index of a table in use is dropped, and nobody may use the table until the transaction ends.\n\
\n\
DROP INDEX takes an ACCESS EXCLUSIVE lock on the table: behind one long query, everything waits. DROP INDEX\n\
CONCURRENTLY does not; it cannot run in a transaction.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);\nCREATE INDEX orders_qty ON orders (qty);",
            "DROP INDEX orders_qty;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "DROP INDEX IF EXISTS orders_unknown;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE items (id bigint);\nCREATE INDEX items_id ON items (id);\nDROP INDEX items_id;"
        ),
        Example::new(
            "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'plain'\n\
transaction = { default = false }\n\
-- migrations/0001_a.sql --\n\
DROP INDEX CONCURRENTLY orders_qty;\n\
",
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::DropIndex { index, concurrently, .. } = &step.op.what else { return None };
    let on_fresh = step.schema.index(index).is_some_and(|it| step.schema.is_fresh_table(&it.table));
    if *concurrently || on_fresh {
        return None;
    }
    let message = format!("index '{index}' is dropped under a lock that keeps everybody out");
    Some(found(message).fix("use DROP INDEX CONCURRENTLY in a migration without a transaction"))
}
