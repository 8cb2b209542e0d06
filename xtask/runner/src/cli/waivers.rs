//! `waivers`: every exception, and whether it is used.

use std::io::Write;

use clap::Args;
use serde_json::json;

use super::{Done, Place};
use crate::Builtin;
use crate::view::{At, View};

/// Every exception, and whether it is used
#[derive(Debug, Args)]
pub struct Waivers {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Waivers) -> Done {
    let view = View::open(place, At::WorkTree)?;
    let receipt = super::baseline::judged(builtin, place, &view)?;
    let mut out = anstream::stdout().lock();
    let waivers = &receipt.predicate.waivers;
    if args.json {
        writeln!(out, "{:#}", json!(waivers))?;
        return Ok(0);
    }
    for waiver in waivers {
        let until =
            waiver.until.as_ref().map_or_else(String::new, |until| format!(", until {until}"));
        let reason = if waiver.reason.is_empty() { "no reason" } else { &waiver.reason };
        writeln!(
            out,
            "{}  {}  used {}{until}\n    {reason}",
            waiver.origin,
            waiver.rules.join(", "),
            waiver.used
        )?;
    }
    writeln!(out, "{} waivers", waivers.len())?;
    Ok(0)
}
