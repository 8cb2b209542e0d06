//! A timeline judged: each new migration against the schema that it meets, and
//! the rules that look at all of them.

use kernel::{Checked, GateError, Location, Pulse};

use crate::chapter::{Chapter, State};
use crate::foreign;
use crate::held::Held;
use crate::ops::{Op, Statement, What};
use crate::postgres::{Fault, Script};
use crate::rules::{self, Judge};
use crate::schema::Schema;
use crate::spelling;
use crate::step::Step;
use crate::timeline::{Scope, Timeline};

/// A migration that changes more is not judged: each change is looked at with
/// all others of its file, and no person wrote it.
const CHANGES_MAX: usize = 5_000;

/// What a finding is about: what stands at one line may be several statements.
pub(crate) struct Origin {
    /// In the list of findings.
    pub(crate) finding: usize,
    /// In the list of chapters.
    pub(crate) chapter: usize,
    /// Which of the texts that are sent to a server.
    pub(crate) step: usize,
}

impl Timeline<'_> {
    /// Judges everything, and tells what each finding of a statement is about.
    ///
    /// # Errors
    /// The time limit has come, or an interrupt.
    pub(crate) fn judge(
        &self,
        pulse: &Pulse,
        checked: &mut Checked,
    ) -> Result<Vec<Origin>, GateError> {
        let mut origins = Vec::new();
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
        if let Some((_, before)) = &self.before {
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
        for (index, chapter) in self.chapters.iter().enumerate().filter(|(_, it)| it.is_new()) {
            let about = self.chapter(chapter, &mut schema, &mut held, pulse, checked)?;
            let about = about.into_iter();
            origins.extend(about.map(|(finding, step)| Origin { finding, chapter: index, step }));
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
        Ok(origins)
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

    /// Judges one file and takes its effect over into `schema`. Of each finding
    /// of a statement it tells which of those sent that is.
    fn chapter(
        &self,
        chapter: &Chapter,
        schema: &mut Schema,
        held: &mut Held,
        pulse: &Pulse,
        checked: &mut Checked,
    ) -> Result<Vec<(usize, usize)>, GateError> {
        let mut about = Vec::new();
        checked.waivers.extend(spelling::waivers(self.source, &chapter.file, &chapter.comments()));
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
            return Ok(about);
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
                about.push((checked.findings.len(), sent(chapter, statement)));
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
        Ok(about)
    }
}

/// Which of the texts that are sent to a server holds a statement.
fn sent(chapter: &Chapter, statement: &Statement) -> usize {
    let at = statement.holder.as_ref().unwrap_or(&statement.span).start;
    chapter.script.parts.partition_point(|part| part.start <= at).saturating_sub(1)
}

/// A waiver may stand above the statement, above the block that holds it, or
/// after its end.
fn place(chapter: &Chapter, statement: &Statement, finding: kernel::Finding) -> kernel::Finding {
    let is_printed = chapter.section.is_printed;
    let finding = match is_printed || chapter.is_inserted(&statement.span) {
        true => {
            let how = if is_printed { "printed" } else { "run" };
            let words =
                format!("{how} as: {}", rules::one_line(chapter.words(&statement.span).trim()));
            let label = finding.label.clone().unwrap_or(words);
            kernel::Finding { label: Some(label), ..finding }
        }
        false => finding,
    };
    if is_printed {
        return finding;
    }
    let span = chapter.file.span(chapter.place(&statement.span));
    let holder = statement.holder.as_ref();
    let holder = holder.map(|holder| chapter.file.span(chapter.place(holder)).line);
    finding.waiver_lines([span.line, span.end_line].into_iter().chain(holder))
}

fn replay(schema: &mut Schema, script: &Script) {
    for op in script.statements.iter().flat_map(|statement| &statement.ops) {
        schema.apply(op);
    }
}
