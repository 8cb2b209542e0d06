//! `drop-or-change-function`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Kind, What};
use crate::step::Step;

/// A function that the release before calls is dropped.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-or-change-function",
    severity: Severity::Error,
    doc: "A function that the release before calls is dropped.\n\
\n\
Its calls fail at once. Drop it a release after the last one that calls it; a changed function of the same\n\
arguments is made with CREATE OR REPLACE. Dropped and made again in one transaction it is a note: calls of\n\
before may not fit the new one, and what was granted on it is lost.",
    bad: &[
        migration!(
            "CREATE FUNCTION fmt(a text) RETURNS text LANGUAGE sql AS 'SELECT a';",
            "DROP FUNCTION fmt(text);"
        ),
        migration!(
            "CREATE FUNCTION fmt(a text) RETURNS text LANGUAGE sql AS 'SELECT a';",
            "DROP FUNCTION fmt(text);\nCREATE FUNCTION fmt(a text, b int) RETURNS text LANGUAGE sql AS 'SELECT a';"
        ),
    ],
    good: &[
        migration!("", "DROP FUNCTION IF EXISTS never_made();"),
        migration!(
            "",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\nDROP FUNCTION f();"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Drop { kind: kind @ Kind::Function, name, if_exists, takes } = &step.op.what else {
        return None;
    };
    let is_gone = *if_exists && !step.schema.knows(*kind, name);
    if is_gone || step.schema.is_fresh(*kind, name) {
        return None;
    }
    // Calls may have left out what has a default: that is not known here.
    let fits = |now: Option<(usize, usize)>| match takes.zip(now) {
        Some((given, (required, all))) => required <= given && given <= all,
        None => true,
    };
    let comes_back = step.after.iter().any(|(_, op)| match &op.what {
        What::Create { kind: Kind::Function, name: made, takes } => made == name && fits(*takes),
        _ => false,
    });
    if comes_back && step.transaction {
        let message = format!(
            "function '{name}' is dropped and made again: calls of the release before may not fit"
        );
        return Some(found(message).severity(Severity::Note));
    }
    let message = format!("function '{name}' is dropped while the release before still calls it");
    Some(found(message).fix("drop it one release after the last one that calls it"))
}
