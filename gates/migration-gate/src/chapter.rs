//! What of a file runs as one, where it stands between the two releases, and
//! what undoes it.

use std::collections::BTreeSet;
use std::ops::Range;

use kernel::{Content, Location, SourceFile};

use crate::foreign;
use crate::layout::{Expanded, Framework, Migration, Section};
use crate::postgres::{self, Fault, Script};
use crate::settings::Dialect;

/// A migration of the judged tree, read.
pub(crate) struct Chapter {
    pub(crate) migration: Migration,
    pub(crate) file: SourceFile,
    pub(crate) section: Section,
    /// The file with those that it brings in.
    pub(crate) expanded: Option<Expanded>,
    pub(crate) script: Script,
    /// Whether its statements run in one transaction.
    pub(crate) transaction: bool,
    pub(crate) state: State,
    /// What undoes it, where that stands in the same file.
    pub(crate) down: Option<Section>,
}

impl Chapter {
    /// Whether it is to run, and to be judged.
    pub(crate) fn is_new(&self) -> bool {
        matches!(self.state, State::New | State::Again { .. })
    }

    /// What of its file runs.
    pub(crate) fn text(&self) -> &str {
        self.section.text.as_deref().unwrap_or_else(|| whole(&self.expanded, &self.file))
    }

    /// Comments that stand in its file, at their places in it.
    pub(crate) fn comments(&self) -> Vec<Range<usize>> {
        if self.section.is_printed {
            return Vec::new();
        }
        let is_own = |span: &&Range<usize>| !self.is_inserted(span);
        let own = self.script.comments.iter().filter(is_own).map(|span| self.place(span));
        own.chain(self.section.comments.iter().cloned()).collect()
    }

    /// Whether its file does not have these bytes that run.
    pub(crate) fn is_inserted(&self, span: &Range<usize>) -> bool {
        self.expanded.as_ref().is_some_and(|expanded| expanded.is_inserted(span))
    }

    /// What runs of these bytes of its file.
    pub(crate) fn words(&self, span: &Range<usize>) -> &str {
        let start = self.section.span.start;
        let span = span.start.saturating_sub(start)..span.end.saturating_sub(start);
        self.text().get(span).unwrap_or_default()
    }

    /// Where these bytes stand in its file. What a command printed stands in
    /// none: then it is the line that names most of the same things.
    pub(crate) fn place(&self, span: &Range<usize>) -> Range<usize> {
        match self.section.is_printed {
            true => nearest(self.file.text().unwrap_or_default(), self.words(span)),
            false => match &self.expanded {
                Some(expanded) => expanded.place(span),
                None => span.clone(),
            },
        }
    }

    /// Its first bytes, for what is about all of it.
    pub(crate) fn start(&self) -> Location {
        let is_part = self.migration.part.is_some();
        let at = if is_part { self.section.span.start } else { 0 };
        let at = self.place(&(at..at)).start;
        Location::of(&self.file, at..at)
    }
}

/// Where a migration stands between the two releases.
pub(crate) enum State {
    /// Released: replayed.
    Shipped,
    /// Released, and different now: both are kept.
    Edited { before: Box<Script>, text: String, says_the_same: bool },
    /// Judged.
    New,
    /// Released, and runs once more because it has changed: replayed as it was
    /// and judged as it is.
    Again { before: Box<Script>, text: String },
}

/// What runs as one of a file.
pub(crate) struct Piece {
    pub(crate) migration: Migration,
    pub(crate) section: Section,
    pub(crate) file: SourceFile,
    pub(crate) expanded: Option<Expanded>,
    pub(crate) down: Option<Section>,
    pub(crate) dialect: Dialect,
}

impl Piece {
    pub(crate) fn text(&self) -> &str {
        self.section.text.as_deref().unwrap_or_else(|| whole(&self.expanded, &self.file))
    }

