//! Liquibase's changelogs through the whole gate: what is found, and on which
//! line of the changelog.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Files, places, surveyed};
use kernel::Fact;

fn judged(base: Files<'_>, new: Files<'_>) -> Vec<String> {
    judged_with("", base, new).0
}

/// `path:line offence` of each finding, and what the receipt says is not judged.
fn judged_with(options: &str, base: Files<'_>, new: Files<'_>) -> (Vec<String>, Vec<String>) {
    let options = format!("[[source]]\ndir = 'm'\n{options}");
    let checked = surveyed(&options, base, new).unwrap();
    let not = match checked.facts.get("not_judged") {
        Some(Fact::List(list)) => list.clone(),
        _ => Vec::new(),
    };
    (places(&checked), not)
}

/// A changelog of XML around its changesets, of which the first is on line 2.
fn xml(inner: &str) -> String {
    format!(
        "<databaseChangeLog xmlns=\"http://www.liquibase.org/xml/ns/dbchangelog\">\n{inner}\n</databaseChangeLog>\n"
    )
}

const TABLE: &str = "<changeSet id='1' author='a'><createTable tableName='orders'>
  <column name='id' type='bigint' autoIncrement='true'><constraints primaryKey='true'/></column>
  <column name='note' type='varchar(20)'/></createTable></changeSet>";

#[test]
fn changes_are_judged_where_they_stand() {
    let base = xml(TABLE);
    let new = xml(&format!(
        "{TABLE}
<changeSet id='2' author='a'>
  <dropColumn tableName='orders'>
    <column name='note'/>
  </dropColumn>
  <rollback><dropTable tableName='orders'/></rollback>
</changeSet>
<changeSet id='3' author='a'>
  <addColumn tableName='orders'>
    <column name='safe' type='int'/>
    <column name='must' type='int'><constraints nullable='false'/></column>
    <column name='filled' type='int' valueNumeric='1'/>
  </addColumn>
  <createIndex tableName='orders' indexName='i'><column name='id'/></createIndex>
</changeSet>
<changeSet id='4' author='a'><sql>
  SELECT 1;
  ALTER TABLE orders
    RENAME TO bills;
</sql></changeSet>"
    ));
    let found = judged(&[("m/log.xml", &base)], &[("m/log.xml", &new)]);
    assert_eq!(
        found,
        [
            "log.xml:14 required-column",
            "log.xml:15 lock-pile-up",
            "log.xml:15 unbounded-update",
            "log.xml:17 index-not-concurrent",
            "log.xml:21 rename-table",
            "log.xml:7 drop-column",
        ]
    );
}

const ROOT: &str = "databaseChangeLog:
- include: {file: b.sql, relativeToChangelogFile: true}
- changeSet:
    id: 1
    author: a
    changes:
    - sql: CREATE TABLE t (a bigint PRIMARY KEY, b text);
- includeAll: {path: m/more}
";

#[test]
fn yaml_says_the_order_and_includes() {
    // b.sql runs before the table is there, more/ after it.
    let base = [("m/root.yaml", ROOT), ("m/b.sql", "SELECT 1;")];
    let drop = "--liquibase formatted sql\n--changeset a:1\nALTER TABLE t DROP COLUMN b;\n";
    let json = "{\"databaseChangeLog\": [{\"changeSet\": {\"id\": \"2\", \"author\": \"a\", \"changes\": [\n\
                {\"renameTable\": {\"oldTableName\": \"t\", \"newTableName\": \"u\"}}]}}]}";
    let stray = ("m/stray.sql", "DROP TABLE t;");
    let new = [("m/more/1.sql", drop), ("m/more/2.json", json), stray];
    assert_eq!(judged(&base, &new), ["more/1.sql:3 drop-column", "more/2.json:2 rename-table"]);
}

#[test]
fn files_of_changes_are_theirs() {
    let base = xml(
        "<changeSet id='1' author='a'><sqlFile path='one.sql' relativeToChangelogFile='true'/></changeSet>",
    );
    let first = ("m/one.sql", "CREATE TABLE t (a bigint PRIMARY KEY, b text);");
    let new = xml(
        "<changeSet id='1' author='a'><sqlFile path='one.sql' relativeToChangelogFile='true'/></changeSet>
<changeSet id='2' author='a'>
  <sqlFile path='two.sql' relativeToChangelogFile='true' endDelimiter='GO'/>
</changeSet>
<changeSet id='3' author='a'><sqlFile path='m/three.sql'/></changeSet>",
    );
    let two = ("m/two.sql", "SELECT 1\nGO\nDROP TABLE t\nGO\n");
    let base = [("m/log.xml", base.as_str()), first];
    let found = judged(&base, &[("m/log.xml", &new), two]);
    assert_eq!(found, ["log.xml:4 drop-table", "log.xml:6 unreadable"]);
    // What a file says is what its change says.
    let edited = ("m/one.sql", "CREATE TABLE t (a int PRIMARY KEY, b text);");
    assert_eq!(judged(&base, &[edited]), ["log.xml:2 edited-migration"]);
}

