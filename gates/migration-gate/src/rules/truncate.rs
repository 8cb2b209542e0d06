//! `truncate`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::step::Step;

/// A table that the release before uses is emptied.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/truncate",
    severity: Severity::Error,
    doc: "A table that the release before uses is emptied.\n\
\n\
The rows are gone for good, and nobody else may touch the table until the transaction ends. Delete what is\n\
surplus in batches, by a job and not by a migration.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "TRUNCATE orders;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "TRUNCATE TABLE ONLY orders RESTART IDENTITY;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "INSERT INTO orders (id, note) VALUES (1, 'it''s; TRUNCATE orders');"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE scratch (id bigint);\nTRUNCATE scratch;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Truncate { table } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("every row of '{table}' is deleted");
    Some(found(message).fix("delete what is surplus in batches, outside the migration"))
}
