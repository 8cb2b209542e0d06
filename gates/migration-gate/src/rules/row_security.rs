//! `row-security`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::step::Step;

/// Rows that the release before sees or writes are hidden from it, or shown to all.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/row-security",
    severity: Severity::Error,
    doc: "Rows that the release before sees or writes are hidden from it, or shown to all.\n\
\n\
Row security that is switched on denies everything that no policy allows, a restrictive policy takes away,\n\
and a dropped policy leaves the default: nothing. Policies that are dropped and made again in one\n\
transaction, and those on a table of this release, are let pass.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);\nALTER TABLE orders FORCE ROW LEVEL SECURITY;\nALTER TABLE orders NO FORCE ROW LEVEL SECURITY;",
            "ALTER TABLE orders FORCE ROW LEVEL SECURITY;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "DROP POLICY own ON orders;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE POLICY own ON orders AS RESTRICTIVE USING (qty > 0);"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint);\nCREATE POLICY a ON orders USING (true);",
            "ALTER POLICY a ON orders RENAME TO b;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;",
            "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "DROP POLICY IF EXISTS own ON orders;\nCREATE POLICY own ON orders USING (true);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE items (id int);\nALTER TABLE items ENABLE ROW LEVEL SECURITY;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let (table, words) = match &step.op.what {
        What::Table { table, change: Change::RowSecurity { verb } } => {
            if step.schema.table(table).is_some_and(|it| it.row_security_is(verb)) {
                return None;
            }
            (table, format!("row security on '{table}' is {verb}"))
        }
        What::CreatePolicy { policy, table, restrictive: true } => {
            (table, format!("restrictive policy '{policy}' takes rows of '{table}' away"))
        }
        What::AlterPolicy { policy, table } => {
            (table, format!("policy '{policy}' on '{table}' is changed"))
        }
        What::DropPolicy { policy, table, .. } => {
            let comes_back = step.after.iter().any(|(_, op)| match &op.what {
                What::CreatePolicy { policy: made, table: on, .. } => made == policy && on == table,
                _ => false,
            });
            if comes_back && step.transaction {
                return None;
            }
            (table, format!("policy '{policy}' on '{table}' is dropped"))
        }
        _ => return None,
    };
    if step.schema.is_fresh_table(table) {
        return None;
    }
    let fix = "let the release before set what the policies ask for, and say so in a waiver";
    Some(found(words).label("the release before may see other rows than it expects").fix(fix))
}
