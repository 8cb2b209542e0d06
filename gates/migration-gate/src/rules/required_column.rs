//! `required-column`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Column, ConstraintRule, Default, Generation, Name, What};
use crate::step::Step;

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
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD tier text;\nALTER TABLE orders RENAME tier TO rank;\nALTER TABLE orders ALTER rank SET NOT NULL;"
        ),
        migration!(
            "CREATE DOMAIN said AS text NOT NULL;\nCREATE TABLE orders (id bigint);",
            "ALTER TABLE orders ADD COLUMN said text;\nUPDATE orders SET said = '' WHERE id > 0;\nALTER TABLE orders ALTER said TYPE said;"
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
            "CREATE DOMAIN made AS timestamptz DEFAULT now();\nCREATE TABLE orders (id bigint);",
            "ALTER TABLE orders ADD COLUMN made made;\nALTER TABLE orders ALTER made SET NOT NULL;"
        ),
        migration!(
            "CREATE DOMAIN said AS text NOT NULL DEFAULT '';\nCREATE TABLE orders (id bigint);",
            "ALTER TABLE orders ADD COLUMN said said;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD tier text;\nUPDATE orders SET tier = 'a';\nALTER TABLE orders ALTER tier SET NOT NULL, ALTER tier SET DEFAULT 'a';"
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
    let is_filled = is_filled(step, column);
    let end = end(step, table, column);
    if !end.not_null || end.is_filled {
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

/// Whether it gets a value where nobody says one.
fn is_filled(step: &Step<'_>, column: &Column) -> bool {
    has_value(column.default)
        || column.generation != Generation::None
        || column.default == Default::None && step.schema.is_filled_domain(&column.type_name)
}

fn has_value(default: Default) -> bool {
    !matches!(default, Default::None | Default::Null)
}

/// How a column stands when its migration is done.
struct End {
    not_null: bool,
    is_filled: bool,
}

/// Follows the column through the rest of its migration, by whatever name.
fn end(step: &Step<'_>, table: &Name, column: &Column) -> End {
    let (mut table, mut name) = (table.clone(), column.name.clone());
    let mut end = End {
        not_null: column.not_null || step.schema.is_required_domain(&column.type_name),
        is_filled: is_filled(step, column),
    };
    for (_, op) in step.after {
        let What::Table { table: on, change } = &op.what else { continue };
        if *on != table {
            continue;
        }
        match change {
            Change::RenameTo { to } => table.name.clone_from(to),
            Change::SetSchema { schema } => table.schema.clone_from(schema),
            Change::RenameColumn { from, to } if *from == name => name.clone_from(to),
            Change::SetNotNull { column } if *column == name => end.not_null = true,
            Change::SetType(set) if set.column == name => {
                end.not_null |= step.schema.is_required_domain(&set.type_name);
            }
            Change::DropNotNull { column } if *column == name => end.not_null = false,
            Change::DropColumn { column, .. } if *column == name => end.not_null = false,
            Change::SetDefault { column, default } if *column == name => {
                end.is_filled = has_value(*default);
            }
            Change::DropDefault { column: dropped } if *dropped == name => {
                end.is_filled = step.schema.is_filled_domain(&column.type_name);
            }
            Change::AddIdentity { column, .. } if *column == name => end.is_filled = true,
            Change::AddConstraint(added)
                if matches!(added.rule, ConstraintRule::PrimaryKey { .. })
                    && added.columns.contains(&name) =>
            {
                end.not_null = true;
            }
            _ => {}
        }
    }
    end
}
