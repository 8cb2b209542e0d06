//! `validating-constraint`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, ConstraintRule, Default, What};
use crate::step::Step;

/// A constraint is added that reads every row under a lock.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/validating-constraint",
    severity: Severity::Error,
    doc: "A constraint is added that reads every row under a lock.\n\
\n\
Adding a CHECK or FOREIGN KEY reads the whole table while writers, or everybody, wait. Add it NOT VALID,\n\
which checks new rows at once, and VALIDATE CONSTRAINT in a later migration, which keeps nobody out.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD CONSTRAINT qty_positive CHECK (qty > 0);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN score int CHECK (score > 0);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD FOREIGN KEY (qty) REFERENCES stock (id);"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD CONSTRAINT qty_positive CHECK (qty > 0) NOT VALID;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE items (id bigint);\nALTER TABLE items ADD CHECK (id > 0);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN stock bigint REFERENCES stock (id);"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let constraint = match change {
        Change::AddConstraint(constraint) => matches!(
            constraint.rule,
            ConstraintRule::Check { .. } | ConstraintRule::ForeignKey { .. }
        )
        .then_some(constraint),
        // A new column that is null everywhere has no row to look up, but a
        // CHECK is tried on every row.
        Change::AddColumn { column, if_not_exists } => {
            let is_there =
                step.schema.table(table).is_some_and(|it| it.column(&column.name).is_some());
            let is_filled = !matches!(column.default, Default::None | Default::Null);
            column.constraints.iter().filter(|_| !(is_there && *if_not_exists)).find(|it| match it
                .rule
            {
                ConstraintRule::Check { .. } => true,
                ConstraintRule::ForeignKey { .. } => is_filled,
                _ => false,
            })
        }
        _ => return None,
    }?;
    if constraint.not_valid {
        return None;
    }
    let named = constraint.name.as_ref().map(|name| format!(" '{name}'")).unwrap_or_default();
    let message = format!("constraint{named} on '{table}' reads every row while others wait");
    Some(found(message).fix("add it NOT VALID, and VALIDATE CONSTRAINT in a later migration"))
}
