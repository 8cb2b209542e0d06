//! Whatever the files hold, the gate ends with a verdict, the same one twice.

use migration_gate::REGISTER;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    }
}

fn options(framework: &str) -> String {
    format!(
        "[[source]]\ndir = 'm'\nframework = '{framework}'\n\
         waivers = {{ 'lock-ok:' = ['index-not-concurrent'] }}\n\
         {}",
        if framework == "plain" { "transaction = { directive = '-- no-tx:' }\n" } else { "" }
    )
}

const FRAMEWORKS: [&str; 16] = [
    "plain",
    "psql",
    "sqlx",
    "golang-migrate",
    "diesel",
    "goose",
    "sql-migrate",
    "dbmate",
    "flyway",
    "refinery",
    "tern",
    "prisma",
    "drizzle",
    "atlas",
    "liquibase-sql",
    "supabase",
];

/// Marks and words of every framework, put together as nobody would.
fn marked() -> impl Strategy<Value = String> {
    let lines = prop::sample::select(vec![
        "-- +goose Up",
        "-- +goose Down",
        "-- +goose StatementBegin",
        "-- +goose StatementEnd",
        "-- +goose NO TRANSACTION",
        "-- migrate:up transaction:false",
        "-- migrate:down",
        "-- +migrate Up",
        "-- +migrate Down",
        "-- +migrate StatementBegin",
        "---- create above / drop below ----",
        "---- tern: disable-tx ----",
        "-- atlas:txmode none",
        "-- atlas:delimiter \\n\\n",
        "-- atlas:delimiter é",
        "-- atlas:txtar",
        "-- migration.sql --",
        "--liquibase formatted sql",
        "--changeset a:1 endDelimiter:/ runOnChange:true",
        "--changeset \"é\":2 dbms:mysql",
        "--rollback DROP TABLE é;",
        "/* liquibase rollback",
        "*/",
        "--ignoreLines:start",
        "--ignoreLines:2",
        "\\set x é",
        "\\i y",
        "COPY a FROM stdin;",
        "\\.",
        "select :x, :'é', :\"y\", $$a;",
        "$$;",
        "${é} {{x}} ${x}",
        "/",
        "é",
        "",
        "CREATE INDEX CONCURRENTLY i ON t (a);",
        "DROP TABLE gone;",
    ]);
    let end = prop::sample::select(vec!["\n", "\r\n", " ", "\n\n"]);
    prop::collection::vec((lines, end), 0..20)
        .prop_map(|lines| lines.iter().map(|(line, end)| format!("{line}{end}")).collect())
}

/// Pieces that the other dialects know, put together as nobody would.
fn foreign() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "ALTER TABLE",
        "a",
        "`b`",
        "[c]",
        "\"d\"",
        "ADD",
        "COLUMN",
        "MODIFY",
        "CHANGE",
        "TTL",
        "DROP",
        "PARTITION",
        "(",
        ")",
        ",",
        ";",
        "\n",
        "DELIMITER $$\n",
        "$$",
        "BEGIN",
        "END",
        "CASE",
        "CREATE TRIGGER",
        "CREATE TABLE",
        "RENAME TO",
        "DELETE",
        "WHERE",
        "1",
        "'x'",
        "'",
        "/*!",
        "*/",
        "#",
        "--",
        "\\",
        "ON CLUSTER",
        "DETACH TABLE",
        "SETTINGS",
        "WITH",
        "SELECT",
        "NOT NULL",
        "int",
        "ALGORITHM=COPY",
        "TYPE",
        "é",
        "\0",
        "=",
    ]);
    prop::collection::vec(words, 0..40).prop_map(|words| words.join(" "))
}

/// The ids of what is found.
fn judged(framework: &str, files: &[(&str, &str)]) -> Vec<String> {
    let once = testkit::judge(&REGISTER, &options(framework), files);
    assert_eq!(once, testkit::judge(&REGISTER, &options(framework), files));
    once
}

