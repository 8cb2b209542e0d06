//! `plan`: what would run, and why.

use std::io::Write;

use clap::Args;
use serde_json::json;

use super::{Done, Place, Stop};
use crate::Builtin;
use crate::ci;
use crate::config::Config;
use crate::fan_out::Sheet;
use crate::plan::{Ask, Decision, Plan, plan};
use crate::ready::ready;
use crate::receipt::Reason;
use crate::view::{At, View};

/// What would run, and why
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Only these gates
    gates: Vec<String>,
    /// A profile of ci.toml
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// As the matrix of a GitHub Actions workflow, one line; there it is also
    /// the step's outputs 'matrix' and 'digest'
    #[arg(long, conflicts_with_all = ["json", "gates"])]
    matrix: bool,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &PlanArgs) -> Done {
    let view = View::open(place, At::WorkTree)?;
    let config = view.config(place, builtin)?;
    let ask = Ask {
        gates: args.gates.clone(),
        profile: args.profile.clone(),
        event: ci::event(),
        ..Ask::default()
    };
    let plan = planned(&config, &ask)?;
    let mut out = anstream::stdout().lock();
    if args.matrix {
        let profile = args.profile.as_deref();
        let ready = ready(&config, profile, &view.tree, None)?;
        let sheet = Sheet::of(view.point(), &config, &ready, &plan, profile)?;
        let matrix = sheet.matrix()?;
        writeln!(out, "{matrix}")?;
        return Ok(outputs(&[("matrix", &matrix.to_string()), ("digest", &sheet.digest())])?);
    }
    let rows = config.gates.iter().zip(&plan.decisions);
    if args.json {
        let gates: Vec<_> = rows.map(|(gate, decision)| {
            let (word, reason) = words(decision);
            json!({ "id": gate.name, "decision": word, "reason": reason, "needs": gate.common.needs })
        }).collect();
        writeln!(out, "{:#}", json!({ "selection": plan.selection, "gates": gates }))?;
        return Ok(0);
    }
    let width = config.gates.iter().map(|gate| gate.name.len()).max().unwrap_or(0);
    for (gate, decision) in rows {
        let (word, reason) = words(decision);
        let needs = if gate.common.needs.is_empty() {
            String::new()
        } else {
            format!(", after {}", gate.common.needs.join(", "))
        };
        writeln!(out, "{word:14}  {:width$}  {}{needs}", gate.name, reason.text)?;
    }
    Ok(0)
}

/// Hands values to later jobs where the provider keeps them; elsewhere they
/// are printed and no more. None of them has a line end.
fn outputs(values: &[(&str, &str)]) -> std::io::Result<u8> {
    if let Some(path) = std::env::var_os("GITHUB_OUTPUT").filter(|_| ci::is_github()) {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        for (name, value) in values {
            writeln!(file, "{name}={value}")?;
        }
    }
    Ok(0)
}

/// The plan, or what is wrong with the names.
pub fn planned(config: &Config, ask: &Ask) -> Result<Plan, Stop> {
    plan(config, ask, None).map_err(|unknown| Stop::usage(unknown.message).hint(unknown.hint))
}

/// The word and the reason of a decision.
pub fn words(decision: &Decision) -> (&'static str, &Reason) {
    match decision {
        Decision::Run(reason) => ("run", reason),
        Decision::NotApplicable(reason) => ("not-applicable", reason),
        Decision::Skip(reason) => ("skip", reason),
    }
}
