//! `disable-trigger`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::step::Step;

/// Triggers of a table in use are switched off.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/disable-trigger",
    severity: Severity::Error,
    doc: "Triggers of a table in use are switched off.\n\
\n\
Foreign keys are triggers too: while they are off, rows come in that no check has seen, from every writer\n\
and not only from the migration. Leave them on. Switched on again in the same transaction it is a note:\n\
no other writer gets in between.",
    bad: &[migration!(
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
        "ALTER TABLE orders DISABLE TRIGGER ALL;"
    )],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ENABLE TRIGGER ALL;"
        ),
        migration!("", "CREATE TABLE items (id int);\nALTER TABLE items DISABLE TRIGGER ALL;"),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::DisableTrigger } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let is_on_again = step.after.iter().any(|(_, op)| match &op.what {
        What::Table { table: on, change: Change::EnableTrigger } => on == table,
        _ => false,
    });
    if step.transaction && is_on_again {
        let message = format!("triggers of '{table}' do not see what this migration writes");
        return Some(found(message).severity(Severity::Note));
    }
    let message = format!("triggers of '{table}' are off for every writer");
    Some(found(message).fix("leave them on, or change the rows in a way that they allow"))
}
