//! `explicit-lock`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::step::Step;

/// A migration locks a table in use by its own hand.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/explicit-lock",
    severity: Severity::Error,
    doc: "A migration locks a table in use by its own hand.\n\
\n\
Until the transaction ends everybody who needs the table waits, and behind a long query so does the\n\
migration. Take it out, or say in a waiver why it is short.",
    bad: &[migration!(
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
        "LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;"
    )],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "LOCK TABLE orders IN ROW SHARE MODE;"
        ),
        migration!("", "CREATE TABLE items (id int);\nLOCK TABLE items;"),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Lock { table, mode } = &step.op.what else { return None };
    // These keep no reader or writer of rows out.
    let weak = ["ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE"];
    if weak.contains(&mode.as_str()) || step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("'{table}' is locked in {mode} mode until the transaction ends");
    Some(found(message).fix("take the lock out, or say in a waiver why it is short"))
}
