//! `why`: why one gate runs, or does not, and what its last verdict rests on.

use std::io::Write;

use clap::Args;

use super::plan::{planned, words};
use super::verify::RECEIPT_NAME;
use super::{Done, Place};
use crate::Builtin;
use crate::ci;
use crate::config::{Config, GateConfig};
use crate::engine::{looks_at, shared};
use crate::exec::Cancel;
use crate::gather::FromRepository;
use crate::plan::Ask;
use crate::ready::{Ready, ready};
use crate::receipt::{GateResult, Receipt};
use crate::reuse::{Looked, Named, Results, Shared};
use crate::run;
use crate::tool::Program;
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
    let all = ready(&config, args.profile.as_deref(), &view.tree, None)?;
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
            for path in ready.configured.read.keys() {
                writeln!(out, "  configured by {path}")?;
            }
            writeln!(
                out,
                "  options {}, rules {}",
                short(&ready.options_sha256),
                short(&ready.rules_sha256)
            )?;
            if let Some(last) = last(&view, &gate.name) {
                let trace = short(&last.trace.sha256);
                writeln!(out, "  last: {}, trace {trace}", last.outcome.as_str())?;
            }
        } else {
            writeln!(out, "  runs {}", gate.common.argv().unwrap_or_default().join(" "))?;
        }
        for line in stands(&view, &config, gate, ready.as_ref(), shared(&config)?) {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(0)
}

/// At most so many inputs are named.
const MOVED_MAX: usize = 10;

/// Whether the next run will take the last result, and if not, what moved.
fn stands(
    view: &View,
    config: &Config,
    gate: &GateConfig,
    ready: Option<&Ready>,
    shared: Option<Shared>,
) -> Vec<String> {
    let state = view.state();
    let program = Program::hash(state.clone());
    let results = Results::open(state.as_deref(), &program, !ci::is_ci()).and(shared);
    let cancel = Cancel::new();
    let gatherer = FromRepository::new(view, config.verify.base.as_deref(), &cancel);
    let command = run::command_of(gate, &view.root);
    let whole = view.whole();
    let named = Named { tree: &view.tree, whole: whole.as_deref() };
    let looked = match ready {
        Some(ready) => results.look(ready, named, &gatherer),
        None => results.look_command(gate, &command, named),
    };
    let moved = match looked {
        Looked::Off => return vec!["judged anew each time: no result of it is taken".to_owned()],
        Looked::Hit(standing) => {
            return vec![format!(
                "nothing it rests on has moved: the result of receipt {} stands",
                short(&standing.kept.from)
            )];
        }
        Looked::Miss(named) => match ready {
            Some(ready) => results.moved(ready, &view.tree, &named),
            None => results.moved_command(gate, &view.tree, &named),
        },
    };
    let mut lines: Vec<String> =
        moved.iter().take(MOVED_MAX).map(|what| format!("since it was judged: {what}")).collect();
    if moved.len() > MOVED_MAX {
        lines.push(format!("and {} more", moved.len() - MOVED_MAX));
    }
    lines
}

fn last(view: &View, gate: &str) -> Option<GateResult> {
    let text = std::fs::read(view.state()?.join(RECEIPT_NAME)).ok()?;
    let receipt: Receipt = serde_json::from_slice(&text).ok()?;
    receipt.predicate.gates.into_iter().find(|row| row.id == gate)
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
