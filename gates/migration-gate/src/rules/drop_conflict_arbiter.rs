//! `drop-conflict-arbiter`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, ConstraintRule, Name, What};
use crate::step::Step;

/// A unique constraint or index is dropped that ON CONFLICT of the release before may name.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-conflict-arbiter",
    severity: Severity::Error,
    doc: "A unique constraint or index is dropped that ON CONFLICT of the release before may name.\n\
\n\
INSERT … ON CONFLICT (columns) fails where no unique index matches the columns any more, and duplicates\n\
come in where it was relied on. Drop it a release after the last statement that needs it.",
    bad: &[
        migration!(
            "CREATE TABLE orders (code text CONSTRAINT code_uq UNIQUE);",
            "ALTER TABLE orders DROP CONSTRAINT code_uq;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);\nCREATE UNIQUE INDEX orders_note ON orders (note);",
            "DROP INDEX orders_note;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (code text);\nCREATE UNIQUE INDEX a ON orders (code);\nCREATE UNIQUE INDEX b ON orders (code);",
            "DROP INDEX CONCURRENTLY a;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);\nCREATE INDEX orders_note ON orders (note);",
            "DROP INDEX orders_note;"
        ),
        migration!(
            "",
            "CREATE TABLE items (code text CONSTRAINT code_uq UNIQUE);\nALTER TABLE items DROP CONSTRAINT code_uq;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let (what, name, table) = match &step.op.what {
        What::Table { table, change: Change::DropConstraint { name, .. } } => {
            let known = step.schema.table(table).and_then(|it| it.constraint(name))?;
            let is_arbiter = matches!(
                known.rule,
                ConstraintRule::Unique { .. }
                    | ConstraintRule::PrimaryKey { .. }
                    | ConstraintRule::Exclude
            );
            if comes_back(step, table, name, &known.columns) {
                return None;
            }
            is_arbiter.then_some(("constraint", name.clone(), table))?
        }
        What::DropIndex { index, .. } => {
            let known = step.schema.index(index).filter(|known| known.unique)?;
            // ON CONFLICT names columns, and another index is unique by them.
            if step.schema.is_unique_beside(index) {
                return None;
            }
            ("index", index.to_string(), &known.table)
        }
        _ => return None,
    };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!(
        "unique {what} '{name}' of '{table}' is dropped: ON CONFLICT of the release before may need it"
    );
    Some(found(message).fix("drop it one release after the last statement that needs it"))
}

/// Whether the transaction makes it again by the same name and columns.
fn comes_back(step: &Step<'_>, table: &Name, name: &str, columns: &[String]) -> bool {
    let here = step.after.iter().map(|(_, op)| &op.what);
    let mut here = here.take_while(|what| **what != What::Commit);
    let is_it = |what: &What| match what {
        What::Table { table: of, change: Change::AddConstraint(it) } => {
            let is_unique = match it.rule {
                ConstraintRule::Unique { using_index }
                | ConstraintRule::PrimaryKey { using_index } => {
                    // Of an index that is unique by the same, which the release before has.
                    it.columns == columns || using_index && step.schema.is_unique_by(table, columns)
                }
                _ => false,
            };
            of == table && it.name.as_deref() == Some(name) && is_unique
        }
        _ => false,
    };
    step.transaction && here.any(is_it)
}
