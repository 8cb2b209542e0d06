//! The gate as a whole, over literal trees.

use kernel::{Options, Tree};
use migration_gate::REGISTER;

#[test]
fn rules_prove_themselves() {
    testkit::rules_prove_themselves(&REGISTER);
}

#[test]
fn sleeping_rules_are_noticed() {
    testkit::sleeping_rules_are_noticed(&REGISTER);
}

#[test]
fn messages_have_the_form() {
    testkit::messages_have_the_form(&REGISTER);
}

#[test]
fn what_cannot_be_done_yet_is_refused() {
    let tree = Tree::literal([("m/1_a.up.sql", "SELECT 1;")]);
    for (options, words) in [
        ("framework = 'gose'", "'gose' is not known"),
        ("framework = 'auto'", "sqlx and golang-migrate"),
        ("framework = 'liquibase-sql'\nshipped_through = '1'", "liquibase-sql have no order"),
        ("dialect = 'oracle'", "'oracle' is not known"),
        ("dialect = 'mysql'\nmode = 'both'", "mode 'both' runs PostgreSQL or SQLite"),
        ("server = 'mine'", "server 'mine' is not known"),
        ("role = 'app'", "'role' and 'roles' do nothing in mode 'static'"),
        ("mode = 'fast'", "'fast' is not known"),
        ("render = ['alembic']", "no migrations that are programs"),
        ("queries = ['q/*.sql']", "'queries', 'role' and 'roles' do nothing"),
        ("pg_version = 1", "pg_version 1"),
        ("dir = '../m'", "'../m' is no folder"),
        ("waivers = { 'lock-ok:' = ['drop-colum'] }", "'drop-colum', which is not known"),
        ("transaction = { directive = 'no-tx' }", "no SQL comment"),
        ("framwork = 'sqlx'", "framwork"),
    ] {
        let dir = if options.starts_with("dir") { "" } else { "dir = 'm'\n" };
        let document = format!("[[source]]\n{dir}{options}\n");
        let error = (REGISTER.configure)(&Options::of(&document), &tree).err();
        let error = error.map(|error| error.message).unwrap_or_default();
        assert!(error.contains(words), "{options}: '{error}'");
    }
    assert!((REGISTER.configure)(&Options::of("source = []"), &tree).is_err());
}
