//! `baseline`: known findings that do not count.

use std::io::Write;
use std::sync::mpsc::channel;

use clap::Subcommand;
use kernel::{Outcome, Severity};

use super::{Done, Place, Stop};
use crate::Builtin;
use crate::base;
use crate::baseline::{self as file, Known};
use crate::ci;
use crate::engine::{self, Order};
use crate::exec::Cancel;
use crate::plan::Ask;
use crate::receipt::{FindingState, Receipt};
use crate::repo::atomic_write;
use crate::view::{At, View};

/// Known findings that do not count
#[derive(Debug, Subcommand)]
pub enum Baseline {
    /// Make it what the gates find now
    Update {
        /// Write the file; otherwise only show what would change
        #[arg(long)]
        write: bool,
        /// Only take out what is gone, add nothing
        #[arg(long)]
        shrink: bool,
        /// Why what is new is taken as known
        #[arg(long, value_name = "TEXT", conflicts_with = "shrink")]
        reason: Option<String>,
    },
    /// What is in it
    Show,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Baseline) -> Done {
    let view = View::open(place, At::WorkTree)?;
    let present = present(&view)?;
    let mut out = anstream::stdout().lock();
    match args {
        Baseline::Show => {
            for known in &present.findings {
                writeln!(
                    out,
                    "{}  {}  {}",
                    known.rule,
                    known.path,
                    known.reason.as_deref().unwrap_or("-")
                )?;
            }
            writeln!(out, "{} known findings", present.findings.len())?;
        }
        Baseline::Update { write, shrink, reason } => {
            let receipt = judged(builtin, place, &view)?;
            let mut next = next(&receipt, &present, *shrink);
            for known in &mut next.findings {
                if known.reason.is_none() && !present.index().contains(&known.key()) {
                    known.reason.clone_from(reason);
                }
            }
            let (before, after) = (present.index(), next.index());
            let added: Vec<_> =
                next.findings.iter().filter(|known| !before.contains(&known.key())).collect();
            let gone: Vec<_> =
                present.findings.iter().filter(|known| !after.contains(&known.key())).collect();
            for known in &added {
                writeln!(out, "+ {}  {}", known.rule, known.path)?;
            }
            for known in &gone {
                writeln!(out, "- {}  {}", known.rule, known.path)?;
            }
            let counts = format!(
                "{} added, {} gone, {} known",
                added.len(),
                gone.len(),
                next.findings.len()
            );
            let refused = refused(builtin, place, &view, &added)?;
            if !*write {
                if let Some((why, instead)) = refused {
                    writeln!(out, "{why}: {instead}")?;
                }
                writeln!(out, "{counts}; nothing written: add --write")?;
                return Ok(0);
            }
            if let Some((why, instead)) = refused {
                return Err(Stop::usage(format!("{counts}; nothing written: {why}")).hint(instead));
            }
            let text = next.text().map_err(|error| Stop::environment(error.to_string()))?;
            let path = view.root.join(file::FILE_NAME);
            atomic_write(&path, text.as_bytes()).map_err(|error| {
                Stop::environment(format!("'{path}' could not be written: {error}"))
            })?;
            writeln!(out, "{counts}; wrote {}", file::FILE_NAME)?;
        }
    }
    Ok(0)
}

/// Why what is `added` would be red in its turn, and what to do instead; none where
/// the baseline may grow.
fn refused(
    builtin: &Builtin,
    place: &Place,
    view: &View,
    added: &[&Known],
) -> Result<Option<(String, String)>, Stop> {
    let added = file::Baseline::of(added.iter().copied().cloned());
    let config = view.config(place, builtin)?;
    let Some(before) = base::baseline(view, &config, None, &added)? else { return Ok(None) };
    let before = before.index();
    let new = added.findings.iter().filter(|known| !before.contains(&known.key())).count();
    let why = format!("the merge base does not have {new} of them, and the baseline only shrinks");
    let instead = format!("{}; --shrink takes out what is gone and adds nothing", file::INSTEAD);
    Ok((new > 0).then_some((why, instead)))
}

/// The baseline as it is there; an empty one where there is none.
pub fn present(view: &View) -> Result<file::Baseline, Stop> {
    let known = file::read(&view.tree).map_err(Stop::usage)?;
    Ok(known.map(|(baseline, _)| baseline).unwrap_or_default())
}

/// Every gate's findings; a command has some where it has an `output`.
pub fn judged(builtin: &Builtin, place: &Place, view: &View) -> Result<Receipt, Stop> {
    let cancel = Cancel::on_signals()?;
    let (events, _heard) = channel();
    let verified = engine::verify(builtin, place, view, &order(), &cancel, &events)?;
    let stuck = verified.receipt.predicate.gates.iter().find(|gate| {
        matches!(gate.outcome, Outcome::Errored | Outcome::TimedOut | Outcome::Interrupted)
    });
    match stuck {
        Some(gate) => Err(Stop {
            code: 3,
            message: format!("gate '{}' could not judge: {}", gate.id, gate.reason.text),
            hint: gate.reason.hint.clone(),
        }),
        None => Ok(verified.receipt),
    }
}

/// Every gate that has findings, and all of them.
pub fn order() -> Order {
    let why = "a command without 'output' has no findings".to_owned();
    Order {
        ask: Ask { event: ci::event(), only_findings: Some(why), ..Ask::default() },
        changed: false,
        base: None,
        jobs: None,
        fail_fast: false,
        reuse: true,
        timeout: None,
        offline: true,
        whole: true,
        introduced: false,
        prove: false,
        shard: None,
    }
}

/// Whether a rule is one that the runner raises about exceptions.
pub fn is_own(rule: &str) -> bool {
    rule.split_once('/').is_some_and(|(_, offence)| crate::ready::OWN_OFFENCES.contains(&offence))
}

/// The baseline that a run's findings make of the `present` one.
pub fn next(receipt: &Receipt, present: &file::Baseline, shrink: bool) -> file::Baseline {
    // What the runner itself raises (a stale entry, an unused waiver) is mended,
    // never baselined.
    let reason = |rule: &str, fingerprint: &str| {
        let known = present
            .findings
            .iter()
            .find(|known| known.rule == rule && known.fingerprint == fingerprint);
        known.and_then(|known| known.reason.clone())
    };
    let found = receipt.findings().map(|(_, finding)| finding);
    let kept = found.filter(|finding| {
        let red = finding.severity == Severity::Error && finding.state == FindingState::New;
        !is_own(&finding.rule) && ((red && !shrink) || finding.state == FindingState::Baselined)
    });
    file::Baseline::of(kept.map(|finding| Known {
        rule: finding.rule.clone(),
        path: finding.path.clone(),
        fingerprint: finding.fingerprint.clone(),
        reason: reason(&finding.rule, &finding.fingerprint),
    }))
}
