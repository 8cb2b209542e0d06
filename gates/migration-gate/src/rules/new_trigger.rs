//! `new-trigger`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Kind, What};
use crate::step::Step;

/// A trigger is put on a table that the release before writes.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/new-trigger",
    severity: Severity::Warning,
    doc: "A trigger is put on a table that the release before writes.\n\
\n\
It can refuse or change rows that the release before writes, and makes each write longer. Try it with the\n\
statements of the release before.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION check_it();"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "DROP TRIGGER IF EXISTS t ON orders;\nCREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION check_it();"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint);\nCREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION check_it();",
            "DROP TRIGGER IF EXISTS t ON orders;\nCREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION check_it();"
        ),
        migration!(
            "",
            "CREATE TABLE items (id int);\nCREATE TRIGGER t BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION check_it();"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::CreateTrigger { trigger, table, or_replace } = &step.op.what else { return None };
    // Made again, as a migration does that may run twice.
    let is_dropped = step.before.iter().any(|(_, op)| match &op.what {
        What::Drop { kind: Kind::Trigger, name, if_exists: false, .. } => {
            name.name == *trigger && name.schema == table.to_string()
        }
        _ => false,
    });
    // IF EXISTS says nothing of a table whose making is not known.
    let is_known = step.schema.had_trigger(trigger, table);
    let is_renewed = is_dropped || is_known || (*or_replace && step.schema.table(table).is_none());
    if is_renewed || step.schema.is_fresh_table(table) {
        return None;
    }
    let message = format!("trigger '{trigger}' runs at writes of the release before to '{table}'");
    Some(found(message).fix("try the statements of the release before with it"))
}
