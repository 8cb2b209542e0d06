//! Migrations in time: what has shipped is replayed, what is new is judged
//! against the schema that it will meet.

use kernel::{Checked, Content, Evidence, GateError, Location, Pulse, SourceFile, Tree, unread};

use crate::held::Held;
use crate::layout::{self, Folder, Framework, Migration};
use crate::ops::{Op, Statement, What};
use crate::postgres::{self, Fault, Script};
use crate::rules::{self, Judge};
use crate::schema::Schema;
use crate::settings::Source;
use crate::spelling;

/// A migration that changes more is not judged: each change is looked at with
/// all others of its file, and no person wrote it.
const CHANGES_MAX: usize = 5_000;

/// A migration of the judged tree, read.
pub(crate) struct Chapter {
    pub(crate) migration: Migration,
    pub(crate) file: SourceFile,
    pub(crate) script: Script,
    /// Whether its statements run in one transaction.
    pub(crate) transaction: bool,
    pub(crate) state: State,
}

/// Where a migration stands between the two releases.
pub(crate) enum State {
    /// Released: replayed.
    Shipped,
    /// Released, and different now: both are kept.
    Edited { before: Box<Script>, text: String, says_the_same: bool },
    /// Judged.
    New,
}

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
}

/// What a rule of a single operation sees.
pub(crate) struct Step<'a> {
    /// Before the operation.
    pub(crate) schema: &'a Schema,
    pub(crate) op: &'a Op,
    /// What is locked when it begins.
    pub(crate) held: &'a Held,
    /// What its file changes before and after it.
    pub(crate) before: &'a [(&'a Statement, &'a Op)],
    pub(crate) after: &'a [(&'a Statement, &'a Op)],
    /// Whether a transaction is open.
    pub(crate) transaction: bool,
    pub(crate) source: &'a Source,
    pub(crate) framework: Framework,
}

