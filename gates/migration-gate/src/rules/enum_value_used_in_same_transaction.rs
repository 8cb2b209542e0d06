//! `enum-value-used-in-same-transaction`.

use kernel::Severity;

use super::{Found, Judge, Offence, found, one_line};
use crate::ops::{Kind, What};
use crate::step::Step;

/// An enum's value is used in the transaction that adds it.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/enum-value-used-in-same-transaction",
    severity: Severity::Error,
    doc: "An enum's value is used in the transaction that adds it.\n\
\n\
PostgreSQL refuses that: the migration fails when it runs. (From version 17 on it is let pass where the\n\
enum is made in the same transaction; set `pg_version`.) Add the value in a migration of its own.",
    bad: &[migration!(
        "CREATE TYPE mood AS ENUM ('sad');",
        "ALTER TYPE mood ADD VALUE 'ok';\nINSERT INTO feelings (mood) VALUES ('ok');"
    )],
    good: &[
        migration!(
            "CREATE TYPE mood AS ENUM ('sad');",
            "ALTER TYPE mood ADD VALUE 'ok';\nCOMMENT ON TYPE mood IS 'ok';"
        ),
        migration!(
            "CREATE TYPE mood AS ENUM ('sad');\nALTER TYPE mood ADD VALUE 'ok';",
            "INSERT INTO feelings (mood) VALUES ('ok');"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Literals { values } = &step.op.what else { return None };
    if !step.transaction {
        return None;
    }
    let adds = |value: &String| Some((value.clone(), step.schema.uncommitted_value(value)?));
    let (value, enumeration) = values.iter().find_map(adds)?;
    if step.source.pg_version >= 17 && step.schema.is_fresh(Kind::Type, enumeration) {
        return None;
    }
    let value = one_line(&value);
    let message = format!("'{value}' is used in the transaction that adds it to '{enumeration}'");
    Some(found(message).fix("add the value in a migration of its own"))
}
