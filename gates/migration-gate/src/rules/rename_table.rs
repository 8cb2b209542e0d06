//! `rename-table`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::renamed::is_passing;
use crate::step::Step;

/// A table that the release before uses is renamed.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/rename-table",
    severity: Severity::Error,
    doc: "A table that the release before uses is renamed.\n\
\n\
To its statements a rename is a drop: the old name is gone at once. Make the new table beside the old one,\n\
or leave a view under the old name (a note), and drop the old name a release later.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME TO purchases;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME TO o;\nCOMMIT;\nALTER TABLE o RENAME TO orders;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE purchases (id bigint);\nALTER TABLE purchases RENAME TO sales;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME TO o;\nALTER TABLE o ADD COLUMN a int;\nALTER TABLE o RENAME TO orders;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::RenameTo { to } } = &step.op.what else {
        return None;
    };
    let is_index = step.schema.index(table).is_some();
    if step.schema.is_fresh_table(table) || is_index || is_passing(step) {
        return None;
    }
    let is_back = step.after.iter().any(|(_, op)| match &op.what {
        What::CreateView { view, .. } => view == table,
        _ => false,
    });
    if is_back && step.transaction {
        let message = format!(
            "table '{table}' is renamed to '{to}' and a view takes its name: it must have each column and right of before"
        );
        return Some(found(message).severity(Severity::Note));
    }
    let message =
        format!("table '{table}' is renamed to '{to}' while the release before asks for '{table}'");
    Some(found(message).fix(format!("keep '{table}' until no running release names it")))
}
