//! GitHub workflow commands: a group a gate in the log, annotations on lines.
//!
//! The runner obeys every line that begins with `::` (after blanks) and
//! `##[…]` anywhere in a line. So whatever strangers wrote stands in escaped
//! properties and messages of our own commands, or between `::stop-commands::`
//! and a token that they cannot know: it is a digest of the receipt that holds
//! their text.

use std::io::{self, Write};

use kernel::{Outcome, Severity};

use super::gate::{Tally, could_not_judge, particulars, word};
use super::human::{self, Look};
use super::text::{count, duration, shortened, visible};
use super::verdict;
use crate::receipt::{FindingRecord, FindingState, GateResult, Receipt, sha256};

/// Annotations of one level that GitHub shows of one step.
const ANNOTATIONS_MAX: usize = 10;
/// Findings of one gate that its group shows.
const GROUP_FINDINGS_MAX: usize = 200;
/// Characters of an annotation's message.
const MESSAGE_CHARS_MAX: usize = 4_000;

/// Writes the report.
///
/// # Errors
/// `out` could not be written.
pub fn write(receipt: &Receipt, out: &mut impl Write) -> io::Result<()> {
    let canonical = receipt.canonical().map_err(io::Error::other)?;
    let token = sha256(canonical.as_bytes());
    for gate in &receipt.predicate.gates {
        group(receipt, gate, &token, out)?;
    }
    annotate(receipt, out)?;
    let sentence = verdict::sentence(receipt);
    let elapsed = duration(receipt.predicate.run.duration_ms);
    foreign(&token, &[format!("{sentence}  {elapsed}")], out)
}

/// One gate's part of the log, folded by GitHub.
fn group(
    receipt: &Receipt,
    gate: &GateResult,
    token: &str,
    out: &mut impl Write,
) -> io::Result<()> {
    let particulars = particulars(receipt, gate).join("  ");
    let title = format!("{} {}  {particulars}", word(gate.outcome), visible(&gate.id));
    writeln!(out, "::group::{}", message(title.trim_end()))?;
    let look = Look::default();
    let mut text = human::details(gate, &look);
    let new = gate.findings.iter().filter(|finding| finding.state == FindingState::New);
    for finding in new.clone().take(GROUP_FINDINGS_MAX) {
        text.extend(human::finding(receipt, finding, &look).lines().map(str::to_owned));
        text.push(String::new());
    }
    let rest = new.count().saturating_sub(GROUP_FINDINGS_MAX);
    if rest > 0 {
        text.push(format!(
            "… and {} more in the receipt",
            count(rest as u64, "finding", "findings")
        ));
    }
    if !text.is_empty() {
        foreign(token, &text, out)?;
    }
    writeln!(out, "::endgroup::")
}

/// Text with the runner's ears shut. No line of it would be a command anyway:
/// the token only makes that certain.
fn foreign(token: &str, lines: &[String], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "::stop-commands::{token}")?;
    for line in lines {
        let is_command = line.trim_start().starts_with("::");
        writeln!(out, "{}{}", if is_command { "| " } else { "" }, line.replace("##[", "## ["))?;
    }
    writeln!(out, "::{token}::")
}

