//! `report`: a receipt in another format.

mod folder;

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use kernel::{Options, Rule, Tree};

use super::{Done, Stop, signers};
use crate::Builtin;
use crate::receipt::Receipt;
use crate::report::format::{Besides, Format};
use crate::report::human::{Look, terminal_width};
use crate::report::text::visible;

/// A receipt in another format
#[derive(Debug, Args)]
pub struct Report {
    /// The receipt; for html also a folder of receipts
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
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    write(builtin, &args.from, args.format, &look(args), &mut out)?;
    out.flush()?;
    Ok(0)
}

/// Writes the receipt at `from`, or the page of the folder there.
pub fn write(
    builtin: &Builtin,
    from: &Utf8Path,
    format: Format,
    look: &Look,
    out: &mut impl Write,
) -> Result<(), Stop> {
    if from.is_dir() {
        return folder::write(from, format, out);
    }
    let besides = Besides { rules: &builtin_rules(builtin), look };
    format.write(&read(from)?, &besides, out).map_err(unsayable)
}

/// The words of every built-in rule, for formats that carry them.
fn builtin_rules(builtin: &Builtin) -> Vec<Rule> {
    let configured = builtin.kinds().iter().filter_map(|kind| {
        (kind.configure)(&Options::none(), &Tree::literal::<&str, &str>([])).ok()
    });
    configured.flat_map(|gate| gate.rules().into_owned()).collect()
}

/// A format that cannot say honestly what the receipt says: exit code 5.
fn unsayable(error: std::io::Error) -> Stop {
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
pub fn read(path: &Utf8Path) -> Result<Receipt, Stop> {
    parsed(path, &signers::file(path)?)
}

/// The receipt in the bytes that `path` held.
pub fn parsed(path: &Utf8Path, bytes: &[u8]) -> Result<Receipt, Stop> {
    let bytes = crate::sign::unwrapped(bytes).map_err(|reason| Stop {
        code: 5,
        message: format!("'{path}': {}", visible(&reason.text)),
        hint: None,
    })?;
    serde_json::from_slice(&bytes).map_err(|error| Stop {
        code: 5,
        message: format!("'{path}' is no receipt of version 1: {}", visible(&error.to_string())),
        hint: Some("'cargo xtask verify --receipt PATH' writes one".to_owned()),
    })
}
