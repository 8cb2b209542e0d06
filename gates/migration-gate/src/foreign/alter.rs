//! The actions of `ALTER TABLE`.

use super::column::{column, type_end};
use super::cursor::Cursor;
use super::statement::is_bounded;
use crate::ops::{Change, Name, Op, SetType, What};
use crate::settings::Dialect;

/// What begins an addition or a removal that is no column.
const PARTS: [&str; 14] = [
    "CONSTRAINT",
    "INDEX",
    "KEY",
    "UNIQUE",
    "PRIMARY",
    "FOREIGN",
    "FULLTEXT",
    "SPATIAL",
    "CHECK",
    "PROJECTION",
    "STATISTICS",
    "PERIOD",
    "SYSTEM",
    "CONSTRAINTS",
];
/// Actions that lose nothing and that nobody notices.
const HARMLESS: [&str; 22] = [
    "COMMENT",
    "AUTO_INCREMENT",
    "DEFAULT",
    "CHARSET",
    "CHARACTER",
    "COLLATE",
    "ROW_FORMAT",
    "DISABLE",
    "ENABLE",
    "ORDER",
    "FREEZE",
    "UNFREEZE",
    "FETCH",
    "MATERIALIZE",
    "RESET",
    "REMOVE",
    "ATTACH",
    "STATS_PERSISTENT",
    "FORCE",
    "REORGANIZE",
    "ANALYZE",
    "APPLY",
];

/// Actions that may follow one whose text goes on after a comma.
const ACTIONS: [&str; 10] =
    ["ADD", "DROP", "RENAME", "CHANGE", "MODIFY", "ALTER", "DELETE", "UPDATE", "CLEAR", "COMMENT"];

/// What each action of `rest` does to `table`.
pub(super) fn actions(table: &Name, rest: &Cursor<'_>) -> Vec<Op> {
    let mut rest = rest.clone();
    if rest.dialect == Dialect::Clickhouse
        && let Some(at) = rest.find("SETTINGS")
    {
        rest.tokens = rest.tokens.get(..at).unwrap_or_default();
    }
    let mut ops = Vec::new();
    // Expressions and settings go on after a comma.
    let mut goes_on = false;
    for part in rest.parts() {
        let (first, second) = (part.word(0), part.word(1));
        if goes_on && !ACTIONS.contains(&first.as_str()) {
            continue;
        }
        goes_on = first == "RESET" || matches!(second.as_str(), "TTL" | "SETTING" | "ORDER");
        if (first.as_str(), second.as_str()) == ("MODIFY", "QUERY") {
            let verb = "ALTER TABLE MODIFY QUERY".to_owned();
            let span = part.span().start..rest.span().end;
            ops.push(Op { span, what: What::Unjudged { verb } });
            return ops;
        }
        let span = part.span();
        let whats = action(table, part.clone());
        let whats = whats.unwrap_or_else(|| {
            let verb = format!("ALTER TABLE {} {}", part.word(0), part.word(1));
            vec![What::Unjudged { verb: verb.trim().to_owned() }]
        });
        ops.extend(whats.into_iter().map(|what| Op { span: span.clone(), what }));
    }
    ops
}

