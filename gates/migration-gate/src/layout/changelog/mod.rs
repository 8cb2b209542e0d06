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
mod types;
mod xml;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Entry, Tree};

use super::include::Expanded;
use super::liquibase::{delimiters, runs_here};
use super::section::Section;
use super::{Given, files};
use crate::settings::Dialect;
use change::Does;
pub(crate) use contexts::runs_in;
use names::Names;
use node::{Node, Words};
use order::{Item, Own, Walk};

/// Values that changelogs give names: the first that is given stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Properties(BTreeMap<String, String>);

impl Properties {
    fn take(&mut self, node: &Node, contexts: &[String]) {
        let is_here = node.get("dbms").is_none_or(runs_here) && is_in(node, contexts);
        if let (true, "property", Some(name)) = (is_here, node.name.as_str(), node.get("name")) {
            let value = node.get("value").unwrap_or_default().to_owned();
            self.0.entry(name.to_owned()).or_insert(value);
        }
    }

    /// `${name}` as its value; what has none stays.
    fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, after) = rest.split_at(at);
            filled.push_str(before);
            let end = after.find('}');
            let value = end.and_then(|end| self.0.get(after.get(2..end)?.trim()));
            let (words, taken) = match (value, end) {
                (Some(value), Some(end)) => (value.as_str(), end + 1),
                _ => ("${", 2),
            };
            filled.push_str(words);
            rest = after.get(taken..).unwrap_or_default();
        }
        filled.push_str(rest);
        filled
    }

    fn fill_all(&self, node: &mut Node) {
        if let Some(words) = node.value.as_mut().filter(|words| words.text.contains("${")) {
            words.text = self.fill(&words.text);
        }
        node.children.iter_mut().for_each(|child| self.fill_all(child));
    }
}

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

/// A changelog while it is written out.
struct Page<'a> {
    source: &'a str,
    expanded: Expanded,
    path: &'a Utf8Path,
    tree: &'a Tree,
    given: &'a Given<'a>,
}

/// How far from the line before the next one is looked for: more than is indented.
const NEAR_BYTES_MAX: usize = 1_000;

/// What stands in a changeset beside its changes.
const BESIDE: [&str; 7] =
    ["changes", "comment", "rollback", "preConditions", "validCheckSum", "modifySql", "property"];

