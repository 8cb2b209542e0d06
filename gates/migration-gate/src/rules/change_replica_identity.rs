//! `change-replica-identity`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Name, What};
use crate::step::Step;

/// The replica identity of a table in use is changed.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/change-replica-identity",
    severity: Severity::Error,
    doc: "The replica identity of a table in use is changed.\n\
\n\
Whoever follows the table by logical replication no longer learns which row was changed or deleted, or gets\n\
all columns of it: consumers of the release before stop. Change it together with them. Of a published table\n\
without a key no row can be updated or deleted at all.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders REPLICA IDENTITY NOTHING;"
        ),
        migration!(
            "CREATE TABLE orders (note text);",
            "CREATE PUBLICATION all_of_it FOR TABLE orders;"
        ),
    ],
    good: &[
        migration!("", "CREATE TABLE items (id int);\nALTER TABLE items REPLICA IDENTITY FULL;"),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE TABLE log (note text);",
            "CREATE PUBLICATION a FOR TABLE orders;\nCREATE PUBLICATION b FOR TABLE log WITH (publish = 'insert');"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let table = match &step.op.what {
        What::Table { table, change: Change::ReplicaIdentity } => table,
        What::Publish { table } => return published(step, table.as_ref()),
        _ => return None,
    };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("logical replication of '{table}' gives its consumers other keys");
    Some(found(message).fix("change it together with the consumers, and say so in a waiver"))
}

/// Updates and deletes of a published table without a key fail.
fn published(step: &Step<'_>, table: Option<&Name>) -> Option<Found> {
    let lacks = |name: &Name| {
        step.schema.table(name).is_some_and(|table| !table.fresh && table.lacks_identity())
    };
    let table = match table {
        Some(table) => Some(table).filter(|table| lacks(table)),
        None => step.schema.table_names().find(|name| lacks(name)),
    }?;
    let message = format!(
        "'{table}' is published and has no primary key: updates and deletes of the release before fail"
    );
    Some(
        found(message)
            .fix("give it a primary key or REPLICA IDENTITY FULL first, or publish = 'insert'"),
    )
}
