//! `evidence`: everything that an auditor asks for about one commit, in one
//! archive that anybody can make again, byte for byte.

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use serde_json::{Value, json};

use super::require_green::{policy_file, receipts, signature_beside};
use super::{Done, Place, Stop, signers};
use crate::Builtin;
use crate::baseline::FILE_NAME as BASELINE;
use crate::bundle::Bundle;
use crate::config::FILE_NAME;
use crate::receipt::{Predicate, Receipt};
use crate::repo::atomic_write;
use crate::report::text::visible;
use crate::sign;
use crate::trust;
use crate::view::{At, View};

/// One archive for an auditor: receipts, policy, configuration, exceptions
/// with their reasons, and an index with digests
#[derive(Debug, Args)]
pub struct Evidence {
    /// The commit it is about
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    commit: String,
    /// A receipt about it, or an envelope; given again, several
    #[arg(long = "receipt", value_name = "FILE")]
    receipts: Vec<Utf8PathBuf>,
    /// A folder of receipts: those that are about it
    #[arg(long = "dir", value_name = "DIR")]
    folder: Option<Utf8PathBuf>,
    /// What the release asked for, as for require-green
    #[arg(long, value_name = "FILE|REF:PATH")]
    policy: Option<String>,
    /// How its branch was protected: GitHub's answer to
    /// GET /repos/OWNER/REPO/branches/BRANCH/protection
    #[arg(long, value_name = "FILE")]
    branch_protection: Option<Utf8PathBuf>,
    /// Where to write the archive
    #[arg(long, value_name = "FILE.zip")]
    out: Utf8PathBuf,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Evidence) -> Done {
    let view = View::open(place, At::Commit(args.commit.clone()))?;
    let config = view.config(place, builtin)?;
    let tree = view.point().tree.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut bundle = Bundle::new(view.head(), tree);
    let (found, others) = about(&view, args)?;
    if found.is_empty() {
        return Err(Stop::usage("no receipt is about this commit: there is nothing to show")
            .hint("name one: --receipt FILE, or a folder of them: --dir DIR"));
    }
    let expected = super::receipt::expected(&view, &config)?;
    let mut checks = Vec::new();
    for file in &found {
        file.put(&mut bundle)?;
        checks.push(json!({
            "receipt": file.name,
            "verdict": file.predicate.verdict.as_str(),
            "reasonsNotToTrust": reasons(&file.bytes, &expected),
        }));
    }
    put(&mut bundle, "checks.json", "what 'receipt check' says of each", pretty(&json!(checks)))?;
    let exceptions = exceptions(&found);
    put(&mut bundle, "exceptions.json", "waivers, with reasons", pretty(&exceptions))?;
    configuration(&view, &mut bundle)?;
    if let Some(name) = &args.policy {
        policy(&view, name, &mut bundle)?;
    }
    if let Some(path) = &args.branch_protection {
        let bytes = signers::file(path)?;
        serde_json::from_slice::<Value>(&bytes)
            .map_err(|error| Stop::usage(format!("'{path}' is no JSON: {error}")))?;
        let what = "how the branch was protected, as GitHub told";
        put(&mut bundle, "branch-protection.json", what, bytes)?;
    }
    let archive = bundle.archive().map_err(Stop::environment)?;
    atomic_write(&args.out, &archive)?;
    let mut out = anstream::stdout().lock();
    for (at, path) in others {
        let line = format!("left out: '{path}' is about {at}");
        writeln!(out, "{}", visible(&line))?;
    }
    let digest = crate::receipt::sha256(&archive);
    writeln!(out, "wrote {}: {} files  sha256 {digest}", args.out, bundle.len())?;
    Ok(0)
}

/// A receipt as it was found.
struct Found {
    /// Its place in the archive.
    name: String,
    /// As it lies there: an envelope, maybe.
    bytes: Vec<u8>,
    signature: Option<Vec<u8>>,
    predicate: Predicate,
}

impl Found {
    fn read(path: &Utf8Path, name: String) -> Result<Found, Stop> {
        let bytes = signers::file(path)?;
        let no_receipt = |why: String| Stop {
            code: 5,
            message: format!("'{path}' is no receipt of version 1: {}", visible(&why)),
            hint: None,
        };
        let opened = sign::unwrapped(&bytes).map_err(|reason| no_receipt(reason.text))?;
        let receipt: Receipt =
            serde_json::from_slice(&opened).map_err(|error| no_receipt(error.to_string()))?;
        let signature = signature_beside(path)?;
        let predicate = receipt.predicate;
        Ok(Found { name, bytes, signature, predicate })
    }

