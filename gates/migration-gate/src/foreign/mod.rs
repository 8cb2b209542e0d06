//! MySQL, SQLite and ClickHouse as text → what it destroys. No parser is asked:
//! statements that destroy something are known by their first words, in all three
//! nearly the same, and a statement that is not known is told.

mod alter;
mod column;
mod cursor;
mod lexer;
mod statement;

use std::collections::{BTreeMap, BTreeSet};

use crate::ops::{Change, Name, What};
use crate::postgres::Script;
use crate::settings::Dialect;

/// Rules whose words hold in every dialect; the others are about PostgreSQL's
/// locks and catalog.
const JUDGED: [&str; 21] = [
    "drop-table",
    "drop-column",
    "rename-table",
    "rename-column",
    "retype-column",
    "set-not-null",
    "required-column",
    "drop-default",
    "truncate",
    "unbounded-delete",
    "unbounded-update",
    "table-rewrite",
    "explicit-lock",
    "drop-or-narrow-view",
    "drop-extension-or-schema",
    "unjudged-statement",
    "unverifiable-dynamic-sql",
    "shortened-retention",
    "drop-partition",
    "detach-partition",
    "empty",
];

/// Whether a rule is asked in that dialect.
pub(crate) fn is_judged(dialect: Dialect, offence: &str) -> bool {
    dialect == Dialect::Postgres || JUDGED.contains(&offence)
}

/// What a reader of the receipt has to know.
pub(crate) fn not_judged(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Postgres => None,
        Dialect::Mysql => Some(
            "mysql: what is dropped, renamed, retyped, emptied or required is judged; locks, online \
             DDL beyond ALGORITHM and LOCK, keys, constraints, triggers, routines and grants are not",
        ),
        Dialect::Sqlite => Some(
            "sqlite: what is dropped, renamed, rebuilt, emptied or required is judged; constraints, \
             triggers and pragmas only by what queries of the release before fail after them, where \
             mode is 'both'; those with parameters are prepared and not run, on the rows that \
             migrations make",
        ),
        Dialect::Clickhouse => Some(
            "clickhouse: what is dropped, renamed, retyped, emptied or kept for less time is judged; \
             settings, projections, queries of materialized views, clusters and grants are not",
        ),
    }
}

/// Reads `text`. What cannot be read is told and never left out in silence.
pub(crate) fn read(text: &str, dialect: Dialect) -> Script {
    let mut read = lexer::lex(text, dialect);
    let mut script = Script { comments: std::mem::take(&mut read.comments), ..Script::default() };
    script.has_placeholders = text.contains("${") || text.contains("{{");
    script.faults.append(&mut read.faults);
    for tokens in statement::split(text, &read.tokens, dialect) {
        let Some(statement) = statement::statement(text, tokens, dialect) else { continue };
        script.parts.push(statement.span.clone());
        script.statements.push(statement);
    }
    rebuild(&mut script);
    script
}

