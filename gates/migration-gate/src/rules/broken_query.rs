//! `broken-query`.

use kernel::Severity;

use super::{Judge, Offence};

/// A query of the release before fails after the migration.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/broken-query",
    severity: Severity::Error,
    doc: "A query of the release before fails after the migration.\n\
\n\
It was run, or planned where it has parameters, before the migration and after it, and only before it worked.\n\
While old and new instances run side by side it fails in production too. Change the schema so that both\n\
releases' queries work, and take away what is old one release later.",
    bad: &[executed!(
        "ALTER TABLE orders DROP COLUMN note;",
        "[[scripts.steps]]\n[[scripts.broken]]\nname = 'queries/a.sql#1'\nsql = 'SELECT note FROM orders'\nerror = { code = '42703', message = 'column note does not exist' }"
    )],
    good: &[executed!("ALTER TABLE orders ADD COLUMN memo text;", "[[scripts.steps]]")],
    judge: Judge::Session,
};
