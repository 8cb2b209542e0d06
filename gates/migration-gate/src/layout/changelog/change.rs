//! A change that a changelog describes → the statements that Liquibase runs for
//! it on PostgreSQL. What it lacks, and what is not known here, is told: nothing
//! is passed over.

use std::ops::Range;

use super::columns;
use super::names::{Names, of_type, quoted, value};
use super::node::{Node, Words};
use super::types;

/// What a change comes to.
pub(super) enum Does {
    /// Statements, each at its place.
    Runs(Vec<(String, Range<usize>)>),
    /// SQL that stands in the changelog.
    Says(Words),
    /// SQL that stands in a file, which the change names by this attribute.
    Reads(&'static str),
    /// Nothing that could be judged.
    Nothing,
    /// Rows of a file.
    Loads,
    /// It cannot be told what.
    Refused(String),
}

/// What `change` does.
pub(super) fn does(change: &Node, names: Names) -> Does {
    let text = |name: &str| change.words(name).filter(|words| !words.text.trim().is_empty());
    let runs = match change.name.as_str() {
        "sql" => return text("sql").cloned().map_or(Does::Nothing, Does::Says),
        "sqlFile" => return Does::Reads("path"),
        "createProcedure" | "createFunction" | "createTrigger" | "createPackage"
        | "createPackageBody" => {
            let own = ["procedureText", "procedureBody", "functionText", "triggerText"];
            let own = own.into_iter().find_map(text);
            return match own {
                Some(words) => Does::Says(words.clone()),
                None => Does::Reads("path"),
            };
        }
        "createView" if text("selectQuery").is_none() => return Does::Reads("path"),
        "tagDatabase" | "empty" | "output" | "comment" => return Does::Nothing,
        "loadData" | "loadUpdateData" => return Does::Loads,
        "customChange" | "executeCommand" => {
            let reason = "is a program, and what it does to the schema is not read: write what it \
                          runs as <sql>";
            return Does::Refused(format!("'{}' {reason}", change.name));
        }
        "dropAllForeignKeyConstraints" => {
            let reason = "drops what only the database can name: name each constraint";
            return Does::Refused(format!("'{}' {reason}", change.name));
        }
        "createTable" => columns::create_table(change, names),
        "addColumn" => columns::add_column(change, names),
        "dropColumn" => columns::drop_column(change, names),
        "insert" => columns::insert(change, names),
        "update" | "delete" => columns::rows(change, names),
        _ => match one(change, names) {
            Some(Some(statement)) => Some(vec![(statement, change.span.clone())]),
            Some(None) => several(change, names),
            None => {
                let name = &change.name;
                return Does::Refused(format!(
                    "the change '{name}' is not known here: write what it runs as <sql>"
                ));
            }
        },
    };
    match runs {
        Some(statements) => Does::Runs(statements),
        None => Does::Refused(format!("'{}' lacks what Liquibase requires of it", change.name)),
    }
}

/// The statement of a change that has one: none where the change is not known,
/// and none inside where it lacks something or has several.
fn one(change: &Node, names: Names) -> Option<Option<String>> {
    let table = || names.object(change, "tableName", "schemaName");
    let object = |name: &str| names.object(change, name, "schemaName");
    let get = |name: &str| change.get(name);
    let name = |attribute: &str| get(attribute).map(|name| names.one(name));
    let alters = |rest: String| table().map(|table| format!("ALTER TABLE {table} {rest}"));
    let column = |rest: &str| {
        let column = name("columnName")?;
        alters(format!("ALTER COLUMN {column} {rest}"))
    };
    let drops_constraint = || alters(format!("DROP CONSTRAINT {}", name("constraintName")?));
    let cascades = |attribute: &str| if change.is(attribute) { " CASCADE" } else { "" };
    Some(match change.name.as_str() {
        "dropTable" => {
            table().map(|table| format!("DROP TABLE {table}{}", cascades("cascadeConstraints")))
        }
        "renameTable" => object("oldTableName")
            .and_then(|old| Some(format!("ALTER TABLE {old} RENAME TO {}", name("newTableName")?))),
        "renameColumn" => name("oldColumnName")
            .and_then(|old| alters(format!("RENAME COLUMN {old} TO {}", name("newColumnName")?))),
        "renameView" => object("oldViewName")
            .and_then(|old| Some(format!("ALTER TABLE {old} RENAME TO {}", name("newViewName")?))),
        "renameSequence" => object("oldSequenceName").and_then(|old| {
            Some(format!("ALTER SEQUENCE {old} RENAME TO {}", name("newSequenceName")?))
        }),
        "modifyDataType" => get("newDataType").and_then(|kind| {
            let (kind, column_name) = (types::postgres(kind), name("columnName")?);
            column(&format!("TYPE {kind} USING ({column_name}::{kind})"))
        }),
        "dropNotNullConstraint" => column("DROP NOT NULL"),
        "addDefaultValue" => {
            let kind = types::postgres(get("columnDataType").unwrap_or_default());
            let value = value(change, "defaultValue").map(|value| of_type(value, &kind));
            value.and_then(|value| column(&format!("SET DEFAULT {value}")))
        }
        "dropDefaultValue" => column("DROP DEFAULT"),
        "addUniqueConstraint" => alters(unique(change, names, "UNIQUE")),
        "dropUniqueConstraint" | "dropCheckConstraint" => drops_constraint(),
        // By the name that PostgreSQL and Liquibase give it.
        "dropPrimaryKey" => match get("constraintName") {
            Some(_) => drops_constraint(),
            None => get("tableName").and_then(|table| {
                alters(format!("DROP CONSTRAINT {}", names.one(&format!("{table}_pkey"))))
            }),
        },
        "addCheckConstraint" => change.words("constraintBody").and_then(|body| {
            let body = body.text.trim();
            let inner = body.strip_prefix("CHECK").unwrap_or(body).trim();
            let inner =
                if inner.starts_with('(') { inner.to_owned() } else { format!("({inner})") };
            let valid = if change.is_not("validate") { " NOT VALID" } else { "" };
            alters(format!("ADD CONSTRAINT {} CHECK {inner}{valid}", name("constraintName")?))
        }),
        "addForeignKeyConstraint" => foreign_key(change, names),
        "dropForeignKeyConstraint" => {
            let table = names.object(change, "baseTableName", "baseTableSchemaName");
            table.and_then(|table| {
                Some(format!("ALTER TABLE {table} DROP CONSTRAINT {}", name("constraintName")?))
            })
        }
        "createIndex" => table().and_then(|table| columns::index(change, names, &table)),
        "dropIndex" => object("indexName").map(|index| format!("DROP INDEX {index}")),
        "createView" => change.words("selectQuery").and_then(|words| {
            let query = words.text.trim().trim_end_matches(';');
            if change.is("fullDefinition") {
                return Some(query.to_owned());
            }
            let or = if change.is("replaceIfExists") { " OR REPLACE" } else { "" };
            Some(format!("CREATE{or} VIEW {} AS {query}", object("viewName")?))
        }),
        "dropView" => object("viewName").map(|view| {
            let exists = if change.is("ifExists") { "IF EXISTS " } else { "" };
            format!("DROP VIEW {exists}{view}{}", cascades("cascade"))
        }),
        "createSequence" => object("sequenceName")
            .map(|it| format!("CREATE SEQUENCE IF NOT EXISTS {it}{}", sequence(change))),
        "alterSequence" => {
            object("sequenceName").map(|it| format!("ALTER SEQUENCE {it}{}", sequence(change)))
        }
        "dropSequence" => object("sequenceName").map(|it| format!("DROP SEQUENCE {it} CASCADE")),
        "dropProcedure" => object("procedureName").map(|it| format!("DROP PROCEDURE {it}")),
        "dropFunction" => object("functionName").map(|it| format!("DROP FUNCTION {it}")),
        "dropTrigger" => table()
            .and_then(|table| Some(format!("DROP TRIGGER {} ON {table}", name("triggerName")?))),
        "disableTrigger" | "enableTrigger" => name("triggerName").and_then(|trigger| {
            let verb = if change.name == "enableTrigger" { "ENABLE" } else { "DISABLE" };
            alters(format!("{verb} TRIGGER {trigger}"))
        }),
        "setTableRemarks" => table().map(|table| {
            let remarks = change.words("remarks").map_or("", |words| words.text.as_str());
            format!("COMMENT ON TABLE {table} IS {}", quoted(remarks))
        }),
        "setColumnRemarks" => table().and_then(|table| {
            let remarks = change.words("remarks").map_or("", |words| words.text.as_str());
            Some(format!(
                "COMMENT ON COLUMN {table}.{} IS {}",
                name("columnName")?,
                quoted(remarks)
            ))
        }),
        "renameTrigger" => table().and_then(|table| {
            let (old, new) = (name("oldTriggerName")?, name("newTriggerName")?);
            Some(format!("ALTER TRIGGER {old} ON {table} RENAME TO {new}"))
        }),
        "addPrimaryKey"
        | "addNotNullConstraint"
        | "mergeColumns"
        | "addLookupTable"
        | "addAutoIncrement" => None,
        _ => return None,
    })
}

/// A change of several statements.
fn several(change: &Node, names: Names) -> Option<Vec<(String, Range<usize>)>> {
    let table = names.object(change, "tableName", "schemaName");
    let get = |name: &str| change.get(name);
    let name = |attribute: &str| get(attribute).map(|name| names.one(name));
    let statements: Vec<String> = match change.name.as_str() {
        "addNotNullConstraint" => {
            let (table, column) = (table?, name("columnName")?);
            let filled = get("defaultNullValue").map(|value| {
                let kind = types::postgres(get("columnDataType").unwrap_or_default());
                let value = if value.contains("::") { value.to_owned() } else { quoted(value) };
                let value = of_type(value, &kind);
                format!("UPDATE {table} SET {column} = {value} WHERE {column} IS NULL")
            });
            let set = format!("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL");
            filled.into_iter().chain([set]).collect()
        }
        "addPrimaryKey" => {
            let table = table?;
            let key = format!("ALTER TABLE {table} {}", unique(change, names, "PRIMARY KEY"));
            let index = name("constraintName").filter(|_| change.is("clustered"));
            let sorted = index.map(|index| format!("CLUSTER {table} USING {index}"));
            [key].into_iter().chain(sorted).collect()
        }
        "mergeColumns" => {
            let (table, kind) = (table?, types::postgres(get("finalColumnType")?));
            let (one, two) = (name("column1Name")?, name("column2Name")?);
            let (all, join) =
                (name("finalColumnName")?, quoted(change.raw("joinString").unwrap_or("")));
            vec![
                format!("ALTER TABLE {table} ADD {all} {kind}"),
                format!("UPDATE {table} SET {all} = {one} || {join} || {two}"),
                format!("ALTER TABLE {table} DROP COLUMN {one}"),
                format!("ALTER TABLE {table} DROP COLUMN {two}"),
            ]
        }
        "addLookupTable" => {
            let old = names.object(change, "existingTableName", "existingTableSchemaName")?;
            let new = names.object(change, "newTableName", "newTableSchemaName")?;
            let (from, to) = (name("existingColumnName")?, name("newColumnName")?);
            let made = format!("FK_{}_{}", get("existingTableName")?, get("newTableName")?);
            let made = made.to_ascii_uppercase();
            let constraint = names.one(get("constraintName").unwrap_or(&made));
            vec![
                format!(
                    "CREATE TABLE {new} AS SELECT DISTINCT {from} AS {to} FROM {old} WHERE {from} IS NOT NULL"
                ),
                format!("ALTER TABLE {new} ALTER COLUMN {to} SET NOT NULL"),
                format!("ALTER TABLE {new} ADD PRIMARY KEY ({to})"),
                format!(
                    "ALTER TABLE {old} ADD CONSTRAINT {constraint} FOREIGN KEY ({from}) REFERENCES {new} ({to})"
                ),
            ]
        }
        "addAutoIncrement" => {
            let (table, column) = (table?, name("columnName")?);
            let made = format!("{}_{}_seq", get("tableName")?, get("columnName")?);
            let made = match get("schemaName") {
                Some(schema) => format!("{}.{}", names.one(schema), names.one(&made)),
                None => names.one(&made),
            };
            let start = get("startWith").map(|it| format!(" START WITH {it}")).unwrap_or_default();
            let by = get("incrementBy").map(|it| format!(" INCREMENT BY {it}")).unwrap_or_default();
            vec![
                format!("CREATE SEQUENCE IF NOT EXISTS {made}{start}{by}"),
                format!("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"),
                format!(
                    "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval({})",
                    quoted(&made)
                ),
                format!("ALTER SEQUENCE {made} OWNED BY {table}.{column}"),
            ]
        }
        _ => return None,
    };
    Some(statements.into_iter().map(|statement| (statement, change.span.clone())).collect())
}

/// `ADD CONSTRAINT a UNIQUE (b)`, or of an index that is there.
fn unique(change: &Node, names: Names, kind: &str) -> String {
    let named = change.get("constraintName");
    let named = named.map(|it| format!("CONSTRAINT {} ", names.one(it))).unwrap_or_default();
    let what = match change.get("forIndexName") {
        Some(index) => format!("USING INDEX {}", names.one(index)),
        None => format!("({})", names.list(change.get("columnNames").unwrap_or_default())),
    };
    format!("ADD {named}{kind} {what}{}", columns::deferred(change))
}

fn foreign_key(change: &Node, names: Names) -> Option<String> {
    let base = names.object(change, "baseTableName", "baseTableSchemaName")?;
    let to = names.object(change, "referencedTableName", "referencedTableSchemaName")?;
    let named = names.one(change.get("constraintName")?);
    let from_columns = names.list(change.get("baseColumnNames")?);
    let to_columns = names.list(change.get("referencedColumnNames")?);
    let on = |verb: &str, attribute: &str| {
        change.get(attribute).map(|does| format!(" ON {verb} {does}")).unwrap_or_default()
    };
    let deletes = match change.is("deleteCascade") {
        true => " ON DELETE CASCADE".to_owned(),
        false => on("DELETE", "onDelete"),
    };
    let valid = if change.is_not("validate") { " NOT VALID" } else { "" };
    Some(format!(
        "ALTER TABLE {base} ADD CONSTRAINT {named} FOREIGN KEY ({from_columns}) REFERENCES {to} ({to_columns}){}{deletes}{}{valid}",
        on("UPDATE", "onUpdate"),
        columns::deferred(change),
    ))
}

fn sequence(change: &Node) -> String {
    let mut words = String::new();
    for (attribute, says) in [
        ("dataType", "AS"),
        ("startValue", "START WITH"),
        ("incrementBy", "INCREMENT BY"),
        ("minValue", "MINVALUE"),
        ("maxValue", "MAXVALUE"),
        ("cacheSize", "CACHE"),
    ] {
        if let Some(value) = change.get(attribute) {
            words.push_str(&format!(" {says} {value}"));
        }
    }
    match change.get("cycle") {
        Some(_) if change.is("cycle") => words.push_str(" CYCLE"),
        Some(_) => words.push_str(" NO CYCLE"),
        None => {}
    }
    words
}
