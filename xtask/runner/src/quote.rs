//! The lines that a finding is about, kept with it while its file is at hand: a
//! report, a fingerprint and a later run need them, and none reads the file again.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use kernel::{Finding, SourceFile, Tree};

/// At most so many lines of source are kept with a finding.
const LINES_MAX: u32 = 8;
/// At most so many characters of one line.
const LINE_CHARS_MAX: usize = 400;
/// What stands further right is shown without its line: each finding would keep
/// all that stands before it.
const COLUMN_MAX: u32 = 4_000;

/// Quotes `file` in those of `findings` that are about it.
pub fn from_file(findings: &mut [Finding], file: &SourceFile) {
    let about = findings.iter_mut().filter(|finding| wants(finding));
    for finding in about.filter(|finding| finding.at.path == file.path()) {
        finding.quote = lines(finding, file);
    }
}

/// Quotes `tree` in those of `findings` that have no quote yet.
pub fn from_tree(findings: &mut [Finding], tree: &Tree) {
    let mut files: BTreeMap<Utf8PathBuf, Option<SourceFile>> = BTreeMap::new();
    for finding in findings.iter_mut().filter(|finding| wants(finding)) {
        let path = &finding.at.path;
        let file = match files.get(path) {
            Some(file) => file,
            None => files.entry(path.clone()).or_insert(tree.read(path).ok()),
        };
        finding.quote = file.as_ref().and_then(|file| lines(finding, file));
    }
}

/// A line of another commit is not the tree's line of that number, and one that
/// could hold a secret is not kept.
fn wants(finding: &Finding) -> bool {
    finding.quote.is_none()
        && finding.show_source
        && finding.at.commit.is_none()
        && finding.at.span.is_some_and(|span| span.column <= COLUMN_MAX)
}

fn lines(finding: &Finding, file: &SourceFile) -> Option<String> {
    let span = finding.at.span?;
    let last = span.end_line.min(span.line.saturating_add(LINES_MAX - 1));
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

    fn quoted(text: &str, finding: impl Fn(Finding) -> Finding) -> Vec<Option<String>> {
        let file = SourceFile::literal("f.yml", text);
        let starts = text.match_indices("uses").map(|(at, _)| at);
        let at = |at| Location::of(&file, at..at + 4);
        let mut findings: Vec<Finding> =
            starts.map(|start| finding(Finding::new("g/r", at(start), "m"))).collect();
        let mut others = findings.clone();
        from_file(&mut findings, &file);
        from_tree(&mut others, &Tree::literal([("f.yml", text)]));
        assert_eq!(findings, others);
        findings.into_iter().map(|finding| finding.quote).collect()
    }

    #[test]
    fn a_finding_has_its_own_line() {
        let quotes = quoted("a\nuses: x@v1\nb\n  uses: y\n", |finding| finding);
        assert_eq!(quotes, [Some("uses: x@v1".to_owned()), Some("  uses: y".to_owned())]);
    }

    #[test]
    fn a_line_as_long_as_its_file_is_not_kept_with_each_of_its_findings() {
        let quotes = quoted(&"uses é ".repeat(2_000), |finding| finding);
        let kept: usize = quotes.iter().flatten().map(String::len).sum();
        assert_eq!(quotes.len(), 2_000);
        assert!(quotes[0].is_some());
        assert!(kept < 3_000_000, "{kept}");
    }

    #[test]
    fn neither_a_secret_nor_another_commit_is_quoted() {
        assert_eq!(quoted("uses secret\n", |it| it.key("k").hide_source()), [None]);
        let elsewhere = |mut finding: Finding| {
            finding.at.commit = Some(kernel::ObjectId::new(&"a".repeat(40)));
            finding
        };
        assert_eq!(quoted("uses secret\n", elsewhere), [None]);
    }
}
