//! A folder of receipts over time: each gate's outcomes in a row, then the
//! receipts, newest first, each with what it found folded below.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use jiff::Timestamp;
use kernel::{Outcome, Verdict};
use maud::{Markup, html};

use super::super::gate::{particulars, word};
use super::super::text::{count, duration, grouped, visible};
use super::super::verdict;
use super::icon::Look;
use super::{day_and_time, page};
use crate::receipt::{FindingRecord, GateResult, Receipt};

/// Receipts that a gate's row shows, the newest.
const STRIP_MAX: usize = 60;
/// Findings of one receipt that are told.
const FINDINGS_MAX: usize = 20;

/// A file of the folder: a receipt, or why it is none.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name in the folder.
    pub name: String,
    /// What was in it.
    pub content: Result<Box<Receipt>, String>,
}

/// Writes the page of a folder. The order of `entries` does not matter.
///
/// # Errors
/// `out` could not be written.
pub fn write_folder(entries: &[Entry], out: &mut impl Write) -> io::Result<()> {
    let mut receipts: Vec<(&str, &Receipt)> = Vec::new();
    let mut unread: Vec<(&str, &str)> = Vec::new();
    for entry in entries {
        match &entry.content {
            Ok(receipt) => receipts.push((&entry.name, receipt)),
            Err(reason) => unread.push((&entry.name, reason)),
        }
    }
    receipts.sort_by_key(|(name, receipt)| (Reverse(began(receipt)), *name));
    unread.sort_unstable();
    let newest: Vec<&Receipt> = receipts.iter().map(|(_, receipt)| *receipt).collect();
    let title = count(receipts.len() as u64, "receipt", "receipts");
    let body = html! {
        (head(&newest))
        main {
            (unreadable(&unread))
            @if !receipts.is_empty() {
                (over_time(&newest))
                (table(&receipts))
            }
            @for (index, (name, receipt)) in receipts.iter().enumerate() {
                (detail(name, receipt, index))
            }
        }
    };
    page(&title, &body, out)
}

fn began(receipt: &Receipt) -> Option<Timestamp> {
    receipt.predicate.run.started_at.parse().ok()
}

fn commit(receipt: &Receipt) -> String {
    let commit = receipt.predicate.source.commit.as_deref().unwrap_or("none");
    visible(&commit.chars().take(12).collect::<String>()).into_owned()
}

fn head(receipts: &[&Receipt]) -> Markup {
    let tally = |verdict: Verdict| {
        let number = receipts.iter().filter(|one| one.predicate.verdict == verdict).count();
        (number > 0).then(|| format!("{} {}", grouped(number as u64), verdict.as_str()))
    };
    let verdicts = [Verdict::Green, Verdict::Red, Verdict::Error, Verdict::Partial];
    let tallies: Vec<String> = verdicts.into_iter().filter_map(tally).collect();
    let look = receipts.first().map_or(Look::Stuck, |one| Look::of_verdict(one.predicate.verdict));
    html! {
        header.masthead.(look.class()) {
            div.inner {
                h1 {
                    @if let (Some(newest), Some(oldest)) = (receipts.first(), receipts.last()) {
                        span.verdict { (look.icon()) (newest.predicate.verdict.as_str()) }
                        " "
                        span.sentence {
                            "the newest of " (count(receipts.len() as u64, "receipt", "receipts"))
                            ": " (tallies.join(", "))
                        }
                        " "
                        span.span {
                            (day_and_time(&oldest.predicate.run.started_at)) " to "
                            (day_and_time(&newest.predicate.run.started_at))
                        }
                    } @else {
                        span.verdict { (look.icon()) "nothing" }
                        " "
                        span.sentence { "no file of this folder is a receipt" }
                    }
                }
            }
        }
    }
}

fn unreadable(unread: &[(&str, &str)]) -> Markup {
    html! {
        @if !unread.is_empty() {
            section.unread.stuck aria-labelledby="unread" {
                h2 #unread {
                    (Look::Stuck.icon())
                    (count(unread.len() as u64, "file is no receipt", "files are no receipts"))
                }
                ul.lines {
                    @for (name, reason) in unread {
                        li { code { (visible(name)) } " " span.why { (visible(reason)) } }
                    }
                }
            }
        }
    }
}

