//! Findings that are known one by one: `.gitleaksignore`, and a report of
//! gitleaks' as a baseline.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use kernel::ConfigError;
use serde::Deserialize;

use crate::engine::Hit;
use crate::engine::text::Page;

/// Known findings, and which of them turned up again.
#[derive(Default)]
pub struct Known {
    /// `FILE:RULE:LINE` and `COMMIT:FILE:RULE:LINE`.
    ignored: BTreeSet<String>,
    baseline: Vec<Entry>,
    met: Mutex<Met>,
}

#[derive(Default)]
struct Met {
    ignored: BTreeSet<String>,
    baseline: BTreeSet<usize>,
}

/// One finding of a baseline. It holds the secret, so it cannot be printed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(rename = "RuleID")]
    rule: String,
    file: String,
    #[serde(default)]
    commit: String,
    start_line: usize,
    #[serde(default)]
    end_line: usize,
    #[serde(default)]
    secret: String,
}

impl Known {
    /// Reads `.gitleaksignore` and the baseline, each with its path.
    ///
    /// # Errors
    /// A line that is no fingerprint; a baseline that is no report of
    /// gitleaks'.
    pub fn read(
        ignored: Option<(&str, &str)>,
        baseline: Option<(&str, &str)>,
    ) -> Result<Known, ConfigError> {
        let ignored =
            ignored.map(|(path, text)| fingerprints(text).map_err(|error| error.file(path)));
        let baseline = baseline.map(|(path, text)| entries(text).map_err(|error| error.file(path)));
        Ok(Known {
            ignored: ignored.transpose()?.unwrap_or_default(),
            baseline: baseline.transpose()?.unwrap_or_default(),
            met: Mutex::default(),
        })
    }

    /// Whether `hit`, at `path` (a member of an archive behind `!`), is known.
    pub fn cover(
        &self,
        rule: &str,
        page: &Page<'_>,
        hit: &Hit,
        path: &str,
        commit: Option<&str>,
    ) -> bool {
        if self.ignored.is_empty() && self.baseline.is_empty() {
            return false;
        }
        let line = line(page, hit);
        let anywhere = format!("{path}:{rule}:{line}");
        let exact = commit.map(|commit| format!("{commit}:{anywhere}"));
        let ignored = [Some(anywhere), exact].into_iter().flatten();
        let ignored = ignored.filter(|fingerprint| self.ignored.contains(fingerprint));
        let known: Vec<usize> = (0..self.baseline.len())
            .filter(|index| {
                let entry = self.baseline.get(*index);
                entry.is_some_and(|entry| {
                    entry.is(rule, path, commit, line) && entry.has(hit.value(page.text))
                })
            })
            .collect();
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.len();
        met.baseline.extend(known);
        let mut is_ignored = false;
        for fingerprint in ignored {
            is_ignored = true;
            met.ignored.insert(fingerprint);
        }
        is_ignored || before > 0
    }

    /// Whether there is anything to know.
    pub fn is_empty(&self) -> bool {
        self.ignored.is_empty() && self.baseline.is_empty()
    }

    /// The entries of each that nothing turned up for, the baseline's without
    /// their secrets.
    pub fn unmet(&self) -> (Vec<String>, Vec<String>) {
        let met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        let ignored = self.ignored.difference(&met.ignored).cloned();
        let baseline = self.baseline.iter().enumerate();
        let baseline = baseline.filter(|(index, _)| !met.baseline.contains(index));
        (ignored.collect(), baseline.map(|(_, entry)| entry.fingerprint()).collect())
    }
}

impl Entry {
    fn is(&self, rule: &str, path: &str, commit: Option<&str>, line: usize) -> bool {
        self.rule == rule
            && self.file == path
            && (self.start_line..=self.end_line.max(self.start_line)).contains(&line)
            // What a commit brought is known in the tree that has it too.
            && (self.commit.is_empty() || commit.is_none_or(|commit| commit == self.commit))
    }

    /// Whether it is about that secret. A report may hold less than all of it:
    /// `gitleaks --redact`.
    fn has(&self, secret: &[u8]) -> bool {
        let known = self.secret.as_bytes();
        let holds = |all: &[u8], part: &[u8]| memchr::memmem::find(all, part).is_some();
        match self.secret.strip_suffix("...") {
            _ if self.secret.is_empty() || self.secret == "REDACTED" => true,
            Some(start) => holds(secret, start.as_bytes()),
            // Two tools may draw a secret's bounds differently.
            None => holds(secret, known) || (!secret.is_empty() && holds(known, secret)),
        }
    }

    fn fingerprint(&self) -> String {
        let place = format!("{}:{}:{}", self.file, self.rule, self.start_line);
        if self.commit.is_empty() { place } else { format!("{}:{place}", self.commit) }
    }
}

