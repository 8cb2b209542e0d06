//! For a person: findings as rustc shows them, a line a gate, the verdict.

use std::io::{self, Write};

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use kernel::{Outcome, Severity};

use super::gate::{self, word};
use super::text::{duration, grouped, lines, shortened, visible};
use super::{snippet, verdict};
use crate::receipt::{FindingRecord, FindingState, GateResult, Receipt};

/// Findings of one gate that are shown before the rest is counted.
const FINDINGS_MAX: usize = 20;
/// Last lines of a command's output that are shown.
const TAIL_LINES_MAX: usize = 20;
/// Characters of one line of foreign text that are shown.
const LINE_CHARS_MAX: usize = 400;
/// Columns given to gates' names; longer ones push their line aside.
const NAME_COLUMNS_MAX: usize = 32;

/// Findings that do not count are told in so many lines at most.
const LINES_MAX: usize = 3;

/// How it is to look.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Writes colours as terminal escapes. Whoever hands in a stream that
    /// strips them where they are not wanted says yes.
    pub is_coloured: bool,
    /// Nothing but failures and the verdict.
    pub is_quiet: bool,
    /// Every finding, waived and baselined ones too, and every fact.
    pub is_verbose: bool,
    /// Where the receipt was written.
    pub receipt_path: Option<String>,
    /// Columns of the terminal; none takes 120.
    pub width: Option<usize>,
}

/// Columns of the terminal that standard output is, if it is one.
#[must_use]
pub fn terminal_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(usize::from(width.0))
}

/// Writes the report.
///
/// # Errors
/// `out` could not be written.
pub fn write(receipt: &Receipt, look: &Look, out: &mut impl Write) -> io::Result<()> {
    for gate in &receipt.predicate.gates {
        findings(receipt, gate, look, out)?;
    }
    let mut shown = Vec::new();
    for gate in &receipt.predicate.gates {
        if !look.is_quiet || is_failure(gate.outcome) {
            shown.push(gate);
        }
    }
    let columns = Columns::of(&shown);
    for gate in &shown {
        writeln!(out, "{}", columns.line(receipt, gate, look.is_coloured))?;
        for detail in details(gate, look) {
            writeln!(out, "{:indent$}{detail}", "", indent = columns.word + 1)?;
        }
    }
    if !shown.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", last_line(receipt, look))
}

/// One finding as rustc would show it, ending in a line end.
#[must_use]
pub fn finding(receipt: &Receipt, finding: &FindingRecord, look: &Look) -> String {
    let renderer = snippet::renderer(look.is_coloured, look.width);
    let mut drawn = snippet::draw(&renderer, receipt, finding);
    drawn.push('\n');
    drawn
}

/// What stands below a gate's line: why, what to do, facts, what was left out,
/// the end of a failed command's output.
#[must_use]
pub fn details(gate: &GateResult, look: &Look) -> Vec<String> {
    let mut details = Vec::new();
    let mut say = |lead: &str, text: &str| {
        for (index, line) in lines(text).iter().enumerate() {
            let lead = if index == 0 { lead } else { "| " };
            details.push(format!("{lead}{}", shortened(line, LINE_CHARS_MAX)));
        }
    };
    // A count of findings stands in the gate's own line already.
    if gate.reason.code != "findings" && !gate::is_reason_beside(gate.outcome) {
        say("", &gate.reason.text);
    }
    if let Some(hint) = &gate.reason.hint {
        say("hint: ", hint);
    }
    if !look.is_quiet {
        for fact in gate::facts(gate, look.is_verbose) {
            say("", &fact);
        }
        if let Some(skipped) = gate::skipped(gate) {
            say("", &skipped);
        }
        if let Some(proof) = gate.proof.as_ref().filter(|proof| !proof.unproven.is_empty()) {
            let rules = super::text::listed(&proof.unproven, 5);
            say("", &format!("without examples, so unproven: {rules}"));
        }
        if let Some(finally) = gate.finally.as_ref().filter(|end| !end.outcome.is_green()) {
            say("", &format!("its 'finally' ended {}", finally.outcome.as_str()));
        }
    }
    if !gate.outcome.is_green() {
        if let Some(tail) = &gate.tail {
            let tail = lines(tail);
            let from = tail.len().saturating_sub(TAIL_LINES_MAX);
            for line in tail.iter().skip(from) {
                details.push(format!("| {}", shortened(line, LINE_CHARS_MAX)));
            }
        }
        if let Some(log) = &gate.log {
            details.push(format!("log: {}", visible(log)));
        }
    }
    details
}

