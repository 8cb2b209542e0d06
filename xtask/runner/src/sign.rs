//! Who made a receipt. Two forms of signature, both over its exact bytes: an
//! SSHSIG beside it ([`ssh`]), or a DSSE envelope around it ([`dsse`]).
//!
//! A signature answers `signature` (is it whole and over these bytes) and
//! `signer` (is it by somebody who may sign now). What the receipt says is
//! [`crate::trust`]'s to judge.

mod dsse;
mod keys;
mod ssh;

use std::borrow::Cow;

use jiff::Timestamp;

pub use dsse::{is_envelope, seal};
pub use keys::{PublicKey, SecretKey};
pub use ssh::sign as ssh_sign;

use crate::receipt::Receipt;
use crate::trust::Distrust;

/// Who may sign.
#[derive(Clone, Debug, Default)]
pub struct Signers {
    /// The text of an `allowed_signers` file, as `ssh-keygen(1)` describes it.
    pub allowed_signers: Option<Vec<u8>>,
    /// Which of its principals may have signed; one is enough.
    pub identities: Vec<String>,
    /// Keys of envelopes; one is enough.
    pub keys: Vec<PublicKey>,
}

/// What was signed, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The receipt's exact bytes.
    pub payload: Vec<u8>,
    /// The identity, or the key's id.
    pub by: String,
}

/// The signature could not be looked at: says nothing about the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignError {
    /// In words.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Whether somebody who may sign has signed `bytes`: an envelope, or a
/// canonical receipt whose SSHSIG is `signature`.
///
/// An SSH key's time must hold twice: at `now`, and when the receipt says that
/// its run ended. The receipt's own word can so only narrow what is believed:
/// with it alone, whoever found an expired key would date a receipt back.
///
/// # Errors
/// `ssh-keygen` is missing, or could not be asked.
pub fn verify(
    bytes: &[u8],
    signature: Option<&[u8]>,
    signers: &Signers,
    now: Timestamp,
) -> Result<Result<Signed, Distrust>, SignError> {
    match (is_envelope(bytes), signature) {
        (true, None) => Ok(dsse::verify(bytes, &signers.keys)),
        (true, Some(_)) => Ok(Err(distrust(
            "signature",
            "an envelope holds its own signatures, and another was given beside it",
        ))),
        (false, None) => Ok(Err(distrust("signature", "it is not signed"))),
        (false, Some(signature)) => {
            let receipt: Option<Receipt> = serde_json::from_slice(bytes).ok();
            let ended = receipt.and_then(|receipt| receipt.predicate.run.finished_at.parse().ok());
            ssh::verify(bytes, signature, signers, now, ended)
        }
    }
}

/// The receipt itself: what is in an envelope, whoever signed it, or `bytes`.
///
/// # Errors
/// An envelope that is none.
pub fn unwrapped(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Distrust> {
    match is_envelope(bytes) {
        true => dsse::open(bytes).map(|envelope| Cow::Owned(envelope.payload)),
        false => Ok(Cow::Borrowed(bytes)),
    }
}

fn distrust(code: &'static str, text: impl Into<String>) -> Distrust {
    Distrust { code, text: text.into() }
}