fn action(table: &Name, mut part: Cursor<'_>) -> Option<Vec<What>> {
    let change = |change: Change| What::Table { table: table.clone(), change };
    let one = |what: What| Some(vec![what]);
    if part.eat("ADD") {
        return add(table, part);
    }
    if part.eat("DROP") {
        if part.eat("DETACHED") || matches!(part.word(0).as_str(), "PARTITION" | "PART") {
            return one(What::DropPartition { table: table.clone() });
        }
        if !part.eat("COLUMN") && PARTS.contains(&part.word(0).as_str()) {
            return one(What::Other);
        }
        let if_exists = part.eat_if_exists();
        let column = part.ident()?;
        return one(change(Change::DropColumn { column, if_exists }));
    }
    if part.eat("RENAME") {
        if part.eat_any(&["INDEX", "KEY"]) {
            return one(What::Other);
        }
        if part.eat("TO") || part.eat("AS") {
            return one(change(Change::RenameTo { to: part.name()?.name }));
        }
        part.eat("COLUMN");
        part.eat_if_exists();
        let from = part.ident()?;
        if part.is_done() {
            return one(change(Change::RenameTo { to: from }));
        }
        part.eat("TO").then_some(())?;
        return one(change(Change::RenameColumn { from, to: part.ident()? }));
    }
    if part.eat("CHANGE") {
        part.eat("COLUMN");
        let (from, to) = (part.ident()?, part.ident()?);
        let mut whats = retype(table, &from, &part);
        if from != to {
            whats.push(change(Change::RenameColumn { from, to }));
        }
        return Some(whats);
    }
    if part.eat("MODIFY") {
        return modify(table, part);
    }
    if part.eat("ALTER") {
        if part.eat_any(&["INDEX", "CHECK", "CONSTRAINT"]) {
            return one(What::Other);
        }
        part.eat("COLUMN");
        part.eat_if_exists();
        let column = part.ident()?;
        if part.eat("DROP DEFAULT") {
            return one(change(Change::DropDefault { column }));
        }
        if part.eat("TYPE") || part.dialect == Dialect::Clickhouse {
            return Some(retype(table, &column, &part));
        }
        return part.eat("SET").then(|| vec![What::Other]);
    }
    if part.eat("ALGORITHM") {
        part.eat("=");
        let verb = "ALGORITHM=COPY copies each row";
        let copies = part.eat("COPY").then(|| What::Rewrite { table: Some(table.clone()), verb });
        return one(copies.unwrap_or(What::Other));
    }
    if part.eat("LOCK") {
        part.eat("=");
        let mode = part.word(0);
        let locks = matches!(mode.as_str(), "SHARED" | "EXCLUSIVE");
        return one(if locks { What::Lock { table: table.clone(), mode } } else { What::Other });
    }
    if part.eat("CONVERT") || part.eat("ENGINE") {
        let verb = "another engine or character set copies each row";
        return one(What::Rewrite { table: Some(table.clone()), verb });
    }
    if part.eat("DELETE") || part.eat("CLEAR COLUMN") {
        return one(What::Delete { table: table.clone(), bounded: is_bounded(&part) });
    }
    if part.eat("UPDATE") {
        return one(What::Update { table: table.clone(), bounded: is_bounded(&part) });
    }
    if part.eat("DETACH") {
        let child = Name::new("public", &part.plain(part.tokens.len()));
        return one(change(Change::DetachPartition { child, concurrently: false }));
    }
    let takes_away = ["TRUNCATE", "MOVE", "REPLACE", "EXCHANGE", "DISCARD"];
    if part.eat_any(&takes_away) {
        return one(What::DropPartition { table: table.clone() });
    }
    HARMLESS.contains(&part.word(0).as_str()).then(|| vec![What::Other])
}

fn add(table: &Name, mut part: Cursor<'_>) -> Option<Vec<What>> {
    let is_column = part.eat("COLUMN");
    if !is_column && (PARTS.contains(&part.word(0).as_str()) || part.word(0) == "PARTITION") {
        return Some(vec![What::Other]);
    }
    let if_not_exists = part.eat_if_exists();
    let add = |column| What::Table {
        table: table.clone(),
        change: Change::AddColumn { column, if_not_exists },
    };
    if let Some(inner) = part.bracketed() {
        return Some(super::column::columns(&inner).into_iter().map(add).collect());
    }
    let name = part.ident()?;
    Some(vec![add(column(name, &part))])
}

fn modify(table: &Name, mut part: Cursor<'_>) -> Option<Vec<What>> {
    if part.dialect == Dialect::Clickhouse {
        if part.eat("TTL") {
            return Some(vec![What::Retention { table: table.clone() }]);
        }
        if part.eat_any(&["SETTING", "ORDER", "SAMPLE", "COMMENT", "STATISTICS", "REFRESH"]) {
            return Some(vec![What::Other]);
        }
        // QUERY, SQL SECURITY and what is to come.
        part.eat("COLUMN").then_some(())?;
    }
    part.eat("COLUMN");
    part.eat_if_exists();
    let column = part.ident()?;
    let mut whats = retype(table, &column, &part);
    if part.dialect == Dialect::Clickhouse && part.word(0) != "REMOVE" && part.find("TTL").is_some()
    {
        whats.push(What::Retention { table: table.clone() });
    }
    Some(whats)
}

/// A column that is declared anew.
fn retype(table: &Name, name: &str, rest: &Cursor<'_>) -> Vec<What> {
    if type_end(rest) == 0 {
        return vec![What::Other];
    }
    let declared = column(name.to_owned(), rest);
    let change = |change: Change| What::Table { table: table.clone(), change };
    let type_name = declared.type_name;
    let set = Change::SetType(SetType {
        column: name.to_owned(),
        type_name,
        collation: None,
        computes: false,
    });
    let mut whats = vec![change(set)];
    if declared.not_null {
        whats.push(change(Change::SetNotNull { column: name.to_owned() }));
    }
    whats
}