    fn put(&self, bundle: &mut Bundle) -> Result<(), Stop> {
        put(bundle, &self.name, "a receipt", self.bytes.clone())?;
        match &self.signature {
            Some(signature) => {
                put(bundle, &format!("{}.sig", self.name), "its signature", signature.clone())
            }
            None => Ok(()),
        }
    }
}

/// Commit and path of a receipt that is about another one.
type Other = (String, Utf8PathBuf);

/// The receipts that are about the commit, and what else lay in the folder.
fn about(view: &View, args: &Evidence) -> Result<(Vec<Found>, Vec<Other>), Stop> {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    let commit = view.head();
    for path in &args.receipts {
        let name = path.file_name().unwrap_or("receipt.json");
        let file = Found::read(path, format!("receipts/{name}"))?;
        if file.predicate.source.commit.as_ref() != Some(&commit) {
            return Err(Stop {
                code: 5,
                message: format!("'{path}' is about another commit than {commit}"),
                hint: Some("name the commit: --commit REV".into()),
            });
        }
        found.push(file);
    }
    let paths = args.folder.as_deref().map(receipts).transpose()?.unwrap_or_default();
    for path in paths {
        let folder = args.folder.as_deref().unwrap_or(Utf8Path::new(""));
        let below = path.strip_prefix(folder).unwrap_or(&path);
        let file = Found::read(&path, format!("receipts/{}", kernel::slashed(below)))?;
        match file.predicate.source.commit.clone() {
            Some(about) if about == commit => found.push(file),
            other => others.push((other.unwrap_or_else(|| "no commit".into()), path)),
        }
    }
    Ok((found, others))
}

/// What `receipt check` says, without the clock.
fn reasons(bytes: &[u8], expected: &trust::Expected) -> Vec<Value> {
    let opened = sign::unwrapped(bytes).unwrap_or_default();
    let reasons = trust::reasons(&opened, expected);
    reasons.iter().map(|reason| json!({ "code": reason.code, "text": reason.text })).collect()
}

/// Every exception of every receipt, with what it covered.
fn exceptions(found: &[Found]) -> Value {
    let of = |file: &Found| {
        let waived = file.predicate.gates.iter().map(|gate| {
            let count = |state| gate.findings.iter().filter(|it| it.state == state).count();
            json!({
                "gate": gate.id,
                "waived": count(crate::receipt::FindingState::Waived),
                "baselined": count(crate::receipt::FindingState::Baselined),
                "skipped": gate.skipped,
            })
        });
        json!({
            "receipt": file.name,
            "waivers": file.predicate.waivers,
            "gates": waived.collect::<Vec<_>>(),
        })
    };
    found.iter().map(of).collect()
}

/// The commit's own ci.toml and baseline.
fn configuration(view: &View, bundle: &mut Bundle) -> Result<(), Stop> {
    let files = [(FILE_NAME, "the commit's configuration"), (BASELINE, "its known findings")];
    for (name, what) in files {
        if let Ok(file) = view.tree.read(Utf8Path::new(name)) {
            put(bundle, &format!("config/{name}"), what, file.bytes())?;
        }
    }
    Ok(())
}

fn policy(view: &View, name: &str, bundle: &mut Bundle) -> Result<(), Stop> {
    let Some(repository) = &view.repository else { return Ok(()) };
    let policy = policy_file::read(repository, view, name)?.map_err(|refusal| Stop {
        code: 5,
        message: refusal.to_string(),
        hint: None,
    })?;
    for (name, bytes) in policy.files {
        put(bundle, &format!("policy/{name}"), "what the release asked for", bytes)?;
    }
    Ok(())
}

fn put(
    bundle: &mut Bundle,
    path: &str,
    what: &'static str,
    bytes: impl Into<Vec<u8>>,
) -> Result<(), Stop> {
    bundle.add(path, what, bytes).map_err(Stop::usage)
}

fn pretty(value: &Value) -> String {
    let mut value = value.clone();
    value.sort_all_objects();
    format!("{value:#}\n")
}