/// The line of a match as gitleaks counts it: one that begins with a line end
/// is on the next line, and a path that is the offence has line 0.
fn line(page: &Page<'_>, hit: &Hit) -> usize {
    if let Some(member) = hit.member() {
        return usize::try_from(member.line).unwrap_or(usize::MAX);
    }
    if page.text.is_empty() {
        return 0;
    }
    let next = hit.whole.start + 1;
    usize::try_from(page.span(&(next..next)).line).unwrap_or(usize::MAX)
}

fn fingerprints(text: &str) -> Result<BTreeSet<String>, ConfigError> {
    let mut all = BTreeSet::new();
    let mut at = 0;
    for whole in text.split_inclusive('\n') {
        let start = at;
        at += whole.len();
        let line = whole.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.rsplitn(3, ':');
        let number = parts.next().filter(|number| number.bytes().all(|b| b.is_ascii_digit()));
        match (number.filter(|number| !number.is_empty()), parts.next(), parts.next()) {
            (Some(number), Some(rule), Some(path)) if !rule.is_empty() && !path.is_empty() => {
                // gitleaks on Windows writes the path with `\`.
                all.insert(format!("{}:{rule}:{number}", path.replace('\\', "/")));
            }
            _ => {
                let error = ConfigError::new(format!("'{line}' is no fingerprint of a finding"));
                return Err(error
                    .span(start..start + whole.trim_end().len())
                    .hint("write FILE:RULE:LINE or COMMIT:FILE:RULE:LINE"));
            }
        }
    }
    Ok(all)
}

fn entries(text: &str) -> Result<Vec<Entry>, ConfigError> {
    serde_json::from_str(text).map_err(|error| {
        // The reader's own words could quote the secret.
        let place = format!("line {}, column {}", error.line(), error.column());
        ConfigError::new(format!("this is no report of gitleaks' in JSON ({place})"))
            .hint("make it anew: gitleaks git --report-format json --report-path FILE")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(whole: std::ops::Range<usize>) -> Hit {
        Hit { rule: 0, secret: whole.clone(), whole, checksum_holds: None, within: None }
    }

    #[test]
    fn fingerprints_are_compared_byte_for_byte() {
        let text = b"one\ntwo three\n";
        let commit = "c".repeat(40);
        let covers = |entry: &str, commit: Option<&str>| {
            let known = Known::read(Some((".gitleaksignore", entry)), None).unwrap();
            let covers = known.cover("rule", &Page::of(text), &hit(4..7), "a:b/c", commit);
            assert_eq!(known.unmet().0.is_empty(), covers || entry.starts_with('#'));
            covers
        };
        assert!(covers("a:b/c:rule:2", None));
        assert!(covers("  a:b/c:rule:2 \r\n", Some(&commit)));
        assert!(covers("a:b\\c:rule:2", None));
        assert!(covers(&format!("{commit}:a:b/c:rule:2"), Some(&commit)));
        assert!(!covers(&format!("{commit}:a:b/c:rule:2"), None));
        assert!(!covers("a:b/c:rule:3", None));
        assert!(!covers("A:b/c:rule:2", None));
        assert!(!covers("# a:b/c:rule:2", None));
        assert_eq!(line(&Page::of(b"\n\nx"), &hit(1..3)), 3, "a match from a line end on");
    }

    #[test]
    fn a_baseline_knows_a_secret_by_its_place_and_value() {
        let report = |secret: &str, line: usize, commit: &str| {
            format!(
                r#"[{{"RuleID":"rule","File":"a","Commit":"{commit}","StartLine":{line},"EndLine":{line},"Secret":"{secret}","Fingerprint":"x"}}]"#
            )
        };
        let covers = |report: String, commit: Option<&str>| {
            let known = Known::read(None, Some(("b.json", &report))).unwrap();
            known.cover("rule", &Page::of(b"key=value"), &hit(4..9), "a", commit)
        };
        assert!(covers(report("value", 1, ""), None));
        assert!(covers(report("key=value", 1, ""), Some("c")));
        assert!(covers(report("REDACTED", 1, "c"), Some("c")));
        assert!(covers(report("va...", 1, "c"), None));
        assert!(!covers(report("value", 1, "c"), Some("d")));
        assert!(!covers(report("other", 1, ""), None), "another secret on that line is seen");
        assert!(!covers(report("value", 2, ""), None));
    }

    #[test]
    fn what_is_neither_is_refused_without_quoting_a_secret() {
        let refused = |report: &str| match Known::read(None, Some(("b.json", report))) {
            Ok(_) => panic!("taken: {report}"),
            Err(error) => error.to_string(),
        };
        let told = refused(r#"[{"RuleID":"r","File":"f","StartLine":"hunter2"}]"#);
        assert!(told.contains("line 1") && !told.contains("hunter2"), "{told}");
        refused("{}");
        for entry in ["a:b", "a:b:c", ":b:1", "a::1", "nothing"] {
            assert!(Known::read(Some(("i", entry)), None).is_err(), "{entry}");
        }
    }
}
