//! Markdown for a step summary or a comment: verdict, a table of gates, the
//! findings.
//!
//! What strangers wrote stands in code spans, or in prose with every character
//! that Markdown or GitHub would act on written as a character reference.

use std::cmp::Reverse;
use std::io::{self, Write};

use kernel::{Severity, Verdict};

use super::gate::{Tally, elapsed_ms, examined, exception, facts, skipped, word};
use super::text::{duration, grouped, lines, shortened, visible};
use super::verdict;
use crate::receipt::{FindingRecord, FindingState, GateResult, Receipt};

/// A step's summary may be so long; GitHub drops a longer one whole.
pub const SIZE_BYTES_MAX: usize = 1024 * 1024;
/// Findings of one gate that are listed.
const FINDINGS_MAX: usize = 100;
/// Lines of a failed command's output that are shown.
const TAIL_LINES_MAX: usize = 20;
/// Characters of one foreign text.
const TEXT_CHARS_MAX: usize = 500;

/// Writes the report, at most [`SIZE_BYTES_MAX`] bytes of it.
///
/// # Errors
/// `out` could not be written.
pub fn write(receipt: &Receipt, out: &mut impl Write) -> io::Result<()> {
    let mut page = Page::default();
    head(receipt, &mut page);
    for gate in &receipt.predicate.gates {
        section(receipt, gate, &mut page);
    }
    out.write_all(page.text.as_bytes())
}

/// Text that takes whole pieces as long as they fit, then a note that it is
/// full.
#[derive(Default)]
struct Page {
    text: String,
    is_full: bool,
}

impl Page {
    fn add(&mut self, piece: &str) {
        const NOTE: &str = "\n\n… cut here: the whole is in the receipt\n";
        if self.is_full {
            return;
        }
        self.is_full = self.text.len() + piece.len() + NOTE.len() > SIZE_BYTES_MAX;
        self.text.push_str(if self.is_full { NOTE } else { piece });
    }
}

fn head(receipt: &Receipt, page: &mut Page) {
    let sign = match receipt.predicate.verdict {
        Verdict::Green => "✅",
        Verdict::Red => "❌",
        Verdict::Error | Verdict::Partial => "⚠️",
    };
    let sentence = verdict::sentence(receipt);
    page.add(&format!("## {sign} {}\n\n", prose(&sentence)));
    let subject = verdict::subject(receipt).map(|subject| format!("{} · ", paragraph(&subject)));
    page.add(&subject.unwrap_or_default());
    page.add(&duration(receipt.predicate.run.duration_ms));
    page.add("\n\n| | gate | examined | findings | time |\n|---|---|---|---|---|\n");
    for gate in &receipt.predicate.gates {
        page.add(&row(receipt, gate));
    }
}

fn row(receipt: &Receipt, gate: &GateResult) -> String {
    let tally = Tally::of(gate);
    let mut found = vec![tally.new_text(), tally.known_text()];
    found.retain(|text| !text.is_empty());
    let name =
        if gate.required { prose(&gate.id) } else { format!("{} (advisory)", prose(&gate.id)) };
    let elapsed = elapsed_ms(receipt, gate).map(duration).unwrap_or_default();
    format!(
        "| {} | {name} | {} | {} | {elapsed} |\n",
        word(gate.outcome),
        prose(&examined(gate).unwrap_or_default()),
        prose(&found.join(", ")),
    )
}

fn section(receipt: &Receipt, gate: &GateResult, page: &mut Page) {
    let mut pieces = Vec::new();
    if !gate.reason.text.is_empty() && gate.reason.code != "findings" {
        pieces.push(format!("{}\n\n", paragraph(&gate.reason.text)));
    }
    if let Some(hint) = &gate.reason.hint {
        pieces.push(format!("Hint: {}\n\n", prose(hint)));
    }
    for told in facts(gate, false).into_iter().chain(skipped(gate)) {
        pieces.push(format!("- {}\n", paragraph(&told)));
    }
    let mut found: Vec<&FindingRecord> = gate.findings.iter().collect();
    found.sort_by_key(|finding| (finding.state as u8, Reverse(finding.severity)));
    pieces.extend(found.iter().take(FINDINGS_MAX).map(|finding| item(receipt, finding)));
    let rest = found.len().saturating_sub(FINDINGS_MAX);
    if rest > 0 {
        pieces.push(format!("- … and {} more in the receipt\n", grouped(rest as u64)));
    }
    if let Some(tail) = gate.tail.as_ref().filter(|_| !gate.outcome.is_green()) {
        pieces.push(block(tail));
    }
    if !pieces.is_empty() {
        page.add(&format!("\n### {}\n\n", prose(&gate.id)));
    }
    for piece in pieces {
        page.add(&piece);
    }
}

