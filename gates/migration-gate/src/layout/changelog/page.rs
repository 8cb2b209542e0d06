//! A changelog written out as the SQL that is run of it, each piece with the
//! place that it stands for.

use std::ops::Range;

use camino::Utf8Path;
use kernel::Tree;

use super::change::{self, Does};
use super::names::Names;
use super::node::{Node, Words};
use super::order;
use crate::layout::Given;
use crate::layout::include::Expanded;
use crate::layout::liquibase::{delimiters, runs_here};
use crate::layout::section::Section;
use crate::settings::Dialect;

/// A changelog while it is written out.
pub(super) struct Page<'a> {
    pub(super) source: &'a str,
    pub(super) expanded: Expanded,
    pub(super) path: &'a Utf8Path,
    pub(super) tree: &'a Tree,
    pub(super) given: &'a Given<'a>,
}

/// How far from the line before the next one is looked for: more than is indented.
const NEAR_BYTES_MAX: usize = 1_000;

/// What stands in a changeset beside its changes.
const BESIDE: [&str; 7] =
    ["changes", "comment", "rollback", "preConditions", "validCheckSum", "modifySql", "property"];

impl Page<'_> {
    /// Writes words that stand for those of `place`.
    pub(super) fn put(&mut self, words: &str, place: Range<usize>) -> Range<usize> {
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

    pub(super) fn section(&mut self, span: Range<usize>, turn: usize, section: Section) {
        let text = self.expanded.text.get(span.clone()).unwrap_or_default().to_owned();
        self.expanded.sections.push(Section { span, text: Some(text), turn, ..section });
    }

    /// Gives each comment to the changeset that it stands in, or right above.
    pub(super) fn give_out(&mut self, comments: Vec<Range<usize>>) {
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

    pub(super) fn changeset(&mut self, set: &Node, turn: usize, names: Names) {
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
