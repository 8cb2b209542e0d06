//! `retype-column`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, SetType, What};
use crate::step::Step;

/// A column gets a type that the release before does not expect.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/retype-column",
    severity: Severity::Error,
    doc: "A column gets a type that the release before does not expect.\n\
\n\
Its values may no longer fit, or no longer come back as it reads them, and mostly the whole table is\n\
written anew while everybody waits. Add a column of the new type, fill both, and move readers over. What\n\
PostgreSQL widens without touching a row (varchar to text, a longer varchar) is let pass; a wider number\n\
is a table-rewrite.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ALTER COLUMN qty TYPE text USING qty::text;"
        ),
        migration!(
            "CREATE TABLE orders (note varchar(40));",
            "ALTER TABLE orders ALTER note TYPE varchar(10);"
        ),
        migration!(
            "CREATE TABLE orders (note text);",
            "ALTER TABLE orders ALTER note TYPE text COLLATE \"C\";"
        ),
        migration!(
            "CREATE TYPE mood AS ENUM ('a');\nCREATE TABLE orders (mood mood);",
            "ALTER TYPE mood RENAME TO old;\nCREATE TYPE mood AS ENUM ('b');\nALTER TABLE orders ALTER mood TYPE mood USING 'b';"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN qty2 bigint;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE items (id int);\nALTER TABLE items ALTER id TYPE bigint;"
        ),
        migration!(
            "CREATE TABLE orders (note varchar(10));",
            "ALTER TABLE orders ALTER note TYPE varchar(40);"
        ),
        migration!(
            "CREATE TABLE orders (id bigserial);",
            "ALTER TABLE orders ALTER id TYPE bigint;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let What::Table { table, change: Change::SetType(set) } = &step.op.what else {
        return None;
    };
    let SetType { column, type_name, collation, .. } = set;
    if step.schema.is_fresh_column(table, column) {
        return None;
    }
    let known = step.schema.table(table).and_then(|table| table.column(column));
    let before = known.map(|column| column.type_name.as_str());
    if before.is_some_and(|before| is_free(before, type_name)) {
        let is_collated_anew = known.is_some_and(|known| known.collation != *collation);
        let message = format!(
            "column '{column}' of '{table}' gets another collation: its indexes are built anew while everybody waits"
        );
        return is_collated_anew.then(|| found(message).fix(FIX));
    }
    if before.is_some_and(|before| widens(before, type_name)) {
        return None;
    }
    let was = before.map(|before| format!(" from '{before}'")).unwrap_or_default();
    let message = format!("column '{column}' of '{table}' changes its type{was} to '{type_name}'");
    Some(found(message).fix(FIX))
}

const FIX: &str = "add a column of the new type beside it, fill both, drop the old one later";

/// Whether PostgreSQL changes nothing but the catalog, and every value of
/// before and after fits.
pub(crate) fn is_free(before: &str, after: &str) -> bool {
    let (before, after) = (canonical(before), canonical(after));
    if before == after {
        return true;
    }
    let ((before, old), (after, new)) = (split(&before), split(&after));
    match (before, after) {
        ("varchar", "text") => true,
        ("varchar", "varchar") | ("bit varying", "bit varying") => wider(&old, &new),
        // A scale that stays, and room before the point that does not shrink.
        ("numeric", "numeric") => match (old.as_slice(), new.as_slice()) {
            (_, []) => true,
            ([precision, scale], [more, same]) => scale == same && precision <= more,
            _ => false,
        },
        ("timestamp" | "timestamptz" | "time" | "timetz" | "interval", _) => {
            // Finer than what there is by default it does not get.
            before == after && (wider(&old, &new) || new.iter().all(|digits| *digits >= 6))
        }
        _ => false,
    }
}

