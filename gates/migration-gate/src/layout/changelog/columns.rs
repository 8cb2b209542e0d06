//! Columns of changes: tables that are made, columns that come and go, rows.

use std::ops::Range;

use super::names::{Names, of_type, quoted, value};
use super::node::Node;
use super::types;

type Statements = Option<Vec<(String, Range<usize>)>>;

fn columns(change: &Node) -> impl Iterator<Item = &Node> {
    change.all("column", "columns")
}

/// `DEFERRABLE INITIALLY DEFERRED`.
pub(super) fn deferred(node: &Node) -> String {
    let mut words = String::new();
    if node.is("deferrable") {
        words.push_str(" DEFERRABLE");
    }
    if node.is("initiallyDeferred") {
        words.push_str(" INITIALLY DEFERRED");
    }
    words
}

/// `a INTEGER DEFAULT 1 NOT NULL`.
fn definition(column: &Node, names: Names, has_null: bool) -> Option<String> {
    let written = column.get("type")?;
    let mut words = format!("{} {}", names.one(column.get("name")?), types::postgres(written));
    let is_serial = written.to_ascii_lowercase().contains("serial");
    if column.is("autoIncrement") || is_serial {
        let kind = column.get("generationType").unwrap_or("BY DEFAULT").to_ascii_uppercase();
        words.push_str(&format!(" GENERATED {kind} AS IDENTITY"));
        let start = column.get("startWith").map(|it| format!("START WITH {it}"));
        let by = column.get("incrementBy").map(|it| format!("INCREMENT BY {it}"));
        let options: Vec<String> = start.into_iter().chain(by).collect();
        if !options.is_empty() {
            words.push_str(&format!(" ({})", options.join(" ")));
        }
    }
    if let Some(value) = value(column, "defaultValue") {
        let value = of_type(value, &types::postgres(written));
        words.push_str(&format!(" DEFAULT {value}"));
    }
    let constraints = column.child("constraints");
    let is_required = constraints.is_some_and(|it| it.is_not("nullable"));
    let is_key = constraints.is_some_and(|it| it.is("primaryKey"));
    if has_null && (is_required || is_key) {
        words.push_str(" NOT NULL");
    }
    Some(words)
}

fn named(constraints: &Node, attribute: &str, names: Names) -> String {
    let name = constraints.get(attribute);
    name.map(|name| format!("CONSTRAINT {} ", names.one(name))).unwrap_or_default()
}

/// What the column refers to: `CONSTRAINT a FOREIGN KEY (b) REFERENCES c(d)`.
fn reference(constraints: &Node, column: &str, names: Names) -> Option<String> {
    let to = match constraints.get("references") {
        Some(to) => to.to_owned(),
        None => {
            let table =
                names.object(constraints, "referencedTableName", "referencedTableSchemaName")?;
            format!("{table}({})", names.list(constraints.get("referencedColumnNames")?))
        }
    };
    let named = named(constraints, "foreignKeyName", names);
    let deletes = if constraints.is("deleteCascade") { " ON DELETE CASCADE" } else { "" };
    let valid = if constraints.is_not("validateForeignKey") { " NOT VALID" } else { "" };
    let later = deferred(constraints);
    Some(format!("{named}FOREIGN KEY ({column}) REFERENCES {to}{deletes}{later}{valid}"))
}

fn remarks(change: &Node, table: &str, names: Names) -> Vec<(String, Range<usize>)> {
    let told = |column: &Node| {
        let (name, remarks) = (column.get("name")?, column.get("remarks")?);
        let name = names.one(name);
        let says = format!("COMMENT ON COLUMN {table}.{name} IS {}", quoted(remarks));
        Some((says, column.span.clone()))
    };
    columns(change).filter_map(told).collect()
}

