//! `unbounded-update`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::step::Step;

/// Every row of a table in use is changed in one statement.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/unbounded-update",
    severity: Severity::Warning,
    doc: "Every row of a table in use is changed in one statement.\n\
\n\
Each row stays locked until the transaction ends, and the table doubles in size. Change many rows in\n\
batches outside the migration.",
    bad: &[migration!(
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
        "UPDATE orders SET note = '';"
    )],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "UPDATE orders SET note = '' WHERE id < 10;"
        ),
        migration!("", "CREATE TABLE items (id int);\nUPDATE items SET id = 1;"),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Update { table, bounded: false } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("every row of '{table}' is changed in one statement");
    Some(found(message).fix("change them in batches, outside the migration"))
}
