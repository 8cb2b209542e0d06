//! `drop-or-rename-type`.

use kernel::Severity;

use super::{Found, Judge, Offence, found, one_line};
use crate::ops::{Kind, What};
use crate::step::Step;

/// A type or an enum's value that the release before names is dropped or renamed.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-or-rename-type",
    severity: Severity::Error,
    doc: "A type or an enum's value that the release before names is dropped or renamed.\n\
\n\
Casts to it, columns of it and comparisons with the value fail at once. Stop using it in one release, and\n\
drop it in a later one.",
    bad: &[
        migration!(
            "CREATE TYPE address AS (street text, zip text);",
            "ALTER TYPE address DROP ATTRIBUTE zip;"
        ),
        migration!("CREATE TYPE mood AS ENUM ('sad');", "DROP TYPE mood;"),
        migration!(
            "CREATE TYPE mood AS ENUM ('sad');",
            "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';"
        ),
    ],
    good: &[
        migration!("CREATE TYPE mood AS ENUM ('sad');", "ALTER TYPE mood ADD VALUE 'ok';"),
        migration!(
            "",
            "CREATE TYPE tint AS ENUM ('r');\nDROP TYPE tint;\nDROP TYPE IF EXISTS never_made;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let message = match &step.op.what {
        What::Drop { kind: kind @ (Kind::Type | Kind::Domain), name, if_exists, .. } => {
            let is_gone = *if_exists && !step.schema.knows(*kind, name);
            if is_gone || step.schema.is_fresh(*kind, name) {
                return None;
            }
            let what = kind.as_str();
            format!("{what} '{name}' is dropped while the release before still names it")
        }
        What::RenameValue { enumeration, value } => {
            if step.schema.is_fresh(Kind::Type, enumeration) {
                return None;
            }
            let value = one_line(value);
            format!(
                "value '{value}' of '{enumeration}' is renamed while the release before names it"
            )
        }
        What::ReshapeType { name } => {
            if step.schema.is_fresh(Kind::Type, name) {
                return None;
            }
            format!(
                "type '{name}' changes its attributes: rows that the release before writes do not fit"
            )
        }
        _ => return None,
    };
    Some(found(message).fix("drop it one release after the last one that names it"))
}