/// Whether every value of before is one of the new type too: then it is the
/// table that is written anew, and no statement fails.
pub(crate) fn widens(before: &str, after: &str) -> bool {
    const NUMBERS: [&[&str]; 2] = [&["smallint", "int", "bigint"], &["float4", "float8"]];
    let (before, after) = (canonical(before), canonical(after));
    let ((before, old), (after, new)) = (split(&before), split(&after));
    let place = |of: &[&str], name: &str| of.iter().position(|it| *it == name);
    match (before, after, old.as_slice(), new.as_slice()) {
        ("numeric", "numeric", [precision, scale], [more, finer]) => {
            scale < finer && more.saturating_sub(*finer) >= precision.saturating_sub(*scale)
        }
        (_, _, [], []) => NUMBERS.iter().any(|numbers| {
            let (old, new) = (place(numbers, before), place(numbers, after));
            old.zip(new).is_some_and(|(old, new)| old < new)
        }),
        _ => false,
    }
}

/// Whether the limit grows or falls away.
fn wider(old: &[u32], new: &[u32]) -> bool {
    match (old, new) {
        (_, []) => true,
        ([old], [new]) => old <= new,
        _ => false,
    }
}

/// One spelling for each type that has several.
fn canonical(type_name: &str) -> String {
    let bare = type_name.strip_prefix("pg_catalog.").unwrap_or(type_name);
    let (name, rest) = match bare.find('(') {
        Some(at) => bare.split_at(at),
        None => (bare, ""),
    };
    // `timestamp(3) with time zone`
    let (limits, after) = match rest.find(')') {
        Some(at) => rest.split_at(at + 1),
        None => (rest, ""),
    };
    let words = format!("{} {}", name.trim(), after.trim());
    let name = match words.trim() {
        "int" | "int4" | "integer" => "int",
        "int8" | "bigint" => "bigint",
        "int2" | "smallint" => "smallint",
        "bool" | "boolean" => "bool",
        "character varying" | "char varying" => "varchar",
        "character" | "bpchar" => "char",
        "decimal" => "numeric",
        "float8" | "double precision" | "float" => "float8",
        "float4" | "real" => "float4",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time with time zone" => "timetz",
        "time without time zone" => "time",
        "varbit" => "bit varying",
        other => other,
    };
    format!("{name}{limits}")
}

/// A type's name and its limits.
fn split(type_name: &str) -> (&str, Vec<u32>) {
    let Some((name, limits)) = type_name.split_once('(') else { return (type_name, Vec::new()) };
    let limits = limits.trim_end_matches(')').split(',').filter_map(|it| it.trim().parse().ok());
    (name, limits.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgresql_widens_for_free() {
        for (before, after) in [
            ("varchar(10)", "varchar(40)"),
            ("varchar(10)", "character varying"),
            ("character varying(10)", "text"),
            ("numeric(10,2)", "numeric(12,2)"),
            ("int4", "integer"),
            ("timestamp(3) with time zone", "timestamptz"),
            ("timestamp", "timestamp(6)"),
            ("time", "time(6)"),
        ] {
            assert!(is_free(before, after), "{before} to {after}");
        }
    }

    #[test]
    fn what_is_written_anew_and_fits() {
        for (before, after) in
            [("int", "bigint"), ("smallint", "int4"), ("numeric(10,2)", "numeric(12,4)")]
        {
            assert!(widens(before, after) && !is_free(before, after), "{before} to {after}");
        }
        for (before, after) in
            [("bigint", "int"), ("int", "numeric"), ("numeric(10,2)", "numeric(10,4)")]
        {
            assert!(!widens(before, after), "{before} to {after}");
        }
    }

    #[test]
    fn what_it_does_not() {
        for (before, after) in [
            ("varchar(40)", "varchar(10)"),
            ("text", "varchar(10)"),
            ("int", "bigint"),
            ("numeric(10,2)", "numeric(12,4)"),
            ("timestamp", "timestamptz"),
            ("timestamp", "timestamp(3)"),
            ("char(3)", "text"),
        ] {
            assert!(!is_free(before, after), "{before} to {after}");
        }
    }
}
