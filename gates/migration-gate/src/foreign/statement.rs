//! A statement, known by its first words.

use super::alter::actions;
use super::column::columns;
use super::cursor::Cursor;
use super::lexer::{Kind, Token};
use crate::ops::{self, CreateTable, Op, Statement, What};
use crate::settings::Dialect;

/// What neither loses anything nor hinders the release before.
const HARMLESS: [&str; 36] = [
    "INSERT",
    "REPLACE",
    "SELECT",
    "VALUES",
    "SET",
    "USE",
    "PRAGMA",
    "SAVEPOINT",
    "RELEASE",
    "ROLLBACK",
    "ANALYZE",
    "VACUUM",
    "OPTIMIZE",
    "ATTACH",
    "REINDEX",
    "SHOW",
    "EXPLAIN",
    "GRANT",
    "UNLOCK",
    "DESCRIBE",
    "DESC",
    "CHECK",
    "FLUSH",
    "LOAD",
    "IMPORT",
    "HANDLER",
    "COMMENT",
    "EXISTS",
    "WATCH",
    "KILL",
    "UNDROP",
    "BACKUP",
    "RESTORE",
    "DEALLOCATE",
    "SYSTEM",
    "EXCEPT",
];

/// Statements whose bodies hold semicolons.
const BODIES: [&str; 4] = ["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"];

/// The tokens of each statement.
pub(super) fn split<'a>(text: &str, tokens: &'a [Token], dialect: Dialect) -> Vec<&'a [Token]> {
    let mut found = Vec::new();
    let (mut start, mut depth, mut has_body) = (0, 0_usize, false);
    for (at, token) in tokens.iter().enumerate() {
        let cursor = Cursor { text, tokens: tokens.get(at..).unwrap_or_default(), dialect };
        let word = cursor.word(0);
        let is_first = tokens.get(start).is_some_and(|first| {
            text.get(first.span.clone()).is_some_and(|it| it.eq_ignore_ascii_case("create"))
        });
        has_body |= is_first && at - start < 8 && BODIES.contains(&word.as_str());
        if has_body && dialect != Dialect::Clickhouse {
            match word.as_str() {
                "BEGIN" | "CASE" => {
                    let closes = at > start && is_end(text, tokens.get(at - 1));
                    depth += usize::from(!closes);
                }
                "END" => {
                    let next = cursor.word(1);
                    let inner = matches!(next.as_str(), "IF" | "LOOP" | "WHILE" | "REPEAT");
                    depth -= usize::from(!inner && depth > 0);
                }
                _ => {}
            }
        }
        // Another delimiter than `;` ends whatever it stands in.
        let is_semicolon = text.get(token.span.clone()) == Some(";");
        if token.kind == Kind::End && (depth == 0 || !is_semicolon) {
            found.push(tokens.get(start..at).unwrap_or_default());
            (start, depth, has_body) = (at + 1, 0, false);
        }
    }
    found.push(tokens.get(start..).unwrap_or_default());
    found.retain(|tokens| !tokens.is_empty());
    found
}

fn is_end(text: &str, token: Option<&Token>) -> bool {
    let word = token.and_then(|token| text.get(token.span.clone()));
    word.is_some_and(|word| word.eq_ignore_ascii_case("end"))
}

pub(super) fn statement(text: &str, tokens: &[Token], dialect: Dialect) -> Option<Statement> {
    let cursor = Cursor { text, tokens, dialect };
    let span = cursor.span();
    let ops = ops(cursor.clone()).unwrap_or_else(|| {
        let verb = format!("{} {}", cursor.word(0), cursor.word(1)).trim().to_owned();
        vec![Op { span: span.clone(), what: What::Unjudged { verb } }]
    });
    Some(Statement { span, holder: None, ops })
}

