//! Findings, grouped by rule: the place, the source with the fault marked, and
//! how to mend it. What does not count is folded, with its reason.

use kernel::Severity;
use maud::{Markup, html};

use super::super::gate::exception;
use super::super::sarif::uri;
use super::super::text::{count, shown, visible};
use super::linkable;
use crate::receipt::{FindingRecord, FindingState, GateResult, Receipt};

/// Findings of one rule that are drawn with their source; the rest are lines.
const DRAWN_MAX: usize = 50;
/// Characters of a line that are shown before the fault, of it, and after it.
const WINDOW: (usize, usize, usize) = (120, 240, 120);
/// Characters up to the end of the fault in a line that does not wrap.
const CARETS_MAX: usize = 100;

/// Every finding of a gate.
pub fn all(receipt: &Receipt, gate: &GateResult) -> Markup {
    let (new, known): (Vec<&FindingRecord>, Vec<&FindingRecord>) =
        gate.findings.iter().partition(|finding| finding.state == FindingState::New);
    html! {
        @for group in by_rule(&new) { (rule(receipt, &group)) }
        @if !known.is_empty() {
            details.known {
                summary { (count(known.len() as u64, "finding does", "findings do")) " not count" }
                (lines(receipt, &known))
            }
        }
    }
}

/// The weightiest rule first, then in the order in which they were found.
fn by_rule<'a>(findings: &[&'a FindingRecord]) -> Vec<Vec<&'a FindingRecord>> {
    let mut groups: Vec<Vec<&FindingRecord>> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|group| {
            group.first().is_some_and(|first| {
                (&first.rule, first.severity) == (&finding.rule, finding.severity)
            })
        }) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.first().map(|first| first.severity)));
    groups
}

fn rule(receipt: &Receipt, group: &[&FindingRecord]) -> Markup {
    let Some(first) = group.first() else { return html! {} };
    let (one, more) = match first.severity {
        Severity::Error => ("error", "errors"),
        Severity::Warning => ("warning", "warnings"),
        Severity::Note => ("note", "notes"),
    };
    let (drawn, told) = group.split_at(group.len().min(DRAWN_MAX));
    let note = |finding: &FindingRecord| finding.fix.as_ref().map(|fix| fix.note.clone());
    let shared = note(first).filter(|_| group.iter().all(|finding| note(finding) == note(first)));
    let shared = shared.filter(|_| group.len() > 1);
    html! {
        details.rule.(one) open[first.severity == Severity::Error] {
            summary {
                h3 {
                    span.count { (count(group.len() as u64, one, more)) }
                    " "
                    code { (visible(&first.rule)) }
                }
            }
            @if let Some(note) = &shared { (fix(note, "Fix, for each")) }
            ol.findings {
                @for finding in drawn { li { (draw(receipt, finding, shared.is_none())) } }
            }
            @if !told.is_empty() {
                details.known {
                    summary { (count(told.len() as u64, "more", "more")) }
                    (lines(receipt, told))
                }
            }
            p.more { code { "cargo xtask explain " (visible(&first.rule)) } }
        }
    }
}

fn draw(receipt: &Receipt, finding: &FindingRecord, with_fix: bool) -> Markup {
    html! {
        p.message { (visible(&finding.message)) }
        p.place {
            (place(receipt, finding))
            @if let Some(commit) = &finding.commit { " in commit " code { (visible(commit)) } }
        }
        @if let Some(text) = finding.source.as_ref().filter(|_| finding.line > 0) {
            (source(finding, text))
        } @else if let Some(label) = &finding.label {
            p.label { (visible(label)) }
        }
        @for related in &finding.related {
            p.see {
                strong { "See" } " " code { (visible(&related.path)) ":" (related.line) } " "
                (visible(&related.label))
            }
        }
        @if let Some(mend) = finding.fix.as_ref().filter(|_| with_fix) { (fix(&mend.note, "Fix")) }
        @if finding.fix.as_ref().is_some_and(|fix| !fix.edits.is_empty()) {
            p.see { strong { "Made by" } " " code { "cargo xtask fix --write" } }
        }
    }
}

fn fix(note: &str, lead: &str) -> Markup {
    html! { p.fix { strong { (lead) } " " (visible(note)) } }
}

/// `path:line:column`, linked to the commit's own file where the receipt says
/// on which GitHub it was judged.
fn place(receipt: &Receipt, finding: &FindingRecord) -> Markup {
    let place = html! {
        code {
            (visible(&finding.path))
            @if finding.line > 0 { ":" (finding.line) }
            @if finding.line > 0 && finding.column > 0 { ":" (finding.column) }
        }
    };
    match link(receipt, finding) {
        Some(url) => html! { a href=(url) rel="noreferrer noopener" { (place) } },
        None => place,
    }
}