/// A row a gate, oldest to newest.
fn over_time(newest: &[&Receipt]) -> Markup {
    let shown: Vec<&Receipt> = newest.iter().take(STRIP_MAX).rev().copied().collect();
    html! {
        section.overview aria-labelledby="gates" {
            h2 #gates { "Gates over time" }
            table.gates.history role="table" aria-labelledby="gates" {
                thead role="rowgroup" {
                    tr role="row" {
                        @for name in ["Gate", "Oldest to newest", "Green", "Flakes"] {
                            th role="columnheader" scope="col" { (name) }
                        }
                    }
                }
                tbody role="rowgroup" {
                    @for id in ids(newest) { (gate_row(id, newest, &shown)) }
                }
            }
            @if newest.len() > STRIP_MAX {
                p.caution { "The newest " (STRIP_MAX) " of " (grouped(newest.len() as u64)) " are drawn; all are counted." }
            }
        }
    }
}

/// Gates in the newest receipt's order, then those that are gone since.
fn ids<'a>(newest: &[&'a Receipt]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    let all = newest.iter().flat_map(|receipt| &receipt.predicate.gates);
    all.map(|gate| gate.id.as_str()).filter(|id| seen.insert(*id)).collect()
}

fn of<'a>(receipt: &'a Receipt, id: &str) -> Option<&'a GateResult> {
    receipt.predicate.gates.iter().find(|gate| gate.id == id)
}

fn gate_row(id: &str, newest: &[&Receipt], shown: &[&Receipt]) -> Markup {
    let all: Vec<&GateResult> = newest.iter().filter_map(|receipt| of(receipt, id)).collect();
    let judged: Vec<&&GateResult> =
        all.iter().filter(|gate| Look::of(gate.outcome) != Look::Absent).collect();
    let green = judged.iter().filter(|gate| gate.outcome.is_green()).count();
    let outcomes: Vec<Option<Outcome>> =
        shown.iter().map(|receipt| of(receipt, id).map(|gate| gate.outcome)).collect();
    html! {
        tr role="row" {
            th.name role="rowheader" scope="row" { (visible(id)) }
            td role="cell" { (strip(&outcomes)) }
            td.examined role="cell" {
                @match judged.len() {
                    0 => "never judged",
                    number => { (grouped(green as u64)) " of " (grouped(number as u64)) },
                }
            }
            td.flakes role="cell" {
                @for told in flakes(id, newest) { span { (told) } }
            }
        }
    }
}

/// A shape an outcome, and the same in words for who cannot see it.
fn strip(outcomes: &[Option<Outcome>]) -> Markup {
    let name = |outcome: &Option<Outcome>| outcome.map_or("not there", word);
    let mut runs: Vec<(usize, &str)> = Vec::new();
    for outcome in outcomes {
        match runs.last_mut() {
            Some((number, last)) if *last == name(outcome) => *number += 1,
            _ => runs.push((1, name(outcome))),
        }
    }
    let said: Vec<String> = runs.iter().map(|(number, name)| format!("{number} {name}")).collect();
    html! {
        span.strip role="img" aria-label=(said.join(", ")) {
            @for outcome in outcomes {
                @match outcome.map(Look::of) {
                    Some(look) => span.(look.class()) { (look.icon()) },
                    None => span.none {},
                }
            }
        }
    }
}

/// How often a gate did not stand by its word: passed only on a retry, or
/// judged one commit by one configuration both ways.
fn flakes(id: &str, receipts: &[&Receipt]) -> Vec<String> {
    let mut retried = 0_u64;
    let mut ways: BTreeMap<(&str, &str), (bool, bool)> = BTreeMap::new();
    for receipt in receipts {
        let Some(gate) = of(receipt, id) else { continue };
        retried += u64::from(gate.outcome == Outcome::Flaky);
        let source = &receipt.predicate.source;
        let Some(commit) = source.commit.as_deref().filter(|_| !source.dirty) else { continue };
        let way = ways.entry((commit, &receipt.predicate.config.sha256)).or_default();
        match gate.outcome {
            Outcome::Passed | Outcome::Flaky => way.0 = true,
            Outcome::Failed | Outcome::Errored | Outcome::TimedOut => way.1 = true,
            _ => {}
        }
    }
    let both = ways.values().filter(|(passed, failed)| *passed && *failed).count() as u64;
    let told = [
        (retried, format!("{} on a retry", count(retried, "pass", "passes"))),
        (both, format!("{} judged both ways", count(both, "commit", "commits"))),
    ];
    told.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| text).collect()
}

