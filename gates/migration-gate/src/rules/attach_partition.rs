//! `attach-partition`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, What};
use crate::step::Step;

/// A table with rows becomes a partition, and all of it is read under a lock.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/attach-partition",
    severity: Severity::Error,
    doc: "A table with rows becomes a partition, and all of it is read under a lock.\n\
\n\
Nobody may write it meanwhile. Add a CHECK that says the partition's bounds, NOT VALID, and validate it in\n\
a migration of its own: then PostgreSQL need not look.",
    bad: &[migration!(
        "",
        "ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
    )],
    good: &[
        migration!(
            "CREATE TABLE events_2025 (at date CHECK (at >= '2025-01-01' AND at < '2026-01-01'));",
            "ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
        ),
        migration!(
            "",
            "CREATE TABLE events_2026 (at date);\nALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { change: Change::AttachPartition { child }, .. } = &step.op.what else {
        return None;
    };
    let is_proven = step.schema.table(child).is_some_and(|it| it.has_valid_check());
    if is_proven || step.schema.is_fresh_table(child) {
        return None;
    }
    let message = format!("all of '{child}' is read under a lock before it is a partition");
    Some(found(message).fix("add and validate a CHECK of the partition's bounds first"))
}
