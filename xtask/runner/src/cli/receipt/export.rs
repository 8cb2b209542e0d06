//! `receipt export`: a receipt in a format that other programs read.

use std::io::Write;

use camino::Utf8PathBuf;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::super::signers::SignerArgs;
use super::super::{Done, Place, Stop, report};
use super::{Checked, checked, file_or_last};
use crate::Builtin;
use crate::green;
use crate::report::format::Format;
use crate::report::human::Look;
use crate::report::vsa;

/// Who verified, where the caller says nothing else.
const VERIFIER: &str = "https://gate-runner.dev/receipt-check";

/// A receipt in a format that other programs read
#[derive(Debug, Args)]
pub struct Export {
    /// The receipt, for html also a folder of receipts; where absent the one in the git directory
    file: Option<Utf8PathBuf>,
    /// The format
    #[arg(long = "as", value_name = "FORMAT", value_parser = formats())]
    format: As,
    /// Where to write it; standard output where absent
    #[arg(long, value_name = "PATH")]
    out: Option<Utf8PathBuf>,
    /// vsa only: the commit that the receipt is checked against
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    commit: String,
    /// vsa only: the repository as its consumers fetch it, e.g.
    /// git+https://github.com/owner/name
    #[arg(long, value_name = "URI")]
    resource: Option<String>,
    /// vsa only: who verified, as its consumers know them
    #[arg(long, value_name = "URI", default_value = VERIFIER)]
    verifier: String,
    #[command(flatten)]
    signers: SignerArgs,
}

/// A function of the receipt, or the statement that takes its commit too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum As {
    Report(Format),
    Vsa,
}

/// The one list of formats, and `vsa`.
fn formats() -> impl TypedValueParser<Value = As> {
    let vsa = PossibleValue::new("vsa")
        .help("SLSA verification summary of a receipt that was checked against its commit");
    let reports = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    PossibleValuesParser::new(reports.chain([vsa]))
        .map(|name| Format::from_str(&name, false).map_or(As::Vsa, As::Report))
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Export) -> Done {
    let mut text = Vec::new();
    let code = match args.format {
        As::Vsa => summary(builtin, place, args, &mut text)?,
        As::Report(_) if args.resource.is_some() || !args.signers.is_none() => {
            return Err(Stop::usage("only vsa checks a receipt and says of what and by whom")
                .hint("leave the options out, or check first: cargo xtask receipt check"));
        }
        As::Report(format) => {
            let from = file_or_last(place, args.file.as_ref())?;
            report::write(builtin, &from, format, &Look::default(), &mut text)?;
            0
        }
    };
    match &args.out {
        Some(path) => crate::repo::atomic_write(path, &text)?,
        None => anstream::stdout().lock().write_all(&text)?,
    }
    Ok(code)
}

/// Says what `receipt check` says, as a statement: of a receipt that it does
/// not believe nothing is said, and one that is believed and not green failed.
fn summary(builtin: &Builtin, place: &Place, args: &Export, out: &mut Vec<u8>) -> Done {
    let Some(resource) = &args.resource else {
        return Err(Stop::usage("a verification summary names the repository it is about")
            .hint("--resource git+https://github.com/OWNER/NAME"));
    };
    for uri in [resource, &args.verifier] {
        if !is_uri(uri) {
            return Err(Stop::usage(format!("'{uri}' is no URI"))
                .hint("expected a scheme and no blanks, e.g. git+https://github.com/OWNER/NAME"));
        }
    }
    let path = file_or_last(place, args.file.as_ref())?;
    let Checked { bytes, expected, config_path, reasons, by } =
        checked(builtin, place, &path, &args.commit, &args.signers)?;
    let code = green::exit_code(&reasons);
    if code == 5 {
        let told: Vec<String> = reasons.iter().map(ToString::to_string).collect();
        let message = format!("{}\nnot trusted, so nothing is said of it", told.join("\n"));
        return Err(Stop { code, message, hint: None });
    }
    // The bytes that were checked: the file may be another one by now.
    let receipt = report::parsed(&path, &bytes)?;
    let verification = vsa::Verification {
        verifier: &args.verifier,
        version: env!("CARGO_PKG_VERSION"),
        resource,
        at: jiff::Timestamp::now(),
        receipt_sha256: &crate::receipt::sha256(&bytes),
        config_path: config_path.as_str(),
        is_signed: by.is_some(),
        config_sha256: expected.config_sha256.as_deref().unwrap_or_default(),
        reasons: &reasons,
    };
    vsa::write(&receipt, &verification, out)?;
    Ok(code)
}

/// A scheme (RFC 3986), then something, all of it printable ASCII.
fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        let scheme_is = scheme.starts_with(|char: char| char.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        scheme_is && !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic())
    })
}
