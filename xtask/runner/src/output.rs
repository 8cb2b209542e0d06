//! What another tool printed → [`Told`]: findings in that tool's own words and
//! places. Nothing here touches the world; what a place means in the judged
//! tree is for [`place`] to say.
//!
//! What is unreadable is an error and never nothing: half of a report would be
//! green.

mod checkstyle;
mod jsonl;
mod junit;
mod pattern;
mod place;
mod sarif;
mod xml;

use std::collections::BTreeMap;

use kernel::{Fact, Severity};

use crate::config::Format;

pub use place::{Places, raised};

/// Bytes of one report.
pub const SIZE_BYTES_MAX: usize = 64 << 20;
/// Findings of one report.
const FINDINGS_MAX: usize = 100_000;

/// A whole report.
#[derive(Debug, Default)]
pub struct Report {
    /// What it found.
    pub told: Vec<Told>,
    /// What a reader must know.
    pub facts: BTreeMap<String, Fact>,
    /// What the tool itself does not count, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Whether it says that nothing was looked at.
    pub is_empty: bool,
}

/// One finding as a tool told it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The tool's own rule.
    pub rule: Option<String>,
    /// Its own severity in our words.
    pub severity: Severity,
    /// Its own path, relative or absolute; none where it is about no file.
    pub path: Option<String>,
    /// From 1; none or 0 is the file as a whole.
    pub line: Option<u32>,
    /// From 1.
    pub column: Option<u32>,
    /// Last line.
    pub end_line: Option<u32>,
    /// Column after the last one.
    pub end_column: Option<u32>,
    /// What columns count.
    pub unit: Unit,
    /// In its own words.
    pub message: String,
    /// Where its rule is explained.
    pub more: Option<String>,
    /// What tells it from others of its rule where there is no line.
    pub key: Option<String>,
    /// Whether the path is the tool's word, or guessed from a name.
    pub is_path_sure: bool,
}

/// What columns count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Characters.
    Characters,
    /// 16-bit code units, as SARIF does where it says nothing.
    Utf16,
}

impl Told {
    /// A finding of no rule and place yet.
    pub fn new(severity: Severity, message: impl Into<String>) -> Told {
        Told {
            rule: None,
            severity,
            path: None,
            line: None,
            column: None,
            end_line: None,
            end_column: None,
            unit: Unit::Characters,
            message: message.into(),
            more: None,
            key: None,
            is_path_sure: true,
        }
    }
}

/// Reads a report.
///
/// # Errors
/// It is not of that format, or larger than any report is.
pub fn read(format: &Format, bytes: &[u8]) -> Result<Report, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("it is no UTF-8 text from byte {} on", error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let report = match format {
        Format::Sarif => sarif::read(text),
        Format::Junit => junit::read(text),
        Format::Checkstyle => checkstyle::read(text),
        Format::Jsonl => jsonl::read(text),
        Format::Regex(pattern) => Ok(pattern::read(pattern, text)),
    }?;
    if report.told.len() > FINDINGS_MAX {
        return Err(format!(
            "it has {} findings, and {FINDINGS_MAX} are read at most",
            report.told.len()
        ));
    }
    Ok(report)
}

/// A severity in any tool's words; none where the word is not one.
fn severity(word: &str) -> Option<Severity> {
    Some(match word.to_ascii_lowercase().as_str() {
        "error" | "fatal" | "fatal error" | "critical" | "blocker" | "high" | "major"
        | "failure" | "e" => Severity::Error,
        "warning" | "warn" | "medium" | "moderate" | "minor" | "w" => Severity::Warning,
        "note" | "info" | "information" | "informational" | "hint" | "help" | "low" | "style"
        | "convention" | "refactor" | "suggestion" | "ignore" | "ignored" | "none" | "i" => {
            Severity::Note
        }
        _ => return None,
    })
}

/// The name of a rule without the name of its tool's package:
/// `org.eslint.no-undef`, `com.puppycrawl.tools.checkstyle.checks.TodoComment`.
fn bare(rule: &str) -> &str {
    let starts = ["com.", "org.", "net.", "io.", "eslint.rules."];
    match rule.rsplit_once('.') {
        Some((_, last)) if starts.iter().any(|start| rule.starts_with(start)) => last,
        _ => rule,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Output;

    fn formats() -> Vec<Format> {
        let gcc = r"regex:^(?<path>[^:]+):(?<line>\d+):(?:(?<column>\d+):)? (?<severity>\w+): (?<message>.*)$";
        let all = ["sarif", "junit", "checkstyle", "jsonl", gcc];
        all.into_iter().map(|text| text.parse::<Output>().unwrap().format).collect()
    }

    #[test]
    fn nothing_at_all_is_no_report() {
        for format in formats().iter().filter(|format| !matches!(format, Format::Regex(_))) {
            let read = read(format, b"");
            // A line tool that found nothing prints nothing.
            assert_eq!(read.is_ok(), matches!(format, Format::Jsonl), "{}", format.as_str());
        }
        assert!(read(&Format::Sarif, b"\xff").unwrap_err().contains("UTF-8"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        /// Whatever it holds: a report or an error, the same each time.
        #[test]
        fn no_text_is_too_odd(parts in prop::collection::vec(prop::sample::select(vec![
            "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"t\",\"rules\":[{\"id\":\"r\"}]}},\"results\":[",
            "{\"message\":{\"text\":\"m\"},\"ruleIndex\":0}", ",", "]", "}", "{", "null", "-1", "99999999999", "\"", "é", "\n",
            "{\"path\":\"a\",\"line\":1,\"message\":\"m\"}", "<checkstyle>", "</checkstyle>", "<file name=\"a\">", "</file>",
            "<error line=\"1\" column=\"x\" message=\"&amp;&lt;&#0;\"/>", "<testsuites>", "<testsuite name=\"s\">",
            "<testcase name=\"n\">", "<failure message=\"m\"/>", "</testcase>", "</testsuite>", "</testsuites>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&b;", "a.c:1:2: error: m\n", "a.c:99999999999:0: error: \n", "<!--", "<![CDATA[", "\0",
        ]), 0..12)) {
            let text = parts.concat();
            for format in formats() {
                let (one, two) = (read(&format, text.as_bytes()), read(&format, text.as_bytes()));
                prop_assert_eq!(format!("{one:?}"), format!("{two:?}"));
            }
        }
    }
}
