//! One finding as rustc would show it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Message, Origin, Renderer, Snippet};
use kernel::Severity;

use super::gate::exception;
use super::text::{shortened, shown, visible};
use crate::receipt::{FindingRecord, FindingState, Receipt};

/// Columns where no terminal says how many there are.
pub const WIDTH: usize = 120;
/// Lines of one finding's source that are shown.
const LINES_MAX: usize = 8;
/// Characters of a message, label, path or note that are shown.
const TEXT_CHARS_MAX: usize = 1_000;

/// How findings are drawn.
pub fn renderer(is_coloured: bool, width: Option<usize>) -> Renderer {
    let renderer = if is_coloured { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(width.unwrap_or(WIDTH).max(40))
}

/// The finding, with line ends inside and none at the end.
pub fn draw(renderer: &Renderer, receipt: &Receipt, finding: &FindingRecord) -> String {
    let title =
        level(finding.severity).primary_title(text(&finding.message)).id(text(&finding.rule));
    let group = Group::with_title(title);
    let group = match &finding.source {
        Some(source) if finding.line > 0 => group.element(snippet(finding, source)),
        _ if finding.path.is_empty() => group,
        _ => group.element(place(finding)),
    };
    renderer.render(&[group.elements(notes(receipt, finding))])
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

fn text(text: &str) -> String {
    shortened(&visible(text), TEXT_CHARS_MAX).into_owned()
}

fn place(finding: &FindingRecord) -> Origin<'_> {
    let origin = Origin::path(text(&finding.path));
    match (finding.line, finding.column) {
        (0, _) => origin,
        (line, 0) => origin.line(line as usize),
        (line, column) => origin.line(line as usize).char_column(column as usize),
    }
}

fn snippet<'a>(
    finding: &'a FindingRecord,
    source: &str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let (source, span) = marked(finding, source);
    let annotation = AnnotationKind::Primary.span(span);
    let annotation = annotation.label(finding.label.as_deref().map(text));
    Snippet::source(source)
        .line_start(finding.line as usize)
        .path(text(&finding.path))
        .annotation(annotation)
}

/// The source with everything but tabs visible, and the bytes of it that the
/// finding is about. Columns past a line's end mean its end.
fn marked(finding: &FindingRecord, source: &str) -> (String, Range<usize>) {
    let last = (finding.end_line.max(finding.line) - finding.line) as usize;
    let mut clean = String::with_capacity(source.len());
    let (mut start, mut end) = (0, None);
    for (index, line) in source.split('\n').take(LINES_MAX).enumerate() {
        if index > 0 {
            clean.push('\n');
        }
        let line_start = clean.len();
        let line = line.strip_suffix('\r').unwrap_or(line);
        clean.extend(line.chars().map(|char| if char == '\t' { char } else { shown(char) }));
        let at = |column: u32| {
            let line = clean.get(line_start..).unwrap_or_default();
            let nth = line.char_indices().nth(column.max(1) as usize - 1);
            line_start + nth.map_or(line.len(), |(byte, _)| byte)
        };
        if index == 0 {
            start = at(finding.column);
        }
        if index == last {
            end = Some(at(finding.end_column));
        }
    }
    let end = end.unwrap_or(clean.len()).max(start);
    (clean, start..end)
}

/// What stands below: the commit, other places, the fix, why it does not
/// count, and where to read more.
fn notes<'a>(receipt: &Receipt, finding: &FindingRecord) -> Vec<Message<'a>> {
    let mut notes = Vec::new();
    let mut note = |level: Level<'a>, name: &'static str, said: String| {
        let said = shortened(&said, TEXT_CHARS_MAX).into_owned();
        notes.push(level.with_name(name).message(said));
    };
    if let Some(commit) = &finding.commit {
        note(Level::NOTE, "in commit", visible(commit).into_owned());
    }
    if let (None, Some(label)) = (&finding.source, &finding.label) {
        note(Level::NOTE, "note", visible(label).into_owned());
    }
    for related in &finding.related {
        let place = visible(&related.path);
        let said = format!("{place}:{}: {}", related.line, visible(&related.label));
        note(Level::NOTE, "see", said);
    }
    if let Some(fix) = &finding.fix {
        note(Level::HELP, "fix", visible(&fix.note).into_owned());
        if !fix.edits.is_empty() && finding.state == FindingState::New {
            note(Level::HELP, "made by", "cargo xtask fix --write".to_owned());
        }
    }
    if let Some(why) = exception(receipt, finding) {
        note(Level::NOTE, "not counted", why);
    }
    note(Level::NOTE, "more", format!("cargo xtask explain {}", visible(&finding.rule)));
    notes
}