fn table(receipts: &[(&str, &Receipt)]) -> Markup {
    html! {
        section.overview aria-labelledby="receipts" {
            h2 #receipts { "Receipts" }
            table.gates.receipts role="table" aria-labelledby="receipts" {
                thead role="rowgroup" {
                    tr role="row" {
                        @for name in ["Verdict", "Judged", "Commit", "Ref", "Gates", "Time"] {
                            th role="columnheader" scope="col" { (name) }
                        }
                    }
                }
                tbody role="rowgroup" {
                    @for (index, (_, receipt)) in receipts.iter().enumerate() {
                        (receipt_row(receipt, index))
                    }
                }
            }
        }
    }
}

fn receipt_row(receipt: &Receipt, index: usize) -> Markup {
    let predicate = &receipt.predicate;
    let look = Look::of_verdict(predicate.verdict);
    let outcomes: Vec<Option<Outcome>> =
        predicate.gates.iter().map(|gate| Some(gate.outcome)).collect();
    let reference = predicate.source.reference.as_deref().unwrap_or("none");
    html! {
        tr role="row" {
            td.outcome.(look.class()) role="cell" { (look.icon()) (predicate.verdict.as_str()) }
            th.name role="rowheader" scope="row" {
                a href=(format!("#receipt-{index}")) { (day_and_time(&predicate.run.started_at)) }
            }
            td role="cell" {
                code { (commit(receipt)) }
                @if predicate.source.dirty { span.tag { "dirty" } }
            }
            td.examined role="cell" { (visible(reference.strip_prefix("refs/heads/").unwrap_or(reference))) }
            td role="cell" { (strip(&outcomes)) }
            td.time role="cell" { (duration(predicate.run.duration_ms)) }
        }
    }
}

fn detail(name: &str, receipt: &Receipt, index: usize) -> Markup {
    let predicate = &receipt.predicate;
    let look = Look::of_verdict(predicate.verdict);
    let sentence = verdict::sentence(receipt);
    let found: Vec<(&GateResult, &FindingRecord)> =
        receipt.findings().filter(|(_, finding)| crate::judge::counts(finding)).collect();
    let rest = found.len().saturating_sub(FINDINGS_MAX);
    html! {
        details.gate.(look.class()) {
            summary {
                h2 {
                    span.outcome.(look.class()) { (look.icon()) (predicate.verdict.as_str()) }
                    " "
                    span.name { (day_and_time(&predicate.run.started_at)) }
                }
                p.particulars { (sentence.split_once(": ").map_or(sentence.as_str(), |(_, rest)| rest)) }
            }
            div.body #(format!("receipt-{index}")) {
                ul.rows {
                    @for gate in &predicate.gates {
                        @let look = Look::of(gate.outcome);
                        li {
                            span.outcome.(look.class()) { (look.icon()) (word(gate.outcome)) }
                            span { strong { (visible(&gate.id)) } " " span.particulars { (particulars(receipt, gate).join(" · ")) } }
                        }
                    }
                }
                @if !found.is_empty() {
                    ul.lines {
                        @for (_, finding) in found.iter().take(FINDINGS_MAX) {
                            li {
                                code { (visible(&finding.path)) ":" (finding.line) } " "
                                (visible(&finding.message)) " " code.id { (visible(&finding.rule)) }
                            }
                        }
                        @if rest > 0 { li { "and " (grouped(rest as u64)) " more" } }
                    }
                }
                p.caution { "From " code { (visible(name)) } }
            }
        }
    }
}
