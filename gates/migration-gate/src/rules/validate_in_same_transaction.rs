//! `validate-in-same-transaction`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::step::Step;

/// A constraint is validated in the transaction that added it.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/validate-in-same-transaction",
    severity: Severity::Error,
    doc: "A constraint is validated in the transaction that added it.\n\
\n\
The lock that ADD CONSTRAINT … NOT VALID takes for a moment is held until the transaction ends, so also\n\
while VALIDATE CONSTRAINT reads every row. Validate it in a migration of its own.",
    bad: &[migration!(
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
        "ALTER TABLE orders ADD CONSTRAINT c CHECK (qty > 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT c;"
    )],
    good: &[migration!(
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);\nALTER TABLE orders ADD CONSTRAINT c CHECK (qty > 0) NOT VALID;",
        "ALTER TABLE orders VALIDATE CONSTRAINT c;"
    )],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::ValidateConstraint { name } } = &step.op.what else {
        return None;
    };
    let state = step.schema.table(table).and_then(|it| it.constraint(name))?;
    if !state.in_transaction || !step.transaction || step.schema.is_fresh_table(table) {
        return None;
    }
    let message =
        format!("constraint '{name}' on '{table}' is validated while it still locks everybody out");
    Some(found(message).fix("move VALIDATE CONSTRAINT into a migration of its own"))
}