/// Pieces that PostgreSQL knows, put together as nobody would.
fn sql() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "ALTER",
        "TABLE",
        "CREATE",
        "DROP",
        "INDEX",
        "CONCURRENTLY",
        "a",
        "b.c",
        "\"",
        "\"x\"",
        "(",
        ")",
        "'",
        "$$",
        "$a$",
        ";",
        "\n",
        "--",
        "-- lock-ok:",
        "-- no-tx: x\n",
        "/*",
        "*/",
        "DO",
        "BEGIN",
        "END",
        "EXECUTE",
        "format('%1$I %s', a)",
        "RETURNING",
        "INTO",
        "{{ .A }}",
        "{{",
        "}}",
        "IF EXISTS",
        "ADD",
        "COLUMN",
        "TYPE",
        "int",
        "text COLLATE \"C\"",
        "NOT NULL",
        "DEFAULT",
        "CHECK",
        "UNIQUE",
        "REFERENCES",
        "RENAME",
        "TO",
        "VIEW",
        "AS",
        "SELECT",
        "1",
        "TRIGGER",
        "ON",
        "GRANT",
        "FOREACH x IN ARRAY",
        "LOOP",
        "END LOOP",
        "\0",
        "é",
        "\u{202e}",
    ]);
    prop::collection::vec(words, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_is_judged(text in prop_oneof![any::<String>(), sql()], before in sql()) {
        let files = [("m/0001_a.sql", before.as_str()), ("m/0002_b.sql", text.as_str())];
        judged("plain", &files);
    }

    // A broken text beside a sound one takes no finding of the sound one away.
    #[test]
    fn a_neighbour_is_judged_all_the_same(text in sql()) {
        let files = [("m/0001_a.sql", "DROP TABLE gone;"), ("m/0002_b.sql", text.as_str())];
        let found = judged("plain", &files);
        prop_assert!(found.iter().any(|it| it.ends_with("/drop-table")), "{found:?}");
    }

    #[test]
    fn any_name_is_laid_out(
        framework in prop::sample::select(FRAMEWORKS.to_vec()),
        name in "[0-9+.-]{0,30}[_a-z\u{e9}]{0,3}(\\.(up|down))?",
        inner in "[0-9_./-]{0,6}(up|down|x)",
        metadata in any::<String>(),
    ) {
        let flat = format!("m/{name}.sql");
        let folder = format!("m/{}/{}.sql", name.replace('.', "-"), inner.replace(['/', '.'], ""));
        let beside = format!("m/{}/metadata.toml", name.replace('.', "-"));
        let files = [
            (flat.as_str(), "CREATE INDEX CONCURRENTLY i ON t (a);"),
            (folder.as_str(), "SELECT 1;"),
            (beside.as_str(), metadata.as_str()),
        ];
        judged(framework, &files);
    }

    #[test]
    fn any_marks_are_split(
        framework in prop::sample::select(FRAMEWORKS.to_vec()),
        text in marked(),
        before in marked(),
    ) {
        let name = |number: u8| match framework {
            "golang-migrate" => format!("m/{number}_a.up.sql"),
            "diesel" => format!("m/{number}_a/up.sql"),
            "prisma" => format!("m/{number}_a/migration.sql"),
            "flyway" | "refinery" => format!("m/V{number}__a.sql"),
            _ => format!("m/{number}_a.sql"),
        };
        judged(framework, &[(&name(1), &before), (&name(2), &text)]);
    }

    #[test]
    fn any_dialect_is_read(
        dialect in prop::sample::select(vec!["mysql", "sqlite", "clickhouse"]),
        text in prop_oneof![any::<String>(), sql(), foreign()],
    ) {
        let options =
            format!("[[source]]\ndir = 'm'\nframework = 'plain'\ndialect = '{dialect}'\n");
        let files = [("m/1_a.sql", "DROP TABLE gone;"), ("m/2_b.sql", text.as_str())];
        let once = testkit::judge(&REGISTER, &options, &files);
        prop_assert_eq!(&once, &testkit::judge(&REGISTER, &options, &files));
        prop_assert!(once.iter().any(|it| it.ends_with("/drop-table")), "{once:?}");
    }

    // A reason has a letter or a digit, whatever stands around it.
    #[test]
    fn a_spelling_is_read_from_any_comment(comment in any::<String>()) {
        let text = format!("-- lock-ok:{comment}\nCREATE INDEX i ON t (a);\n/* lock-ok:{comment}");
        judged("plain", &[("m/1_a.sql", &text)]);
    }
}

#[test]
fn what_is_too_deep_is_red_and_not_a_crash() {
    let deep = [
        format!("SELECT {}1{};", "(".repeat(100_000), ")".repeat(100_000)),
        format!("SELECT {}1;", "- ".repeat(100_000)),
        format!("DO $$ BEGIN {} END $$;", "BEGIN ".repeat(20_000)),
        "$a$".repeat(100_000) + "x",
        "{{".repeat(100_000),
        "/*".repeat(100_000),
    ];
    for text in deep {
        let found = judged("plain", &[("m/1_a.sql", &text)]);
        assert!(found.iter().any(|it| it.ends_with("/unreadable")), "{found:?}");
    }
}

#[test]
fn what_is_long_is_read_to_its_end() {
    let value = format!("INSERT INTO t VALUES ('{}');\nDROP TABLE gone;", "x".repeat(5_000_000));
    let statements = format!("{}DROP TABLE gone;", "SELECT 1;\n".repeat(100_000));
    for text in [value, statements] {
        let found = testkit::judge(&REGISTER, &options("plain"), &[("m/1_a.sql", &text)]);
        assert!(found.iter().any(|it| it.ends_with("/drop-table")), "{found:?}");
    }
}

#[test]
fn more_changes_than_can_be_compared_are_red() {
    let text: String =
        (0..5_001).map(|at| format!("ALTER TABLE t ADD COLUMN c{at} int;\n")).collect();
    let found = testkit::judge(&REGISTER, &options("plain"), &[("m/1_a.sql", &text)]);
    assert!(found.iter().any(|it| it.ends_with("/unreadable")), "{found:?}");
}

#[test]
fn many_changesets_of_one_file_are_read_in_a_row() {
    let sets: String =
        (0..20_000).map(|at| format!("--changeset a:{at}\nDROP TABLE t{at};\n")).collect();
    let text = format!("--liquibase formatted sql\n{sets}");
    let found = testkit::judge(&REGISTER, &options("liquibase-sql"), &[("m/c.sql", &text)]);
    assert_eq!(found.len(), 20_000);
}
