//! `verify`: run the gates, write the receipt, say how it ended.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::mpsc::channel;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, ValueEnum};

use super::{Done, Place, Stop};
use crate::Builtin;
use crate::ci;
use crate::config::Duration;
use crate::engine::{self, Order, Verified};
use crate::exec::Cancel;
use crate::plan::Ask;
use crate::progress;
use crate::ready::Ready;
use crate::receipt::Receipt;
use crate::repo::atomic_write;
use crate::report;
use crate::view::{At, View};

/// Name of the receipt under the git directory.
pub const RECEIPT_NAME: &str = "verify-all.json";

/// Run the gates, write the receipt
#[derive(Debug, Args)]
pub struct Verify {
    /// Only these gates, and what they need; the verdict is partial
    pub gates: Vec<String>,
    #[command(flatten)]
    pub view: ViewArgs,
    /// Only gates that the change against the base concerns
    #[arg(long)]
    pub changed: bool,
    /// Count only what the change against the base brought; the verdict is partial
    #[arg(long)]
    pub introduced: bool,
    /// Compare with REF instead of [verify] base
    #[arg(long, value_name = "REF")]
    pub base: Option<String>,
    /// A profile of ci.toml
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// How much runs at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub jobs: Option<u32>,
    /// Start nothing new after a failure
    #[arg(long)]
    pub fail_fast: bool,
    /// Take no earlier result or proof
    #[arg(long)]
    pub no_reuse: bool,
    /// Let commands prove themselves too: each that passed is run on a copy, once
    /// as it is and once with its patch, and must go red by it
    #[arg(long)]
    pub prove: bool,
    /// Ask no server: no shared cache
    #[arg(long)]
    pub offline: bool,
    /// Leave GATE out; needs --reason, and is never green for a required gate
    #[arg(long, value_name = "GATE", requires = "reason")]
    pub skip: Vec<String>,
    /// Why --skip leaves it out
    #[arg(long, value_name = "TEXT", requires = "skip", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
    /// Time limit of each gate, e.g. 90s
    #[arg(long, value_name = "SPAN")]
    pub timeout: Option<Duration>,
    /// Write the receipt to PATH
    #[arg(long, value_name = "PATH")]
    pub receipt: Option<Utf8PathBuf>,
    /// Write a JUnit report to PATH
    #[arg(long, value_name = "PATH")]
    pub junit: Option<Utf8PathBuf>,
    /// Write a SARIF report to PATH
    #[arg(long, value_name = "PATH")]
    pub sarif: Option<Utf8PathBuf>,
    /// Show waived and baselined findings and every fact too
    #[arg(long, short)]
    pub verbose: bool,
    /// What to print
    #[arg(long, value_enum)]
    pub format: Option<Format>,
}

/// Which point of the repository is judged.
#[derive(Clone, Debug, Default, Args)]
pub struct ViewArgs {
    /// Judge the index: what the next commit will hold
    #[arg(long, conflicts_with = "rev")]
    pub staged: bool,
    /// Judge a commit without a checkout, by its own ci.toml
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
}

impl ViewArgs {
    /// The point they name.
    pub fn at(&self) -> At {
        match (&self.rev, self.staged) {
            (Some(revision), _) => At::Commit(revision.clone()),
            (None, true) => At::Index,
            (None, false) => At::WorkTree,
        }
    }
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person
    Human,
    /// The receipt itself
    Json,
    /// GitHub workflow commands
    Github,
    /// Failures and the verdict only
    Quiet,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Verify) -> Done {
    let cancel = Cancel::on_signals()?;
    let view = View::open(place, args.view.at())?;
    let format = format(args.format);
    let (events, heard) = channel();
    let quiet = matches!(format, Format::Json | Format::Quiet);
    let asked = cancel.clone();
    let teller =
        std::thread::spawn(move || progress::show(&heard, quiet, &|| asked.is_requested()));
    let verified = engine::verify(builtin, place, &view, &order(args), &cancel, &events);
    drop(events);
    let _told = teller.join();
    let Verified { receipt, text, ready, code } = verified?;
    let rules = || ready.iter().flatten().flat_map(Ready::rules).collect();
    let kept = keep(&view, args, &receipt, &text.unwrap_or_default(), &rules);
    // Told even where it cannot be kept: a long run must not end in nothing.
    print(format, args.verbose, &receipt, kept.as_ref().ok().and_then(Option::as_deref))?;
    // The process ends: the system takes a listing back at once, not path by path.
    std::mem::forget((view, ready));
    match kept {
        Ok(_) => Ok(code),
        Err(stop) if cancel.exit_code().is_some() => Err(Stop { code, ..stop }),
        Err(stop) => Err(stop),
    }
}

