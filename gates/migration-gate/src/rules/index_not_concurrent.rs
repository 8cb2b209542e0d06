//! `index-not-concurrent`.

use kernel::Severity;

use kernel::Example;

use super::{Found, Judge, Offence, found};
use crate::ops::{Kind, What};
use crate::step::Step;

/// An index is built on a table in use, and writers wait until it is done.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/index-not-concurrent",
    severity: Severity::Error,
    doc: "An index is built on a table in use, and writers wait until it is done.\n\
\n\
CREATE INDEX keeps every writer out of the table while it reads all of it. CREATE INDEX CONCURRENTLY does\n\
not; it cannot run in a transaction, so it needs a migration of its own that runs without one.",
    bad: &[
        migration!(
            "CREATE SCHEMA app;\nCREATE TABLE app.orders (id bigint);",
            "CREATE SCHEMA other CREATE INDEX orders_id ON app.orders (id);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE INDEX orders_qty ON orders (qty);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE IF NOT EXISTS orders (id bigint);\nCREATE UNIQUE INDEX ON public.orders (qty);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint, qty int);\nCREATE INDEX q ON orders (qty);\nALTER TABLE orders DROP qty;",
            "CREATE INDEX IF NOT EXISTS q ON orders (id);"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at);",
            "CREATE INDEX events_at ON ONLY events (at);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE items (id bigint);\nALTER TABLE items RENAME TO parts;\nCREATE INDEX ON parts (id);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE MATERIALIZED VIEW totals AS SELECT qty FROM orders;\nCREATE INDEX ON totals (qty);"
        ),
        Example::new(
            "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'plain'\n\
transaction = { default = false }\n\
-- migrations/0001_a.sql --\n\
CREATE INDEX CONCURRENTLY orders_qty ON orders (qty);\n\
",
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::CreateIndex(create) = &step.op.what else { return None };
    if create.concurrently || step.schema.is_fresh_table(&create.table) {
        return None;
    }
    let is_there = create.index.as_ref().is_some_and(|it| step.schema.index(it).is_some());
    if create.if_not_exists && is_there {
        return None;
    }
    // Nobody writes it, and nobody who reads it waits.
    if step.schema.knows(Kind::MaterializedView, &create.table) {
        return None;
    }
    // No rows are its own. Of one that no migration made, ONLY says that.
    let is_parent = step.schema.table(&create.table).is_none_or(|it| it.is_partitioned());
    if create.only && is_parent {
        return None;
    }
    let message = format!("an index on '{}' is built while writers wait", create.table);
    Some(found(message).fix("use CREATE INDEX CONCURRENTLY in a migration without a transaction"))
}