#[test]
fn what_is_not_known_is_told_at_its_line() {
    let new = xml("<changeSet id='1' author='a'>
  <dropTable tableName='t'/>
  <frobnicate tableName='t'/>
</changeSet>
<changeSet id='2' author='a'><customChange class='x.Y'/></changeSet>
<changeSet id='3' author='a'><dropColumn tableName='t'/></changeSet>
<include file='nowhere.xml'/>
<changeSet id='4' author='a'><createIndex tableName='t' indexName='i'/>
  <modifySql><append value=' x'/></modifySql></changeSet>");
    let found = judged(&[], &[("m/log.xml", &new)]);
    let told: Vec<&str> =
        found.iter().map(String::as_str).filter(|it| it.contains("unread")).collect();
    assert_eq!(told, [10, 4, 6, 7, 8].map(|line| format!("log.xml:{line} unreadable")));
    let broken = judged(
        &[],
        &[("m/log.xml", "<databaseChangeLog>\n<changeSet id='1' author='a'>\n</changeSe>")],
    );
    assert_eq!(broken, ["log.xml:3 unreadable"]);
}

#[test]
fn what_is_for_others_is_not_run() {
    let log = xml(
        "<property name='kind' value='bigint' dbms='oracle'/>
<property name='kind' value='int' dbms='postgresql'/>
<changeSet id='1' author='a' dbms='mysql'><sql>ALTER TABLE t MODIFY a int</sql></changeSet>
<changeSet id='1' author='a' dbms='postgresql'><dropTable tableName='t'/></changeSet>
<changeSet id='2' author='a'><preConditions onFail='MARK_RAN'><dbms type='oracle'/></preConditions>
  <dropTable tableName='o'/></changeSet>
<changeSet id='3' author='a'><preConditions onFail='MARK_RAN'><not><columnExists tableName='q' columnName='c'/></not></preConditions>
  <addColumn tableName='q'><column name='c' type='${kind}'><constraints nullable='false'/></column></addColumn>
  <dropTable tableName='test_only' /></changeSet>
<changeSet id='4' author='a' context='test'><dropTable tableName='p'/></changeSet>
<changeSet id='5' author='a'><tagDatabase tag='v1'/></changeSet>",
    );
    let files = [("m/log.xml", log.as_str())];
    let (found, not) = judged_with("", &[], &files);
    let own = [
        "log.xml:10 drop-table",
        "log.xml:11 drop-table",
        "log.xml:5 drop-table",
        "log.xml:9 required-column",
    ];
    assert_eq!(found, own);
    let told = ["m: contexts, labels and preconditions are taken to hold (changesets: 2)"];
    assert_eq!(not, told);
    let (found, not) = judged_with("contexts = ['prod']\n", &[], &files);
    assert_eq!(
        found,
        ["log.xml:10 drop-table", "log.xml:5 drop-table", "log.xml:9 required-column"]
    );
    assert_eq!(not, ["m: labels and preconditions are taken to hold (changesets: 1)"]);
}

#[test]
fn what_has_shipped_is_kept() {
    let base = xml(TABLE);
    // Blanks, the way back and a comment are not what runs.
    let same = base
        .replace("type='bigint'", "type=\"BIGINT\"")
        .replace("</changeSet>", "<rollback/>\n</changeSet>");
    assert!(judged(&[("m/log.xml", &base)], &[("m/log.xml", &same)]).is_empty());
    let edited = base.replace("varchar(20)", "varchar(30)");
    assert_eq!(
        judged(&[("m/log.xml", &base)], &[("m/log.xml", &edited)]),
        ["log.xml:2 edited-migration"]
    );
    let again = |id| {
        xml(&format!(
            "<changeSet id='{id}' author='a' runOnChange='true'><sql>SELECT {id}</sql></changeSet>"
        ))
    };
    assert!(
        judged(
            &[("m/log.xml", &again("7"))],
            &[("m/log.xml", &again("7").replace("SELECT 7", "SELECT 8"))]
        )
        .is_empty()
    );
    let gone = xml("");
    assert_eq!(
        judged(&[("m/log.xml", &base)], &[("m/log.xml", &gone)]),
        ["log.xml:0 deleted-migration"]
    );
}

#[test]
fn changes_are_rendered_for_postgresql_alone() {
    let log = xml(
        "<changeSet id='1' author='a'>\n<dropTable tableName='t'/>\n<sql>DROP TABLE u;</sql></changeSet>",
    );
    let (found, _) = judged_with("dialect = 'mysql'\n", &[], &[("m/log.xml", &log)]);
    assert_eq!(found, ["log.xml:3 unreadable", "log.xml:4 drop-table"]);
}

#[test]
fn exceptions_stand_in_comments_of_the_changelog() {
    let log = xml("<!-- lock-ok: ten rows -->
<changeSet id='1' author='a'>
  <!-- lock-ok: a table of ten rows -->
  <createIndex tableName='t' indexName='i'><column name='a'/></createIndex>
</changeSet>");
    let yaml = "databaseChangeLog:\n- changeSet:\n    id: 1\n    author: a\n    changes:\n    \
                # lock-ok: ten rows\n    - createIndex: {tableName: t, indexName: j, columns: [{column: {name: a}}]}\n";
    let options = "[[source]]\ndir = 'm'\nwaivers = { 'lock-ok:' = ['index-not-concurrent'] }\n";
    let new = [("m/a.xml", log.as_str()), ("m/b.yaml", yaml)];
    let waivers = surveyed(options, &[], &new).unwrap().waivers;
    let told: Vec<(u32, u32)> = waivers.iter().map(|it| (it.line, it.covers)).collect();
    assert_eq!(told, [(4, 5), (2, 3), (6, 7)]);
}
