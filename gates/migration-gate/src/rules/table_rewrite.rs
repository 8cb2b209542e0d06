//! `table-rewrite`.

use kernel::{Example, Severity};

use super::retype_column::{is_free, widens};
use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Default, Generation, Name, SetType, What};
use crate::step::Step;

/// A table is written anew while nobody may use it.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/table-rewrite",
    severity: Severity::Error,
    doc: "A table is written anew while nobody may use it.\n\
\n\
A default that differs from row to row, an identity or stored column, a wider number, another storage, VACUUM FULL and\n\
CLUSTER copy the whole table under a lock that keeps readers out too. Add the column without the default,\n\
set the default for new rows, and fill the old ones in batches.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN uid uuid NOT NULL DEFAULT gen_random_uuid();"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN total int GENERATED ALWAYS AS (qty * 2) STORED;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ALTER COLUMN qty TYPE bigint;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE DOMAIN size AS int CHECK (value > 0);",
            "ALTER TABLE orders ADD COLUMN size size;"
        ),
        Example::new(
            "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'plain'\n\
transaction = { default = false }\n\
-- migrations/0001_a.sql --\n\
VACUUM FULL orders;\n\
",
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN at timestamptz NOT NULL DEFAULT now();"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE items (id int);\nALTER TABLE items ADD COLUMN uid uuid DEFAULT gen_random_uuid();\nCLUSTER items;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let (table, why) = match &step.op.what {
        What::Table { table, change } => (Some(table), rewrites(step, table, change)?),
        What::Rewrite { table, verb } => (table.as_ref(), *verb),
        What::Rebuild { table, .. } => (Some(table), "a new table with its rows takes its name"),
        _ => return None,
    };
    if table.is_some_and(|table| step.schema.is_fresh_table(table)) {
        return None;
    }
    let whole = "every table".to_owned();
    let table = table.map_or(whole, |table| format!("'{table}'"));
    let message = format!("{table} is written anew while nobody may use it: {why}");
    Some(found(message).fix("fill new columns in batches, and repack outside the migration"))
}

fn rewrites(step: &Step<'_>, table: &Name, change: &Change) -> Option<&'static str> {
    match change {
        Change::AddColumn { column, if_not_exists } => {
            let known = step.schema.table(table).and_then(|it| it.column(&column.name));
            if known.is_some() && *if_not_exists {
                return None;
            }
            match column.generation {
                Generation::Stored => Some("a stored column is computed for each row"),
                Generation::IdentityAlways | Generation::IdentityByDefault => {
                    Some("an identity column is filled for each row")
                }
                _ if column.default == Default::Volatile => {
                    Some("the default may differ from row to row")
                }
                _ if step.schema.is_checked_domain(&column.type_name) => {
                    Some("its domain is checked for each row")
                }
                _ => None,
            }
        }
        Change::SetType(SetType { column, type_name, computes, .. }) => {
            let known = step.schema.table(table).and_then(|it| it.column(column));
            let known = known.filter(|known| !known.fresh)?;
            if *computes && is_free(&known.type_name, type_name) {
                return Some("USING is computed for each row");
            }
            widens(&known.type_name, type_name).then_some("a wider type takes the old one's place")
        }
        Change::SetExpression { .. } => Some("the column is computed anew for each row"),
        Change::SetLogged => Some("SET LOGGED"),
        Change::SetAccessMethod => Some("SET ACCESS METHOD"),
        Change::SetTablespace => Some("SET TABLESPACE"),
        _ => None,
    }
}