impl Page<'_> {
    /// Writes words that stand for those of `place`.
    fn put(&mut self, words: &str, place: Range<usize>) -> Range<usize> {
        self.expanded.put(words, place, false)
    }

    /// Writes words that stand in the changelog, line by line.
    fn put_own(&mut self, words: &str, around: &Range<usize>, place: &Range<usize>) {
        let mut from = around.start;
        for line in words.split_inclusive('\n') {
            let kept = line.trim_end();
            // What is not near is written in another way, with entities, say.
            let near = around.end.min(from + kept.len() + NEAR_BYTES_MAX);
            let near = (near..=around.end).find(|at| self.source.is_char_boundary(*at));
            let rest = self.source.get(from..near.unwrap_or(from)).unwrap_or_default();
            match rest.find(kept).filter(|_| !kept.is_empty()) {
                Some(at) => {
                    let here = from + at..from + at + kept.len();
                    from = here.end;
                    self.expanded.put(kept, here.clone(), true);
                    let end = line.get(kept.len()..).unwrap_or_default();
                    self.expanded.put(end, here.end..here.end, false);
                }
                None => _ = self.put(line, place.clone()),
            }
        }
    }

    fn section(&mut self, span: Range<usize>, turn: usize, section: Section) {
        let text = self.expanded.text.get(span.clone()).unwrap_or_default().to_owned();
        self.expanded.sections.push(Section { span, text: Some(text), turn, ..section });
    }

    /// Gives each comment to the changeset that it stands in, or right above.
    fn give_out(&mut self, comments: Vec<Range<usize>>) {
        let places: Vec<usize> = {
            let all = self.expanded.sections.iter();
            all.map(|it| self.expanded.place(&(it.span.start..it.span.start)).start).collect()
        };
        let mut above: Option<usize> = None;
        for comment in comments.into_iter().rev() {
            let next = places.partition_point(|at| *at < comment.end);
            let to = above.or(places.get(next).copied()).unwrap_or(self.source.len());
            let between = self.source.get(comment.end..to).unwrap_or_default();
            let is_above = between.trim().is_empty() && next < places.len();
            above = is_above.then_some(comment.start);
            let owner = if is_above { next } else { next.saturating_sub(1) };
            if let Some(section) = self.expanded.sections.get_mut(owner) {
                section.comments.push(comment);
            }
        }
    }

    fn changeset(&mut self, set: &Node, turn: usize, names: Names) {
        let (author, id) = (set.get("author"), set.get("id"));
        let part = format!("{}:{}", author.unwrap_or_default(), id.unwrap_or_default());
        let mut section = Section {
            part: Some(part),
            is_outside: set.is_not("runInTransaction"),
            is_again: set.is("runOnChange") || set.is("runAlways"),
            ..Section::default()
        };
        let start = self.put("\n", set.span.clone()).start;
        let is_elsewhere = set.get("dbms").is_some_and(|dbms| !runs_here(dbms));
        if is_elsewhere || set.is("ignore") || is_left_out(set) {
            section.is_skipped = true;
            return self.section(start..start, turn, section);
        }
        section.contexts = set.get("context").or(set.get("contextFilter")).map(str::to_owned);
        let is_asked = set.child("preConditions").is_some();
        let has_contexts = section.contexts.is_some() && self.given.contexts.is_empty();
        section.is_conditional = is_asked || has_contexts || set.child("labels").is_some();
        section.is_idle = is_asked;
        if id.is_none() || author.is_none() {
            section = section.fault(start..start, "a changeset has no id or no author");
        }
        for change in set.children.iter().filter(|it| it.name == "modifySql") {
            if change.get("dbms").is_none_or(runs_here) {
                let at = self.put("\n", change.span.clone());
                let reason = "'modifySql' changes what runs, and is not followed: write the SQL";
                section = section.fault(at, reason);
            }
        }
        let listed = set.child("changes").map(|it| it.children.as_slice()).unwrap_or_default();
        let is_change = |it: &&Node| it.is_element && !BESIDE.contains(&it.name.as_str());
        let direct = set.children.iter().filter(is_change);
        for change in direct.chain(listed) {
            if let Err(reason) = self.change(change, names, &mut section) {
                let at = self.put("\n", change.span.clone());
                section = section.fault(at, &reason);
            }
        }
        self.section(start..self.expanded.text.len(), turn, section);
    }

    fn change(&mut self, change: &Node, names: Names, section: &mut Section) -> Result<(), String> {
        if change.get("dbms").is_some_and(|dbms| !runs_here(dbms)) {
            section.is_idle = true;
            return Ok(());
        }
        let is_postgres = self.given.dialect == Dialect::Postgres;
        match change::does(change, names) {
            Does::Nothing => section.is_idle = true,
            Does::Loads => (section.loads, section.is_idle) = (true, true),
            Does::Refused(reason) => return Err(reason),
            Does::Runs(_) if !is_postgres => {
                let name = &change.name;
                return Err(format!(
                    "'{name}' is read for PostgreSQL alone: write what it runs as <sql>"
                ));
            }
            Does::Runs(statements) => {
                for (words, place) in statements {
                    self.put(&words, place.clone());
                    self.put(";\n", place);
                }
            }
            Does::Says(words) => {
                let text = with_semicolons(change, &words)?;
                self.put_own(&text, &words.span, &change.span);
                self.put("\n;\n", change.span.clone());
            }
            Does::Reads(attribute) => {
                let name = change.get(attribute).ok_or("it says neither SQL nor a file")?;
                let is_relative = change.is("relativeToChangelogFile");
                let entry = order::file(name, is_relative, self.path, self.tree)?;
                let file = self.tree.read_entry(&entry).ok();
                let text = file.as_ref().and_then(|file| file.text());
                let text = text.ok_or_else(|| format!("the file '{name}' cannot be read"))?;
                let text = self.given.properties.fill(text);
                let words = Words { text, span: change.span.clone() };
                let text = with_semicolons(change, &words)?;
                self.put(&text, change.span.clone());
                self.put("\n;\n", change.span.clone());
            }
        }
        Ok(())
    }
}

/// A text whose statements end with what the change says, with semicolons.
fn with_semicolons(change: &Node, words: &Words) -> Result<String, String> {
    let text = words.text.strip_prefix('\u{feff}').unwrap_or(&words.text);
    let Some(end) = change.get("endDelimiter").filter(|end| *end != ";") else {
        return Ok(text.to_owned());
    };
    // Others are patterns, and which places they fit is Java's to say.
    let word = end.strip_prefix("\\n").or_else(|| end.strip_prefix("\\r?\\n")).unwrap_or(end);
    if word.contains(['\\', '|', '[', '(', '*', '+', '^', '?']) || word.is_empty() {
        return Err(format!("statements end with the pattern '{end}', which is not followed"));
    }
    let mut text = text.to_owned();
    for span in delimiters(&text.clone(), word) {
        let blanks = " ".repeat(span.len() - 1);
        text.replace_range(span, &format!(";{blanks}"));
    }
    Ok(text)
}

/// Whether its conditions say that another database runs it, and this one none.
fn is_left_out(set: &Node) -> bool {
    let passes = ["MARK_RAN", "CONTINUE"];
    let passes = |it: &&Node| it.get("onFail").is_some_and(|on| passes.contains(&on));
    let mut conditions = set.children.iter().filter(|it| it.name == "preConditions").filter(passes);
    conditions.any(|it| holds(it) == Some(false))
}

/// Whether conditions hold on PostgreSQL; none where only the database knows.
fn holds(node: &Node) -> Option<bool> {
    let below = || node.children.iter().map(holds);
    match node.name.as_str() {
        "dbms" => node.get("type").map(runs_here),
        "not" => match below().collect::<Vec<_>>().as_slice() {
            [Some(one)] => Some(!one),
            _ => None,
        },
        "or" => match below().any(|it| it == Some(true)) {
            true => Some(true),
            false => below().all(|it| it == Some(false)).then_some(false),
        },
        "and" | "preConditions" | "" => match below().any(|it| it == Some(false)) {
            true => Some(false),
            false => below().all(|it| it == Some(true)).then_some(true),
        },
        _ => None,
    }
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