/// Widths that make gates' lines align.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns {
    word: usize,
    name: usize,
}

impl Columns {
    /// Wide enough for all of `gates`.
    #[must_use]
    pub fn of(gates: &[&GateResult]) -> Columns {
        let words = gates.iter().map(|gate| word(gate.outcome).len());
        let names = gates.iter().map(|gate| gate.id.chars().count().min(NAME_COLUMNS_MAX));
        Columns { word: words.max().unwrap_or(0), name: names.max().unwrap_or(0) }
    }

    /// `ok action-pins  41 uses in 4 files  3 ms`.
    #[must_use]
    pub fn line(&self, receipt: &Receipt, gate: &GateResult, is_coloured: bool) -> String {
        let word = format!("{:columns$}", word(gate.outcome), columns = self.word);
        let word = painted(&word, colour(gate.outcome), is_coloured);
        let name = format!("{:columns$}", visible(&gate.id), columns = self.name);
        let line = format!("{word} {name}  {}", gate::particulars(receipt, gate).join("  "));
        line.trim_end().to_owned()
    }
}

fn colour(outcome: Outcome) -> Style {
    let colour = match outcome {
        Outcome::Passed | Outcome::Reused => AnsiColor::BrightGreen,
        Outcome::Failed => AnsiColor::BrightRed,
        Outcome::NotApplicable | Outcome::Skipped => return Style::new().effects(Effects::DIMMED),
        _ => AnsiColor::Yellow,
    };
    colour.on_default().effects(Effects::BOLD)
}