pub(super) fn create_table(change: &Node, names: Names) -> Statements {
    let table = names.object(change, "tableName", "schemaName")?;
    let (mut parts, mut keys, mut key_name) = (Vec::new(), Vec::new(), None);
    let mut more: Vec<String> = Vec::new();
    let mut uniques: Vec<(Option<&str>, Vec<String>)> = Vec::new();
    for column in columns(change) {
        parts.push(definition(column, names, true)?);
        let Some(constraints) = column.child("constraints") else { continue };
        let name = names.one(column.get("name")?);
        if constraints.is("primaryKey") {
            keys.push(name.clone());
            key_name = key_name.or(constraints.get("primaryKeyName"));
        }
        if constraints.is("unique") {
            // Columns that name the same constraint share it.
            let own = constraints.get("uniqueConstraintName");
            match uniques.iter_mut().find(|(known, _)| own.is_some() && *known == own) {
                Some((_, shared)) => shared.push(name.clone()),
                None => uniques.push((own, vec![name.clone()])),
            }
        }
        if let Some(body) = constraints.get("checkConstraint") {
            let body = body.trim_start_matches("CHECK").trim();
            let body = if body.starts_with('(') { body.to_owned() } else { format!("({body})") };
            more.push(format!("CHECK {body}"));
        }
        more.extend(reference(constraints, &name, names));
    }
    if parts.is_empty() {
        return None;
    }
    if !keys.is_empty() {
        let made = format!("{}_pkey", change.get("tableName")?);
        let key = names.one(key_name.unwrap_or(&made));
        parts.push(format!("CONSTRAINT {key} PRIMARY KEY ({})", keys.join(", ")));
    }
    parts.append(&mut more);
    for (name, of) in uniques {
        let name = name.map(|it| format!("CONSTRAINT {} ", names.one(it))).unwrap_or_default();
        parts.push(format!("{name}UNIQUE ({})", of.join(", ")));
    }
    let exists = if change.is("ifNotExists") { "IF NOT EXISTS " } else { "" };
    let kind = change.get("tableType").map(|kind| format!("{kind} ")).unwrap_or_default();
    let create = format!("CREATE {kind}TABLE {exists}{table} ({})", parts.join(", "));
    let mut statements = vec![(create, change.span.clone())];
    if let Some(words) = change.get("remarks") {
        let says = format!("COMMENT ON TABLE {table} IS {}", quoted(words));
        statements.push((says, change.span.clone()));
    }
    statements.extend(remarks(change, &table, names));
    Some(statements)
}

/// First all columns, then what they are filled with, then what that allows.
pub(super) fn add_column(change: &Node, names: Names) -> Statements {
    let table = names.object(change, "tableName", "schemaName")?;
    let (mut adds, mut fills, mut demands) = (Vec::new(), Vec::new(), Vec::new());
    for column in columns(change) {
        let at = || column.span.clone();
        let name = names.one(column.get("name")?);
        let constraints = column.child("constraints");
        let kind = types::postgres(column.get("type").unwrap_or_default());
        let filled = value(column, "value").map(|value| of_type(value, &kind));
        let mut words = definition(column, names, filled.is_none())?;
        if constraints.is_some_and(|it| it.is("primaryKey")) {
            words.push_str(" PRIMARY KEY");
        }
        adds.push((format!("ALTER TABLE {table} ADD {words}"), at()));
        if let Some(constraints) = constraints {
            if constraints.is("unique") {
                let named = named(constraints, "uniqueConstraintName", names);
                adds.push((format!("ALTER TABLE {table} ADD {named}UNIQUE ({name})"), at()));
            }
            if let Some(reference) = reference(constraints, &name, names) {
                adds.push((format!("ALTER TABLE {table} ADD {reference}"), at()));
            }
            if constraints.is_not("nullable") && filled.is_some() {
                let set = format!("ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL");
                demands.push((set, at()));
            }
        }
        fills.extend(filled.map(|it| (format!("UPDATE {table} SET {name} = {it}"), at())));
    }
    if adds.is_empty() {
        return None;
    }
    adds.append(&mut fills);
    adds.append(&mut demands);
    adds.extend(remarks(change, &table, names));
    Some(adds)
}

