//! `broken-down`.

use kernel::Severity;

use super::{Judge, Offence};

/// A down migration fails, or does not lead back.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/broken-down",
    severity: Severity::Error,
    doc: "A down migration fails, or does not lead back.\n\
\n\
It was run after its up migration, and the schema is another one than before, or the up migration does not\n\
run a second time. Nobody finds out before the day on which a release is taken back. Undo all that the up\n\
migration does.",
    bad: &[executed!(
        "CREATE TABLE a (id int);",
        "[[scripts.steps]]\n[scripts.undo]\nleft = [\"table 'public.a' is still there\"]"
    )],
    good: &[executed!("CREATE TABLE a (id int);", "[[scripts.steps]]\n[scripts.undo]")],
    judge: Judge::Session,
};
