//! `list`: every configured gate and what it looks at.

use std::io::Write;

use clap::Args;
use serde_json::json;

use super::verify::ViewArgs;
use super::{Done, Place};
use crate::Builtin;
use crate::engine::looks_at;
use crate::ready::ready;
use crate::view::View;

/// Every configured gate and what it looks at
#[derive(Debug, Args)]
pub struct List {
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    view: ViewArgs,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &List) -> Done {
    let view = View::open(place, args.view.at())?;
    let config = view.config(place, builtin)?;
    let ready = ready(&config, None, &view.tree, None)?;
    let mut rows = Vec::new();
    for (gate, ready) in config.gates.iter().zip(&ready) {
        let what = match ready {
            Some(ready) => looks_at(&ready.wants.files),
            None => gate.common.argv().unwrap_or_default().join(" "),
        };
        let files = ready.as_ref().map(|ready| view.tree.list(&ready.wants.files).len());
        rows.push((gate, what, files, ready.as_ref().map(|ready| ready.rules.len())));
    }
    let mut out = anstream::stdout().lock();
    if args.json {
        let rows: Vec<_> = rows.iter().map(|(gate, what, files, rules)| json!({
            "id": gate.name, "kind": gate.kind_id(), "required": gate.common.required,
            "layer": gate.common.layer.map(crate::config::Layer::as_str), "owner": gate.common.owner,
            "class": gate.common.class, "needs": gate.common.needs, "looksAt": what, "files": files, "rules": rules,
        })).collect();
        writeln!(out, "{:#}", serde_json::Value::from(rows))?;
        return Ok(0);
    }
    let width = rows.iter().map(|(gate, ..)| gate.name.len()).max().unwrap_or(0);
    for (gate, what, files, _) in rows {
        let required = if gate.common.required { "required" } else { "advisory" };
        let files = files.map_or_else(String::new, |files| format!("  ({files} files)"));
        writeln!(out, "{:width$}  {:13}  {required}  {what}{files}", gate.name, gate.kind_id())?;
    }
    Ok(0)
}
