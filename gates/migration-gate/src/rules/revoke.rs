//! `revoke`.

use kernel::Severity;

use super::{Found, Judge, Offence, found, one_line};
use crate::ops::What;
use crate::timeline::Step;

/// A right is taken away that the release before may need.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/revoke",
    severity: Severity::Error,
    doc: "A right is taken away that the release before may need.\n\
\n\
Its statements fail with \"permission denied\" at once. Take it away a release after the last one that needs\n\
it. What this release makes may be revoked.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "REVOKE INSERT ON orders FROM app;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\nREVOKE ALL ON FUNCTION f() FROM PUBLIC;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "GRANT INSERT ON orders TO app;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Revoke { from, objects } = &step.op.what else { return None };
    let all_fresh = objects.iter().all(|object| step.schema.is_fresh_name(object));
    if !objects.is_empty() && all_fresh {
        return None;
    }
    let from = one_line(from);
    let message = format!("rights of '{from}' are revoked while the release before may need them");
    Some(found(message).fix("revoke them one release after the last one that needs them"))
}
