//! `rename-object`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Kind, What};
use crate::renamed::is_passing;
use crate::schema::ConstraintState;
use crate::step::Step;

/// A view, function, type, sequence, constraint or attribute that the release before names is renamed.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/rename-object",
    severity: Severity::Error,
    doc: "A view, function, type, sequence, constraint or attribute that the release before names is renamed.\n\
\n\
To its statements a rename is a drop: views and functions by their name, constraints in ON CONFLICT ON\n\
CONSTRAINT, attributes in row values. Make the new one beside the old one, and drop the old one a release\n\
later. That an index gets another name is a note: few statements name one.",
    bad: &[
        migration!("CREATE TYPE mood AS ENUM ('sad');", "ALTER TYPE mood RENAME TO feeling;"),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders RENAME CONSTRAINT orders_pkey TO orders_pk;"
        ),
        migration!("", "ALTER FUNCTION fmt(text) RENAME TO fmt_upper;"),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint, note text);\nCREATE INDEX a ON orders (note);",
            "ALTER INDEX a RENAME TO b;\nALTER INDEX b RENAME TO a;"
        ),
        migration!(
            "CREATE TABLE orders (qty int, CONSTRAINT qty_ck CHECK (qty > 1));",
            "ALTER TABLE orders ADD CONSTRAINT qty_ck2 CHECK (qty > 0) NOT VALID;\nALTER TABLE orders DROP CONSTRAINT qty_ck;\nALTER TABLE orders RENAME CONSTRAINT qty_ck2 TO qty_ck;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE VIEW v AS SELECT 1 AS \"RENAME TO\";\nALTER VIEW v RENAME TO w;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let (what, name, is_fresh) = match &step.op.what {
        What::Rename { kind, name, .. } => {
            (kind.as_str(), name.to_string(), step.schema.is_fresh(*kind, name))
        }
        What::RenamePart { kind, name, part } => {
            let what = if *kind == Kind::Type { "attribute" } else { "column" };
            (what, format!("{name}.{part}"), step.schema.is_fresh(*kind, name))
        }
        What::Table { table, change: Change::RenameConstraint { from, .. } } => {
            let known = step.schema.table(table).and_then(|it| it.constraint(from));
            let is_fresh = known.is_some_and(ConstraintState::is_fresh);
            ("constraint", from.clone(), is_fresh || step.schema.is_fresh_table(table))
        }
        _ => return None,
    };
    if is_fresh || is_passing(step) {
        return None;
    }
    let message = format!("{what} '{name}' is renamed while the release before names it");
    let one =
        found(message).fix("make the new one beside it, and drop the old one a release later");
    // ON CONFLICT ON CONSTRAINT names what the index of a constraint is called.
    let is_seldom_named = match &step.op.what {
        What::Rename { kind: Kind::Index, name, .. } => !step.schema.is_constraint(name),
        What::Rename { kind: Kind::Trigger, .. } => true,
        _ => false,
    };
    Some(if is_seldom_named { one.severity(Severity::Note) } else { one })
}
