//! `prove`: every canary anew, in memory.

use std::io::Write;

use clap::Args;
use kernel::canary;

use super::{Done, Place, Stop};
use crate::Builtin;
use crate::config::{Config, did_you_mean};
use crate::exec::Cancel;
use crate::proof;
use crate::proof::command::{self, Shown};
use crate::ready::ready;
use crate::run::plugin;
use crate::view::{At, View};

/// Prove that every rule can go red
#[derive(Debug, Args)]
pub struct Prove {
    /// Only this gate
    gate: Option<String>,
    /// A line for each rule
    #[arg(long, short)]
    verbose: bool,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Prove) -> Done {
    let view = View::open(place, At::WorkTree)?;
    let config = view.config(place, builtin)?;
    if let Some(gate) = args.gate.as_ref().filter(|gate| config.gate(gate).is_none()) {
        let names = config.gates.iter().map(|gate| gate.name.as_str());
        let stop = Stop::usage(format!("no gate is named '{gate}'"));
        return Err(match did_you_mean(gate, names) {
            Some(hint) => stop.hint(hint),
            None => stop,
        });
    }
    let mut out = anstream::stdout().lock();
    let mut asleep = 0;
    for ready in ready(&config, None, &view.tree, None)?.into_iter().flatten() {
        if args.gate.as_ref().is_some_and(|gate| *gate != ready.name) {
            continue;
        }
        let failed_count = shown(&ready.name, &proof::prove(&ready), args.verbose, &mut out)?;
        asleep += failed_count;
    }
    asleep += commands(&view, &config, args, &mut out)?;
    Ok(if asleep == 0 { 0 } else { 3 })
}

/// Prints what a gate's canaries showed; the number that sleep.
fn shown(
    gate: &str,
    proofs: &[canary::Proof],
    is_verbose: bool,
    out: &mut impl Write,
) -> std::io::Result<usize> {
    let examples: u64 = proofs.iter().map(|proof| proof.examples).sum();
    let failed = proofs.iter().filter(|proof| !proof.failures.is_empty());
    let failed_count = failed.clone().count();
    let word = if failed_count == 0 { "ok" } else { "asleep" };
    writeln!(out, "{word:6}  {gate}  {}, {examples} examples", rules(proofs.len()))?;
    for proof in failed {
        for failure in &proof.failures {
            writeln!(out, "        {}: {} {}", proof.rule, failure.example, failure.what)?;
        }
    }
    for proof in proofs {
        if proof.is_unproven() {
            writeln!(out, "        {}: no examples, unproven", proof.rule)?;
        } else if is_verbose {
            let (rule, red, green) = (&proof.rule, proof.tripped, proof.quiet);
            writeln!(out, "        {rule}: {red} red, {green} green")?;
        }
    }
    Ok(failed_count)
}

fn rules(count: usize) -> String {
    if count == 1 { "1 rule".to_owned() } else { format!("{count} rules") }
}

/// Command gates prove themselves by running twice on a copy of the tree.
fn commands(
    view: &View,
    config: &Config,
    args: &Prove,
    out: &mut impl Write,
) -> Result<usize, Stop> {
    let cancel = Cancel::on_signals()?;
    let mut asleep = 0;
    for gate in config.gates.iter().filter(|gate| gate.kind.is_none()) {
        if args.gate.as_ref().is_some_and(|name| *name != gate.name) {
            continue;
        }
        if gate.common.plugin.is_some() {
            let limit = gate.common.timeout.unwrap_or(config.verify.timeout).0;
            asleep += match plugin::prove(gate, &view.root, limit, &cancel) {
                Ok(proofs) if proofs.is_empty() => {
                    writeln!(out, "none    {}  a plugin that describes no rules", gate.name)?;
                    0
                }
                Ok(proofs) => shown(&gate.name, &proofs, args.verbose, out)?,
                Err(reason) => {
                    writeln!(out, "error   {}  {}", gate.name, reason.text)?;
                    1
                }
            };
            continue;
        }
        match command::prove(view, config, gate, &cancel) {
            Ok(Shown::Proven) => {
                writeln!(out, "ok      {}  green on a copy, red with its patch", gate.name)?
            }
            Ok(Shown::Unproven) => {
                writeln!(
                    out,
                    "none    {}  a command without prove = {{ patch = \"…\" }}",
                    gate.name
                )?;
            }
            Ok(Shown::Asleep { why, .. }) => {
                asleep += 1;
                writeln!(out, "asleep  {}  {why}", gate.name)?;
            }
            Err(error) => {
                asleep += 1;
                writeln!(out, "error   {}  {error}", gate.name)?;
            }
        }
    }
    Ok(asleep)
}
