//! `unjudged-statement`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::step::Step;

/// A statement that no rule can read.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/unjudged-statement",
    severity: Severity::Error,
    doc: "A statement changes what the release before meets, and no rule can tell how.\n\
\n\
Green would be believed: so what is known not to be read is told. Say in a waiver why the release before does\n\
not mind, or write it as statements that are read.",
    bad: &[
        migration!("", "REASSIGN OWNED BY app TO postgres;"),
        migration!(
            "CREATE TABLE orders (id bigint);",
            "CREATE RULE quiet AS ON INSERT TO orders DO INSTEAD NOTHING;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint);\nCREATE TABLE items (id bigint);",
            "ALTER TABLE items INHERIT orders;"
        ),
        migration!("", "IMPORT FOREIGN SCHEMA far FROM SERVER there INTO public;"),
        migration!("", "ALTER TABLE ALL IN TABLESPACE slow SET TABLESPACE fast;"),
        migration!("", "DROP ROLE app;"),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint);",
            "ALTER TABLE orders OWNER TO app;\nALTER TABLE orders SET (fillfactor = 70);"
        ),
        migration!("", "ALTER ROLE app SET statement_timeout = '5s';"),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Unjudged { verb } = &step.op.what else { return None };
    let message = format!("what {verb} means for the release before cannot be told");
    Some(found(message).fix("say in a waiver why the release before does not mind"))
}
