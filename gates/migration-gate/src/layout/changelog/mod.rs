//! Liquibase's changelogs in XML, YAML and JSON: the changes that they describe
//! as the SQL that Liquibase runs for them on PostgreSQL, each at its place.
//!
//! ```text
//! text ─ xml, yaml ─ Node ─ order   which files, in which order
//!                         └ change  Node ─ SQL
//! ```

mod change;
mod columns;
mod contexts;
mod names;
mod node;
mod order;
mod page;
mod properties;
mod types;
mod xml;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Entry, Tree};

use super::include::Expanded;
use super::section::Section;
use super::{Given, files};
pub(crate) use contexts::runs_in;
use names::Names;
use node::Node;
use order::{Item, Own, Walk};
use page::Page;
pub(crate) use properties::Properties;

/// What the changelogs of a folder say together.
#[derive(Default)]
pub(super) struct Told {
    /// Files in their order, with the run of changesets of each.
    pub(super) steps: Vec<(Entry, Option<usize>)>,
    pub(super) properties: Properties,
    /// Whether there are any.
    pub(super) is_any: bool,
    /// Changelogs that run in other contexts.
    pub(super) left_out: u64,
    /// Files that are no migrations, as changes read them.
    pub(super) read: BTreeSet<Utf8PathBuf>,
}

/// Whether what a node holds runs in these contexts.
fn is_in(node: &Node, contexts: &[String]) -> bool {
    let says = node.get("context").or(node.get("contextFilter"));
    says.is_none_or(|says| runs_in(says, contexts))
}

/// Goes through the changelogs of `dir`, first those that none of them brings in.
pub(super) fn told(dir: &str, tree: &Tree, contexts: &[String]) -> Told {
    let all = files(dir, tree).into_iter().map(|(entry, _)| entry);
    let all = all.filter(|entry| could_be(&entry.path));
    let read = |entry: Entry| Some((order::document(&entry, tree)?, entry));
    let changelogs: Vec<_> = all.filter_map(read).collect();
    let mut brings: BTreeMap<Utf8PathBuf, Vec<Utf8PathBuf>> = BTreeMap::new();
    for (document, entry) in &changelogs {
        let Ok(document) = document else { continue };
        for item in order::items(&document.root, &entry.path, tree) {
            if let Item::Files(_, files) = item {
                let paths = files.into_iter().map(|it| it.path);
                brings.entry(entry.path.clone()).or_default().extend(paths);
            }
        }
    }
    let mut walk = Walk { contexts: contexts.to_vec(), ..Walk::default() };
    let entries: Vec<Entry> = changelogs.iter().map(|(_, entry)| entry.clone()).collect();
    let by_path = |(document, entry): (_, Entry)| (entry.path, document);
    walk.documents = changelogs.into_iter().map(by_path).collect();
    let is_brought = |entry: &&Entry| brings.values().flatten().any(|path| *path == entry.path);
    let (brought, first): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(is_brought);
    let reached = reached(&brings, first.iter().map(|entry| entry.path.clone()).collect());
    first.into_iter().for_each(|entry| walk.take(entry, tree, 0));
    for entry in brought {
        // Those that bring in each other begin nowhere, and still run.
        if !reached.contains(&entry.path) {
            walk.take(entry, tree, 0);
        }
    }
    let left_out = entries.iter().filter(|entry| !walk.seen.contains(&entry.path)).count();
    let Walk { steps, properties, read, .. } = walk;
    Told { steps, properties, is_any: !entries.is_empty(), read, left_out: left_out as u64 }
}

/// What is brought in from somewhere, whatever the contexts are.
fn reached(
    brings: &BTreeMap<Utf8PathBuf, Vec<Utf8PathBuf>>,
    mut open: Vec<Utf8PathBuf>,
) -> BTreeSet<Utf8PathBuf> {
    let mut reached = BTreeSet::new();
    while let Some(path) = open.pop() {
        let more = brings.get(&path).cloned().unwrap_or_default();
        if reached.insert(path) {
            open.extend(more);
        }
    }
    reached
}

/// What a changelog is known by.
pub(super) const MARK: &str = "databaseChangeLog";

