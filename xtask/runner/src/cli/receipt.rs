//! `receipt`: show, check, compare, sign or export receipts.

mod diff;
mod export;
mod sign;

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Subcommand;

use super::signers::{self, SignerArgs};
use super::verify::RECEIPT_NAME;
use super::{Done, Place, Stop};
use crate::Builtin;
use crate::config::Config;
use crate::git::GitError;
use crate::repo::{RepoError, Repository};
use crate::trust;
use crate::view::{At, View};

/// Show, check, compare, sign or export receipts
#[derive(Debug, Subcommand)]
pub enum Receipt {
    /// What it says, for a person
    Show {
        /// The receipt; where absent the one in the git directory
        file: Option<Utf8PathBuf>,
    },
    /// Every reason not to trust it as a proof of this repository's commit
    Check {
        /// The receipt; where absent the one in the git directory
        file: Option<Utf8PathBuf>,
        /// The commit it must be about
        #[arg(long, value_name = "REV", default_value = "HEAD")]
        commit: String,
        #[command(flatten)]
        signers: SignerArgs,
    },
    /// Sign one, by an SSH key or by Ed25519
    Sign(sign::Sign),
    /// Whether somebody who may sign has signed it
    Verify(sign::Verify),
    Diff(diff::Diff),
    Export(export::Export),
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Receipt) -> Done {
    let mut out = anstream::stdout().lock();
    match args {
        Receipt::Show { file } => {
            let receipt = super::report::read(&file_or_last(place, file.as_ref())?)?;
            let look = crate::report::human::Look::default();
            crate::report::human::write(&receipt, &look, &mut out)?;
            Ok(0)
        }
        Receipt::Check { file, commit, signers } => {
            let path = file_or_last(place, file.as_ref())?;
            check(builtin, place, &path, commit, signers, &mut out)
        }
        Receipt::Sign(args) => sign::sign(place, args, &mut out),
        Receipt::Verify(args) => sign::verify(place, args, &mut out),
        Receipt::Diff(args) => diff::run(args, &mut out),
        Receipt::Export(args) => export::run(builtin, place, args),
    }
}

fn file_or_last(place: &Place, file: Option<&Utf8PathBuf>) -> Result<Utf8PathBuf, Stop> {
    if let Some(file) = file {
        return Ok(file.clone());
    }
    let dir = place.dir.clone().unwrap_or_else(|| ".".into());
    match Repository::open(dir) {
        Ok(repository) => Ok(repository.own_state_dir()?.join(RECEIPT_NAME)),
        Err(RepoError::Git(GitError::NotARepository { .. })) => {
            Err(Stop::usage("a plain folder keeps no receipt").hint("name the file"))
        }
        Err(error) => Err(error.into()),
    }
}

/// What a receipt about the commit of `view` must say.
pub fn expected(view: &View, config: &Config) -> Result<trust::Expected, Stop> {
    Ok(trust::Expected {
        commit: view.point().commit.as_ref().map(ToString::to_string),
        tree: view.point().tree.as_ref().map(ToString::to_string),
        config_sha256: Some(config.sha256()),
        configured: Some(trust::Configured::of(config)),
        baseline: Some(super::baseline::present(view)?),
    })
}

/// A receipt that was held against a commit.
struct Checked {
    /// Of the file: the receipt, or the envelope around it.
    bytes: Vec<u8>,
    expected: trust::Expected,
    /// The commit's ci.toml.
    config_path: Utf8PathBuf,
    /// Every reason not to believe it.
    reasons: Vec<trust::Distrust>,
    /// Who signed it, where that was asked.
    by: Option<String>,
}

fn checked(
    builtin: &Builtin,
    place: &Place,
    path: &Utf8Path,
    commit: &str,
    signers: &SignerArgs,
) -> Result<Checked, Stop> {
    let bytes = signers::file(path)?;
    let view = View::open(place, At::Commit(commit.to_owned()))?;
    let config = view.config(place, builtin)?;
    let expected = expected(&view, &config)?;
    let mut reasons = Vec::new();
    let mut by = None;
    if !signers.is_none() {
        let now = jiff::Timestamp::now();
        match signers::verify(path, &bytes, None, &signers.read()?, now)? {
            Ok(signed) => by = Some(signed.by),
            Err(reason) => reasons.push(reason),
        }
    }
    // Also what nobody is known to have signed is judged: every reason counts.
    match crate::sign::unwrapped(&bytes) {
        Ok(receipt) => reasons.extend(trust::reasons(&receipt, &expected)),
        Err(reason) if reasons.contains(&reason) => {}
        Err(reason) => reasons.push(reason),
    }
    Ok(Checked { bytes, expected, config_path: config.path, reasons, by })
}

fn check(
    builtin: &Builtin,
    place: &Place,
    path: &Utf8Path,
    commit: &str,
    signers: &SignerArgs,
    out: &mut impl Write,
) -> Done {
    let Checked { bytes, expected, reasons, by, .. } =
        checked(builtin, place, path, commit, signers)?;
    let is_signed = crate::sign::is_envelope(&bytes) || signers::beside(path).is_file();
    if is_signed && signers.is_none() {
        writeln!(
            out,
            "note: its signature was not looked at; name who may sign: --key, or --allowed-signers and --identity"
        )?;
    }
    if reasons.is_empty() {
        let short =
            expected.commit.as_deref().and_then(|commit| commit.get(..12)).unwrap_or_default();
        let by = by.map(|by| format!(", signed by {by}")).unwrap_or_default();
        writeln!(out, "ok  {}: green, about commit {short}{by}", super::verify::from_here(path))?;
        return Ok(0);
    }
    for reason in &reasons {
        writeln!(out, "{reason}")?;
    }
    writeln!(out, "not trusted: {} reason(s)", reasons.len())?;
    Ok(5)
}
