//! `run`: one gate of a plan, judged by a job of its own.

use std::io::Write;
use std::sync::mpsc::channel;

use camino::Utf8PathBuf;
use clap::Args;

use super::verify::{self, Format};
use super::{Done, Place};
use crate::Builtin;
use crate::ci;
use crate::engine::{self, Order, Verified};
use crate::exec::Cancel;
use crate::fan_out::Shard;
use crate::plan::Ask;
use crate::progress;
use crate::view::{At, View};

/// Judge one gate of a plan, leave its part for 'merge'
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The gate, as 'plan --matrix' names it
    #[arg(long, value_name = "GATE")]
    gate: String,
    /// The plan's digest, as 'plan --matrix' printed it
    #[arg(long, value_name = "DIGEST")]
    plan_digest: String,
    /// Write the part to PATH
    #[arg(long, value_name = "PATH")]
    receipt: Utf8PathBuf,
    /// The profile that was planned
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// What to print
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &RunArgs) -> Done {
    let cancel = Cancel::on_signals()?;
    let view = View::open(place, At::WorkTree)?;
    let order = Order {
        ask: Ask { profile: args.profile.clone(), event: ci::event(), ..Ask::default() },
        introduced: false,
        prove: false,
        changed: false,
        base: None,
        jobs: None,
        fail_fast: false,
        // A part is a proof, and a proof is made anew.
        reuse: false,
        timeout: None,
        offline: false,
        whole: false,
        shard: Some(Shard { gate: args.gate.clone(), plan_sha256: args.plan_digest.clone() }),
    };
    let format = verify::format(args.format);
    let (events, heard) = channel();
    let quiet = matches!(format, Format::Json | Format::Quiet);
    let asked = cancel.clone();
    let teller =
        std::thread::spawn(move || progress::show(&heard, quiet, &|| asked.is_requested()));
    let verified = engine::verify(builtin, place, &view, &order, &cancel, &events);
    drop(events);
    let _told = teller.join();
    let Verified { receipt, text, code, .. } = verified?;
    let kept = verify::write(&args.receipt, text.unwrap_or_default().as_bytes());
    verify::print(format, false, &receipt, kept.is_ok().then_some(args.receipt.as_path()))?;
    kept?;
    let own = receipt.predicate.gates.iter().find(|gate| gate.id == args.gate);
    if let Some(own) = own.filter(|own| !own.needs.is_empty()) {
        let needs = own.needs.join(", ");
        writeln!(
            std::io::stderr(),
            "note: it needs {needs}; 'merge' blocks it unless that is green"
        )?;
    }
    Ok(code)
}