/// Whether a file is a changelog, so far as its name says.
pub(super) fn could_be(path: &Utf8Path) -> bool {
    matches!(path.extension(), Some("xml" | "yaml" | "yml" | "json"))
}

/// A changelog as SQL; none where the file is none.
pub(super) fn expand(
    text: &str,
    path: &Utf8Path,
    tree: &Tree,
    given: &Given<'_>,
) -> Option<Expanded> {
    let document = node::read(path.extension(), text)?;
    let mut page = Page { source: text, expanded: Expanded::default(), path, tree, given };
    match document {
        Err(broken) => {
            let at = page.put("\n", broken.at..broken.at);
            page.section(at.clone(), 0, Section::default().fault(at, &broken.reason));
        }
        Ok(document) => {
            let mut root = document.root;
            given.properties.fill_all(&mut root);
            let quotes_all = |node: &Node| {
                let strategy = node.get("objectQuotingStrategy");
                strategy.map(|it| it == "QUOTE_ALL_OBJECTS")
            };
            let all = quotes_all(&root).unwrap_or_default();
            let own = order::items(&root, path, tree).into_iter().filter_map(|item| match item {
                Item::Own(own) => Some(own),
                Item::Files(..) => None,
            });
            for (turn, own) in own.enumerate() {
                for own in own {
                    match own {
                        Own::Set(set) => {
                            let quotes_all = quotes_all(set).unwrap_or(all);
                            page.changeset(set, turn, Names { quotes_all });
                        }
                        Own::Missing { at, what, reason } => {
                            let at = page.put("\n", at);
                            let section = Section {
                                part: Some(what),
                                is_missing: true,
                                ..Section::default()
                            };
                            page.section(at.clone(), turn, section.fault(at, &reason));
                        }
                    }
                }
            }
            page.give_out(document.comments);
        }
    }
    Some(page.expanded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The SQL of a changelog, without the blanks around its statements.
    fn written(path: &str, text: &str) -> Vec<String> {
        let tree = Tree::literal([(path, text)]);
        let properties = told(".", &tree, &[]).properties;
        let given = Given { properties: &properties, ..Given::of(".") };
        let expanded = expand(text, path.into(), &tree, &given).unwrap();
        let sections = expanded.sections.iter();
        let text = |it: &Section| it.text.as_deref().unwrap_or_default().trim().to_owned();
        sections.flat_map(|it| text(it).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    fn of(changes: &str) -> Vec<String> {
        let log = format!(
            "<databaseChangeLog><changeSet id='1' author='a'>{changes}</changeSet></databaseChangeLog>"
        );
        written("log.xml", &log)
    }

    #[test]
    fn changes_are_the_statements_that_liquibase_runs() {
        for (change, statements) in [
            (
                "<createTable tableName='a' schemaName='s'><column name='id' type='int' \
                 autoIncrement='true'><constraints primaryKey='true'/></column><column name='b' \
                 type='boolean' defaultValueNumeric='0'><constraints nullable='false' \
                 unique='true' uniqueConstraintName='u'/></column></createTable>",
                &["CREATE TABLE s.a (id INTEGER GENERATED BY DEFAULT AS IDENTITY NOT NULL, b \
                   BOOLEAN DEFAULT FALSE NOT NULL, CONSTRAINT a_pkey PRIMARY KEY (id), \
                   CONSTRAINT u UNIQUE (b));"][..],
            ),
            (
                "<addColumn tableName='a'><column name='b' type='varchar(5)' value='x'>\
                 <constraints nullable='false'/></column><column name='c' type='bigint'>\
                 <constraints nullable='false' references='d(id)' foreignKeyName='f'/></column>\
                 </addColumn>",
                &[
                    "ALTER TABLE a ADD b VARCHAR(5);",
                    "ALTER TABLE a ADD c BIGINT NOT NULL;",
                    "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES d(id);",
                    "UPDATE a SET b = 'x';",
                    "ALTER TABLE a ALTER COLUMN b SET NOT NULL;",
                ],
            ),
            (
                "<addNotNullConstraint tableName='a' columnName='b' defaultNullValue=\"it's\"/>",
                &[
                    "UPDATE a SET b = 'it''s' WHERE b IS NULL;",
                    "ALTER TABLE a ALTER COLUMN b SET NOT NULL;",
                ],
            ),
            (
                "<addForeignKeyConstraint baseTableName='a' baseColumnNames='b, c' \
                 constraintName='f' referencedTableName='d' referencedColumnNames='e,f' \
                 onDelete='SET NULL' validate='false'/>",
                &[
                    "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b, c) REFERENCES d (e, f) ON DELETE \
                   SET NULL NOT VALID;",
                ],
            ),
            (
                "<modifyDataType tableName='a' columnName='bC' newDataType='datetime'/>",
                &["ALTER TABLE a ALTER COLUMN \"bC\" TYPE TIMESTAMP WITHOUT TIME ZONE USING \
                   (\"bC\"::TIMESTAMP WITHOUT TIME ZONE);"],
            ),
            (
                "<createIndex tableName='a' indexName='i' unique='true'><column name='b' \
                 descending='true'/><column name='lower(c)' computed='true'/></createIndex>",
                &["CREATE UNIQUE INDEX i ON a(b DESC, lower(c));"],
            ),
            (
                "<createView viewName='v' replaceIfExists='true'>SELECT 1</createView>\
                 <dropView viewName='v'/>",
                &["CREATE OR REPLACE VIEW v AS SELECT 1;", "DROP VIEW v;"],
            ),
            (
                "<insert tableName='a'><column name='b' valueBoolean='true'/><column name='c' \
                 value='d'/><column name='e' valueComputed='f()'/></insert>\
                 <update tableName='a'><column name='b' valueNumeric='1'/><where>c = 2</where>\
                 </update><delete tableName='a'/>",
                &[
                    "INSERT INTO a (b, c, e) VALUES (TRUE, 'd', f());",
                    "UPDATE a SET b = 1 WHERE c = 2;",
                    "DELETE FROM a;",
                ],
            ),
            (
                "<addPrimaryKey tableName='a' columnNames='b' constraintName='p' \
                 forIndexName='i'/><dropPrimaryKey tableName='a'/>",
                &[
                    "ALTER TABLE a ADD CONSTRAINT p PRIMARY KEY USING INDEX i;",
                    "ALTER TABLE a DROP CONSTRAINT a_pkey;",
                ],
            ),
            (
                "<createSequence sequenceName='s' startValue='5' cycle='false'/>\
                 <mergeColumns tableName='a' column1Name='b' column2Name='c' joinString=' ' \
                 finalColumnName='d' finalColumnType='clob'/>",
                &[
                    "CREATE SEQUENCE IF NOT EXISTS s START WITH 5 NO CYCLE;",
                    "ALTER TABLE a ADD d TEXT;",
                    "UPDATE a SET d = b || ' ' || c;",
                    "ALTER TABLE a DROP COLUMN b;",
                    "ALTER TABLE a DROP COLUMN c;",
                ],
            ),
        ] {
            assert_eq!(of(change), statements, "{change}");
        }
    }

    #[test]
    fn properties_are_filled_in() {
        let log = "databaseChangeLog:\n- property: {name: kind, value: bigint}\n- property: {name: \
                   kind, value: int}\n- changeSet:\n    id: 1\n    author: a\n    changes:\n    - \
                   sql: ALTER TABLE ${t} ADD a ${kind}\n";
        assert_eq!(written("log.yaml", log), ["ALTER TABLE ${t} ADD a bigint", ";"]);
    }

    proptest! {
        #[test]
        fn nothing_blows_up(words in "(<|>|/|!|--|\"|'|=|&|:|-|\n| |\\[|\\]|\\{|\\}|é|sql|changeSet|include|file|id|\\$\\{a\\}){0,60}") {
            for (path, head) in [("a.xml", "<databaseChangeLog>"), ("a.yaml", "databaseChangeLog:\n- ")] {
                let text = format!("{head}{words}");
                let tree = Tree::literal([(path, text.as_str())]);
                let told = told(".", &tree, &[]);
                let given = Given { properties: &told.properties, ..Given::of(".") };
                let expanded = expand(&text, path.into(), &tree, &given).unwrap();
                for section in &expanded.sections {
                    let place = expanded.place(&section.span);
                    prop_assert!(text.get(place).is_some());
                }
            }
        }
    }
}
