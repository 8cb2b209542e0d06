//! `reindex-cluster-vacuum-full`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::What;
use crate::step::Step;

/// REINDEX or REFRESH MATERIALIZED VIEW keeps readers or writers out until it is done.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/reindex-cluster-vacuum-full",
    severity: Severity::Error,
    doc: "REINDEX or REFRESH MATERIALIZED VIEW keeps readers or writers out until it is done.\n\
\n\
Both have a CONCURRENTLY that does not; neither belongs into a migration that a release waits for. (VACUUM\n\
FULL and CLUSTER write the table anew: `table-rewrite`.)",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "REINDEX TABLE orders;"
        ),
        migration!(
            "CREATE MATERIALIZED VIEW totals AS SELECT 1 AS a;",
            "REFRESH MATERIALIZED VIEW totals;"
        ),
    ],
    good: &[
        migration!(
            "",
            "CREATE MATERIALIZED VIEW totals AS SELECT 1 AS a WITH NO DATA;\nREFRESH MATERIALIZED VIEW totals;"
        ),
        migration!(
            "CREATE MATERIALIZED VIEW totals AS SELECT 1 AS a;",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Blocking { name, verb } = &step.op.what else { return None };
    if name.as_ref().is_some_and(|name| step.schema.is_fresh_name(name)) {
        return None;
    }
    let of = name.as_ref().map(|name| format!(" of '{name}'")).unwrap_or_default();
    let message = format!("a {verb}{of} keeps others out until it is done");
    Some(found(message).fix("use its CONCURRENTLY, outside the migration"))
}