/// The way to change a table where it cannot be altered: a new one takes the name
/// of one that is dropped, or renamed, in the same file.
fn rebuild(script: &mut Script) {
    let whats = || script.statements.iter().flat_map(|it| &it.ops).map(|op| &op.what);
    let mut created: BTreeMap<Name, Option<Vec<String>>> = BTreeMap::new();
    // Those that come to be under a name, and those that had one and lose it.
    let (mut under, mut away) = (BTreeMap::new(), BTreeSet::new());
    for what in whats() {
        match what {
            What::CreateTable(create) => {
                let columns = create.columns.iter().map(|it| it.name.clone()).collect();
                let columns: Option<Vec<String>> = create.columns_are_all.then_some(columns);
                if away.contains(&create.table) {
                    under.insert(create.table.clone(), columns.clone());
                }
                created.insert(create.table.clone(), columns);
            }
            What::Table { table, change: Change::RenameTo { to } } => match created.get(table) {
                Some(columns) => {
                    under.insert(Name::new(&table.schema, to), columns.clone());
                }
                None => {
                    away.insert(table.clone());
                }
            },
            _ => {}
        }
    }
    let mut left = BTreeSet::new();
    for op in script.statements.iter_mut().flat_map(|it| &mut it.ops) {
        let (table, to) = match &op.what {
            What::DropTable { table, .. } => (table.clone(), None),
            What::Table { table, change: Change::RenameTo { to } } if away.contains(table) => {
                (table.clone(), Some(Name::new(&table.schema, to)))
            }
            _ => continue,
        };
        if left.contains(&table) {
            op.what = What::Other;
        } else if let Some(columns) = under.get(&table) {
            left.extend(to);
            op.what = What::Rebuild { table, columns: columns.clone() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(text: &str, dialect: Dialect) -> Vec<What> {
        let script = read(text, dialect);
        assert!(script.faults.is_empty(), "{text}: {:?}", script.faults);
        script.statements.into_iter().flat_map(|it| it.ops).map(|op| op.what).collect()
    }

    /// The first thing that is not harmless, in a word.
    fn told(text: &str, dialect: Dialect) -> String {
        let whats = whats(text, dialect);
        let what = whats.iter().find(|it| !matches!(it, What::Other | What::CreateTable(_)));
        let words = what.map(|what| format!("{what:?}")).unwrap_or_default();
        words.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
    }

    #[test]
    fn what_destroys_is_known_in_each() {
        use Dialect::{Clickhouse, Mysql, Sqlite};
        for (dialect, text, expected) in [
            (Mysql, "DROP TABLE IF EXISTS `a`, b;", "DropTable"),
            (Mysql, "RENAME TABLE a TO b, c TO d;", "Table"),
            (Mysql, "ALTER TABLE `a` DROP `b`;", "Table"),
            (Mysql, "ALTER TABLE a CHANGE b c int;", "Table"),
            (Mysql, "ALTER TABLE a MODIFY COLUMN b varchar(10) NOT NULL;", "Table"),
            (Mysql, "ALTER TABLE a ADD INDEX i (b), ALGORITHM=COPY;", "Rewrite"),
            (Mysql, "ALTER TABLE a DROP PARTITION p0;", "DropPartition"),
            (Mysql, "# DROP\nDELETE FROM a;", "Delete"),
            (Mysql, "/*!40000 DROP TABLE a */;", "DropTable"),
            (Mysql, "CALL p();", "Dynamic"),
            (Mysql, "ALTER TABLE a FOO b;", "Unjudged"),
            (Mysql, "ALTER TABLE a DROP INDEX i, DROP FOREIGN KEY f;", ""),
            (Mysql, "ALTER TABLE a ADD KEY i (b), LOCK=NONE;", ""),
            (Mysql, "INSERT INTO a VALUES ('it\\'s; DROP TABLE b');", ""),
            (Sqlite, "ALTER TABLE a RENAME TO b;", "Table"),
            (Sqlite, "ALTER TABLE a DROP COLUMN b;", "Table"),
            (Sqlite, "PRAGMA foreign_keys=OFF;", ""),
            (Sqlite, "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; SELECT 1; END;", ""),
            (Sqlite, "DELETE FROM a WHERE b < 3;", "Delete"),
            (
                Clickhouse,
                "ALTER TABLE db.a ON CLUSTER '{c}' DROP COLUMN IF EXISTS b SETTINGS x = 1;",
                "Table",
            ),
            (Clickhouse, "ALTER TABLE a MODIFY TTL d + INTERVAL 1 DAY;", "Retention"),
            (Clickhouse, "ALTER TABLE a MODIFY COLUMN b LowCardinality(String);", "Table"),
            (Clickhouse, "ALTER TABLE a DELETE WHERE 1;", "Delete"),
            (Clickhouse, "ALTER TABLE a DROP PARTITION '202401';", "DropPartition"),
            (Clickhouse, "ALTER TABLE a DETACH PARTITION 1;", "Table"),
            (Clickhouse, "TRUNCATE TABLE IF EXISTS a;", "Truncate"),
            (Clickhouse, "DETACH TABLE a PERMANENTLY;", "DropTable"),
            (
                Clickhouse,
                "ALTER TABLE a MODIFY COLUMN b COMMENT 'x', ADD INDEX i b TYPE minmax;",
                "",
            ),
            (Clickhouse, "OPTIMIZE TABLE a FINAL;", ""),
            (Clickhouse, "ALTER TABLE a MODIFY SETTING b = 1, c = 2;", ""),
            (
                Clickhouse,
                "CREATE MATERIALIZED VIEW v TO a AS SELECT 1; RENAME TABLE v TO w;",
                "Table",
            ),
            (Mysql, "CREATE OR REPLACE VIEW v AS SELECT 1;", "Unjudged"),
        ] {
            assert_eq!(told(text, dialect), expected, "{text}");
        }
    }

    #[test]
    fn columns_are_read() {
        let found = whats(
            "ALTER TABLE a ADD b int unsigned NOT NULL, ADD COLUMN (c text, d int NOT NULL DEFAULT 0);",
            Dialect::Mysql,
        );
        let columns: Vec<(String, String, bool)> = found
            .iter()
            .filter_map(|what| match what {
                What::Table { change: Change::AddColumn { column, .. }, .. } => {
                    Some((column.name.clone(), column.type_name.clone(), column.not_null))
                }
                _ => None,
            })
            .collect();
        let expected = [("b", "int unsigned", true), ("c", "text", false), ("d", "int", true)];
        let expected =
            expected.map(|(name, kind, not_null)| (name.to_owned(), kind.to_owned(), not_null));
        assert_eq!(columns, expected);
        let found = whats(
            "CREATE TABLE a (id int PRIMARY KEY, b varchar(10) NOT NULL, KEY i (b));",
            Dialect::Mysql,
        );
        let What::CreateTable(create) = &found[0] else { panic!("{found:?}") };
        assert_eq!(create.columns.len(), 2);
        assert_eq!(create.columns[1].type_name, "varchar(10)");
    }

    #[test]
    fn a_query_goes_on_to_the_end() {
        let found =
            whats("ALTER TABLE v MODIFY QUERY SELECT a, b, drop FROM c;", Dialect::Clickhouse);
        assert!(matches!(found.as_slice(), [What::Unjudged { .. }]), "{found:?}");
    }

    #[test]
    fn other_delimiters_and_bodies_are_one_statement() {
        let text = "DELIMITER $$\nCREATE PROCEDURE p() BEGIN IF a THEN DROP TABLE b; END IF; END$$\n\
                    DELIMITER ;\nDROP TABLE c;";
        let found = whats(text, Dialect::Mysql);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(matches!(&found[1], What::DropTable { table, .. } if table.name == "c"));
    }

    #[test]
    fn a_rebuild_is_no_drop() {
        let text = "CREATE TABLE n (a int); INSERT INTO n SELECT a FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;";
        let away = "ALTER TABLE t RENAME TO o; CREATE TABLE t (a int); INSERT INTO t SELECT a FROM o; DROP TABLE o;";
        for text in [text, away] {
            let found = whats(text, Dialect::Sqlite);
            assert!(found.iter().any(|it| matches!(it, What::Rebuild { .. })), "{found:?}");
            assert!(!found.iter().any(|it| matches!(it, What::DropTable { .. })), "{found:?}");
        }
        let gone = "DROP TABLE t; CREATE TABLE t (a int);";
        assert!(whats(gone, Dialect::Sqlite).iter().any(|it| matches!(it, What::DropTable { .. })));
    }

    #[test]
    fn what_has_no_end_is_a_fault() {
        for text in ["SELECT 'a", "/* a", "DROP TABLE `a"] {
            assert!(!read(text, Dialect::Mysql).faults.is_empty(), "{text}");
        }
    }
}