/// What GitHub shows beside the code: as many as it shows at all, what counts
/// first.
fn annotate(receipt: &Receipt, out: &mut impl Write) -> io::Result<()> {
    let mut left = [ANNOTATIONS_MAX; 3];
    let mut unshown = 0;
    let mut say = |command: Command, text: String| -> io::Result<()> {
        let left = &mut left[command as usize];
        if *left == 0 {
            unshown += 1;
            return Ok(());
        }
        *left -= 1;
        writeln!(out, "{text}")
    };
    for gate in &receipt.predicate.gates {
        let is_silent_failure = gate.outcome == Outcome::Failed && Tally::of(gate).errors == 0;
        if could_not_judge(gate.outcome) || is_silent_failure {
            let command = Command::of(Severity::Error, gate.required);
            say(command, about_gate(command, gate))?;
        }
        for finding in gate.findings.iter().filter(|finding| finding.state == FindingState::New) {
            let command = Command::of(finding.severity, gate.required);
            say(command, about_finding(command, finding))?;
        }
    }
    if unshown > 0 {
        writeln!(out, "{} more in the groups above", count(unshown, "annotation", "annotations"))?;
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    Error,
    Warning,
    Notice,
}

impl Command {
    /// An advisory gate never decides, so it never shows an error.
    fn of(severity: Severity, is_required: bool) -> Command {
        match severity {
            Severity::Error if is_required => Command::Error,
            Severity::Error | Severity::Warning => Command::Warning,
            Severity::Note => Command::Notice,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Command::Error => "error",
            Command::Warning => "warning",
            Command::Notice => "notice",
        }
    }
}

fn about_gate(command: Command, gate: &GateResult) -> String {
    let mut said = format!("{}: {}", gate.outcome.as_str(), gate.reason.text);
    if let Some(hint) = &gate.reason.hint {
        said.push_str(&format!("\nhint: {hint}"));
    }
    format!("::{} title={}::{}", command.as_str(), property(&gate.id), message(&said))
}

fn about_finding(command: Command, finding: &FindingRecord) -> String {
    let mut said = finding.message.clone();
    if let Some(label) = &finding.label {
        said.push_str(&format!("\n{label}"));
    }
    if let Some(fix) = &finding.fix {
        said.push_str(&format!("\nfix: {}", fix.note));
    }
    let mut properties = Vec::new();
    match &finding.commit {
        // The line of another commit is not the line that GitHub would mark.
        Some(commit) => {
            said.push_str(&format!("\n{}:{} in commit {commit}", finding.path, finding.line));
        }
        None => {
            properties.push(format!("file={}", property(&finding.path)));
            if finding.line > 0 {
                properties.push(format!("line={}", finding.line));
                properties.push(format!("endLine={}", finding.end_line.max(finding.line)));
            }
            if finding.line > 0 && finding.column > 0 {
                properties.push(format!("col={}", finding.column));
            }
        }
    }
    properties.push(format!("title={}", property(&finding.rule)));
    format!("::{} {}::{}", command.as_str(), properties.join(","), message(&said))
}

/// The text of a command, as actions/toolkit's `escapeData` writes it; line
/// ends stay, every other control is made visible.
fn message(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(visible).collect();
    let text = lines.join("\n");
    let text = shortened(&text, MESSAGE_CHARS_MAX);
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace("##[", "## [")
}

/// A property of a command, as `escapeProperty` writes it.
fn property(text: &str) -> String {
    let text = visible(text);
    let text = text.replace('%', "%25").replace(':', "%3A").replace(',', "%2C");
    text.replace("##[", "## [")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    fn log(receipt: &Receipt) -> String {
        let mut out = Vec::new();
        write(receipt, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The commands that the runner would obey.
    fn obeyed(log: &str) -> Vec<&str> {
        let mut stopped_by = None;
        let mut obeyed = Vec::new();
        for line in log.split(['\n', '\r']) {
            let line = line.trim_start();
            match stopped_by {
                Some(token) if line == format!("::{token}::") => stopped_by = None,
                Some(_) => {}
                None => {
                    if let Some(token) = line.strip_prefix("::stop-commands::") {
                        stopped_by = Some(token);
                    } else if line.starts_with("::") || line.contains("##[") {
                        obeyed.push(line);
                    }
                }
            }
        }
        assert_eq!(stopped_by, None, "commands are heard again at the end");
        obeyed
    }

    /// A command's properties, read as the runner reads them.
    fn properties(line: &str) -> std::collections::BTreeMap<String, String> {
        let (info, _) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let pairs = info.split_once(' ').unwrap().1.split(',');
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap());
        pairs.map(|(name, value)| (name.to_owned(), unescaped(value))).collect()
    }

    fn unescaped(text: &str) -> String {
        text.replace("%3A", ":").replace("%2C", ",").replace("%0A", "\n").replace("%25", "%")
    }

    #[test]
    fn a_group_a_gate_then_annotations() {
        let log = log(&sample::receipt());
        assert_eq!(
            obeyed(&log).join("\n"),
            "\
::group::fail action-pins  1 error, 1 warning  41 uses in 4 files  1 baselined, 1 waived  3 ms
::endgroup::
::group::fail secret-scan  1 error  3,204 commits in 1,919 files  3 ms
::endgroup::
::group::fail unit  3 ms
::endgroup::
::group::error openapi-gate  3 ms
::endgroup::
::group::n/a lint  advisory  when.changed = [\"web/**\"], nothing of that changed
::endgroup::
::group::skip slow  it is being rebuilt
::endgroup::
::group::ok editions-gate  1 manifest in 1 file  reused  3 ms
::endgroup::
::error file=.github/workflows/ci.yml,line=14,endLine=14,col=15,title=action-pins/unpinned-uses::'actions/checkout@v4' is a tag, not a commit%0Aa tag can be moved by whoever can push to that repository%0Afix: pin the commit: actions/checkout@<40 hex> # v4.2.2
::warning file=.github/workflows/ci.yml,line=20,endLine=21,col=9,title=action-pins/malformed::a folded reference%0Afix: write it on one line
::error title=secret-scan/aws-access-key::an AWS access key id%0Afix: revoke it: what was pushed is known%0Aconfig/prod.env:3 in commit 46f2753a1b68aaaabbbbccccddddeeeeffff0000
::error title=unit::failed: ended with exit code 101
::error title=openapi-gate::errored: 'origin/main' is no commit here%0Ahint: fetch it: git fetch origin main"
        );
        assert!(log.contains("\n| ::error::injected\n"));
    }

    #[test]
    fn no_more_annotations_than_github_shows() {
        let mut receipt = sample::receipt();
        let many = vec![sample::unpinned(); 300];
        receipt.predicate.gates[0].findings = many;
        let log = log(&receipt);
        assert_eq!(obeyed(&log).iter().filter(|line| line.starts_with("::error")).count(), 10);
        assert!(log.contains("\n293 annotations more in the groups above\n"), "{log}");
        assert!(log.contains("\n… and 100 findings more in the receipt\n"));
    }

    #[test]
    fn what_looks_escaped_is_escaped_again() {
        assert_eq!(message("100%0A\nnext: a,b"), "100%250A%0Anext: a,b");
        assert_eq!(property("100%0A\r\na:b,c"), "100%250A␍␊a%3Ab%2Cc");
    }

    proptest! {
        #![proptest_config(sample::cases())]

        #[test]
        fn nothing_injected_is_obeyed(text in hostile()) {
            let tame = log(&sample::hostile("tame"));
            let log = log(&sample::hostile(&text));
            let names = |log: &str| -> Vec<String> {
                let name = |line: &&str| line.split([' ', ':']).nth(2).unwrap_or_default().to_owned();
                obeyed(log).iter().map(name).collect()
            };
            prop_assert_eq!(names(&log), names(&tame));
            let seen = visible(&text).replace("##[", "## [");
            for line in obeyed(&log).iter().filter(|line| line.contains("file=")) {
                let properties = properties(line);
                prop_assert_eq!(properties.len(), 5);
                prop_assert_eq!(&properties["file"], &seen);
                prop_assert_eq!(&properties["title"], &seen);
            }
            prop_assert!(!log.contains("##["));
            prop_assert!(!log.contains('\r'));
            for line in log.lines().filter(|line| line.trim_start().starts_with("::")) {
                let ours = ["::group::", "::endgroup::", "::stop-commands::", "::error ", "::warning "];
                let is_token = line.len() == 68 && line.ends_with("::");
                prop_assert!(is_token || ours.iter().any(|start| line.starts_with(start)), "{}", line);
            }
        }

        #[test]
        fn properties_and_messages_read_back(text in "[ -~%:,]{0,40}") {
            let text = text.replace("##[", "");
            prop_assert_eq!(unescaped(&property(&text)), text.clone());
            prop_assert_eq!(unescaped(&message(&text)), text);
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            Just(sample::NASTY.to_owned()),
            "[\n\r\u{85}\u{2028} :]{0,4}::(error|set-env name=A|stop-commands|add-mask)::x[\n:]{0,3}",
            "[\n#\\[]{0,8}##\\[(command|group)\\]x",
        ]
    }
}
