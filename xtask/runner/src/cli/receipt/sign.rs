//! `receipt sign` and `receipt verify`.

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{ArgGroup, Args};
use jiff::Timestamp;

use super::file_or_last;
use crate::cli::signers::{self, SignerArgs};
use crate::cli::verify::from_here;
use crate::cli::{Done, Place, Stop};
use crate::repo::atomic_write;
use crate::report::text::visible;
use crate::sign::{self, SecretKey};
use crate::trust;

/// Sign a receipt
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("by").required(true))]
pub struct Sign {
    /// SSH key (or the .pub of one in an agent): writes FILE.sig, needs ssh-keygen
    #[arg(long, value_name = "KEY", group = "by")]
    ssh: Option<Utf8PathBuf>,
    /// Ed25519 private key as PEM: writes FILE.dsse.json, an envelope around it
    #[arg(long, value_name = "KEY.pem", group = "by")]
    ed25519: Option<Utf8PathBuf>,
    /// The receipt; where absent the one in the git directory
    file: Option<Utf8PathBuf>,
}

/// Whether somebody who may sign has signed it
///
/// An SSH key must be allowed twice: now (or at --at), and when the receipt says
/// that its run ended. A signature holds no time that its maker could not choose,
/// so the receipt's date alone lets no expired key sign; to believe what a key
/// signed while it was valid, say when that was. Times in the file without a 'Z'
/// are UTC. Take the file from a protected branch: a commit that brings its own
/// list of signers proves nothing.
#[derive(Debug, Args)]
pub struct Verify {
    /// The receipt or the envelope; where absent the one in the git directory
    file: Option<Utf8PathBuf>,
    #[command(flatten)]
    signers: SignerArgs,
    /// The SSH signature; FILE.sig where absent
    #[arg(long, value_name = "FILE.sig")]
    signature: Option<Utf8PathBuf>,
    /// When an SSH key must have been valid, besides the end of the run; now where absent
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
}

/// Signs.
pub fn sign(place: &Place, args: &Sign, out: &mut impl Write) -> Done {
    let path = file_or_last(place, args.file.as_ref())?;
    let bytes = signers::file(&path)?;
    if sign::is_envelope(&bytes) {
        return Err(Stop::usage(format!("'{path}' is an envelope, signed already"))
            .hint("name the receipt that is in it"));
    }
    if let Some(reason) = trust::misshapen(&bytes) {
        return Err(Stop {
            code: 5,
            message: format!("'{path}' was not signed: {}", visible(&reason.text)),
            hint: Some("'cargo xtask verify --receipt PATH' writes one".to_owned()),
        });
    }
    let written = match (&args.ssh, &args.ed25519) {
        (Some(key), _) => {
            let signature = sign::ssh_sign(&bytes, key)?;
            written(signers::beside(&path), &signature)?
        }
        (None, Some(key)) => {
            let secret = SecretKey::from_pem(&signers::file(key)?)
                .map_err(|fault| Stop::usage(format!("'{key}': {fault}")))?;
            let envelope = sign::seal(&bytes, &secret)?;
            written(Utf8PathBuf::from(format!("{path}.dsse.json")), envelope.as_bytes())?
        }
        (None, None) => return Err(Stop::usage("no key").hint("--ssh KEY or --ed25519 KEY.pem")),
    };
    writeln!(out, "ok  signed: {}", from_here(&written))?;
    Ok(0)
}

fn written(path: Utf8PathBuf, bytes: &[u8]) -> Result<Utf8PathBuf, Stop> {
    atomic_write(&path, bytes)?;
    Ok(path)
}

/// Judges the signature, and nothing of what the receipt says.
pub fn verify(place: &Place, args: &Verify, out: &mut impl Write) -> Done {
    if args.signers.is_none() {
        return Err(Stop::usage("nobody is named who may sign")
            .hint("--allowed-signers FILE --identity NAME, or --key PUB.pem"));
    }
    let path = file_or_last(place, args.file.as_ref())?;
    let bytes = signers::file(&path)?;
    let at = args.at.unwrap_or_else(Timestamp::now);
    let signers = args.signers.read()?;
    match signers::verify(&path, &bytes, args.signature.as_deref(), &signers, at)? {
        Ok(signed) => {
            writeln!(out, "ok  {}: signed by {}", from_here(&path), signed.by)?;
            Ok(0)
        }
        Err(reason) => {
            writeln!(out, "{reason}")?;
            writeln!(out, "not trusted: {}", from_here(Utf8Path::new(&path)))?;
            Ok(5)
        }
    }
}
