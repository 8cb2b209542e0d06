//! The findings of a command: its report is read where `output` says, and its
//! exit code and what it told must agree.

use std::io::Read;
use std::time::{Duration, SystemTime};

use camino::Utf8Path;
use kernel::{Checked, Examined, Fact, Finding, Location, Severity, Tree};

use super::Run;
use crate::config::{FILE_NAME, GateConfig, Output};
use crate::exec::{Captured, Secrets};
use crate::judge::Found;
use crate::output::{self, Places, SIZE_BYTES_MAX, raised};
use crate::quote;
use crate::receipt::Reason;
use crate::record::records;

/// File systems and kernels write times a little behind the clock.
const CLOCK_SLACK: Duration = Duration::from_secs(2);

/// A report's file as it was before its command ran.
pub struct Before {
    known: Option<(u64, SystemTime)>,
    started: SystemTime,
}

impl Before {
    /// As it is now.
    pub fn of(root: &Utf8Path, output: &Output) -> Before {
        let known = output.file.as_ref().and_then(|path| seen(&root.join(path)));
        Before { known, started: SystemTime::now() }
    }

    fn is_stale(&self, now: Option<(u64, SystemTime)>) -> bool {
        let written = now.map(|(_, written)| written);
        let earliest = self.started.checked_sub(CLOCK_SLACK);
        now.is_some() && now == self.known || written < earliest
    }
}

fn seen(path: &Utf8Path) -> Option<(u64, SystemTime)> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.len(), about.modified().ok()?))
}

/// What the command told, ended with `code`.
///
/// # Errors
/// The report is missing, stale, unreadable, about something else, or
/// contradicts the exit code in a way that could hide a finding.
pub fn take(
    run: &Run<'_>,
    gate: &GateConfig,
    output: &Output,
    before: &Before,
    code: i32,
    stdout: &Captured,
) -> Result<Found, Reason> {
    let exits = &gate.common.finding_exits;
    let is_expected = if exits.is_empty() { code == 1 } else { exits.contains(&code) };
    if code != 0 && !is_expected {
        let known = if exits.is_empty() { "1".to_owned() } else { format!("{exits:?}") };
        let text = format!("exited with {code}, and it says that it found something with {known}");
        return Err(Reason {
            hint: Some(format!("if {code} means findings: finding_exits = [{code}]")),
            ..reason("exit-code", text)
        });
    }
    let word = output.format.as_str();
    let from = output.file.as_ref().map_or("standard output".to_owned(), ToString::to_string);
    let bytes = match &output.file {
        None => stdout.whole().map(<[u8]>::to_vec).ok_or_else(|| too_large(&from))?,
        Some(path) => fresh(&run.surroundings.root.join(path), &from, before)?,
    };
    let mut report = output::read(&output.format, &bytes)
        .map_err(|why| reason("output-unreadable", format!("{from} is no {word} report: {why}")))?;
    let mut facts = std::mem::take(&mut report.facts);
    facts.insert("output".to_owned(), Fact::from(word));
    if code != 0 && report.told.is_empty() {
        let text = format!("exited with {code} and told no finding in {from}");
        return Err(reason("exit-without-finding", text));
    }
    let errors = report.told.iter().filter(|told| told.severity == Severity::Error).count();
    if code == 0 && errors > 0 {
        let text = format!("exited with 0 and told {errors} error(s): they count");
        facts.insert("exit".to_owned(), Fact::Text(text));
    }
    if code != 0 {
        let raised = raised(&mut report.told);
        if raised > 0 {
            let text = format!("exited with {code} and no error: its {raised} gravest count");
            facts.insert("exit".to_owned(), Fact::Text(text));
        }
    }
    let tree = run.tree.retraced(kernel::Pulse::default());
    let places = Places {
        gate: &gate.name,
        root: &run.surroundings.root,
        dir: gate.common.dir.as_deref().unwrap_or_default().into(),
        tree: &tree,
        home: home(run, gate),
        secrets: Secrets::of_process(&[]),
    };
    let findings = places.findings(report.told);
    let findings = findings.map_err(|foreign| reason("output-elsewhere", foreign.0))?;
    let examined = Examined { items: u64::from(!report.is_empty), ..Examined::default() };
    let skipped = report.skipped;
    let checked = Checked { findings, examined, facts, skipped, ..Checked::default() };
    Ok(found(gate, &tree, checked))
}

/// The findings as they are kept, weighed as ci.toml says.
pub fn found(gate: &GateConfig, tree: &Tree, mut checked: Checked) -> Found {
    let weigh = |finding: &Finding| weight(gate, finding);
    quote::from_tree(&mut checked.findings, tree);
    let kept = records(&checked.findings, &weigh);
    let records: Vec<_> =
        kept.into_iter().map(|(record, finding)| (record, finding.clone())).collect();
    let mut rules: Vec<String> = records.iter().map(|(record, _)| record.rule.clone()).collect();
    rules.sort();
    rules.dedup();
    Found { checked, records, rules, described: None }
}

/// As ci.toml says, else as the tool does.
fn weight(gate: &GateConfig, finding: &Finding) -> Severity {
    let offence = finding.rule.split_once('/').map_or(&*finding.rule, |(_, offence)| offence);
    let severity = &gate.common.severity;
    let own = severity.get(&*finding.rule).or_else(|| severity.get(offence)).copied();
    own.or(finding.severity).unwrap_or(Severity::Error)
}

/// Where a finding about no file is told: the gate's table.
pub fn home(run: &Run<'_>, gate: &GateConfig) -> Location {
    let config = &run.config;
    let path = if config.path.is_absolute() { FILE_NAME.into() } else { config.path.as_path() };
    let mut at = Location::file(path);
    // Of a file that lies elsewhere no line is the tree's.
    if let Ok(file) = run.tree.read(path)
        && file.bytes() == config.text.as_bytes()
    {
        at = Location::of(&file, gate.span.clone());
    }
    at
}

/// The report that this very run of the command wrote.
fn fresh(path: &Utf8Path, from: &str, before: &Before) -> Result<Vec<u8>, Reason> {
    let missing = |why: String| {
        let text = format!("it left no report '{from}': {why}");
        Reason {
            hint: Some("let the command write it, or mend 'output'".into()),
            ..reason("output-missing", text)
        }
    };
    let about = std::fs::metadata(path).map_err(|error| missing(error.to_string()))?;
    // A FIFO or device could be waited for for ever.
    if !about.is_file() {
        return Err(missing("it is no regular file".to_owned()));
    }
    if before.is_stale(seen(path)) {
        let text = format!("the report '{from}' is older than this run of the command");
        return Err(Reason {
            hint: Some(
                "the command did not write it: an earlier one would stand for this tree".into(),
            ),
            ..reason("output-stale", text)
        });
    }
    let file = std::fs::File::open(path).map_err(|error| missing(error.to_string()))?;
    let mut bytes = Vec::new();
    let read = file.take(SIZE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| missing(error.to_string()))?;
    if bytes.len() > SIZE_BYTES_MAX { Err(too_large(from)) } else { Ok(bytes) }
}

fn too_large(from: &str) -> Reason {
    let text = format!("{from} holds more than can be judged ({} MiB)", SIZE_BYTES_MAX >> 20);
    reason("output-too-large", text)
}

fn reason(code: &str, text: String) -> Reason {
    Reason { code: code.to_owned(), text, hint: None }
}
