//! `drop-constraint`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, ConstraintRule, What};
use crate::step::Step;

/// A constraint is dropped.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-constraint",
    severity: Severity::Note,
    doc: "A constraint is dropped.\n\
\n\
The release before loses nothing by it, but rows can come that it never expected, and dropping a foreign\n\
key locks both tables. What it names in ON CONFLICT is a rule of its own.",
    bad: &[migration!(
        "CREATE TABLE orders (qty int CONSTRAINT positive CHECK (qty > 0));",
        "ALTER TABLE orders DROP CONSTRAINT positive;"
    )],
    good: &[migration!(
        "CREATE TABLE orders (qty int CONSTRAINT positive CHECK (qty > 0));",
        "ALTER TABLE orders DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (qty > 1) NOT VALID;"
    )],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::DropConstraint { name, if_exists } } = &step.op.what
    else {
        return None;
    };
    let known = step.schema.table(table).and_then(|it| it.constraint(name));
    let is_arbiter = known.is_some_and(|it| {
        matches!(
            it.rule,
            ConstraintRule::Unique { .. }
                | ConstraintRule::PrimaryKey { .. }
                | ConstraintRule::Exclude
        )
    });
    let comes_back = step.after.iter().any(|(_, op)| match &op.what {
        What::Table { table: on, change: Change::AddConstraint(added) } => {
            on == table && added.name.as_ref() == Some(name)
        }
        What::Table { table: on, change: Change::RenameConstraint { to, .. } } => {
            on == table && to == name
        }
        _ => false,
    });
    let is_gone = *if_exists && known.is_none();
    if is_arbiter || comes_back || is_gone || step.schema.is_fresh_table(table) {
        return None;
    }
    Some(found(format!("constraint '{name}' of '{table}' is dropped")))
}
