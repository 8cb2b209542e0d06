//! `parent-locked`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Constraint, ConstraintRule, Name, What};
use crate::timeline::Step;

/// A foreign key or partition keeps writers out of the table it refers to.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/parent-locked",
    severity: Severity::Note,
    doc: "A foreign key or partition keeps writers out of the table it refers to.\n\
\n\
Until the transaction ends, rows of the table that is referred to can be read and not changed. It takes a\n\
moment if nothing else in the transaction takes long, and waits behind every open transaction on that table.",
    bad: &[
        migration!(
            "",
            "ALTER TABLE items ADD COLUMN buyer bigint REFERENCES customers (id);"
        ),
        migration!(
            "",
            "CREATE TABLE logs_1 PARTITION OF logs DEFAULT;"
        ),
    ],
    good: &[
        migration!(
            "",
            "CREATE TABLE customers (id bigint PRIMARY KEY);\nALTER TABLE items ADD COLUMN buyer bigint REFERENCES customers (id);"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let parent = parent(&step.op.what)?;
    // Once for each table and file is enough.
    let mut before = step.before.iter().filter_map(|(_, op)| self::parent(&op.what));
    if step.schema.is_fresh_table(parent) || before.any(|it| it == parent) {
        return None;
    }
    Some(found(format!("writers of '{parent}' wait until this transaction ends")))
}

/// The table beside its own that an operation locks.
fn parent(what: &What) -> Option<&Name> {
    let constraints: Vec<&Constraint> = match what {
        What::CreateTable(create) => {
            if let Some(parent) = &create.partition_of {
                return Some(parent);
            }
            let own = create.columns.iter().flat_map(|column| &column.constraints);
            create.constraints.iter().chain(own).collect()
        }
        What::Table { change: Change::AddColumn { column, .. }, .. } => {
            column.constraints.iter().collect()
        }
        What::Table { change: Change::AddConstraint(constraint), .. } => vec![constraint],
        _ => return None,
    };
    constraints.into_iter().find_map(|it| match &it.rule {
        ConstraintRule::ForeignKey { parent } => Some(parent),
        _ => None,
    })
}
