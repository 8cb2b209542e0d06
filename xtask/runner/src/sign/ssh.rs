//! SSHSIG: a signature beside the receipt, made and judged by `ssh-keygen`.
//!
//! Source: PROTOCOL.sshsig and ssh-keygen(1) of OpenSSH.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use super::{SignError, Signed, Signers, distrust};
use crate::exec::{self, Cancel, Command, Ended, Env, Status};
use crate::trust::Distrust;

/// What a signature is for: one made for mail or git does not count here.
pub const NAMESPACE: &str = "ci-receipt";

/// Larger ones are no signature.
const SIGNATURE_BYTES_MAX: usize = 64 * 1024;
/// A key on a token waits for a touch.
const TIMEOUT: Duration = Duration::from_secs(60);
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----\n";

/// The armored signature of `key` (a private key, or the public half of one
/// that an agent holds) over `payload`.
///
/// # Errors
/// `ssh-keygen` is missing, or refuses the key.
pub fn sign(payload: &[u8], key: &Utf8Path) -> Result<Vec<u8>, SignError> {
    let key = std::path::absolute(key).ok().and_then(|key| Utf8PathBuf::from_path_buf(key).ok());
    let key = key.ok_or_else(|| error("the key's path is not UTF-8"))?;
    let folder = Folder::new(&[])?;
    let ended = folder.keygen(&["-Y", "sign", "-f", key.as_str(), "-n", NAMESPACE], payload)?;
    match ended.stdout.whole() {
        Some(signature) if ended.status.success() && is_armored(signature) => {
            Ok(signature.to_vec())
        }
        _ => Err(SignError {
            message: format!("'{key}' did not sign: {}", last_words(&ended)),
            hint: Some(
                "a key with a passphrase is signed with by its agent: 'ssh-add KEY', then --ssh KEY.pub"
                    .to_owned(),
            ),
        }),
    }
}

/// Whether an allowed signer made `signature` over `payload`.
pub fn verify(
    payload: &[u8],
    signature: &[u8],
    signers: &Signers,
    now: Timestamp,
    ended: Option<Timestamp>,
) -> Result<Result<Signed, Distrust>, SignError> {
    if !is_armored(signature) {
        let text = "no SSH signature: expected one that 'ssh-keygen -Y sign' writes";
        return Ok(Err(distrust("signature", text)));
    }
    let allowed = signers.allowed_signers.as_deref().unwrap_or_default();
    let folder = Folder::new(&[("signature", signature), ("allowed_signers", allowed)])?;
    // First whether it is whole, whoever made it: the two questions have
    // different answers for a person.
    let check = ["-Y", "check-novalidate", "-n", NAMESPACE, "-s", "signature"];
    if let Err(words) = accepted(folder.keygen(&check, payload)?)? {
        return Ok(Err(distrust("signature", format!("the SSH signature is bad: {words}"))));
    }
    if signers.allowed_signers.is_none() || signers.identities.is_empty() {
        let text = "it has an SSH signature, and no allowed signers were given to judge it by";
        return Ok(Err(distrust("signer", text)));
    }
    let mut refused = Vec::new();
    for identity in &signers.identities {
        match allows(&folder, identity, payload, now, ended)? {
            Ok(()) => {
                return Ok(Ok(Signed { payload: payload.to_vec(), by: identity.clone() }));
            }
            Err(words) => refused.push(format!("not by '{identity}' ({words})")),
        }
    }
    Ok(Err(distrust("signer", refused.join("; "))))
}

/// Whether `identity` may have signed, now and when the run ended.
fn allows(
    folder: &Folder,
    identity: &str,
    payload: &[u8],
    now: Timestamp,
    ended: Option<Timestamp>,
) -> Result<Result<(), String>, SignError> {
    for at in [Some(now), ended.filter(|ended| *ended < now)].into_iter().flatten() {
        // In the time zone that the program runs in, which is UTC.
        let time = format!("-Overify-time={}", at.strftime("%Y%m%d%H%M%S"));
        let args = ["-Y", "verify", "-f", "allowed_signers", "-I", identity, "-n", NAMESPACE];
        let args: Vec<&str> = args.into_iter().chain([&*time, "-s", "signature"]).collect();
        if let Err(words) = accepted(folder.keygen(&args, payload)?)? {
            return Ok(Err(words));
        }
    }
    Ok(Ok(()))
}

/// Yes, no with its words, or no answer at all.
fn accepted(ended: Ended) -> Result<Result<(), String>, SignError> {
    if ended.status.success() {
        return Ok(Ok(()));
    }
    // Said of a signature and of nothing else: wrong usage ends otherwise.
    if ended.stdout.text().contains("Could not verify signature") {
        let words = last_words(&ended);
        return Ok(Err(if words.is_empty() { "no such signer".to_owned() } else { words }));
    }
    Err(SignError {
        message: format!("'ssh-keygen' {}: {}", ended.status, last_words(&ended)),
        hint: Some("its '-Y verify' with '-Overify-time' came with OpenSSH 8.7".to_owned()),
    })
}

fn is_armored(signature: &[u8]) -> bool {
    let text = std::str::from_utf8(signature).unwrap_or_default();
    let inner = text.strip_prefix(BEGIN).and_then(|text| text.strip_suffix(END));
    signature.len() <= SIGNATURE_BYTES_MAX
        && inner.is_some_and(|inner| {
            inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\n".contains(&byte))
        })
}

/// The last line that it printed to stderr.
fn last_words(ended: &Ended) -> String {
    let text = ended.stderr.text();
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or_default().chars().filter(|c| !c.is_control()).take(300).collect()
}

fn error(message: impl Into<String>) -> SignError {
    SignError { message: message.into(), hint: None }
}

/// A folder for what `ssh-keygen` takes only as files.
struct Folder {
    _folder: tempfile::TempDir,
    path: Utf8PathBuf,
}

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Result<Folder, SignError> {
        let unmade = |reason: std::io::Error| error(format!("no temporary folder: {reason}"));
        let folder = tempfile::tempdir().map_err(unmade)?;
        let path = Utf8PathBuf::from_path_buf(folder.path().to_owned())
            .map_err(|path| error(format!("'{}' is not UTF-8", path.display())))?;
        for (name, bytes) in files {
            std::fs::write(path.join(name), bytes).map_err(unmade)?;
        }
        Ok(Folder { _folder: folder, path })
    }

    fn keygen(&self, args: &[&str], stdin: &[u8]) -> Result<Ended, SignError> {
        let command = Command {
            // Times without a zone in allowed_signers mean the same everywhere,
            // and nobody is asked for a passphrase.
            env: Env::inherit()
                .with("TZ", "UTC0")
                .with("LC_ALL", "C")
                .with("SSH_ASKPASS_REQUIRE", "never"),
            stdin: Some(stdin.to_vec()),
            timeout: Some(TIMEOUT),
            raw: true,
            ..Command::new(["ssh-keygen"].iter().chain(args).copied(), self.path.clone())
        };
        let ended = exec::run(&command, &Cancel::new());
        match &ended.status {
            Status::Exited(_) => Ok(ended),
            Status::NotFound { .. } => Err(SignError {
                message: "'ssh-keygen' is not installed, and it makes and judges SSH signatures"
                    .to_owned(),
                hint: Some(
                    "install OpenSSH 8.7 or later (openssh-client, openssh-clients), or sign with --ed25519, which needs no program"
                        .to_owned(),
                ),
            }),
            status => Err(error(format!("'ssh-keygen' {status}"))),
        }
    }
}