    /// Its bytes as they stand in the file.
    pub(crate) fn own(&self) -> &[u8] {
        let whole = match &self.expanded {
            Some(expanded) => expanded.text.as_bytes(),
            None => self.file.bytes(),
        };
        match self.section.text {
            Some(_) if self.section.is_printed => whole,
            Some(_) => whole.get(self.section.span.clone()).unwrap_or_default(),
            None => whole,
        }
    }

    /// As its text has them: at their places in that.
    pub(crate) fn script(&self) -> Script {
        if self.migration.fault.is_some() {
            return Script::default();
        }
        let script = script(&self.file, self.text(), self.dialect);
        let has_placeholders = script.has_placeholders || self.section.has_placeholders;
        Script { has_placeholders, ..script }
    }
}

/// All of a file's text, with what it brings in.
fn whole<'a>(expanded: &'a Option<Expanded>, file: &'a SourceFile) -> &'a str {
    match expanded {
        Some(expanded) => &expanded.text,
        None => file.text().unwrap_or_default(),
    }
}

/// The pieces of a file, each with what undoes it.
pub(crate) fn pieces(
    framework: Framework,
    dialect: Dialect,
    migration: &Migration,
    file: &SourceFile,
    expanded: Option<&Expanded>,
    printed: Option<String>,
) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    // Changesets of one name may be for one context each.
    let mut parts = BTreeSet::new();
    let sections = match file.text() {
        // What has shipped is not printed again.
        _ if framework.is_program && migration.fault.is_none() => {
            vec![crate::render::section(printed.unwrap_or_default())]
        }
        Some(text) => match expanded {
            Some(expanded) if !expanded.sections.is_empty() => expanded.sections.clone(),
            Some(expanded) => framework.sections(migration, &expanded.text),
            None => framework.sections(migration, text),
        },
        None => vec![Section::whole("")],
    };
    for section in sections {
        if migration.turn.is_some_and(|turn| turn != section.turn) {
            continue;
        }
        match pieces.last_mut() {
            Some(last) if section.is_down => last.down = Some(section),
            _ => {
                let mut migration = migration.of(&section, framework.is_shared);
                migration.is_second = !section.is_skipped
                    && !parts.insert((section.part.clone(), section.contexts.clone()));
                let (file, expanded) = (file.clone(), expanded.cloned());
                pieces.push(Piece { migration, section, file, expanded, down: None, dialect });
            }
        }
    }
    pieces
}

/// Words of SQL that are looked for in a program.
const WORDS_MAX: usize = 16;

/// The line of a program that names most of what a statement does.
fn nearest(program: &str, statement: &str) -> Range<usize> {
    let words = statement.split(|c: char| !c.is_alphanumeric() && c != '_');
    let words: BTreeSet<String> =
        words.filter(|word| word.len() > 2).map(str::to_lowercase).take(WORDS_MAX).collect();
    let (mut at, mut best, mut found) = (0, 0, 0..0);
    for line in program.split_inclusive('\n') {
        let lower = line.to_lowercase();
        let named = words.iter().filter(|word| lower.contains(word.as_str())).count();
        if named > best {
            best = named;
            let start = at + line.len() - line.trim_start().len();
            found = start..at + line.trim_end().len();
        }
        at += line.len();
    }
    found
}

/// Reads SQL.
pub(crate) fn script_of(text: &str, dialect: Dialect) -> Script {
    match dialect {
        Dialect::Postgres => postgres::read(text),
        _ => foreign::read(text, dialect),
    }
}

fn script(file: &SourceFile, text: &str, dialect: Dialect) -> Script {
    let reason = match file.content() {
        Content::Text(_) => return script_of(text, dialect),
        Content::NotUtf8 { .. } => "is not UTF-8",
        Content::Binary => "holds a NUL byte: it is binary or UTF-16",
        Content::LfsPointer(_) => "is a Git LFS pointer, its content is not in the repository",
        Content::Symlink(_) => "is a symbolic link",
    };
    Script { faults: vec![Fault { span: 0..0, reason: reason.to_owned() }], ..Script::default() }
}