fn ops(mut cursor: Cursor<'_>) -> Option<Vec<Op>> {
    let span = cursor.span();
    let all = |whats: Vec<What>| {
        Some(whats.into_iter().map(|what| Op { span: span.clone(), what }).collect::<Vec<Op>>())
    };
    let one = |what: What| all(vec![what]);
    if cursor.eat("CREATE") {
        return all(create(cursor)?);
    }
    if cursor.eat("DROP") {
        return all(drop(cursor)?);
    }
    if cursor.eat("ALTER") {
        cursor.eat("IGNORE");
        cursor.eat("ONLINE");
        if !cursor.eat("TABLE") {
            // Databases, users and settings; views and routines are told.
            let known = ["DATABASE", "SCHEMA", "USER", "SERVER", "TABLESPACE", "INSTANCE", "EVENT"];
            return cursor
                .eat_any(&known)
                .then(|| vec![Op { span: span.clone(), what: What::Other }]);
        }
        cursor.eat_if_exists();
        let table = cursor.name()?;
        cursor.eat_cluster();
        return Some(actions(&table, &cursor));
    }
    if cursor.eat("RENAME") {
        cursor.eat_any(&["TABLE", "TABLES"]).then_some(())?;
        let mut whats = Vec::new();
        for mut part in cursor.parts() {
            part.eat_if_exists();
            let table = part.name()?;
            part.eat("TO").then_some(())?;
            let to = part.name()?.name;
            whats.push(What::Table { table, change: ops::Change::RenameTo { to } });
        }
        return all(whats);
    }
    if cursor.eat("TRUNCATE") {
        cursor.eat("TABLE");
        cursor.eat_if_exists();
        return one(What::Truncate { table: cursor.name()? });
    }
    if cursor.eat("DETACH") {
        let is_table = cursor.eat_any(&["TABLE", "VIEW", "DICTIONARY"]);
        let if_exists = cursor.eat_if_exists();
        return is_table.then(|| one(What::DropTable { table: cursor.name()?, if_exists }))?;
    }
    if cursor.eat("WITH") {
        // What the last part of it does.
        let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE"];
        let at = verbs.iter().filter_map(|verb| cursor.find(verb)).min()?;
        cursor.skip(at);
        return ops(cursor);
    }
    if cursor.eat("DELETE") {
        cursor.eat_any(&["LOW_PRIORITY", "QUICK", "IGNORE"]);
        cursor.eat("FROM").then_some(())?;
        let table = cursor.name()?;
        return one(What::Delete { table, bounded: is_bounded(&cursor) });
    }
    if cursor.eat("UPDATE") {
        if cursor.eat("OR") {
            cursor.skip(1);
        }
        let table = cursor.name()?;
        return one(What::Update { table, bounded: is_bounded(&cursor) });
    }
    if cursor.eat("LOCK") {
        cursor.eat_any(&["TABLES", "TABLE"]);
        return one(What::Lock { table: cursor.name()?, mode: "TABLES".to_owned() });
    }
    if cursor.eat_any(&["CALL", "EXECUTE", "PREPARE"]) {
        let reason = "a routine, or SQL that is put together when it runs".to_owned();
        return one(What::Dynamic { reason });
    }
    if cursor.eat_any(&["BEGIN", "START"]) {
        return one(What::Begin);
    }
    if cursor.eat_any(&["COMMIT", "END"]) {
        return one(What::Commit);
    }
    HARMLESS.contains(&cursor.word(0).as_str()).then(|| one(What::Other))?
}

/// Whether a condition says which rows.
pub(super) fn is_bounded(rest: &Cursor<'_>) -> bool {
    let Some(at) = rest.find("WHERE") else { return rest.find("LIMIT").is_some() };
    let mut condition = rest.clone();
    condition.skip(at + 1);
    let words = condition.plain(condition.tokens.len());
    !matches!(words.as_str(), "1" | "true" | "1=1" | "1 = 1" | "")
}

fn create(mut cursor: Cursor<'_>) -> Option<Vec<What>> {
    let replaces = cursor.eat("OR REPLACE");
    let temporary = cursor.eat("TEMPORARY") || cursor.eat("TEMP");
    if !cursor.eat("TABLE") {
        let is_kept = cursor.eat("MATERIALIZED");
        if !cursor.eat("VIEW") {
            // MySQL says much before the word, and what is replaced is told.
            let is_view = cursor.find("VIEW").is_some_and(|at| at < 8);
            return (!(replaces && is_view)).then(|| vec![What::Other]);
        }
        let if_not_exists = cursor.eat_if_exists();
        let view = cursor.name()?;
        // A view that is made anew may have lost columns.
        return match (replaces, is_kept || cursor.dialect == Dialect::Clickhouse) {
            (true, _) => None,
            // ClickHouse drops and renames it as a table.
            (false, true) => Some(vec![What::CreateTable(CreateTable {
                columns: Vec::new(),
                columns_are_all: false,
                ..table_of(view, if_not_exists)
            })]),
            (false, false) => Some(vec![What::CreateView { view, columns: None }]),
        };
    }
    let if_not_exists = cursor.eat_if_exists();
    let table = cursor.name()?;
    cursor.eat_cluster();
    let inner = cursor.bracketed();
    let columns_are_all = inner.is_some() && cursor.find("SELECT").is_none();
    let create = CreateTable {
        columns: inner.map(|inner| columns(&inner)).unwrap_or_default(),
        temporary,
        columns_are_all,
        ..table_of(table.clone(), if_not_exists)
    };
    let dropped = replaces.then_some(What::DropTable { table, if_exists: true });
    Some(dropped.into_iter().chain([What::CreateTable(create)]).collect())
}

fn table_of(table: ops::Name, if_not_exists: bool) -> CreateTable {
    CreateTable {
        table,
        columns: Vec::new(),
        constraints: Vec::new(),
        if_not_exists,
        partition_of: None,
        temporary: false,
        partitioned: false,
        columns_are_all: false,
    }
}

fn drop(mut cursor: Cursor<'_>) -> Option<Vec<What>> {
    cursor.eat("TEMPORARY");
    let kind = cursor.word(0);
    cursor.skip(1);
    let if_exists = cursor.eat_if_exists();
    match kind.as_str() {
        "TABLE" => {
            let tables = cursor.parts().into_iter().map(|mut part| part.name());
            let tables: Option<Vec<_>> = tables.collect();
            Some(tables?.into_iter().map(|table| What::DropTable { table, if_exists }).collect())
        }
        "VIEW" | "DATABASE" | "SCHEMA" => {
            let kind = if kind == "VIEW" { ops::Kind::View } else { ops::Kind::Schema };
            let names = cursor.parts().into_iter().map(|mut part| part.name());
            let names: Option<Vec<_>> = names.collect();
            Some(
                names?
                    .into_iter()
                    .map(|name| What::Drop { kind, name, if_exists, takes: None })
                    .collect(),
            )
        }
        "INDEX" | "TRIGGER" | "EVENT" | "USER" => Some(vec![What::Other]),
        _ => None,
    }
}
