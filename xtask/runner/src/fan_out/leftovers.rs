//! What one machine knows of exceptions and its neighbours do not: a waiver
//! that one job found unused may have been used by another, and what two gates
//! would both say is said once, by the gate that would say it on one machine.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use kernel::Outcome;

use super::parts::Part;
use crate::config::Config;
use crate::judge;
use crate::ready::{OWN_OFFENCES, Ready};
use crate::receipt::{GateResult, WaiverRecord};

/// A waiver wherever it is listed: `used` differs from part to part, and what
/// has no place of its own (an entry of a gate's allow list) is its gate's.
type Key = (usize, Utf8PathBuf, u32, Vec<String>, String, Option<String>);

/// The waivers of all parts, each once and with all its uses, in the order that
/// one machine lists them; the rows' findings point into it.
pub(super) fn unite(
    config: &Config,
    rows: &mut [GateResult],
    parts: &[Option<&Part>],
) -> Vec<WaiverRecord> {
    let mut united: BTreeMap<(Key, usize), WaiverRecord> = BTreeMap::new();
    let mut keys: Vec<Vec<(Key, usize)>> = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
        let mut own = Vec::new();
        for waiver in part.iter().flat_map(|part| &part.predicate.waivers) {
            let key = key(config, at, waiver);
            // The same words twice are two exceptions.
            let count = counts.entry(key.clone()).or_default();
            let key = (key, *count);
            *count += 1;
            united
                .entry(key.clone())
                .and_modify(|known| known.used = known.used.saturating_add(waiver.used))
                .or_insert_with(|| waiver.clone());
            own.push(key);
        }
        keys.push(own);
    }
    let position: BTreeMap<&(Key, usize), u64> = united.keys().zip(0..).collect();
    for (row, own) in rows.iter_mut().zip(&keys) {
        for finding in &mut row.findings {
            let key = finding.waiver.and_then(|at| own.get(usize::try_from(at).ok()?));
            finding.waiver = key.and_then(|key| position.get(key)).copied();
        }
    }
    united.into_values().collect()
}

/// Sorts as one machine lists them: allow lists by gate, ci.toml, comments by
/// file.
fn key(config: &Config, gate: usize, waiver: &WaiverRecord) -> Key {
    let (group, path, line) = match place(&waiver.origin) {
        None => (gate, waiver.origin.as_str(), 0),
        Some((path, line)) if path == config.path.as_str() => (usize::MAX - 1, path, line),
        Some((path, line)) => (usize::MAX, path, line),
    };
    let path = Utf8PathBuf::from(path);
    (group, path, line, waiver.rules.clone(), waiver.reason.clone(), waiver.until.clone())
}

fn place(origin: &str) -> Option<(&str, u32)> {
    let (path, line) = origin.rsplit_once(':')?;
    Some((path, line.parse().ok()?))
}

/// What jobs said of one exception.
struct Said {
    path: String,
    line: u32,
    message: String,
    kind: String,
    /// Positions of gates, and of the findings in them.
    by: BTreeMap<usize, Vec<usize>>,
}

impl Said {
    /// The waiver that it is about.
    fn of(&self, waiver: &WaiverRecord) -> bool {
        let rules = format!("'{}'", waiver.rules.join(", "));
        place(&waiver.origin) == Some((&self.path, self.line)) && self.message.contains(&rules)
    }
}

/// Takes back what a job said of exceptions and one machine would not have.
pub(super) fn settle(
    config: &Config,
    ready: &[Option<Ready>],
    rows: &mut [GateResult],
    waivers: &[WaiverRecord],
) {
    let mut withdrawn: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    for ((offence, ..), said) in all_said(rows) {
        let waivers: Vec<&WaiverRecord> = waivers.iter().filter(|it| said.of(it)).collect();
        let is_untrue = match offence {
            "unused-waiver" => waivers.iter().any(|waiver| waiver.used > 0),
            // Another gate of the kind still finds what the entry knows.
            "stale-baseline" => {
                let could = |row: &&GateResult| row.kind == said.kind && was_judged(row);
                said.by.len() < rows.iter().filter(could).count()
            }
            _ => false,
        };
        // Whose rule it names speaks before who only read the file.
        let is_named = |at: &&usize| {
            let own = ready.get(**at).and_then(Option::as_ref);
            own.is_some_and(|own| waivers.iter().any(|waiver| judge::speaks_to(&waiver.rules, own)))
        };
        let speaker = said.by.keys().find(is_named).or_else(|| said.by.keys().next());
        for (at, findings) in said.by.iter().filter(|(at, _)| is_untrue || Some(*at) != speaker) {
            if let Some(withdrawn) = withdrawn.get_mut(*at) {
                withdrawn.extend(findings);
            }
        }
    }
    for ((gate, row), withdrawn) in config.gates.iter().zip(rows).zip(withdrawn) {
        if !withdrawn.is_empty() {
            let mut at = 0..;
            row.findings.retain(|_| at.next().is_none_or(|at| !withdrawn.contains(&at)));
            judge::resettle(gate, row);
        }
    }
}

/// What is said of exceptions that have a place: an entry of an allow list is
/// its gate's alone.
fn all_said(rows: &[GateResult]) -> BTreeMap<(&'static str, String, u32, String), Said> {
    let mut all = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        for (index, finding) in row.findings.iter().enumerate().filter(|(_, it)| it.line > 0) {
            let Some((kind, offence)) = finding.rule.split_once('/') else { continue };
            let Some(offence) = OWN_OFFENCES.into_iter().find(|own| *own == offence) else {
                continue;
            };
            let (path, line, message) = (&finding.path, finding.line, &finding.message);
            let said = all.entry((offence, path.clone(), line, message.clone()));
            let said = said.or_insert_with(|| Said {
                path: path.clone(),
                line,
                message: message.clone(),
                kind: kind.to_owned(),
                by: BTreeMap::new(),
            });
            said.by.entry(at).or_default().push(index);
        }
    }
    all
}

/// Whether a gate's job judged to the end, so that what it did not find is gone.
fn was_judged(row: &GateResult) -> bool {
    let ended = !matches!(
        row.outcome,
        Outcome::Errored | Outcome::TimedOut | Outcome::Interrupted | Outcome::Skipped
    );
    row.rules.count > 0 && (ended || row.reason.code == judge::ASLEEP)
}
