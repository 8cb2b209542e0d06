//! `drop-extension-or-schema`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Kind, What};
use crate::step::Step;

/// An extension or a schema that the release before uses is dropped.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-extension-or-schema",
    severity: Severity::Error,
    doc: "An extension or a schema that the release before uses is dropped.\n\
\n\
Everything in it goes with it: functions, types, tables. Drop it a release after the last one that uses it. A\n\
schema that no migration made and that is dropped all the same (`IF EXISTS`) was made by something else: a\n\
warning.",
    bad: &[
        migration!("CREATE EXTENSION pgcrypto;", "DROP EXTENSION pgcrypto;"),
        migration!("CREATE SCHEMA audit;", "DROP SCHEMA audit CASCADE;"),
        migration!("CREATE TABLE orders (id bigint);", "DROP SCHEMA IF EXISTS triggers CASCADE;"),
    ],
    good: &[
        migration!(
            "",
            "CREATE SCHEMA scratch;\nDROP SCHEMA scratch;\nDROP EXTENSION IF EXISTS never_made;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint);",
            "DROP SCHEMA IF EXISTS scratch CASCADE;\nCREATE SCHEMA scratch;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Drop { kind: kind @ (Kind::Extension | Kind::Schema), name, if_exists, .. } =
        &step.op.what
    else {
        return None;
    };
    let what = kind.as_str();
    if step.schema.is_fresh(*kind, name) {
        return None;
    }
    if *if_exists && !step.schema.knows(*kind, name) {
        // It is not there, or a program makes it: made anew, it is that of before.
        let is_made = step.after.iter().any(|(_, op)| {
            matches!(&op.what, What::Create { kind: made, name: new, .. } if made == kind && new == name)
        });
        let message = format!(
            "{what} '{name}' is dropped, which no migration made: whatever did still uses it"
        );
        let fix = "leave it to what made it, or say by a waiver that nothing uses it";
        let is_asked = *kind == Kind::Schema && !is_made;
        return is_asked.then(|| found(message).fix(fix).severity(Severity::Warning));
    }
    let message = format!("{what} '{name}' is dropped while the release before still uses it");
    Some(found(message).fix("drop it one release after the last one that uses it"))
}
