//! Finding → [`FindingRecord`]: the offending lines, and the fingerprint that
//! stays while lines move.

use std::collections::BTreeMap;

use kernel::{Finding, Severity, SourceFile, Tree, slashed};

use crate::receipt::{FindingRecord, FindingState, FixRecord, RelatedRecord, sha256};

/// At most so many lines of source are kept with a finding.
const SOURCE_LINES_MAX: u32 = 8;
/// At most so many characters of one line.
const LINE_CHARS_MAX: usize = 400;
/// What stands further right is shown without its line: each finding would keep
/// all that stands before it.
const COLUMN_MAX: u32 = 4_000;

/// Records of one gate's findings, each with its finding, sorted by path,
/// line, column, rule. `severity` weighs a finding.
#[must_use]
pub fn records<'f>(
    findings: &'f [Finding],
    tree: &Tree,
    severity: &dyn Fn(&Finding) -> Severity,
) -> Vec<(FindingRecord, &'f Finding)> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by(|a, b| {
        (&a.at.path, a.at.span, &a.rule, &a.at.commit, &a.message).cmp(&(
            &b.at.path,
            b.at.span,
            &b.rule,
            &b.at.commit,
            &b.message,
        ))
    });
    let mut files: BTreeMap<&camino::Utf8Path, Option<SourceFile>> = BTreeMap::new();
    let mut occurrences: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    let mut records = Vec::with_capacity(sorted.len());
    for finding in sorted {
        // A line of another commit is not the tree's line of that number.
        let file = if finding.at.commit.is_some() {
            None
        } else {
            let read = || tree.read(&finding.at.path).ok();
            files.entry(&finding.at.path).or_insert_with(read).as_ref()
        };
        let lines = file.and_then(|file| source(finding, file));
        let key = match (&finding.key, &lines) {
            (Some(key), _) => key.clone(),
            (None, Some(lines)) => lines.lines().next().unwrap_or_default().trim().to_owned(),
            (None, None) => finding.message.clone(),
        };
        let place = (finding.rule.to_string(), slashed(&finding.at.path).into_owned(), key);
        let occurrence = occurrences.entry(place.clone()).or_default();
        *occurrence += 1;
        let (rule, path, key) = place;
        let fingerprint = sha256(format!("{rule}\0{path}\0{key}\0{occurrence}").as_bytes());
        let source = lines.filter(|_| finding.show_source);
        let record = record(finding, rule, path, source, fingerprint, severity(finding));
        records.push((record, finding));
    }
    records
}

fn record(
    finding: &Finding,
    rule: String,
    path: String,
    source: Option<String>,
    fingerprint: String,
    severity: Severity,
) -> FindingRecord {
    let span = finding.at.span;
    let related = finding.related.iter().map(|related| RelatedRecord {
        path: slashed(&related.at.path).into_owned(),
        line: related.at.span.map_or(0, |span| span.line),
        label: related.label.clone(),
    });
    let fix = |fix: &kernel::Fix| FixRecord { note: fix.note.clone(), edits: fix.edits.clone() };
    FindingRecord {
        rule,
        severity,
        path,
        line: span.map_or(0, |span| span.line),
        column: span.map_or(0, |span| span.column),
        end_line: span.map_or(0, |span| span.end_line),
        end_column: span.map_or(0, |span| span.end_column),
        message: finding.message.clone(),
        label: finding.label.clone(),
        source,
        commit: finding.at.commit.as_ref().map(ToString::to_string),
        related: related.collect(),
        fix: finding.fix.as_ref().map(fix),
        fingerprint: fingerprint.chars().take(32).collect(),
        state: FindingState::New,
        waiver: None,
    }
}

fn source(finding: &Finding, file: &SourceFile) -> Option<String> {
    let span = finding.at.span.filter(|span| span.column <= COLUMN_MAX)?;
    let last = span.end_line.min(span.line.saturating_add(SOURCE_LINES_MAX - 1));
    let lines = (span.line..=last).map_while(|line| file.line(line));
    let lines: Vec<String> = lines.map(|line| cut(line, span.column)).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// A line of a minified file says nothing in full; it is kept only as far as
/// the column that matters and a little beyond.
fn cut(line: &[u8], column: u32) -> String {
    let keep = LINE_CHARS_MAX.max(column as usize + LINE_CHARS_MAX);
    // Before it is decoded: a line can be as long as its file.
    let line = line.get(..line.len().min(keep * 4 + 4)).unwrap_or(line);
    let line = &*String::from_utf8_lossy(line);
    match line.char_indices().nth(keep) {
        Some((end, _)) => line.get(..end).unwrap_or(line).to_owned(),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use kernel::Location;

    use super::*;

    const TEXT: &str = "a\nuses: x@v1\nb\nuses: x@v1\n";

    fn findings(text: &str) -> Vec<FindingRecord> {
        let tree = Tree::literal([("f.yml", text)]);
        let file = tree.read("f.yml".into()).unwrap();
        let starts: Vec<usize> = text.match_indices("uses").map(|(at, _)| at).collect();
        let found: Vec<Finding> = starts
            .iter()
            .rev()
            .map(|at| Finding::new("g/r", Location::of(&file, *at..at + 4), "m"))
            .collect();
        let records = records(&found, &tree, &|_| Severity::Error);
        records.into_iter().map(|(record, _)| record).collect()
    }

    #[test]
    fn records_are_sorted_and_carry_their_line() {
        let records = findings(TEXT);
        assert_eq!(records[0].line, 2);
        assert_eq!(records[0].source.as_deref(), Some("uses: x@v1"));
        assert_eq!(records[1].line, 4);
    }

    #[test]
    fn a_line_as_long_as_its_file_is_not_kept_with_each_of_its_findings() {
        let records = findings(&"uses é ".repeat(2_000));
        let kept: usize = records.iter().filter_map(|it| it.source.as_ref()).map(String::len).sum();
        assert_eq!(records.len(), 2_000);
        assert!(records[0].source.is_some());
        assert!(kept < 3_000_000, "{kept}");
    }

    #[test]
    fn a_fingerprint_stays_while_lines_move_and_tells_twins_apart() {
        let before = findings(TEXT);
        let after = findings(&format!("new\nlines\n{TEXT}"));
        assert_eq!(before[0].fingerprint, after[0].fingerprint);
        assert_eq!(before[1].fingerprint, after[1].fingerprint);
        assert_ne!(before[0].fingerprint, before[1].fingerprint);
    }

    #[test]
    fn hidden_source_is_not_kept() {
        let tree = Tree::literal([("f", "secret-line\n")]);
        let file = tree.read("f".into()).unwrap();
        let finding = Finding::new("g/r", Location::of(&file, 0..6), "m").key("k").hide_source();
        let findings = [finding];
        let records = records(&findings, &tree, &|_| Severity::Error);
        assert_eq!(records[0].0.source, None);
        assert!(!format!("{:?}", records[0].0).contains("secret-line"));
    }
}
