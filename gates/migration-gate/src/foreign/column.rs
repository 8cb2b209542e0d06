//! A column as it is declared: its type up to the first attribute.

use super::cursor::Cursor;
use crate::ops::{Column, Default, Generation};
use crate::settings::Dialect;

/// Words that end a type.
const ATTRIBUTES: [&str; 33] = [
    "NOT",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "COMMENT",
    "REFERENCES",
    "CHECK",
    "GENERATED",
    "AS",
    "COLLATE",
    "CHARACTER",
    "CHARSET",
    "ON",
    "FIRST",
    "AFTER",
    "CODEC",
    "TTL",
    "MATERIALIZED",
    "ALIAS",
    "EPHEMERAL",
    "CONSTRAINT",
    "KEY",
    "VIRTUAL",
    "STORED",
    "SETTINGS",
    "REMOVE",
    "MODIFY",
    "RESET",
    "INVISIBLE",
    "SRID",
];

/// Words that begin a part of `CREATE TABLE` that is no column.
const NO_COLUMN: [&str; 12] = [
    "CONSTRAINT",
    "PRIMARY",
    "UNIQUE",
    "KEY",
    "INDEX",
    "FOREIGN",
    "CHECK",
    "FULLTEXT",
    "SPATIAL",
    "PROJECTION",
    "EXCLUDE",
    "PERIOD",
];

/// The columns between the brackets of `CREATE TABLE`.
pub(super) fn columns(inner: &Cursor<'_>) -> Vec<Column> {
    let parts = inner.parts().into_iter();
    let parts = parts.filter(|part| !NO_COLUMN.contains(&part.word(0).as_str()));
    parts
        .filter_map(|mut part| {
            let name = part.ident()?;
            Some(column(name, &part))
        })
        .collect()
}

/// What follows a column's name.
pub(super) fn column(name: String, rest: &Cursor<'_>) -> Column {
    let end = type_end(rest);
    let mut rest_of = rest.clone();
    rest_of.skip(end);
    let has = |word: &str| rest_of.find(word);
    let is_key = has("PRIMARY").is_some();
    let not_null = has("NOT").is_some_and(|at| rest_of.word(at + 1) == "NULL") || is_key;
    let counts = has("AUTO_INCREMENT").is_some() || has("AUTOINCREMENT").is_some();
    let default = match has("DEFAULT") {
        _ if counts => Default::Stable,
        Some(at) if rest_of.word(at + 1) == "NULL" => Default::Null,
        Some(_) => Default::Stable,
        // SQLite counts in the key itself.
        None if is_key && rest.dialect == Dialect::Sqlite => Default::Stable,
        None => Default::None,
    };
    let computed = ["GENERATED", "AS", "MATERIALIZED", "ALIAS"];
    let generation = match computed.iter().any(|word| has(word).is_some()) {
        true => Generation::Virtual,
        false => Generation::None,
    };
    Column {
        name,
        type_name: rest.plain(end),
        collation: None,
        // ClickHouse fills what is left out.
        not_null: not_null && rest.dialect != Dialect::Clickhouse,
        default,
        generation,
        constraints: Vec::new(),
    }
}

/// How many tokens the type is.
pub(super) fn type_end(rest: &Cursor<'_>) -> usize {
    let ends = ATTRIBUTES.iter().filter_map(|word| rest.find(word));
    ends.min().unwrap_or(rest.tokens.len())
}
