//! `report`: a receipt in another format.

use std::io::Write;

use camino::Utf8PathBuf;
use clap::Args;
use kernel::{Options, Rule, Tree};

use super::{Done, Stop};
use crate::Builtin;
use crate::receipt::Receipt;
use crate::report::format::{Besides, Format};
use crate::report::human::{Look, terminal_width};

/// A receipt in another format
#[derive(Debug, Args)]
pub struct Report {
    /// The receipt
    #[arg(long, value_name = "RECEIPT")]
    from: Utf8PathBuf,
    /// The format
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Every finding, waived and baselined ones too (human only)
    #[arg(long)]
    verbose: bool,
}

/// Runs it.
pub fn run(builtin: &Builtin, args: &Report) -> Done {
    let receipt = read(&args.from)?;
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    let besides = Besides { rules: &builtin_rules(builtin), look: &look(args) };
    args.format.write(&receipt, &besides, &mut out).map_err(unsayable)?;
    out.flush()?;
    Ok(0)
}

/// The words of every built-in rule, for formats that carry them.
pub fn builtin_rules(builtin: &Builtin) -> Vec<Rule> {
    let configured = builtin.kinds().iter().filter_map(|kind| {
        (kind.configure)(&Options::none(), &Tree::literal::<&str, &str>([])).ok()
    });
    configured.flat_map(|gate| gate.rules().into_owned()).collect()
}

/// A format that cannot say honestly what the receipt says: exit code 5.
pub fn unsayable(error: std::io::Error) -> Stop {
    match error.kind() {
        std::io::ErrorKind::InvalidData => Stop { code: 5, message: error.to_string(), hint: None },
        _ => error.into(),
    }
}

fn look(args: &Report) -> Look {
    Look {
        is_coloured: true,
        is_verbose: args.verbose,
        receipt_path: Some(args.from.to_string()),
        width: terminal_width(),
        ..Look::default()
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
