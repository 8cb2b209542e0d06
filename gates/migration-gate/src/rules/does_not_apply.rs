//! `does-not-apply`.

use kernel::Severity;

use super::{Judge, Offence};

/// A migration fails when it runs.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/does-not-apply",
    severity: Severity::Error,
    doc: "A migration fails when it runs.\n\
\n\
It ran after all migrations before it, in its framework's own transaction, on tables that hold a row each.\n\
A deployment would stop there, half of its migrations done. Make it run on a database that has rows.",
    bad: &[executed!(
        "ALTER TABLE gone ADD COLUMN a int;",
        "[[scripts.steps]]\nerror = { code = '42P01', message = 'relation \"gone\" does not exist' }"
    )],
    good: &[executed!("ALTER TABLE orders ADD COLUMN a int;", "[[scripts.steps]]")],
    judge: Judge::Session,
};