pub(super) fn drop_column(change: &Node, names: Names) -> Statements {
    let table = names.object(change, "tableName", "schemaName")?;
    let drop = |name: &str, at: &Range<usize>| {
        (format!("ALTER TABLE {table} DROP COLUMN {}", names.one(name)), at.clone())
    };
    let named: Option<Vec<_>> =
        columns(change).map(|column| Some(drop(column.get("name")?, &column.span))).collect();
    let mut drops = named?;
    drops.extend(change.get("columnName").map(|name| drop(name, &change.span)));
    (!drops.is_empty()).then_some(drops)
}

/// `CREATE UNIQUE INDEX a ON t (b DESC)`.
pub(super) fn index(change: &Node, names: Names, table: &str) -> Option<String> {
    let column = |column: &Node| {
        let name = column.get("name")?;
        let way = if column.is("descending") { " DESC" } else { "" };
        let is_words = column.is("computed");
        let name = if is_words { name.to_owned() } else { names.column(name) };
        Some(format!("{name}{way}"))
    };
    let of: Option<Vec<String>> = columns(change).map(column).collect();
    let of = of.filter(|of| !of.is_empty())?;
    let unique = if change.is("unique") { "UNIQUE " } else { "" };
    let name = change.get("indexName").map(|name| format!("{} ", names.one(name)));
    Some(format!("CREATE {unique}INDEX {}ON {table}({})", name.unwrap_or_default(), of.join(", ")))
}

pub(super) fn insert(change: &Node, names: Names) -> Statements {
    let table = names.object(change, "tableName", "schemaName")?;
    let (mut into, mut values) = (Vec::new(), Vec::new());
    for column in columns(change) {
        // What has no value is left out.
        let Some(value) = row_value(column) else { continue };
        into.push(names.one(column.get("name")?));
        values.push(value);
    }
    if into.is_empty() {
        return None;
    }
    let (into, values) = (into.join(", "), values.join(", "));
    Some(vec![(format!("INSERT INTO {table} ({into}) VALUES ({values})"), change.span.clone())])
}

/// `update` and `delete`.
pub(super) fn rows(change: &Node, names: Names) -> Statements {
    let table = names.object(change, "tableName", "schemaName")?;
    let only = change.get("where").map(|only| {
        let only = with_parameters(only, change, names);
        format!(" WHERE {only}")
    });
    let only = only.unwrap_or_default();
    let words = match change.name.as_str() {
        "delete" => format!("DELETE FROM {table}{only}"),
        _ => {
            let set = |column: &Node| {
                let value = row_value(column).unwrap_or_else(|| "NULL".to_owned());
                Some(format!("{} = {value}", names.one(column.get("name")?)))
            };
            let sets: Option<Vec<String>> = columns(change).map(set).collect();
            let sets = sets.filter(|sets| !sets.is_empty())?;
            format!("UPDATE {table} SET {}{only}", sets.join(", "))
        }
    };
    Some(vec![(words, change.span.clone())])
}

fn row_value(column: &Node) -> Option<String> {
    let of_file = ["valueClobFile", "valueBlobFile"].into_iter().any(|it| column.get(it).is_some());
    // What is in the file is a value like any other.
    value(column, "value").or_else(|| of_file.then(|| "''".to_owned()))
}

/// `:name = :value` with what `whereParams` says.
fn with_parameters(only: &str, change: &Node, names: Names) -> String {
    change.all("param", "whereParams").fold(only.to_owned(), |only, param| {
        let name = param.get("name").map(|name| names.one(name)).unwrap_or_default();
        let value = value(param, "value").unwrap_or_else(|| "NULL".to_owned());
        only.replacen(":name", &name, 1).replacen(":value", &value, 1).replacen('?', &value, 1)
    })
}
