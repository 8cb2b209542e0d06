//! `receipt diff`: what changed between two runs.

use std::io::Write;

use camino::Utf8PathBuf;
use clap::Args;
use serde_json::json;

use super::super::Done;
use super::super::report::read;
use crate::difference::{Change, Excepted, Found, changes};
use crate::receipt::FindingState;
use crate::report::text::{duration, visible};

/// Characters of a digest or commit that are shown.
const DIGEST_CHARS: usize = 12;

/// What changed between two runs
///
/// Ends with 0 where nothing but times differs, else 1.
#[derive(Debug, Args)]
pub struct Diff {
    /// The earlier one
    before: Utf8PathBuf,
    /// The later one
    after: Utf8PathBuf,
    /// Durations too, where they at least doubled or halved
    #[arg(long)]
    times: bool,
    /// For programs
    #[arg(long)]
    json: bool,
}

/// Runs it: 0 without a difference, 1 with one.
pub fn run(args: &Diff, out: &mut impl Write) -> Done {
    let (before, after) = (read(&args.before)?, read(&args.after)?);
    let changes = changes(&before, &after, args.times);
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &json!({"changes": changes}))
            .map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        for change in &changes {
            writeln!(out, "{}", line(change))?;
        }
        if changes.is_empty() {
            writeln!(out, "no difference but times")?;
        }
    }
    Ok(u8::from(!changes.is_empty()))
}

fn line(change: &Change) -> String {
    match change {
        Change::Value { what, before, after } => arrow(what, before, after),
        Change::GateNew { gate, outcome } => format!("gate {}  new, {outcome}", visible(gate)),
        Change::GateGone { gate, outcome } => {
            format!("gate {}  {outcome} -> gone", visible(gate))
        }
        Change::Gate { gate, what: "outcome", before, after } => {
            arrow(&format!("gate {}", visible(gate)), before, after)
        }
        Change::Gate { gate, what, before, after } => {
            arrow(&format!("gate {}  {what}", visible(gate)), before, after)
        }
        Change::FindingNew(found) => {
            let state = match found.state {
                FindingState::New => "",
                other => &format!("  ({})", state(other)),
            };
            format!("+ {}{state}", finding(found))
        }
        Change::FindingGone(found) => format!("- {}", finding(found)),
        Change::FindingState { found, before } => {
            format!("~ {}  {} -> {}", finding(found), state(*before), state(found.state))
        }
        Change::WaiverNew(waiver) => format!("+ waiver {}", exception(waiver)),
        Change::WaiverGone(waiver) => format!("- waiver {}", exception(waiver)),
        Change::WaiverEnded(waiver) => format!("~ waiver {}  has ended", exception(waiver)),
        Change::Waiver { waiver, what, before, after } => {
            arrow(&format!("~ waiver {}  {what}", exception(waiver)), before, after)
        }
        Change::Time { gate, before_ms, after_ms } => {
            let name = gate.as_ref().map_or("run".to_owned(), |gate| format!("gate {gate}"));
            let (before, after) = (duration(*before_ms), duration(*after_ms));
            format!("{}  {before} -> {after}", visible(&name))
        }
    }
}

fn arrow(what: &str, before: &str, after: &str) -> String {
    let told = |text: &str| {
        let words: Vec<String> = text.split(' ').map(short).collect();
        match words.join(" ") {
            empty if empty.is_empty() => "none".to_owned(),
            text => visible(&text).into_owned(),
        }
    };
    let (short_before, short_after) = (told(before), told(after));
    if short_before == short_after {
        // They differ past what is shown of a digest.
        return format!("{what}  {} -> {}", visible(before), visible(after));
    }
    format!("{what}  {short_before} -> {short_after}")
}

/// A digest or commit by its first characters, everything else as it is.
fn short(word: &str) -> String {
    let bare = word.trim_matches(|char| char == '(' || char == ')');
    let is_digest = bare.len() >= 40 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    match bare.get(..DIGEST_CHARS).filter(|_| is_digest) {
        Some(start) => word.replace(bare, start),
        None => word.to_owned(),
    }
}

fn state(state: FindingState) -> &'static str {
    match state {
        FindingState::New => "new",
        FindingState::Known => "known",
        FindingState::Baselined => "baselined",
        FindingState::Waived => "waived",
    }
}

fn finding(found: &Found) -> String {
    let (rule, path) = (visible(&found.rule), visible(&found.path));
    format!("{rule}  {path}:{}  {}", found.line, visible(&found.message))
}

fn exception(waiver: &Excepted) -> String {
    let rules = visible(&waiver.rules.join(", ")).into_owned();
    format!("{rules}  {}: {}", visible(&waiver.origin), visible(&waiver.reason))
}