fn link(receipt: &Receipt, finding: &FindingRecord) -> Option<String> {
    let (source, ci) = (&receipt.predicate.source, receipt.predicate.run.ci.as_ref()?);
    let commit = finding.commit.as_ref().or(source.commit.as_ref())?;
    let is_commit = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    let url = ci.url.as_deref().and_then(linkable)?;
    let (repository, _) = url.split_once("/actions/runs/")?;
    let lines = if finding.line > 0 { format!("#L{}", finding.line) } else { String::new() };
    let is_so = is_commit && ci.provider == "github" && !source.dirty && !finding.path.is_empty();
    is_so.then(|| format!("{repository}/blob/{commit}/{}{lines}", uri(&finding.path)))
}

/// The lines with their numbers; what the finding is about is marked, and told
/// once more in carets where the line is short enough not to wrap.
fn source(finding: &FindingRecord, text: &str) -> Markup {
    let last = finding.end_line.max(finding.line);
    let rows: Vec<(u32, Cut)> = text
        .split('\n')
        .enumerate()
        .map(|(index, line)| {
            let number = finding.line.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
            // Of a further line the indent is no part of the fault.
            let indent = line.chars().take_while(|char| char.is_whitespace()).count();
            let indent = u32::try_from(indent).unwrap_or(0);
            let from = if index == 0 { finding.column } else { indent.saturating_add(1) };
            let to = if number == last { finding.end_column } else { u32::MAX };
            (number, if number <= last { cut(line, from, to) } else { cut(line, 0, 0) })
        })
        .collect();
    let carets = match rows.as_slice() {
        [(_, only)] if only.lead() <= CARETS_MAX => Some(only),
        _ => None,
    };
    html! {
        div.source {
            @for (number, cut) in &rows {
                div.line {
                    span.number { (number) }
                    code { (cut.before) @if !cut.marked.is_empty() { mark { (cut.marked) } } (cut.after) }
                }
            }
            @if let Some(cut) = carets {
                div.line.carets.bare[finding.label.is_none()] {
                    span.number {}
                    span.under {
                        span.pad aria-hidden="true" { (cut.before) }
                        span.caret aria-hidden="true" { ("^".repeat(cut.marked.chars().count().clamp(1, 80))) }
                        @if let Some(label) = &finding.label { span.label { (visible(label)) } }
                    }
                }
            } @else if let Some(label) = &finding.label {
                div.line.carets { span.number {} span.under { span.label { (visible(label)) } } }
            }
        }
    }
}

/// A line around what is marked in it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Cut {
    before: String,
    marked: String,
    after: String,
}

impl Cut {
    fn lead(&self) -> usize {
        self.before.chars().count() + self.marked.chars().count()
    }
}

/// Columns are from 1, in characters; 0 marks nothing. A minified line is cut
/// around the mark.
fn cut(line: &str, from: u32, to: u32) -> Cut {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let chars: Vec<char> =
        line.chars().map(|char| if char == '\t' { char } else { shown(char) }).collect();
    let at = |column: u32| (column.max(1) as usize - 1).min(chars.len());
    let (start, end) = (at(from), at(to).max(at(from)));
    let part = |from: usize, to: usize| -> String {
        chars.get(from..to).unwrap_or_default().iter().collect()
    };
    let (before_max, marked_max, after_max) = WINDOW;
    let lead = start.saturating_sub(before_max);
    let mut cut = Cut {
        before: part(lead, start),
        marked: part(start, end.min(start + marked_max)),
        after: part(end, chars.len().min(end + after_max)),
    };
    if lead > 0 {
        cut.before.insert(0, '…');
    }
    if end > start + marked_max {
        cut.marked.push('…');
    }
    if chars.len() > end + after_max {
        cut.after.push('…');
    }
    cut
}

/// Findings told in a line each.
fn lines(receipt: &Receipt, findings: &[&FindingRecord]) -> Markup {
    html! {
        ul.lines {
            @for finding in findings {
                li {
                    (place(receipt, finding)) " " (visible(&finding.message)) " "
                    code.id { (visible(&finding.rule)) }
                    @if let Some(why) = exception(receipt, finding) { span.why { (why) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_around_its_fault() {
        let three = |before: &str, marked: &str, after: &str| Cut {
            before: before.into(),
            marked: marked.into(),
            after: after.into(),
        };
        assert_eq!(cut("a bad z\r", 3, 6), three("a ", "bad", " z"));
        assert_eq!(cut("\tbad\u{1b}", 2, 5), three("\t", "bad", "␛"));
        assert_eq!(cut("abc", 90, 95), three("abc", "", ""), "past the end is the end");
        assert_eq!(cut("abc", 3, 1), three("ab", "", "c"), "backwards marks nothing");
        let long = format!("{}BAD{}", "x".repeat(5_000), "y".repeat(5_000));
        let cut = cut(&long, 5_001, 5_004);
        assert_eq!(cut.marked, "BAD");
        assert_eq!((cut.before.chars().count(), cut.after.chars().count()), (121, 121));
    }
}
