//! `concurrently-in-transaction`.

use kernel::Severity;

use kernel::Example;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::step::Step;

/// A statement that cannot run in a transaction stands in one.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/concurrently-in-transaction",
    severity: Severity::Error,
    doc: "A statement that cannot run in a transaction stands in one.\n\
\n\
PostgreSQL refuses CONCURRENTLY and VACUUM inside a transaction, and the framework opens one for this file:\n\
the migration fails when it runs. Give the statement a file of its own and let it run without one.",
    bad: &[
        Example::new(
            "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'plain'\n\
transaction = { default = false }\n\
-- migrations/0001_a.sql --\n\
DO $$ BEGIN CREATE INDEX CONCURRENTLY i ON orders (qty); END $$;\n\
",
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE INDEX CONCURRENTLY orders_qty ON orders (qty);"
        ),
        Example::new(
            "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'sqlx'\n\
-- migrations/0001_a.sql --\n\
-- add it\n\
-- no-transaction\n\
DROP INDEX CONCURRENTLY orders_qty;\n\
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'sqlx'\n\
-- migrations/0001_a.sql --\n\
-- no-transaction\n\
DROP INDEX CONCURRENTLY orders_qty;\n\
",
        ),
        Example::new(
            "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'golang-migrate'\n\
-- migrations/0001_a.up.sql --\n\
CREATE INDEX CONCURRENTLY orders_qty ON orders (qty);\n\
",
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let verb = match &step.op.what {
        What::CreateIndex(create) if create.concurrently => "CREATE INDEX CONCURRENTLY",
        What::DropIndex { concurrently: true, .. } => "DROP INDEX CONCURRENTLY",
        What::Table { change: Change::DetachPartition { concurrently: true, .. }, .. } => {
            "DETACH PARTITION CONCURRENTLY"
        }
        What::Alone { verb } => verb,
        _ => return None,
    };
    if !step.transaction {
        return None;
    }
    if step.is_in_block {
        let message = format!("a block is one transaction, where {verb} fails");
        return Some(found(message).fix("write the statement outside of the block"));
    }
    Some(
        found(format!("this file runs in a transaction, where {verb} fails"))
            .fix(step.framework.outside),
    )
}
