//! `unbounded-delete`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::step::Step;

/// Every row of a table in use is deleted.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/unbounded-delete",
    severity: Severity::Error,
    doc: "Every row of a table in use is deleted.\n\
\n\
The rows are gone for good. Say which ones by WHERE, and delete many of them in batches outside the\n\
migration.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "MERGE INTO orders USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "DELETE FROM orders;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "WITH gone AS (DELETE FROM orders RETURNING id) SELECT count(*) FROM gone;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "DELETE FROM orders WHERE true;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "EXPLAIN ANALYZE DELETE FROM orders;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE gone AS WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "DO $$ DECLARE r record; BEGIN FOR r IN DELETE FROM orders RETURNING * LOOP NULL; END LOOP; END $$;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "MERGE INTO orders o USING surplus s ON o.id = s.id WHEN MATCHED THEN DELETE;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "DELETE FROM orders WHERE id < 10;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "EXPLAIN DELETE FROM orders;"
        ),
        migration!("", "CREATE TABLE items (id int);\nDELETE FROM items;"),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Delete { table, bounded: false } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("every row of '{table}' is deleted");
    Some(found(message).fix("say which rows by WHERE, and delete many in batches"))
}
