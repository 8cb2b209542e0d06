//! Migrations in time: what has shipped is replayed, what is new is judged
//! against the schema that it will meet.

use kernel::{Evidence, GateError, SourceFile, Tree, unread};

use crate::chapter::{self, Chapter, Piece, State, pieces};
use crate::layout::{self, Folder, Framework, Migration, Role, Running, Version};
use crate::postgres::{self, Script};
use crate::render::Rendering;
use crate::settings::Source;

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
    pub(crate) others: u64,
    /// Parts of files that are for other databases.
    pub(crate) elsewhere: u64,
    /// What a command printed of all that has shipped, and the same read.
    pub(crate) before: Option<(String, Script)>,
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
        let contexts = source.contexts.as_slice();
        let folder = |tree: &Tree| layout::folder_in(framework, &source.dir, tree, contexts);
        let head = folder(evidence.head);
        let base = evidence.base.map(folder);
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
        let dir = source.dir.trim_end_matches('/');
        let properties = [&head.properties, &base.properties].map(Clone::clone);
        let [of_head, of_base] = &properties;
        let brought = |tree: &Tree, file: &SourceFile, properties| -> Option<layout::Expanded> {
            let given = layout::Given { dir, dialect, properties, contexts };
            layout::expand(framework, file.text()?, file.path(), &given, tree)
        };
        let before = rendering.shipped(evidence)?;
        timeline.before = before.map(|text| {
            let script = chapter::script_of(&text, dialect);
            (text, script)
        });
        for migration in head.ups {
            evidence.pulse.check()?;
            let file = read(evidence.head, &migration)?;
            let before = evidence
                .base
                .zip(base.ups.iter().find(|it| it.path() == migration.path()))
                .map(|(tree, it)| Ok::<_, GateError>((tree, read(tree, it)?)))
                .transpose()?;
            let before = before.map(|(tree, it)| {
                let expanded = brought(tree, &it, of_base);
                let whole = Migration { turn: None, ..migration.clone() };
                pieces(framework, dialect, &whole, &it, expanded.as_ref(), None)
            });
            let before = before.unwrap_or_default();
            let before: Vec<Piece> =
                before.into_iter().filter(|it| !it.migration.is_second).collect();
            let printed = rendering.text(migration.path(), evidence)?;
            let expanded = brought(evidence.head, &file, of_head);
            let expanded = expanded.as_ref();
            for piece in pieces(framework, dialect, &migration, &file, expanded, printed) {
                if !runs(&piece, contexts) {
                    timeline.elsewhere += 1;
                    continue;
                }
                // A second one of that name is another one.
                let before = same(&before, &piece).filter(|_| !piece.migration.is_second);
                let chapter = timeline.tell(piece, before, through.as_ref(), evidence);
                timeline.chapters.push(chapter);
            }
        }
        if let Some(tree) = evidence.base.filter(|_| framework.is_shared) {
            let mut ups = Vec::new();
            for migration in &base.ups {
                let file = read(tree, migration)?;
                let expanded = brought(tree, &file, of_base);
                let pieces = pieces(framework, dialect, migration, &file, expanded.as_ref(), None);
                let pieces = pieces.into_iter();
                let kept = pieces.filter(|it| runs(it, contexts) && !it.section.is_missing);
                ups.extend(kept.map(|it| it.migration));
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
        let is_again = piece.migration.slot.role == Role::Again;
        let state = match before {
            Some(before) if before.own() != piece.own() => {
                let text = before.text().to_owned();
                let says_the_same = before.file.text().is_some()
                    && piece.file.text().is_some()
                    && postgres::say_the_same(before.text(), piece.text());
                let before = Box::new(before.script());
                match is_again {
                    true => State::Again { before, text },
                    false => State::Edited { before, text, says_the_same },
                }
            }
            Some(_) if self.scope == Scope::Base || is_again => State::Shipped,
            _ => match through {
                Some(last) if piece.migration.slot.version <= *last => State::Shipped,
                _ => State::New,
            },
        };
        let transaction = self.framework.transaction(&Running {
            migration: &piece.migration,
            section: &piece.section,
            text: piece.text(),
            script: &script,
            source: self.source,
            tree: evidence.head,
        });
        let Piece { migration, section, file, expanded, down, .. } = piece;
        let mut script = script.at(section.span.start);
        script.faults.splice(0..0, section.faults.iter().cloned());
        Chapter { migration, file, section, expanded, script, transaction, state, down }
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

    /// What of changelogs only a database knows, and what stands in files of rows.
    pub(crate) fn taken_to_hold(&self) -> Vec<String> {
        let new = || self.chapters.iter().filter(|it| it.is_new());
        let conditional = new().filter(|it| it.section.is_conditional).count();
        let loading = new().filter(|it| it.section.loads).count();
        let conditions = match self.source.contexts.is_empty() {
            true => "contexts, labels and preconditions are taken to hold",
            false => "labels and preconditions are taken to hold",
        };
        let says = [(conditional, conditions), (loading, "rows of files are not loaded")];
        let says = says.into_iter().filter(|(count, _)| *count > 0);
        says.map(|(count, words)| format!("{words} (changesets: {count})")).collect()
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
}

/// Whether it is run at all.
fn runs(piece: &Piece, contexts: &[String]) -> bool {
    let says = piece.section.contexts.as_deref();
    !piece.section.is_skipped && says.is_none_or(|says| layout::runs_in(says, contexts))
}

/// What `piece` was before: its part of the same contexts, or the only one of that name.
fn same<'a>(before: &'a [Piece], piece: &Piece) -> Option<&'a Piece> {
    let mut named = before.iter().filter(|it| it.migration.part == piece.migration.part);
    let exact = named.clone().find(|it| it.section.contexts == piece.section.contexts);
    exact.or_else(|| named.next().filter(|_| named.next().is_none()))
}

fn read(tree: &Tree, migration: &Migration) -> Result<SourceFile, GateError> {
    tree.read_entry(&migration.entry).map_err(|error| unread(migration.path(), &error))
}
