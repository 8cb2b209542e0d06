//! `change-replica-identity`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::timeline::Step;

/// The replica identity of a table in use is changed.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/change-replica-identity",
    severity: Severity::Error,
    doc: "The replica identity of a table in use is changed.\n\
\n\
Whoever follows the table by logical replication no longer learns which row was changed or deleted, or gets\n\
all columns of it: consumers of the release before stop. Change it together with them.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders REPLICA IDENTITY NOTHING;"
        ),
    ],
    good: &[
        migration!(
            "",
            "CREATE TABLE items (id int);\nALTER TABLE items REPLICA IDENTITY FULL;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::ReplicaIdentity } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("logical replication of '{table}' gives its consumers other keys");
    Some(found(message).fix("change it together with the consumers, and say so in a waiver"))
}