/// What is printed where nothing is asked for.
pub fn format(asked: Option<Format>) -> Format {
    asked.unwrap_or(if ci::is_github() { Format::Github } else { Format::Human })
}

fn order(args: &Verify) -> Order {
    let reason = args.reason.clone().unwrap_or_default();
    let skip: BTreeMap<String, String> =
        args.skip.iter().map(|gate| (gate.clone(), reason.clone())).collect();
    let no_commands = match args.view.at() {
        At::WorkTree => None,
        At::Index => {
            Some("commands run on the work tree, and --staged judges the index".to_owned())
        }
        At::Commit(_) => {
            Some("commands run on the work tree, and --rev judges a commit".to_owned())
        }
    };
    Order {
        ask: Ask {
            gates: args.gates.clone(),
            profile: args.profile.clone(),
            skip,
            event: ci::event(),
            no_commands,
            only_findings: None,
        },
        changed: args.changed,
        base: args.base.clone(),
        jobs: args.jobs,
        fail_fast: args.fail_fast,
        // In CI nothing is taken on trust: every canary runs.
        reuse: !args.no_reuse && !ci::is_ci(),
        timeout: args.timeout.map(|timeout| timeout.0),
        offline: args.offline,
        whole: false,
        introduced: args.introduced,
        prove: args.prove,
        shard: None,
    }
}

/// A path as it is typed from here.
pub fn from_here(path: &Utf8Path) -> String {
    let here = std::env::current_dir().ok().and_then(|here| Utf8PathBuf::from_path_buf(here).ok());
    let inside = here.as_ref().and_then(|here| path.strip_prefix(here).ok());
    inside.unwrap_or(path).to_string()
}

/// Writes the receipt and the reports that were asked for: also after a red
/// run, since that is when they are read.
fn keep(
    view: &View,
    args: &Verify,
    receipt: &Receipt,
    text: &str,
    rules: &dyn Fn() -> Vec<kernel::Rule>,
) -> Result<Option<Utf8PathBuf>, Stop> {
    let path = match (&args.receipt, &view.repository) {
        (Some(path), _) => Some(path.clone()),
        (None, Some(repository)) => {
            let state = repository.own_state_dir().map_err(|error| {
                Stop::from(error).hint("put the receipt elsewhere: --receipt PATH")
            })?;
            Some(state.join(RECEIPT_NAME))
        }
        (None, None) => None,
    };
    if let Some(path) = &path {
        write(path, text.as_bytes())?;
    }
    if let Some(path) = &args.junit {
        let mut xml = Vec::new();
        report::junit::write(receipt, &mut xml)?;
        write(path, &xml)?;
    }
    if let Some(path) = &args.sarif {
        let mut sarif = Vec::new();
        report::sarif::write(receipt, &rules(), &mut sarif)?;
        write(path, &sarif)?;
    }
    summary(receipt)?;
    Ok(path)
}

/// Writes the receipt in its canonical form.
pub fn write_receipt(path: &Utf8Path, receipt: &Receipt) -> Result<(), Stop> {
    let text = receipt.canonical().map_err(|error| Stop::environment(error.to_string()))?;
    write(path, text.as_bytes())
}

/// Adds it to the page of the run, where the provider has one.
pub fn summary(receipt: &Receipt) -> Result<(), Stop> {
    if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|_| ci::is_github()) {
        let mut summary = Vec::new();
        report::markdown::write(receipt, &mut summary)?;
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(&summary)?;
    }
    Ok(())
}

/// Writes a file that somebody asked for.
pub fn write(path: &Utf8Path, bytes: &[u8]) -> Result<(), Stop> {
    Ok(atomic_write(path, bytes)?)
}

/// Prints it.
pub fn print(
    format: Format,
    is_verbose: bool,
    receipt: &Receipt,
    kept: Option<&Utf8Path>,
) -> Result<(), Stop> {
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    match format {
        Format::Json => report::json::write(receipt, &mut out)?,
        Format::Github => report::github::write(receipt, &mut out)?,
        Format::Human | Format::Quiet => {
            let look = report::human::Look {
                is_coloured: true,
                is_quiet: format == Format::Quiet,
                is_verbose,
                receipt_path: kept.map(from_here),
                width: report::human::terminal_width(),
            };
            report::human::write(receipt, &look, &mut out)?;
        }
    }
    out.flush()?;
    Ok(())
}
