//! `set-not-null`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, ConstraintRule, What};
use crate::step::Step;

/// A column that may be null becomes NOT NULL.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/set-not-null",
    severity: Severity::Error,
    doc: "A column that may be null becomes NOT NULL.\n\
\n\
The release before still writes rows without it, and each such write fails; besides, every row is read\n\
under a lock that stops the table. Let the code always write it first; then add\n\
`CHECK (column IS NOT NULL) NOT VALID`, validate it in a later migration, and only then SET NOT NULL.",
    bad: &[migration!(
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
        "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;"
    )],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL);",
            "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL);",
            "ALTER TABLE orders ALTER note DROP NOT NULL;\nCOMMIT;\nALTER TABLE orders ALTER note SET NOT NULL;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, CONSTRAINT note_there CHECK (note IS NOT NULL));",
            "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change } = &step.op.what else { return None };
    let columns = match change {
        Change::SetNotNull { column } => vec![column],
        Change::AddConstraint(constraint) => match constraint.rule {
            ConstraintRule::PrimaryKey { .. } | ConstraintRule::NotNull => {
                constraint.columns.iter().collect()
            }
            _ => return None,
        },
        _ => return None,
    };
    let has_proof_from = 12;
    let state = step.schema.table(table);
    let is_new_demand = |column: &&String| {
        let known = state.and_then(|table| table.column(column));
        let is_proven = state.is_some_and(|table| table.is_known_not_null(column))
            && step.source.pg_version >= has_proof_from;
        !known.is_some_and(|column| column.not_null)
            && !state.is_some_and(|table| table.was_not_null(column))
            && !is_proven
            && !step.schema.is_fresh_column(table, column)
    };
    let column = columns.into_iter().find(is_new_demand)?;
    let message = format!(
        "column '{column}' of '{table}' becomes NOT NULL while the release before may leave it out"
    );
    Some(found(message).fix(format!(
        "add CHECK ({column} IS NOT NULL) NOT VALID, validate it in a later migration, then SET NOT NULL"
    )))
}
