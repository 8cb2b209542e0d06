//! `revoke`.

use kernel::Severity;

use super::{Found, Judge, Offence, found, one_line};
use crate::ops::{Name, What};
use crate::rights::{Rights, come_back};
use crate::step::Step;

/// A right is taken away that the release before may need.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/revoke",
    severity: Severity::Error,
    doc: "A right is taken away that the release before may need.\n\
\n\
Its statements fail with \"permission denied\" at once. Take it away a release after the last one that needs\n\
it. What this release makes may be revoked, and what the same transaction gives back.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "REVOKE INSERT ON orders FROM app;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY);\nGRANT SELECT, INSERT ON orders TO app;",
            "REVOKE ALL ON orders FROM app;\nGRANT SELECT ON orders TO app;"
        ),
        migration!("CREATE TABLE orders (id bigint PRIMARY KEY);", "DROP OWNED BY app;"),
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
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY);\nGRANT SELECT, INSERT ON orders TO app;",
            "REVOKE ALL ON orders FROM app;\nGRANT SELECT, INSERT ON orders TO app;"
        ),
        migration!("", "REVOKE GRANT OPTION FOR SELECT ON orders FROM app;"),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Revoke { from, objects, rights } = &step.op.what else { return None };
    let all_fresh = objects.iter().all(|object| step.schema.is_fresh_name(object));
    if !objects.is_empty() && all_fresh {
        return None;
    }
    // What is not granted by a migration may be all the same.
    let needed = |object: &Name| -> Rights {
        let granted = step.schema.granted(object);
        if granted.iter().any(|it| rights.contains(it)) {
            return granted.intersection(rights).cloned().collect();
        }
        // On a table PUBLIC has what it was granted, and nothing before.
        let is_made = step.schema.table(object).is_some_and(|it| it.is_made_here());
        let had = rights.iter().filter(|(role, _)| !(is_made && role == "public"));
        had.cloned().collect()
    };
    let returns = |object: &Name| {
        let needed = needed(object);
        needed.is_empty() || come_back(step, object, &needed)
    };
    if !objects.is_empty() && objects.iter().all(returns) {
        return None;
    }
    if is_default_since_15(objects, rights) && step.source.pg_version >= 15 {
        return None;
    }
    let from = one_line(from);
    let message = format!("rights of '{from}' are revoked while the release before may need them");
    Some(found(message).fix("revoke them one release after the last one that needs them"))
}

/// `REVOKE CREATE ON SCHEMA public FROM PUBLIC`.
fn is_default_since_15(objects: &[Name], rights: &Rights) -> bool {
    let is_public = |object: &Name| object.name == "public";
    let is_create = |(role, right): &(String, String)| role == "public" && right == "create";
    !objects.is_empty()
        && objects.iter().all(is_public)
        && !rights.is_empty()
        && rights.iter().all(is_create)
}
