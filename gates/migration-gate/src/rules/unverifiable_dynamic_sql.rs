//! `unverifiable-dynamic-sql`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Kind, What};
use crate::step::Step;

/// SQL is put together when it runs, so nobody can say what it does.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/unverifiable-dynamic-sql",
    severity: Severity::Error,
    doc: "SQL is put together when it runs, so nobody can say what it does.\n\
\n\
A block that takes table names from the catalog can drop any of them. Write the statements out; texts that\n\
are put together from what stands in the block itself (a literal, a list of names, format with %I) are\n\
followed. The body of a routine that is called is not. If it is safe, say why in a waiver.",
    bad: &[
        migration!(
            "",
            "DO $$\nDECLARE t text;\nBEGIN\n  FOR t IN SELECT tablename FROM pg_tables LOOP\n    EXECUTE format('ALTER TABLE %I DROP COLUMN note', t);\n  END LOOP;\nEND $$;"
        ),
        migration!("", "CALL rebuild();"),
        migration!(
            "CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; END $$;",
            "SELECT tidy();"
        ),
        migration!("", "DO $$ BEGIN OPEN c FOR EXECUTE 'DELETE FROM ' || name; END $$;"),
    ],
    good: &[
        migration!(
            "",
            "DO $$\nDECLARE t text;\nBEGIN\n  FOREACH t IN ARRAY ARRAY['orders', 'items'] LOOP\n    EXECUTE format('ALTER TABLE %I ADD COLUMN note text', t);\n  END LOOP;\nEND $$;"
        ),
        migration!("", "SELECT setval('orders_id_seq', 100);"),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let message = match &step.op.what {
        What::Dynamic { reason } => format!("what this runs cannot be known: {reason}"),
        // Functions that no migration made are the server's own.
        What::Call { routine, is_procedure }
            if *is_procedure || step.schema.knows(Kind::Function, routine) =>
        {
            format!("what this runs cannot be known: the body of '{routine}' is not followed")
        }
        _ => return None,
    };
    Some(found(message).fix("write the statements out, or say in a waiver what it may do"))
}
