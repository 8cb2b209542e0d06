//! Migrations in time: what has shipped is replayed, what is new is judged
//! against the schema that it will meet.

use std::collections::BTreeMap;

use kernel::{Checked, Evidence, GateError, Location, Pulse, SourceFile, Tree, unread};

use crate::chapter::{self, Chapter, Piece, State, own, pieces};
use crate::foreign;
use crate::held::Held;
use crate::layout::{self, Folder, Framework, Migration, Role, Running, Version};
use crate::ops::{Op, Statement, What};
use crate::postgres::{self, Fault, Script};
use crate::render::Rendering;
use crate::rules::{self, Judge};
use crate::schema::Schema;
use crate::settings::Source;
use crate::spelling;
use crate::step::Step;

/// A migration that changes more is not judged: each change is looked at with
/// all others of its file, and no person wrote it.
const CHANGES_MAX: usize = 5_000;

/// How it is known what has shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Through,
    Base,
    Unknown,
}

/// A source's migrations, and what is known of those before.
pub(crate) struct Timeline<'a> {
    pub(crate) source: &'a Source,
    pub(crate) framework: Framework,
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) downs: Vec<Migration>,
    /// What the base tree has; empty where there is none.
    pub(crate) base: Folder,
    pub(crate) scope: Scope,
    others: u64,
    /// Parts of files that are for other databases.
    elsewhere: u64,
    /// What a command printed of all that has shipped.
    before: Option<Script>,
    /// Files that are not as the framework noted them, and how.
    pub(crate) unlike: Vec<(camino::Utf8PathBuf, &'static str)>,
}