impl<'a> Timeline<'a> {
    /// Reads a source's folder, and the same folder of the base.
    pub(crate) fn read(
        source: &'a Source,
        framework: Framework,
        evidence: &Evidence<'_>,
    ) -> Result<Timeline<'a>, GateError> {
        let head = layout::folder(framework, &source.dir, evidence.head);
        let base = evidence.base.map(|tree| layout::folder(framework, &source.dir, tree));
        let through = source.shipped_through.as_deref().map(|text| framework.version(text));
        let scope = match (&through, &base) {
            (Some(_), _) => Scope::Through,
            (None, Some(_)) => Scope::Base,
            (None, None) => Scope::Unknown,
        };
        let base = base.unwrap_or_default();
        let mut chapters = Vec::new();
        for migration in head.ups {
            evidence.pulse.check()?;
            let file = read(evidence.head, &migration)?;
            let script = script(&file);
            let before = evidence
                .base
                .zip(base.ups.iter().find(|it| it.path() == migration.path()))
                .map(|(tree, it)| read(tree, it))
                .transpose()?;
            let state = match before {
                Some(before) if before.bytes() != file.bytes() => edited(&before, &file),
                Some(_) if scope == Scope::Base => State::Shipped,
                _ => match &through {
                    Some(last) if migration.slot.version <= *last => State::Shipped,
                    _ => State::New,
                },
            };
            let text = file.text().unwrap_or_default();
            let transaction =
                framework.transaction(&migration, text, &script, source, evidence.head);
            chapters.push(Chapter { migration, file, script, transaction, state });
        }
        let (downs, others) = (head.downs, head.others);
        Ok(Timeline { source, framework, chapters, downs, base, scope, others })
    }

    /// What is judged, for the receipt.
    pub(crate) fn scope(&self) -> String {
        let framework = self.framework.as_str();
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
        let mut schema = Schema::default();
        for chapter in &self.chapters {
            pulse.check()?;
            checked.examined.files += 1;
            checked.examined.bytes += chapter.file.bytes().len() as u64;
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
                        false => self.chapter(chapter, &mut schema.clone(), pulse, checked)?,
                    }
                    replay(&mut schema, before);
                }
                State::New => {}
            }
        }
        schema.settle();
        for chapter in self.chapters.iter().filter(|it| matches!(it.state, State::New)) {
            self.chapter(chapter, &mut schema, pulse, checked)?;
            // Without a base nobody can say which files ship together.
            if self.scope == Scope::Unknown {
                schema.settle();
            }
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

    fn unreadable(&self, chapter: &Chapter, checked: &mut Checked) {
        if let Some(fault) = chapter.script.faults.first() {
            self.fault(chapter, fault, checked);
        }
    }

    fn fault(&self, chapter: &Chapter, fault: &Fault, checked: &mut Checked) {
        let found = rules::unreadable(chapter, fault);
        let at = match chapter.file.text() {
            Some(_) => Location::of(&chapter.file, fault.span.clone()),
            None => Location::file(chapter.file.path()),
        };
        checked.findings.push(found.finding(rules::UNREADABLE, at));
    }

    /// Judges one file and takes its effect over into `schema`.
    fn chapter(
        &self,
        chapter: &Chapter,
        schema: &mut Schema,
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
        let mut held = Held::default();
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
            let step = Step {
                schema,
                op,
                held: &held,
                before: changes.get(..index).unwrap_or_default(),
                after: changes.get(index + usize::from(is_counted)..).unwrap_or_default(),
                transaction,
                source: self.source,
                framework: self.framework,
            };
            for offence in rules::TABLE {
                let Judge::Op(judge) = offence.judge else { continue };
                let Some(found) = judge(&step) else { continue };
                checked.findings.push(place(
                    chapter,
                    statement,
                    found.finding(offence, Location::of(&chapter.file, op.span.clone())),
                ));
            }
            index += usize::from(is_counted);
            if transaction || op.what == What::Commit {
                held.take(&op.what);
            }
            schema.apply(op);
            if !transaction {
                schema.commit();
            }
        }
        schema.commit();
        for offence in rules::TABLE {
            let Judge::File(judge) = offence.judge else { continue };
            if let Some(found) = judge(chapter) {
                let at = Location::of(&chapter.file, 0..0);
                checked.findings.push(found.finding(offence, at));
            }
        }
        Ok(())
    }
}

/// A waiver may stand above the statement, above the block that holds it, or
/// after its end.
fn place(chapter: &Chapter, statement: &Statement, finding: kernel::Finding) -> kernel::Finding {
    let span = chapter.file.span(statement.span.clone());
    let holder = statement.holder.clone().map(|holder| chapter.file.span(holder).line);
    finding.waiver_lines([span.line, span.end_line].into_iter().chain(holder))
}

fn replay(schema: &mut Schema, script: &Script) {
    for op in script.statements.iter().flat_map(|statement| &statement.ops) {
        schema.apply(op);
    }
}

fn edited(before: &SourceFile, after: &SourceFile) -> State {
    let says_the_same = match (before.text(), after.text()) {
        (Some(before), Some(after)) => postgres::say_the_same(before, after),
        _ => false,
    };
    let text = before.text().unwrap_or_default().to_owned();
    State::Edited { before: Box::new(script(before)), text, says_the_same }
}

fn read(tree: &Tree, migration: &Migration) -> Result<SourceFile, GateError> {
    tree.read_entry(&migration.entry).map_err(|error| unread(migration.path(), &error))
}

fn script(file: &SourceFile) -> Script {
    let reason = match file.content() {
        Content::Text(text) => return postgres::read(text),
        Content::NotUtf8 { .. } => "is not UTF-8",
        Content::Binary => "holds a NUL byte: it is binary or UTF-16",
        Content::LfsPointer(_) => "is a Git LFS pointer, its content is not in the repository",
        Content::Symlink(_) => "is a symbolic link",
    };
    Script { faults: vec![Fault { span: 0..0, reason: reason.to_owned() }], ..Script::default() }
}
