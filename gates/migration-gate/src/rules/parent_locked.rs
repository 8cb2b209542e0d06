//! `parent-locked`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Constraint, ConstraintRule, Name, What};
use crate::step::Step;

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
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (a int REFERENCES a (id), o bigint REFERENCES orders (id));"
        ),
        migration!("", "ALTER TABLE items ADD COLUMN buyer bigint REFERENCES customers (id);"),
        migration!("", "CREATE TABLE logs_1 PARTITION OF logs DEFAULT;"),
    ],
    good: &[migration!(
        "",
        "CREATE TABLE customers (id bigint PRIMARY KEY);\nALTER TABLE items ADD COLUMN buyer bigint REFERENCES customers (id);"
    )],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let before: Vec<&Name> = step.before.iter().flat_map(|(_, op)| parents(&op.what)).collect();
    // Once for each table and file is enough.
    let is_news = |parent: &&Name| !step.schema.is_fresh_table(parent) && !before.contains(parent);
    let parent = parents(&step.op.what).into_iter().find(is_news)?;
    Some(found(format!("writers of '{parent}' wait until this transaction ends")))
}

/// The tables beside its own that an operation locks.
fn parents(what: &What) -> Vec<&Name> {
    let constraints: Vec<&Constraint> = match what {
        What::CreateTable(create) => {
            if let Some(parent) = &create.partition_of {
                return vec![parent];
            }
            let own = create.columns.iter().flat_map(|column| &column.constraints);
            create.constraints.iter().chain(own).collect()
        }
        What::Table { change: Change::AddColumn { column, .. }, .. } => {
            column.constraints.iter().collect()
        }
        What::Table { change: Change::AddConstraint(constraint), .. } => vec![constraint],
        _ => return Vec::new(),
    };
    let parents = constraints.into_iter().filter_map(|it| match &it.rule {
        ConstraintRule::ForeignKey { parent } => Some(parent),
        _ => None,
    });
    parents.collect()
}
