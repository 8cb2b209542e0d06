//! `unique-or-primary-key-build`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Constraint, ConstraintRule, Default, Generation, What};
use crate::step::Step;

/// A constraint builds an index on a table in use, and everybody waits until it is done.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/unique-or-primary-key-build",
    severity: Severity::Error,
    doc: "A constraint builds an index on a table in use, and everybody waits until it is done.\n\
\n\
UNIQUE, PRIMARY KEY and EXCLUDE read the whole table under an ACCESS EXCLUSIVE lock. Build the index with\n\
CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX, which takes a moment.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD CONSTRAINT orders_note UNIQUE (note);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN code text UNIQUE;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN code uuid UNIQUE NOT NULL DEFAULT gen_random_uuid();"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD CONSTRAINT orders_note UNIQUE USING INDEX orders_note_idx;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE items (id int);\nALTER TABLE items ADD PRIMARY KEY (id);"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change } = &step.op.what else { return None };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let builds = |it: &&Constraint| {
        matches!(
            it.rule,
            ConstraintRule::Unique { using_index: false }
                | ConstraintRule::PrimaryKey { using_index: false }
                | ConstraintRule::Exclude
        )
    };
    let constraint = match change {
        Change::AddConstraint(constraint) => Some(constraint).filter(builds),
        // A required column is another rule's.
        Change::AddColumn { column, if_not_exists } => {
            let known = step.schema.table(table).and_then(|it| it.column(&column.name));
            let is_filled = !matches!(column.default, Default::None | Default::Null)
                || column.generation != Generation::None;
            let is_required = column.not_null && !is_filled;
            let is_skipped = (known.is_some() && *if_not_exists) || is_required;
            column.constraints.iter().find(builds).filter(|_| !is_skipped)
        }
        _ => None,
    }?;
    let named = constraint.name.as_ref().map(|name| format!(" '{name}'")).unwrap_or_default();
    let message = format!("constraint{named} builds an index on '{table}' while everybody waits");
    let fix = "build it with CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX";
    Some(found(message).fix(fix))
}
