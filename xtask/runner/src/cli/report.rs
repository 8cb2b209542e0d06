//! `report`: a receipt in another format.

use std::io::Write;

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};
use kernel::{Options, Rule, Tree};

use super::{Done, Stop};
use crate::Builtin;
use crate::receipt::Receipt;
use crate::report;

/// A receipt in another format
#[derive(Debug, Args)]
pub struct Report {
    /// The receipt
    #[arg(long, value_name = "RECEIPT")]
    from: Utf8PathBuf,
    /// The format
    #[arg(long, value_enum, default_value = "human")]
    format: As,
    /// Every finding, waived and baselined ones too (human only)
    #[arg(long)]
    verbose: bool,
}

/// Every format.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum As {
    /// For a person
    Human,
    /// The receipt itself, canonical
    Json,
    /// JUnit XML
    Junit,
    /// SARIF 2.1.0
    Sarif,
    /// GitHub workflow commands
    Github,
    /// Markdown
    Markdown,
}

/// Runs it.
pub fn run(builtin: &Builtin, args: &Report) -> Done {
    let receipt = read(&args.from)?;
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    match args.format {
        As::Human => report::human::write(&receipt, &look(args), &mut out)?,
        As::Json => report::json::write(&receipt, &mut out)?,
        As::Junit => report::junit::write(&receipt, &mut out)?,
        As::Sarif => report::sarif::write(&receipt, &builtin_rules(builtin), &mut out)?,
        As::Github => report::github::write(&receipt, &mut out)?,
        As::Markdown => report::markdown::write(&receipt, &mut out)?,
    }
    out.flush()?;
    Ok(0)
}

/// The words of every built-in rule, for formats that carry them.
fn builtin_rules(builtin: &Builtin) -> Vec<Rule> {
    let configured = builtin.kinds().iter().filter_map(|kind| {
        (kind.configure)(&Options::none(), &Tree::literal::<&str, &str>([])).ok()
    });
    configured.flat_map(|gate| gate.rules().into_owned()).collect()
}

fn look(args: &Report) -> report::human::Look {
    report::human::Look {
        is_coloured: true,
        is_verbose: args.verbose,
        receipt_path: Some(args.from.to_string()),
        width: report::human::terminal_width(),
        ..report::human::Look::default()
    }
}

/// Reads a receipt that need not be trusted, only understood.
pub fn read(path: &camino::Utf8Path) -> Result<Receipt, Stop> {
    let bytes = std::fs::read(path)
        .map_err(|error| Stop::usage(format!("'{path}' could not be read: {error}")))?;
    let bytes = crate::sign::unwrapped(&bytes).map_err(|reason| Stop {
        code: 5,
        message: format!("'{path}': {}", reason.text),
        hint: None,
    })?;
    serde_json::from_slice(&bytes).map_err(|error| Stop {
        code: 5,
        message: format!("'{path}' is no receipt of version 1: {error}"),
        hint: Some("'cargo xtask verify --receipt PATH' writes one".to_owned()),
    })
}
