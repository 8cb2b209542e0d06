//! The options that say who may sign, for every verb that asks.

use std::io::Read;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use jiff::Timestamp;

use super::Stop;
use crate::receipt::SIZE_BYTES_MAX;
use crate::sign::{self, PublicKey, SignError, Signed, Signers};
use crate::trust::Distrust;

/// Who may sign.
#[derive(Clone, Debug, Default, Args)]
pub struct SignerArgs {
    /// SSH keys that may sign, as ssh-keygen(1) describes under ALLOWED SIGNERS
    #[arg(long, value_name = "FILE", requires = "identities")]
    allowed_signers: Option<Utf8PathBuf>,
    /// Which of them must have signed; given again, one of several
    #[arg(long = "identity", value_name = "NAME", requires = "allowed_signers")]
    identities: Vec<String>,
    /// Public key that may sign an envelope, as PEM; given again, one of several
    #[arg(long = "key", value_name = "PUB.pem")]
    keys: Vec<Utf8PathBuf>,
}

impl SignerArgs {
    /// Whether anybody is named.
    pub fn is_none(&self) -> bool {
        self.allowed_signers.is_none() && self.keys.is_empty()
    }

    /// Reads the files.
    ///
    /// # Errors
    /// A file that cannot be read, or holds no key.
    pub fn read(&self) -> Result<Signers, Stop> {
        if self.identities.iter().any(|identity| identity.trim().is_empty()) {
            return Err(Stop::usage("--identity is empty").hint("name a principal of the file"));
        }
        let key = |path: &Utf8PathBuf| {
            PublicKey::from_pem(&file(path)?)
                .map_err(|fault| Stop::usage(format!("'{path}': {fault}")))
        };
        Ok(Signers {
            allowed_signers: self.allowed_signers.as_deref().map(file).transpose()?,
            identities: self.identities.clone(),
            keys: self.keys.iter().map(key).collect::<Result<_, _>>()?,
        })
    }
}

/// Whether a signer has signed `bytes`, which were read from `path`: by the
/// envelope that they are, or by the signature beside them.
///
/// # Errors
/// A file that cannot be read; `ssh-keygen` is missing.
pub fn verify(
    path: &Utf8Path,
    bytes: &[u8],
    signature: Option<&Utf8Path>,
    signers: &Signers,
    at: Timestamp,
) -> Result<Result<Signed, Distrust>, Stop> {
    let beside = beside(path);
    let signature = match signature {
        Some(signature) => Some(file(signature)?),
        None if !sign::is_envelope(bytes) && beside.is_file() => Some(file(&beside)?),
        None => None,
    };
    Ok(sign::verify(bytes, signature.as_deref(), signers, at)?)
}

/// Where the SSH signature of a receipt stands.
pub fn beside(path: &Utf8Path) -> Utf8PathBuf {
    Utf8PathBuf::from(format!("{path}.sig"))
}

/// An envelope is its receipt in base64 and a little more; nothing else that is
/// read here is as large.
const FILE_BYTES_MAX: u64 = 2 * SIZE_BYTES_MAX as u64;

/// A file that the command line named, or that lay in a folder it named.
pub fn file(path: &Utf8Path) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| Stop::usage(format!("'{path}' could not be read: {error}")))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let message =
            format!("'{path}' has more than {FILE_BYTES_MAX} bytes, which no receipt has");
        return Err(Stop { code: 5, message, hint: None });
    }
    Ok(bytes)
}

impl From<SignError> for Stop {
    fn from(error: SignError) -> Stop {
        Stop { code: 4, message: error.message, hint: error.hint }
    }
}
