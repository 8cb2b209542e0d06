//! `required-column`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Default, Generation, What};
use crate::timeline::Step;

/// A column is added that every writer must fill.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/required-column",
    severity: Severity::Error,
    doc: "A column is added that every writer must fill.\n\
\n\
The release before does not know the column: each of its inserts fails, and on a table with rows the\n\
migration itself does. Give it a default that the server fills in, or let it be null until every writer\n\
fills it.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN tier text NOT NULL;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN tier text DEFAULT NULL NOT NULL;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN tier text NOT NULL DEFAULT 'a';\nALTER TABLE orders ALTER COLUMN tier DROP DEFAULT;"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN tier text NOT NULL DEFAULT 'a';"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN tier text;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE tiers (name text NOT NULL);\nALTER TABLE tiers ADD COLUMN tier text NOT NULL;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::AddColumn { column, if_not_exists } } = &step.op.what
    else {
        return None;
    };
    let name = &column.name;
    let is_there = step.schema.table(table).is_some_and(|it| it.column(name).is_some());
    if step.schema.is_fresh_table(table) || (is_there && *if_not_exists) {
        return None;
    }
    let is_filled = !matches!(column.default, Default::None | Default::Null)
        || column.generation != Generation::None;
    let about = |change: &Change, wanted: fn(&Change) -> Option<&String>| {
        wanted(change).is_some_and(|column| column == name)
    };
    let later = |wanted: fn(&Change) -> Option<&String>| {
        step.after.iter().any(|(_, op)| match &op.what {
            What::Table { table: on, change } => on == table && about(change, wanted),
            _ => false,
        })
    };
    let loses_default = later(|change| match change {
        Change::DropDefault { column } => Some(column),
        _ => None,
    });
    let becomes_not_null = later(|change| match change {
        Change::SetNotNull { column } => Some(column),
        _ => None,
    });
    if !(column.not_null || becomes_not_null) || (is_filled && !loses_default) {
        return None;
    }
    let (message, fix) = if is_filled {
        (
            format!("column '{name}' of '{table}' is NOT NULL and loses its default again"),
            "keep the default until no running release leaves the column out",
        )
    } else {
        (
            format!("column '{name}' of '{table}' is NOT NULL and has no default"),
            "give it a default, or let it be null until every writer fills it",
        )
    };
    Some(found(message).label("inserts of the release before fail").fix(fix))
}
