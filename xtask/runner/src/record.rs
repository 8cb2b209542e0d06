//! Finding → [`FindingRecord`]: the form that receipts keep, with the fingerprint
//! that stays while lines move.

use std::collections::BTreeMap;

use kernel::{Finding, Severity, slashed};

use crate::receipt::{FindingRecord, FindingState, FixRecord, RelatedRecord, sha256};

/// Records of one gate's findings, each with its finding, sorted by path,
/// line, column, rule. `severity` weighs a finding.
#[must_use]
pub fn records<'f>(
    findings: &'f [Finding],
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
    let mut occurrences: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    let mut records = Vec::with_capacity(sorted.len());
    for finding in sorted {
        let key = match (&finding.key, &finding.quote) {
            (Some(key), _) => key.clone(),
            (None, Some(lines)) => lines.lines().next().unwrap_or_default().trim().to_owned(),
            (None, None) => finding.message.clone(),
        };
        let place = (finding.rule.to_string(), slashed(&finding.at.path).into_owned(), key);
        let occurrence = occurrences.entry(place.clone()).or_default();
        *occurrence += 1;
        let (rule, path, key) = place;
        let fingerprint = sha256(format!("{rule}\0{path}\0{key}\0{occurrence}").as_bytes());
        let source = finding.quote.clone().filter(|_| finding.show_source);
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

#[cfg(test)]
mod tests {
    use kernel::{Location, Tree};

    use super::*;
    use crate::quote;

    const TEXT: &str = "a\nuses: x@v1\nb\nuses: x@v1\n";

    fn findings(text: &str) -> Vec<FindingRecord> {
        let tree = Tree::literal([("f.yml", text)]);
        let file = tree.read("f.yml".into()).unwrap();
        let starts: Vec<usize> = text.match_indices("uses").map(|(at, _)| at).collect();
        let mut found: Vec<Finding> = starts
            .iter()
            .rev()
            .map(|at| Finding::new("g/r", Location::of(&file, *at..at + 4), "m"))
            .collect();
        quote::from_tree(&mut found, &tree);
        let records = records(&found, &|_| Severity::Error);
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
        let mut findings = [finding];
        quote::from_tree(&mut findings, &tree);
        let records = records(&findings, &|_| Severity::Error);
        assert_eq!(records[0].0.source, None);
        assert!(!format!("{:?}", records[0].0).contains("secret-line"));
    }
}
