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
Everything in it goes with it: functions, types, tables. Drop it a release after the last one that uses it.",
    bad: &[
        migration!(
            "CREATE EXTENSION pgcrypto;",
            "DROP EXTENSION pgcrypto;"
        ),
        migration!(
            "CREATE SCHEMA audit;",
            "DROP SCHEMA audit CASCADE;"
        ),
    ],
    good: &[
        migration!(
            "",
            "CREATE SCHEMA scratch;\nDROP SCHEMA scratch;\nDROP EXTENSION IF EXISTS never_made;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Drop { kind: kind @ (Kind::Extension | Kind::Schema), name, if_exists, .. } = &step.op.what else { return None };
    let is_gone = *if_exists && !step.schema.knows(*kind, name);
    if is_gone || step.schema.is_fresh(*kind, name) {
        return None;
    }
    let what = kind.as_str();
    let message = format!("{what} '{name}' is dropped while the release before still uses it");
    Some(found(message).fix("drop it one release after the last one that uses it"))
}
