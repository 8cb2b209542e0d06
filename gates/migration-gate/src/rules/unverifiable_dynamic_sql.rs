//! `unverifiable-dynamic-sql`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::timeline::Step;

/// SQL is put together when it runs, so nobody can say what it does.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/unverifiable-dynamic-sql",
    severity: Severity::Error,
    doc: "SQL is put together when it runs, so nobody can say what it does.\n\
\n\
A block that takes table names from the catalog can drop any of them. Write the statements out; texts that\n\
are put together from what stands in the block itself (a literal, a list of names, format with %I) are\n\
followed. If it is safe, say why in a waiver.",
    bad: &[
        migration!(
            "",
            "DO $$\nDECLARE t text;\nBEGIN\n  FOR t IN SELECT tablename FROM pg_tables LOOP\n    EXECUTE format('ALTER TABLE %I DROP COLUMN note', t);\n  END LOOP;\nEND $$;"
        ),
    ],
    good: &[
        migration!(
            "",
            "DO $$\nDECLARE t text;\nBEGIN\n  FOREACH t IN ARRAY ARRAY['orders', 'items'] LOOP\n    EXECUTE format('ALTER TABLE %I ADD COLUMN note text', t);\n  END LOOP;\nEND $$;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Dynamic { reason } = &step.op.what else { return None };
    let message = format!("what this runs cannot be known: {reason}");
    Some(found(message).fix("write the statements out, or say in a waiver what it may do"))
}