impl<'a> Timeline<'a> {
    /// Reads a source's folder, and the same folder of the base.
    pub(crate) fn read(
        source: &'a Source,
        framework: Framework,
        rendering: &Rendering<'_>,
        evidence: &Evidence<'_>,
    ) -> Result<Timeline<'a>, GateError> {
        let head = layout::folder(framework, &source.dir, evidence.head);
        let base = evidence.base.map(|tree| layout::folder(framework, &source.dir, tree));
        let through = source.shipped_through.as_deref();
        let through = through.and_then(|text| framework.through(text, &head));
        let scope = match (&through, &base) {
            (Some(_), _) => Scope::Through,
            (None, Some(_)) => Scope::Base,
            (None, None) => Scope::Unknown,
        };
        let mut base = base.unwrap_or_default();
        let dialect = source.dialect();
        let (downs, others) = (head.downs, head.others);
        let mut timeline = Timeline {
            source,
            framework,
            chapters: Vec::new(),
            downs,
            base: Folder::default(),
            scope,
            others,
            elsewhere: 0,
            before: None,
            unlike: head.unlike,
        };
        let before = rendering.shipped(evidence)?;
        timeline.before = before.map(|text| chapter::script_of(&text, dialect));
        for migration in head.ups {
            evidence.pulse.check()?;
            let file = read(evidence.head, &migration)?;
            let before = evidence
                .base
                .zip(base.ups.iter().find(|it| it.path() == migration.path()))
                .map(|(tree, it)| read(tree, it))
                .transpose()?;
            let before = before
                .map(|it| pieces(framework, dialect, &migration, &it, None))
                .unwrap_or_default();
            let first = before.into_iter().filter(|it| !it.migration.is_second);
            let before: BTreeMap<Option<String>, Piece> =
                first.map(|it| (it.migration.part.clone(), it)).collect();
            let printed = rendering.text(migration.path(), evidence)?;
            for piece in pieces(framework, dialect, &migration, &file, printed) {
                if piece.section.is_skipped {
                    timeline.elsewhere += 1;
                    continue;
                }
                // A second one of that name is another one.
                let before = before.get(&piece.migration.part);
                let before = before.filter(|_| !piece.migration.is_second);
                let chapter = timeline.tell(piece, before, through.as_ref(), evidence);
                timeline.chapters.push(chapter);
            }
        }
        if let Some(tree) = evidence.base.filter(|_| framework.is_shared) {
            let mut ups = Vec::new();
            for migration in &base.ups {
                let file = read(tree, migration)?;
                let pieces = pieces(framework, dialect, migration, &file, None).into_iter();
                ups.extend(pieces.filter(|it| !it.section.is_skipped).map(|it| it.migration));
            }
            base.ups = ups;
        }
        timeline.base = base;
        timeline.leave_short_cuts_out();
        Ok(timeline)
    }

    /// A piece of a file as a chapter, with what the base had in its place.
    fn tell(
        &self,
        piece: Piece,
        before: Option<&Piece>,
        through: Option<&Version>,
        evidence: &Evidence<'_>,
    ) -> Chapter {
        let script = piece.script();
        let Piece { migration, section, file, down, .. } = piece;
        let is_again = migration.slot.role == Role::Again;
        let state = match before {
            Some(before) if before.own() != own(&section, &file) => {
                let text = before.text().to_owned();
                let says_the_same = match (&before.file.text(), file.text()) {
                    (Some(_), Some(now)) => {
                        let now = section.text.as_deref().unwrap_or(now);
                        postgres::say_the_same(before.text(), now)
                    }
                    _ => false,
                };
                let before = Box::new(before.script());
                match is_again {
                    true => State::Again { before, text },
                    false => State::Edited { before, text, says_the_same },
                }
            }
            Some(_) if self.scope == Scope::Base || is_again => State::Shipped,
            _ => match through {
                Some(last) if migration.slot.version <= *last => State::Shipped,
                _ => State::New,
            },
        };
        let transaction = self.framework.transaction(&Running {
            migration: &migration,
            section: &section,
            text: section.text.as_deref().or_else(|| file.text()).unwrap_or_default(),
            script: &script,
            source: self.source,
            tree: evidence.head,
        });
        let mut script = script.at(section.span.start);
        script.faults.splice(0..0, section.faults.iter().cloned());
        Chapter { migration, file, section, script, transaction, state, down }
    }

    /// What spares new databases the history is not run where there is one.
    fn leave_short_cuts_out(&mut self) {
        let mut has_history = false;
        let before = self.chapters.len();
        self.chapters.retain(|chapter| {
            let is_short_cut = chapter.migration.slot.role == Role::Baseline;
            let is_kept = !(is_short_cut && has_history);
            has_history = true;
            is_kept
        });
        self.others += (before - self.chapters.len()) as u64;
    }

    /// What is judged, for the receipt.
    pub(crate) fn scope(&self) -> String {
        let framework = self.framework.name;
        match (self.scope, self.source.shipped_through.as_deref()) {
            (Scope::Through, through) => {
                format!("{framework}, what follows '{}'", through.unwrap_or_default())
            }
            (Scope::Base, _) => format!("{framework}, what the base does not have"),
            (Scope::Unknown, _) => format!(
                "{framework}, every migration, each as a release of its own: neither [verify] base nor shipped_through says what has shipped"
            ),
        }
    }

    /// Judges everything.
    ///
    /// # Errors
    /// The time limit has come, or an interrupt.
    pub(crate) fn judge(&self, pulse: &Pulse, checked: &mut Checked) -> Result<(), GateError> {
        for _ in 0..self.others {
            checked.skip("not-a-migration");
        }
        for _ in &self.downs {
            checked.skip("down-migration");
        }
        for _ in 0..self.elsewhere {
            checked.skip("for-another-database");
        }
        let mut schema = Schema::default();
        if let Some(before) = &self.before {
            checked.examined.items += before.statements.len() as u64;
            replay(&mut schema, before);
        }
        let mut last = None;
        for chapter in &self.chapters {
            pulse.check()?;
            if last != Some(chapter.migration.path()) {
                checked.examined.files += 1;
                checked.examined.bytes += chapter.file.bytes().len() as u64;
            }
            last = Some(chapter.migration.path());
            checked.examined.items += chapter.script.statements.len() as u64;
            self.unreadable(chapter, checked);
            match &chapter.state {
                State::Shipped => {
                    replay(&mut schema, &chapter.script);
                    checked.unjudged.push(chapter.migration.path().to_owned());
                }
                State::Edited { before, says_the_same, .. } => {
                    match says_the_same {
                        true => checked.unjudged.push(chapter.migration.path().to_owned()),
                        false => {
                            let (schema, held) = (&mut schema.clone(), &mut Held::default());
                            self.chapter(chapter, schema, held, pulse, checked)?;
                        }
                    }
                    replay(&mut schema, before);
                }
                State::Again { before, .. } => replay(&mut schema, before),
                State::New => {}
            }
        }
        schema.settle();
        let mut held = Held::default();
        for chapter in self.chapters.iter().filter(|it| it.is_new()) {
            self.chapter(chapter, &mut schema, &mut held, pulse, checked)?;
            // Without a base nobody can say which files ship together.
            if self.scope == Scope::Unknown {
                schema.settle();
            }
            if !self.is_joined() {
                held = Held::default();
                schema.commit();
            }
        }
        // What one part of a file has, its other parts are judged with.
        let judged = |path: &camino::Utf8Path| {
            self.chapters.iter().any(|it| it.is_new() && it.migration.path() == path)
        };
        if self.framework.is_shared {
            checked.unjudged.retain(|path| !judged(path));
            checked.unjudged.dedup();
        }
        for offence in rules::TABLE {
            if let Judge::History(judge) = offence.judge {
                for (at, found) in judge(self) {
                    checked.findings.push(found.finding(offence, at));
                }
            }
        }
        Ok(())
    }

    /// Whether what is new runs in one transaction, whatever its files are.
    fn is_joined(&self) -> bool {
        self.framework.is_joined && self.scope != Scope::Unknown
    }

    fn unreadable(&self, chapter: &Chapter, checked: &mut Checked) {
        if let Some(fault) = chapter.script.faults.first() {
            self.fault(chapter, fault, checked);
        }
    }

    fn fault(&self, chapter: &Chapter, fault: &Fault, checked: &mut Checked) {
        let found = rules::unreadable(chapter, fault);
        let at = match chapter.file.text() {
            Some(_) => Location::of(&chapter.file, chapter.place(&fault.span)),
            None => Location::file(chapter.file.path()),
        };
        checked.findings.push(found.finding(rules::UNREADABLE, at));
    }

    /// Judges one file and takes its effect over into `schema`.
    fn chapter(
        &self,
        chapter: &Chapter,
        schema: &mut Schema,
        held: &mut Held,
        pulse: &Pulse,
        checked: &mut Checked,
    ) -> Result<(), GateError> {
        checked.waivers.extend(spelling::waivers(self.source, &chapter.file, &chapter.script));
        let all: Vec<(&Statement, &Op)> = chapter
            .script
            .statements
            .iter()
            .flat_map(|statement| statement.ops.iter().map(move |op| (statement, op)))
            .collect();
        // Rules look through these for each of them, and need no rows and queries.
        let is_change =
            |(_, op): &&(&Statement, &Op)| !matches!(op.what, What::Other | What::Literals { .. });
        let changes: Vec<(&Statement, &Op)> = all.iter().filter(is_change).copied().collect();
        if let Some((statement, _)) = changes.get(CHANGES_MAX) {
            let reason = format!("makes more than {CHANGES_MAX} changes");
            self.fault(chapter, &Fault { span: statement.span.clone(), reason }, checked);
            return Ok(());
        }
        let mut transaction = chapter.transaction;
        let mut block: Option<&std::ops::Range<usize>> = None;
        let mut index = 0;
        for (turn, (statement, op)) in all.iter().enumerate() {
            if turn.is_multiple_of(64) {
                pulse.check()?;
            }
            let is_counted = is_change(&&(*statement, *op));
            match op.what {
                What::Begin => transaction = true,
                // sqlx and others open one themselves: after COMMIT none is.
                What::Commit => transaction = false,
                _ => {}
            }
            // A block is one transaction of its own where none is open.
            if block != statement.holder.as_ref() && !transaction {
                *held = Held::default();
                schema.commit();
            }
            block = statement.holder.as_ref();
            let is_in_one = transaction || block.is_some();
            let step = Step {
                schema,
                op,
                held,
                before: changes.get(..index).unwrap_or_default(),
                after: changes.get(index + usize::from(is_counted)..).unwrap_or_default(),
                transaction: is_in_one,
                is_in_block: block.is_some(),
                source: self.source,
                framework: self.framework,
            };
            for offence in rules::TABLE {
                let Judge::Op(judge) = offence.judge else { continue };
                if !foreign::is_judged(step.source.dialect(), offence.offence()) {
                    continue;
                }
                let Some(found) = judge(&step) else { continue };
                checked.findings.push(place(
                    chapter,
                    statement,
                    found.finding(offence, Location::of(&chapter.file, chapter.place(&op.span))),
                ));
            }
            index += usize::from(is_counted);
            if is_in_one || op.what == What::Commit {
                held.take(&op.what);
            }
            schema.apply(op);
            if !is_in_one {
                schema.commit();
            }
        }
        if !self.is_joined() {
            schema.commit();
        }
        for offence in rules::TABLE {
            let Judge::File(judge) = offence.judge else { continue };
            if let Some(found) = judge(chapter) {
                checked.findings.push(found.finding(offence, chapter.start()));
            }
        }
        Ok(())
    }
}

/// A waiver may stand above the statement, above the block that holds it, or
/// after its end.
fn place(chapter: &Chapter, statement: &Statement, finding: kernel::Finding) -> kernel::Finding {
    if chapter.section.is_printed {
        let words =
            format!("printed as: {}", rules::one_line(chapter.words(&statement.span).trim()));
        let label = finding.label.clone().unwrap_or(words);
        return kernel::Finding { label: Some(label), ..finding };
    }
    let span = chapter.file.span(statement.span.clone());
    let holder = statement.holder.clone().map(|holder| chapter.file.span(holder).line);
    finding.waiver_lines([span.line, span.end_line].into_iter().chain(holder))
}

fn replay(schema: &mut Schema, script: &Script) {
    for op in script.statements.iter().flat_map(|statement| &statement.ops) {
        schema.apply(op);
    }
}

fn read(tree: &Tree, migration: &Migration) -> Result<SourceFile, GateError> {
    tree.read_entry(&migration.entry).map_err(|error| unread(migration.path(), &error))
}