fn item(receipt: &Receipt, finding: &FindingRecord) -> String {
    let place = match (finding.line, finding.column) {
        (0, _) => finding.path.clone(),
        (line, 0) => format!("{}:{line}", finding.path),
        (line, column) => format!("{}:{line}:{column}", finding.path),
    };
    let severity = match finding.severity {
        Severity::Error => "**error**",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut item = format!(
        "- {} {severity} {}: {}",
        code(&place),
        code(&finding.rule),
        prose(&finding.message)
    );
    if let Some(commit) = &finding.commit {
        item.push_str(&format!(" (in commit {})", code(commit)));
    }
    if let Some(fix) = finding.fix.as_ref().filter(|_| finding.state == FindingState::New) {
        item.push_str(&format!("; fix: {}", prose(&fix.note)));
    }
    if let Some(why) = exception(receipt, finding) {
        item.push_str(&format!(" [{}]", prose(&why)));
    }
    item.push('\n');
    item
}

/// A code span, fenced by more backticks than any run inside.
fn code(text: &str) -> String {
    let text = visible(text);
    let text = shortened(&text, TEXT_CHARS_MAX);
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The end of a command's output, fenced likewise.
fn block(tail: &str) -> String {
    let tail = lines(tail);
    let shown = tail.get(tail.len().saturating_sub(TAIL_LINES_MAX)..).unwrap_or_default();
    let shown: Vec<_> = shown.iter().map(|line| shortened(line, TEXT_CHARS_MAX)).collect();
    let longest = shown.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("\n{fence}text\n{}\n{fence}\n", shown.join("\n"))
}

fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

/// Text that stays text. A character reference never has a meaning in
/// Markdown's structure; GitHub's mentions and issue links look at the result,
/// so a zero-width space parts their sign from the name.
fn prose(text: &str) -> String {
    let text = visible(text);
    let text = shortened(&text, TEXT_CHARS_MAX);
    let mut safe = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, char) in text.char_indices() {
        let after = text.get(at + char.len_utf8()..).and_then(|rest| rest.chars().next());
        match char {
            '@' | '#' => safe.push_str(&format!("&#{};&#8203;", u32::from(char))),
            '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '<' | '>' | '!' | '|' | '~' | '&'
            | '$' | '^' => {
                safe.push_str(&format!("&#{};", u32::from(char)));
            }
            // What makes `www.` and `https://` links.
            '.' if matches!(before, 'w' | 'W') => safe.push_str("&#46;"),
            ':' if after == Some('/') => safe.push_str("&#58;"),
            _ => safe.push(char),
        }
        before = char;
    }
    safe
}

/// The same where a line begins, so that the first sign makes no list, no rule
/// and no heading.
fn paragraph(text: &str) -> String {
    let text = text.trim_start();
    match text.chars().next() {
        Some(first @ ('-' | '+' | '=' | '0'..='9')) => {
            let rest = text.get(1..).unwrap_or_default();
            format!("&#{};{}", u32::from(first), prose(rest))
        }
        _ => prose(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser};

    use super::*;
    use crate::report::sample;

    fn markdown(receipt: &Receipt) -> String {
        let mut out = Vec::new();
        write(receipt, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn verdict_then_gates_then_findings() {
        assert_eq!(
            markdown(&sample::receipt()),
            "\
## ❌ red: 3 of 6 required gates failed (action-pins, secret-scan, unit), 1 could not judge (openapi-gate errored), 1 not run (slow)

&#49;b15ef614bdd on main · 1.2 s

| | gate | examined | findings | time |
|---|---|---|---|---|
| fail | action-pins | 41 uses in 4 files | 1 error, 1 warning, 1 baselined, 1 waived | 3 ms |
| fail | secret-scan | 3,204 commits in 1,919 files | 1 error | 3 ms |
| fail | unit |  |  | 3 ms |
| error | openapi-gate |  |  | 3 ms |
| n/a | lint (advisory) |  |  |  |
| skip | slow |  |  |  |
| ok | editions-gate | 1 manifest in 1 file |  | 3 ms |

### action-pins

- not judged: 2 binary
- `.github/workflows/ci.yml:14:15` **error** `action-pins/unpinned-uses`: 'actions/checkout&#64;&#8203;v4' is a tag, not a commit; fix: pin the commit: actions/checkout&#64;&#8203;&#60;40 hex&#62; &#35;&#8203; v4.2.2
- `.github/workflows/ci.yml:20:9` warning `action-pins/malformed`: a folded reference; fix: write it on one line
- `.github/workflows/ci.yml:30:15` **error** `action-pins/unpinned-uses`: 'actions/checkout&#64;&#8203;v4' is a tag, not a commit [known in the baseline]
- `.github/workflows/old.yml:7:15` **error** `action-pins/unpinned-uses`: 'actions/checkout&#64;&#8203;v4' is a tag, not a commit [waived: retired next week (.github/workflows/old.yml:7)]

### secret-scan

- history-complete: no
- `config/prod.env:3:9` **error** `secret-scan/aws-access-key`: an AWS access key id (in commit `46f2753a1b68aaaabbbbccccddddeeeeffff0000`); fix: revoke it: what was pushed is known

### unit

ended with exit code 101


```text
running 2 tests
::error::injected
␛[31mFAILED␛[0m
```

### openapi-gate

'origin/main' is no commit here

Hint: fetch it: git fetch origin main


### lint

when.changed = &#91;\"web/&#42;&#42;\"&#93;, nothing of that changed


### slow

it is being rebuilt

"
        );
    }

    #[test]
    fn a_summary_never_grows_past_what_github_takes() {
        let mut receipt = sample::receipt();
        let message = "m".repeat(TEXT_CHARS_MAX);
        let long = FindingRecord { message, ..sample::unpinned() };
        let mut gate = sample::gate("g", kernel::Outcome::Failed);
        gate.findings = vec![long; FINDINGS_MAX + 5];
        receipt.predicate.gates = vec![gate.clone(); 40];
        let text = markdown(&receipt);
        assert!(text.len() <= SIZE_BYTES_MAX && text.len() > SIZE_BYTES_MAX / 2);
        assert!(text.ends_with("\n\n… cut here: the whole is in the receipt\n"));
        receipt.predicate.gates = vec![gate];
        assert!(markdown(&receipt).contains("\n- … and 5 more in the receipt\n"));
    }

    #[test]
    fn output_cannot_end_its_own_block() {
        assert_eq!(block("a\n```\n````\nb\n"), "\n`````text\na\n```\n````\nb\n`````\n");
    }

    proptest! {
        #![proptest_config(sample::cases())]

        #[test]
        fn whatever_is_written_stays_text(text in hostile()) {
            prop_assume!(!text.trim().is_empty());
            let tame = structure(&markdown(&sample::hostile("tame")));
            let wild = markdown(&sample::hostile(&text));
            prop_assert_eq!(structure(&wild), tame, "{}", wild);
        }

        #[test]
        fn prose_reads_back_and_wakes_nothing(text in hostile()) {
            let safe = prose(&text);
            prop_assert!(!safe.contains(['@', '`', '<', '>', '|', '[', ']', '*', '_', '\\', '!']));
            prop_assert!(!safe.contains("://") && !safe.to_lowercase().contains("www."));
            let mut read = String::new();
            for event in Parser::new(&format!("x{safe}x")) {
                if let Event::Text(text) = event {
                    read.push_str(&text);
                }
            }
            let expected = shortened(&visible(&text), TEXT_CHARS_MAX).into_owned();
            prop_assert_eq!(read.replace('\u{200b}', ""), format!("x{expected}x"));
        }

        #[test]
        fn a_code_span_holds_all_of_its_text(text in "[`a |\\\\<@]{1,12}") {
            let mut spans = Vec::new();
            for event in Parser::new(&format!("x {} x", code(&text))) {
                if let Event::Code(span) = event {
                    spans.push(span.to_string());
                }
            }
            let expected = if text.trim().is_empty() { vec![] } else { vec![text.trim().to_owned()] };
            let spans: Vec<String> = spans.iter().map(|span| span.trim().to_owned()).collect();
            prop_assert_eq!(spans, expected);
        }
    }

    /// Everything that is not text, as a reader with every extension sees it.
    fn structure(markdown: &str) -> Vec<String> {
        let is_words =
            |event: &Event<'_>| matches!(event, Event::Text(_) | Event::Code(_) | Event::SoftBreak);
        let events = Parser::new_ext(markdown, Options::all());
        events.filter(|event| !is_words(event)).map(|event| format!("{event:?}")).collect()
    }

    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            Just(sample::NASTY.to_owned()),
            "(```|~~~|- |1\\) |=|---\n)x",
            "[-+=#>|`~*_\\[\\](){}!&;<@$^:/\\\\ \n0-9a-w.]{0,24}",
            "(www\\.|http://|- |1\\. |```|\\|---\\|\n)a\\.example",
        ]
    }
}