fn painted(text: &str, style: Style, is_coloured: bool) -> String {
    if is_coloured { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

fn is_failure(outcome: Outcome) -> bool {
    !outcome.is_green() && outcome != Outcome::Skipped
}

fn findings(
    receipt: &Receipt,
    gate: &GateResult,
    look: &Look,
    out: &mut impl Write,
) -> io::Result<()> {
    let wanted = |finding: &&FindingRecord| {
        let is_new = finding.state == FindingState::New;
        let is_quiet =
            look.is_quiet && (!is_failure(gate.outcome) || finding.severity < Severity::Error);
        (is_new || look.is_verbose) && !is_quiet
    };
    let found = gate.findings.iter().filter(wanted);
    // What counts is drawn in full; what does not is a line, and only a few.
    let (drawn, told): (Vec<&FindingRecord>, Vec<&FindingRecord>) =
        found.partition(|finding| look.is_verbose || finding.severity == Severity::Error);
    let drawn_max = if look.is_verbose { drawn.len() } else { FINDINGS_MAX };
    for found in drawn.iter().take(drawn_max) {
        writeln!(out, "{}", finding(receipt, found, look))?;
    }
    for found in told.iter().take(LINES_MAX) {
        writeln!(out, "{}", line(found))?;
    }
    let rest = drawn.len().saturating_sub(drawn_max) + told.len().saturating_sub(LINES_MAX);
    if rest > 0 {
        let from = look.receipt_path.as_deref().unwrap_or("RECEIPT");
        writeln!(
            out,
            "… and {} more of {}; all of them: cargo xtask report --from {} --verbose",
            grouped(rest as u64),
            visible(&gate.id),
            visible(from)
        )?;
    }
    if !told.is_empty() || rest > 0 {
        writeln!(out)?;
    }
    Ok(())
}

/// A finding that does not count, as compilers of old told it.
fn line(finding: &FindingRecord) -> String {
    format!(
        "{}:{}:{}: {}[{}]: {}",
        visible(&finding.path),
        finding.line,
        finding.column,
        finding.severity.as_str(),
        visible(&finding.rule),
        shortened(&visible(&finding.message), 200)
    )
}

fn last_line(receipt: &Receipt, look: &Look) -> String {
    let verdict = receipt.predicate.verdict;
    let sentence = verdict::sentence(receipt);
    let sentence = match sentence.strip_prefix(verdict.as_str()) {
        Some(rest) => {
            format!("{}{rest}", painted(verdict.as_str(), hue(verdict), look.is_coloured))
        }
        None => sentence,
    };
    let mut parts = vec![sentence];
    parts.extend(verdict::subject(receipt));
    if let Some(path) = &look.receipt_path {
        parts.push(format!("receipt {}", visible(path)));
    }
    parts.push(duration(receipt.predicate.run.duration_ms));
    parts.join("  ")
}

fn hue(verdict: kernel::Verdict) -> Style {
    let colour = match verdict {
        kernel::Verdict::Green => AnsiColor::BrightGreen,
        kernel::Verdict::Red => AnsiColor::BrightRed,
        kernel::Verdict::Error | kernel::Verdict::Partial => AnsiColor::Yellow,
    };
    colour.on_default().effects(Effects::BOLD)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    fn shown(receipt: &Receipt, look: &Look) -> String {
        let mut out = Vec::new();
        write(receipt, look, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn kept() -> Look {
        Look { receipt_path: Some(".git/gate-runner/verify-all.json".into()), ..Look::default() }
    }

    #[test]
    fn findings_then_a_line_a_gate_then_the_verdict() {
        assert_eq!(
            shown(&sample::receipt(), &kept()),
            r#"error[action-pins/unpinned-uses]: 'actions/checkout@v4' is a tag, not a commit
  --> .github/workflows/ci.yml:14:15
   |
14 |       - uses:   actions/checkout@v4
   |               ^^^^^^^^^^^^^^^^^^^ a tag can be moved by whoever can push to that repository
   |
   = see: .github/workflows/release.yml:9: pinned here
   = fix: pin the commit: actions/checkout@<40 hex> # v4.2.2
   = more: cargo xtask explain action-pins/unpinned-uses

.github/workflows/ci.yml:20:9: warning[action-pins/malformed]: a folded reference

error[secret-scan/aws-access-key]: an AWS access key id
--> config/prod.env:3:9
 = in commit: 46f2753a1b68aaaabbbbccccddddeeeeffff0000
 = fix: revoke it: what was pushed is known
 = more: cargo xtask explain secret-scan/aws-access-key

fail  action-pins    1 error, 1 warning  41 uses in 4 files  1 baselined, 1 waived  3 ms
      not judged: 2 binary
fail  secret-scan    1 error  3,204 commits in 1,919 files  3 ms
      history-complete: no
fail  unit           3 ms
      ended with exit code 101
      | running 2 tests
      | ::error::injected
      | ␛[31mFAILED␛[0m
      log: gate-runner/logs/unit.log
error openapi-gate   3 ms
      'origin/main' is no commit here
      hint: fetch it: git fetch origin main
n/a   lint           advisory  when.changed = ["web/**"], nothing of that changed
skip  slow           it is being rebuilt
ok    editions-gate  1 manifest in 1 file  reused  3 ms

red: 3 of 6 required gates failed (action-pins, secret-scan, unit), 1 could not judge (openapi-gate errored), 1 not run (slow)  1b15ef614bdd on main  receipt .git/gate-runner/verify-all.json  1.2 s
"#
        );
    }

    #[test]
    fn a_green_run_is_three_lines() {
        assert_eq!(
            shown(&sample::green(), &Look::default()),
            "ok action-pins  41 uses in 4 files  3 ms\n\n\
             green: 1 of 1 required gate green  1b15ef614bdd on main  1.2 s\n"
        );
    }

    #[test]
    fn quiet_is_failures_and_the_verdict() {
        let quiet = Look { is_quiet: true, ..Look::default() };
        let red = shown(&sample::receipt(), &quiet);
        for absent in ["warning[", "lint", "slow  ", "editions", "not judged", "scope"] {
            assert!(!red.contains(absent), "{absent} in {red}");
        }
        for present in ["error[action-pins", "fail  unit", "| running 2 tests", "red: 3 of 6"] {
            assert!(red.contains(present), "no {present} in {red}");
        }
        let green = shown(&sample::green(), &quiet);
        assert_eq!(green, "green: 1 of 1 required gate green  1b15ef614bdd on main  1.2 s\n");
    }

    #[test]
    fn verbose_shows_what_does_not_count_and_why() {
        let all = shown(&sample::receipt(), &Look { is_verbose: true, ..Look::default() });
        for present in [
            "= not counted: waived: retired next week (.github/workflows/old.yml:7)",
            "= not counted: known in the baseline",
            "windows: 12",
        ] {
            assert!(all.contains(present), "no {present} in {all}");
        }
    }

    #[test]
    fn a_thousand_findings_are_twenty_and_a_line() {
        let mut receipt = sample::receipt();
        let warning = FindingRecord { severity: Severity::Warning, ..sample::unpinned() };
        let mut findings = vec![warning; 999];
        findings.push(sample::unpinned());
        receipt.predicate.gates[0].findings = findings;
        let text = shown(&receipt, &kept());
        assert!(text.starts_with("error[action-pins"), "what counts comes first");
        assert_eq!(text.matches("warning[action-pins").count(), LINES_MAX);
        assert!(text.contains(
            "\n… and 996 more of action-pins; all of them: \
             cargo xtask report --from .git/gate-runner/verify-all.json --verbose\n"
        ));
        let all = shown(&receipt, &Look { is_verbose: true, ..kept() });
        assert_eq!(all.matches("warning[action-pins").count(), 999);
        receipt.predicate.gates[0].findings = vec![sample::unpinned(); 30];
        let text = shown(&receipt, &kept());
        assert_eq!(text.matches("error[action-pins").count(), FINDINGS_MAX);
        assert!(text.contains("\n… and 10 more of action-pins"));
    }

    #[test]
    fn a_minified_line_is_cut_around_the_finding() {
        let mut receipt = sample::receipt();
        let finding = &mut receipt.predicate.gates[0].findings[0];
        finding.source =
            Some(format!("{}actions/checkout@v4{}", "é;".repeat(5_000), "x;".repeat(900)));
        (finding.column, finding.end_column) = (10_001, 10_020);
        let text = shown(&receipt, &Look { width: Some(80), ..Look::default() });
        assert!(text.contains("--> .github/workflows/ci.yml:14:10001\n"));
        let line = text.lines().find(|line| line.starts_with("14 |")).unwrap();
        assert!(line.contains("actions/checkout@v4"), "{line}");
        assert!(line.chars().count() <= 80, "{line}");
    }

    #[test]
    fn a_span_beyond_its_source_is_its_end() {
        let mut receipt = sample::receipt();
        let finding = &mut receipt.predicate.gates[0].findings[0];
        (finding.line, finding.end_line) = (u32::MAX, 3);
        (finding.column, finding.end_column) = (u32::MAX, 0);
        assert!(shown(&receipt, &Look::default()).contains("4294967295 |"));
    }

    proptest! {
        #![proptest_config(sample::cases())]

        #[test]
        fn no_control_of_a_stranger_reaches_the_terminal(text in hostile()) {
            for is_verbose in [false, true] {
                let receipt = sample::hostile(&text);
                let plain = shown(&receipt, &Look { is_verbose, ..Look::default() });
                prop_assert!(!plain.contains(|char: char| char.is_control() && char != '\n'));
                let look = Look { is_verbose, is_coloured: true, ..Look::default() };
                let coloured = shown(&receipt, &look);
                prop_assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
            }
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            Just(sample::NASTY.to_owned()),
            "[\u{1b}\u{9b}\u{7}\r\n\t日\u{301}\u{200d}\\[0-9;mx]{0,20}",
        ]
    }
}
