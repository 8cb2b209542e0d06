//! `why`: why one gate runs, or does not, and what its last verdict rests on.

use std::io::Write;

use clap::Args;

use super::plan::{planned, words};
use super::verify::RECEIPT_NAME;
use super::{Done, Place};
use crate::Builtin;
use crate::ci;
use crate::engine::looks_at;
use crate::plan::Ask;
use crate::ready::ready;
use crate::receipt::{GateResult, Receipt};
use crate::view::{At, View};

/// Why one gate runs, or does not
#[derive(Debug, Args)]
pub struct Why {
    /// The gate
    gate: String,
    /// Under a profile of ci.toml
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Why) -> Done {
    let view = View::open(place, At::WorkTree)?;
    let config = view.config(place, builtin)?;
    // Asked without naming the gate: named, it would always run.
    let ask = Ask { profile: args.profile.clone(), event: ci::event(), ..Ask::default() };
    planned(&config, &Ask { gates: vec![args.gate.clone()], ..ask.clone() })?;
    let plan = planned(&config, &ask)?;
    let all = ready(&config, args.profile.as_deref(), &view.tree)?;
    let mut out = anstream::stdout().lock();
    for ((gate, decision), ready) in config.gates.iter().zip(&plan.decisions).zip(&all) {
        if gate.name != args.gate {
            continue;
        }
        let (word, reason) = words(decision);
        writeln!(out, "{}: {word}, {}", gate.name, reason.text)?;
        let required = if gate.common.required {
            "required: it decides the verdict"
        } else {
            "advisory: it never decides"
        };
        writeln!(out, "  {required}")?;
        if !gate.common.needs.is_empty() {
            writeln!(out, "  after {}", gate.common.needs.join(", "))?;
        }
        if let Some(ready) = ready {
            let files = view.tree.list(&ready.wants.files).len();
            writeln!(out, "  looks at {} ({files} files)", looks_at(&ready.wants.files))?;
            let configured = ready.configured.trace();
            for path in configured.read.keys() {
                writeln!(out, "  configured by {path}")?;
            }
            writeln!(
                out,
                "  options {}, rules {}",
                short(&ready.options_sha256),
                short(&ready.rules_sha256)
            )?;
            if let Some(last) = last(&view, &gate.name) {
                since(&mut out, &last, &ready.options_sha256, &ready.rules_sha256)?;
            }
        } else {
            writeln!(out, "  runs {}", gate.common.argv().unwrap_or_default().join(" "))?;
        }
    }
    Ok(0)
}

fn since(
    out: &mut impl Write,
    last: &GateResult,
    options: &str,
    rules: &str,
) -> std::io::Result<()> {
    writeln!(out, "  last: {}, trace {}", last.outcome.as_str(), short(&last.trace.sha256))?;
    if last.options.sha256 != options {
        writeln!(out, "  since then its options changed")?;
    }
    if last.rules.sha256 != rules {
        writeln!(out, "  since then its rules changed")?;
    }
    Ok(())
}

fn last(view: &View, gate: &str) -> Option<GateResult> {
    let text = std::fs::read(view.state()?.join(RECEIPT_NAME)).ok()?;
    let receipt: Receipt = serde_json::from_slice(&text).ok()?;
    receipt.predicate.gates.into_iter().find(|row| row.id == gate)
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
