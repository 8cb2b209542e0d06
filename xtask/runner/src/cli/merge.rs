//! `merge`: the parts of a fan-out → one receipt.

use std::io::Write;

use camino::Utf8PathBuf;
use clap::Args;

use super::baseline::present;
use super::plan::planned;
use super::verify::{self, Format};
use super::{Done, Place};
use crate::Builtin;
use crate::ci;
use crate::fan_out::{self, Expected, Sheet, another_plan};
use crate::plan::Ask;
use crate::ready::ready;
use crate::report::text::visible;
use crate::tool::Program;
use crate::view::{At, View};

/// Make one receipt of the parts that the jobs of a plan left
#[derive(Debug, Args)]
pub struct Merge {
    /// The plan's digest, as 'plan --matrix' printed it
    #[arg(long, value_name = "DIGEST")]
    plan_digest: String,
    /// Parts, or folders of them
    #[arg(required = true)]
    parts: Vec<Utf8PathBuf>,
    /// Write the receipt to PATH
    #[arg(long, value_name = "PATH")]
    receipt: Utf8PathBuf,
    /// The profile that was planned
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Merge) -> Done {
    // The commit, not the work tree: no gate runs here, and the parts may lie
    // in the folder.
    let view = View::open(place, At::Commit("HEAD".to_owned()))?;
    let program = Program::hash(view.state());
    let config = view.config(place, builtin)?;
    let profile = args.profile.as_deref();
    let ask = Ask { profile: args.profile.clone(), event: ci::event(), ..Ask::default() };
    let plan = planned(&config, &ask)?;
    let ready = ready(&config, profile, &view.tree, None)?;
    let sheet = Sheet::of(view.point(), &config, &ready, &plan, profile)?;
    let here = sheet.digest();
    if here != args.plan_digest {
        return Err(another_plan(&here, &args.plan_digest));
    }
    let files = fan_out::files(&args.parts)?;
    let expected = Expected {
        point: view.point(),
        config: &config,
        baseline: present(&view)?,
        ready: &ready,
        plan: &plan,
        sheet: &sheet,
        ci: ci::run(),
        program: program.digest(),
    };
    let merged = fan_out::merge(&expected, &files);
    let kept = verify::write_receipt(&args.receipt, &merged.receipt);
    let shown = kept.is_ok().then_some(args.receipt.as_path());
    verify::print(args.format, false, &merged.receipt, shown)?;
    let mut stderr = anstream::stderr().lock();
    for fault in &merged.faults {
        writeln!(stderr, "error: {}", visible(fault))?;
    }
    kept?;
    verify::summary(&merged.receipt)?;
    Ok(merged.code)
}
