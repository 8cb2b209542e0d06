//! Each layout through the whole gate: what is found, and on which line of the
//! file.

mod common;

use common::{places, surveyed};

/// `path:line offence` of each finding, where `base` has shipped.
fn judged(framework: &str, base: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<String> {
    judged_in("postgres", framework, base, new)
}

fn judged_in(
    dialect: &str,
    framework: &str,
    base: &[(&str, &str)],
    new: &[(&str, &str)],
) -> Vec<String> {
    let options =
        format!("[[source]]\ndir = 'm'\nframework = '{framework}'\ndialect = '{dialect}'\n");
    match surveyed(&options, base, new) {
        Ok(checked) => places(&checked),
        Err(error) => vec![error],
    }
}

const TABLE: &str = "CREATE TABLE t (a bigint PRIMARY KEY, b text);";

#[test]
fn goose() {
    let up = format!("-- +goose Up\n{TABLE}\n-- +goose Down\nDROP TABLE t;\n");
    let base = [("m/1_a.sql", up.as_str())];
    let new = "-- a comment\n\n-- +goose Up\n-- +goose StatementBegin\nALTER TABLE t DROP COLUMN b;\n\
               -- +goose StatementEnd\n-- +goose Down\nALTER TABLE t ADD b text;\nDROP TABLE x;\n";
    assert_eq!(judged("goose", &base, &[("m/2_b.sql", new)]), ["2_b.sql:5 drop-column"]);
    let new =
        "-- +goose Up\nCREATE INDEX CONCURRENTLY i ON t (b);\n-- +goose Down\nDROP INDEX i;\n";
    let found = judged("goose", &base, &[("m/2_b.sql", new)]);
    assert_eq!(found, ["2_b.sql:2 concurrently-in-transaction"]);
    let new = format!("-- +goose NO TRANSACTION\n{new}");
    assert!(judged("goose", &base, &[("m/2_b.sql", &new)]).is_empty());
    // A change of what undoes it changes nothing that has run.
    let other = up.replace("DROP TABLE t", "DROP TABLE IF EXISTS t");
    assert!(judged("goose", &base, &[("m/1_a.sql", &other)]).is_empty());
    let other = up.replace("b text", "b int");
    assert_eq!(judged("goose", &base, &[("m/1_a.sql", &other)]), ["1_a.sql:1 edited-migration"]);
    let go = ("m/2_b.go", "package m\n");
    assert_eq!(judged("goose", &base, &[go]), ["2_b.go:1 unreadable"]);
    assert!(judged("goose", &base, &[("m/2_b_test.go", "package m\n")]).is_empty());
    let lonely = ("m/2_b.sql", "-- +goose Up\nALTER TABLE t ADD c text;\n");
    assert_eq!(judged("goose", &base, &[lonely]), ["2_b.sql:1 missing-down"]);
}

#[test]
fn dbmate() {
    let up = format!("-- migrate:up\n{TABLE}\n\n-- migrate:down\nDROP TABLE t;\n");
    let base = [("m/20240101_a.sql", up.as_str())];
    let new = "-- migrate:up\nALTER TABLE t ADD c text;\n-- migrate:down\nALTER TABLE t DROP c;\n\
               -- migrate:up\nALTER TABLE t DROP b;\n-- migrate:down\nALTER TABLE t ADD b text;\n";
    let found = judged("dbmate", &base, &[("m/20240102_b.sql", new)]);
    assert_eq!(found, ["20240102_b.sql:6 drop-column"]);
    let new =
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (b);\n-- migrate:down\n";
    assert!(judged("dbmate", &base, &[("m/20240102_b.sql", new)]).is_empty());
    let two = new.replace("-- migrate:down", "SELECT 1;\n-- migrate:down");
    let found = judged("dbmate", &base, &[("m/20240102_b.sql", &two)]);
    assert_eq!(found, ["20240102_b.sql:2 concurrently-in-transaction"]);
    let found = judged("dbmate", &base, &[("m/20230101_b.sql", new)]);
    assert_eq!(found, ["20230101_b.sql:1 out-of-order"]);
}

#[test]
fn tern() {
    let up = format!("{TABLE}\n---- create above / drop below ----\nDROP TABLE t;\n");
    let base = [("m/001_a.sql", up.as_str())];
    let new =
        "ALTER TABLE t\n  DROP COLUMN b;\n---- create above / drop below ----\nDROP TABLE x;\n";
    assert_eq!(judged("tern", &base, &[("m/002_b.sql", new)]), ["002_b.sql:1 drop-column"]);
    let new =
        "ALTER TABLE {{.schema}}.t ADD c text;\n---- create above / drop below ----\nSELECT 1;\n";
    assert!(judged("tern", &base, &[("m/002_b.sql", new)]).is_empty());
    assert_eq!(judged("tern", &base, &[("m/003_b.sql", new)]), ["003_b.sql:1 number-gap"]);
}

#[test]
fn flyway() {
    let base =
        [("m/V1__a.sql", TABLE), ("m/R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT a, b FROM t;")];
    let new = ("m/V1.1__b.sql", "ALTER TABLE t DROP COLUMN b;");
    assert_eq!(judged("flyway", &base, &[new]), ["V1.1__b.sql:1 drop-column"]);
    // What runs again may be edited, and is judged as it is now.
    let same = ("m/R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT a, b FROM t; -- two");
    assert!(judged("flyway", &base, &[same]).is_empty());
    let less = ("m/R__v.sql", "DROP VIEW v;\nCREATE VIEW v AS SELECT a FROM t;");
    let found = judged("flyway", &base, &[less]);
    assert_eq!(found, ["R__v.sql:1 drop-or-narrow-view"]);
    let undo = ("m/U1__a.sql", "DROP TABLE t;");
    assert!(judged("flyway", &base, &[undo]).is_empty());
    let edited = ("m/V1__a.sql", "CREATE TABLE t (a bigint PRIMARY KEY, b text); -- more");
    assert_eq!(judged("flyway", &base, &[edited]), ["V1__a.sql:1 edited-migration"]);
    let taken = ("m/more/V1.0__c.sql", "SELECT 1;");
    assert_eq!(judged("flyway", &base, &[taken]), ["more/V1.0__c.sql:1 number-collision"]);
    let named = ("m/V2__c.sql", "ALTER TABLE ${schema}.t ADD c text;");
    assert!(judged("flyway", &base, &[named]).is_empty());
    assert_eq!(
        judged("flyway", &base, &[("m/V2__c.java", "class V2__c {}")]),
        ["V2__c.java:1 unreadable"]
    );
    let mixed = ("m/V2__c.sql", "CREATE INDEX CONCURRENTLY i ON t (b);\nALTER TABLE t ADD c text;");
    let found = judged("flyway", &base, &[mixed]);
    assert_eq!(found, ["V2__c.sql:1 concurrently-in-transaction"]);
    let alone = ("m/V2__c.sql", "CREATE INDEX CONCURRENTLY i ON t (b);");
    assert!(judged("flyway", &base, &[alone]).is_empty());
}

#[test]
fn refinery() {
    let base = [("m/V5__a.sql", TABLE)];
    let late = "ALTER TABLE t ADD c text;";
    assert!(judged("refinery", &base, &[("m/U3__b.sql", late)]).is_empty());
    assert_eq!(judged("refinery", &base, &[("m/V3__b.sql", late)]), ["V3__b.sql:1 out-of-order"]);
    let new = ("m/sub/V6__b.sql", "\n\nDROP TABLE t;");
    assert_eq!(judged("refinery", &base, &[new]), ["sub/V6__b.sql:3 drop-table"]);
    let index = ("m/V6__b.sql", "CREATE INDEX CONCURRENTLY i ON t (b);");
    let found = judged("refinery", &base, &[index]);
    assert_eq!(found, ["V6__b.sql:1 concurrently-in-transaction"]);
    assert_eq!(
        judged("refinery", &base, &[("m/V6__b.rs", "fn x() {}")]),
        ["V6__b.rs:1 unreadable"]
    );
}

#[test]
fn prisma_and_drizzle() {
    let base = [("m/20240101_a/migration.sql", TABLE)];
    let new =
        ("m/20240102_b/migration.sql", "-- AlterTable\nALTER TABLE \"t\" DROP COLUMN \"b\";\n");
    let expected = ["20240102_b/migration.sql:2 drop-column"];
    assert_eq!(judged("prisma", &base, &[new]), expected);
    assert_eq!(judged("drizzle", &base, &[new]), expected);
    let index = ("m/20240102_b/migration.sql", "CREATE INDEX CONCURRENTLY i ON t (b);");
    assert!(judged("prisma", &base, &[index]).is_empty());
    let found = judged("drizzle", &base, &[index]);
    assert_eq!(found, ["20240102_b/migration.sql:1 concurrently-in-transaction"]);

    let journal = |entries: &[(&str, u32)]| {
        let entries =
            entries.iter().map(|(tag, when)| format!("{{\"tag\":\"{tag}\",\"when\":{when}}}"));
        format!("{{\"entries\":[{}]}}", entries.collect::<Vec<_>>().join(","))
    };
    let before = journal(&[("0000_a", 20)]);
    let base = [("m/0000_a.sql", TABLE), ("m/meta/_journal.json", before.as_str())];
    let sql = "ALTER TABLE t ADD c text;--> statement-breakpoint\nALTER TABLE t DROP COLUMN b;";
    let now = journal(&[("0000_a", 20), ("0001_b", 30)]);
    let found = judged("drizzle", &base, &[("m/0001_b.sql", sql), ("m/meta/_journal.json", &now)]);
    assert_eq!(found, ["0001_b.sql:2 drop-column"]);
    // One that was made earlier is passed by where the other has run.
    let early = journal(&[("0000_a", 20), ("0001_b", 10)]);
    let harmless = ("m/0001_b.sql", "ALTER TABLE t ADD c text;");
    let found = judged("drizzle", &base, &[harmless, ("m/meta/_journal.json", &early)]);
    assert_eq!(found, ["0001_b.sql:1 out-of-order"]);
    assert_eq!(judged("drizzle", &base, &[harmless]), ["0001_b.sql:1 unreadable"]);
    // All that is new is one transaction.
    let enumeration = [("m/0000_a.sql", "CREATE TYPE e AS ENUM ('x');"), base[1]];
    let now = journal(&[("0000_a", 20), ("0001_b", 30), ("0002_c", 40)]);
    let new = [
        ("m/0001_b.sql", "ALTER TYPE e ADD VALUE 'y';"),
        ("m/0002_c.sql", "CREATE TABLE u (v e DEFAULT 'y');"),
        ("m/meta/_journal.json", now.as_str()),
    ];
    let found = judged("drizzle", &enumeration, &new);
    assert_eq!(found, ["0002_c.sql:1 enum-value-used-in-same-transaction"]);
}

#[test]
fn atlas_and_supabase() {
    let base = [("m/20240101_a.sql", TABLE)];
    let stale = [base[0], ("m/atlas.sum", "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")];
    assert_eq!(judged("atlas", &stale, &[]), ["20240101_a.sql:0 edited-migration"]);
    let index = "CREATE INDEX CONCURRENTLY i ON t (b);\n";
    let new = ("m/20240102_b.sql", index);
    let found = judged("atlas", &base, &[new]);
    assert_eq!(found, ["20240102_b.sql:1 concurrently-in-transaction"]);
    let none = format!("-- atlas:txmode none\n\n{index}");
    assert!(judged("atlas", &base, &[("m/20240102_b.sql", &none)]).is_empty());
    // A short cut is not run where there is a history.
    let short = "-- atlas:checkpoint\n\nDROP TABLE t;\n";
    assert!(judged("atlas", &base, &[("m/20240102_b.sql", short)]).is_empty());
    assert!(judged("supabase", &base, &[new]).is_empty());
    let two = format!("ALTER TABLE t ADD c text;\n{index}");
    let found = judged("supabase", &base, &[("m/20240102_b.sql", &two)]);
    assert_eq!(found, ["20240102_b.sql:2 concurrently-in-transaction"]);
}

#[test]
fn liquibase() {
    let one = format!(
        "--liquibase formatted sql\n\n--changeset a:1\n{TABLE}\n--rollback DROP TABLE t;\n"
    );
    let base = [("m/c.sql", one.as_str())];
    let with = |rest: &str| judged("liquibase-sql", &base, &[("m/c.sql", &format!("{one}{rest}"))]);
    let new =
        "--changeset a:2\nALTER TABLE t DROP COLUMN b;\n--rollback ALTER TABLE t ADD b text;\n";
    assert_eq!(with(new), ["c.sql:7 drop-column"]);
    let index = "CREATE INDEX CONCURRENTLY i ON t (b);\n--rollback DROP INDEX i;\n";
    let found = with(&format!("--changeset a:2\n{index}"));
    assert_eq!(found, ["c.sql:7 concurrently-in-transaction"]);
    assert!(with(&format!("--changeset a:2 runInTransaction:false\n{index}")).is_empty());
    assert!(with("--changeset a:2 dbms:mysql\nDROP TABLE `t`;\n--rollback x;\n").is_empty());
    let twice = with("--changeset a:1\nSELECT 1;\n--rollback SELECT 1;\n");
    assert_eq!(twice, ["c.sql:6 number-collision"]);
    // A changeset before another moves it and edits nothing.
    let moved =
        one.replace("--changeset", "--changeset a:0\nSELECT 1;\n--rollback SELECT 1;\n--changeset");
    assert!(judged("liquibase-sql", &base, &[("m/c.sql", &moved)]).is_empty());
    let edited = one.replace("b text", "b int");
    assert_eq!(
        judged("liquibase-sql", &base, &[("m/c.sql", &edited)]),
        ["c.sql:3 edited-migration"]
    );
    let gone = "--liquibase formatted sql\n--changeset a:9\nSELECT 1;\n--rollback SELECT 1;\n";
    assert_eq!(judged("liquibase-sql", &base, &[("m/c.sql", gone)]), ["c.sql:0 deleted-migration"]);
    let again = one.replace("a:1", "a:1 runOnChange:true");
    let base = [("m/c.sql", again.as_str())];
    let edited = again.replace("b text", "b text, c text");
    assert!(judged("liquibase-sql", &base, &[("m/c.sql", &edited)]).is_empty());
}

#[test]
fn psql() {
    let base = [("m/1_a.sql", TABLE)];
    let new =
        "\\set ON_ERROR_STOP on\n\\echo 'it''s DROP TABLE x\n\nALTER TABLE t DROP COLUMN b;\n";
    assert_eq!(judged("psql", &base, &[("m/2_b.sql", new)]), ["2_b.sql:4 drop-column"]);
    let include = "\\ir other.sql\n";
    let found = judged("psql", &base, &[("m/2_b.sql", include)]);
    assert!(found.contains(&"2_b.sql:1 unreadable".to_owned()), "{found:?}");
    let index = "CREATE INDEX CONCURRENTLY i ON t (b);\nSELECT 1;\n";
    assert!(judged("psql", &base, &[("m/2_b.sql", index)]).is_empty());
}

#[test]
fn sqlx_and_diesel_send_one_text() {
    let base = [("m/1_a.sql", TABLE)];
    let one = "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (b);\n";
    assert!(judged("sqlx", &base, &[("m/2_b.sql", one)]).is_empty());
    let two = format!("{one}SELECT 1;\n");
    let found = judged("sqlx", &base, &[("m/2_b.sql", &two)]);
    assert_eq!(found, ["2_b.sql:2 concurrently-in-transaction"]);
}

#[test]
fn other_dialects() {
    let table = "CREATE TABLE t (a int NOT NULL PRIMARY KEY, b varchar(10));";
    for (dialect, sql, expected) in [
        ("mysql", "ALTER TABLE t DROP b;", vec!["drop-column"]),
        ("mysql", "ALTER TABLE t MODIFY b varchar(40);", vec![]),
        ("mysql", "ALTER TABLE t MODIFY b int;", vec!["retype-column"]),
        ("mysql", "ALTER TABLE t CHANGE b c varchar(10);", vec!["rename-column"]),
        ("mysql", "ALTER TABLE t ADD c int NOT NULL;", vec!["required-column"]),
        ("mysql", "ALTER TABLE t ADD c int NOT NULL DEFAULT 0;", vec![]),
        ("mysql", "ALTER TABLE t ADD INDEX i (b), ALGORITHM=COPY;", vec!["table-rewrite"]),
        ("mysql", "RENAME TABLE t TO u;", vec!["rename-table"]),
        ("mysql", "CREATE TABLE u (a int); DROP TABLE u;", vec![]),
        ("mysql", "SELECT 'a", vec!["unreadable"]),
        ("sqlite", "ALTER TABLE t ADD COLUMN c int NOT NULL;", vec!["required-column"]),
        ("sqlite", "DELETE FROM t;", vec!["unbounded-delete"]),
        ("clickhouse", "ALTER TABLE t MODIFY TTL a + INTERVAL 1 DAY;", vec!["shortened-retention"]),
        ("clickhouse", "ALTER TABLE t DELETE WHERE 1 = 1;", vec!["unbounded-delete"]),
        ("clickhouse", "TRUNCATE TABLE t;", vec!["truncate"]),
        ("clickhouse", "EXCHANGE TABLES t AND u;", vec!["unjudged-statement"]),
    ] {
        let found = judged_in(dialect, "plain", &[("m/1.sql", table)], &[("m/2.sql", sql)]);
        let found: Vec<&str> = found.iter().filter_map(|it| it.split(' ').nth(1)).collect();
        assert_eq!(found, expected, "{dialect}: {sql}");
    }
    let rebuild = "CREATE TABLE n (a int); INSERT INTO n SELECT a FROM t;\nDROP TABLE t; ALTER TABLE n RENAME TO t;";
    let found = judged_in("sqlite", "plain", &[("m/1.sql", table)], &[("m/2.sql", rebuild)]);
    assert_eq!(found, ["2.sql:2 drop-column", "2.sql:2 table-rewrite"]);
}

#[test]
fn files_that_are_brought_in_are_read_in_their_place() {
    let base = [("m/001_a.sql", TABLE)];
    let below = "---- create above / drop below ----\nSELECT 1;\n";
    let new = format!(
        "ALTER TABLE t ADD c text;\n{{{{ template \"shared/v.sql\" . }}}}\nDROP TABLE t;\n{below}"
    );
    let head = [("m/002_b.sql", new.as_str()), ("m/shared/v.sql", "SELECT 1;\nTRUNCATE t;")];
    let found = judged("tern", &base, &head);
    assert_eq!(found, ["002_b.sql:2 truncate", "002_b.sql:3 drop-table"]);
    let found = judged("tern", &base, &head[..1]);
    assert_eq!(found.first().map(String::as_str), Some("002_b.sql:2 unreadable"));

    let base = [("m/1_a.sql", TABLE)];
    let new = "-- what follows\n\\ir parts/v.sql\nALTER TABLE t DROP COLUMN b;\n";
    let head = [("m/2_b.sql", new), ("m/parts/v.sql", "ALTER TABLE t ALTER a TYPE text;\n")];
    let found = judged("psql", &base, &head);
    assert_eq!(found, ["2_b.sql:2 retype-column", "2_b.sql:3 drop-column"]);
    assert!(judged("psql", &base, &head[..1]).contains(&"2_b.sql:2 unreadable".to_owned()));
    // What has shipped and is brought in is not to change either.
    let shipped = [("m/1_a.sql", "\\ir parts/v.sql\n"), ("m/parts/v.sql", TABLE)];
    let edited = ("m/parts/v.sql", "CREATE TABLE t (a int);");
    assert_eq!(judged("psql", &shipped, &[edited]), ["1_a.sql:1 edited-migration"]);
    assert!(judged("psql", &shipped, &[]).is_empty());
}
