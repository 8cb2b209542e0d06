//! `drop-sequence`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Kind, What};
use crate::step::Step;

/// A sequence that the release before takes numbers from is dropped.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-sequence",
    severity: Severity::Error,
    doc: "A sequence that the release before takes numbers from is dropped.\n\
\n\
nextval fails at once, and a default that uses it with it. Drop it a release after the last one that uses it.",
    bad: &[migration!("CREATE SEQUENCE tickets;", "DROP SEQUENCE tickets;")],
    good: &[migration!(
        "",
        "CREATE SEQUENCE tickets;\nDROP SEQUENCE tickets;\nDROP SEQUENCE IF EXISTS never_made;"
    )],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Drop { kind: kind @ Kind::Sequence, name, if_exists, .. } = &step.op.what else {
        return None;
    };
    let is_gone = *if_exists && !step.schema.knows(*kind, name);
    if is_gone || step.schema.is_fresh(*kind, name) {
        return None;
    }
    let what = kind.as_str();
    let message = format!("{what} '{name}' is dropped while the release before still uses it");
    Some(found(message).fix("drop it one release after the last one that uses it"))
}
