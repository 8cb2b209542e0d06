//! `move-object`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::step::Step;

/// A table or another object moves to a schema where the release before does not look.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/move-object",
    severity: Severity::Error,
    doc: "A table or another object moves to a schema where the release before does not look.\n\
\n\
To its statements that is a drop, unless its search_path has the new schema. Leave it where it is, or leave\n\
a view behind.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders SET SCHEMA archive;"
        ),
        migration!("CREATE TYPE mood AS ENUM ('sad');", "ALTER TYPE mood SET SCHEMA archive;"),
    ],
    good: &[migration!("", "CREATE TABLE items (id int);\nALTER TABLE items SET SCHEMA archive;")],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let (what, name, schema, is_fresh) = match &step.op.what {
        What::Table { table, change: Change::SetSchema { schema } } => {
            ("table", table, schema, step.schema.is_fresh_table(table))
        }
        What::Move { kind, name, schema } => {
            (kind.as_str(), name, schema, step.schema.is_fresh(*kind, name))
        }
        _ => return None,
    };
    if is_fresh {
        return None;
    }
    let message =
        format!("{what} '{name}' moves to '{schema}', where the release before does not look");
    Some(found(message).fix("leave it where it is until no running release looks for it there"))
}
