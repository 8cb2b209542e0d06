//! `require-green`: refuses to let a commit be released that is not proven green.

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::{Done, Place, Stop};
use crate::Builtin;
use crate::config::Config;
use crate::green;
use crate::policy::{self, Policy};
use crate::receipt::Receipt;
use crate::repo::Repository;
use crate::trust::{self, Distrust};
use crate::view::{At, View};

/// Refuse a commit that is not proven green
#[derive(Debug, Args)]
pub struct RequireGreen {
    /// The commit to be released; an annotated tag stands for its commit
    #[arg(long, value_name = "REV")]
    commit: String,
    /// The receipt of its CI run
    #[arg(long, value_name = "FILE")]
    receipt: Utf8PathBuf,
    /// What the release asks for: a file outside this repository, or one of
    /// another branch as REF:PATH, e.g. origin/main:release-policy.toml
    #[arg(long, value_name = "FILE|REF:PATH")]
    policy: String,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &RequireGreen) -> Done {
    if place.config.is_some() {
        return Err(Stop::usage("--config does not go with require-green")
            .hint("the judged commit's own ci.toml is what its receipt must agree with"));
    }
    let view = View::open(place, At::Commit(args.commit.clone()))?;
    let Some(repository) = &view.repository else {
        return Err(Stop::environment("no git repository here").hint("name it: -C DIR"));
    };
    let policy = match policy_text(repository, &view, &args.policy)? {
        Ok((path, text)) => Policy::parse(&path, &text).map_err(policy_faults)?,
        Err(refusal) => return say(&[refusal], args, &mut anstream::stdout().lock()),
    };
    let config = view.config(place, builtin)?;
    let reasons = reasons(&view, &config, &policy, &args.receipt)?;
    say(&reasons, args, &mut anstream::stdout().lock())
}

fn reasons(
    view: &View,
    config: &Config,
    policy: &Policy,
    path: &Utf8Path,
) -> Result<Vec<Distrust>, Stop> {
    let bytes = std::fs::read(path)
        .map_err(|error| Stop::usage(format!("'{path}' could not be read: {error}")))?;
    let expected = trust::Expected {
        commit: view.point().commit.as_ref().map(ToString::to_string),
        tree: view.point().tree.as_ref().map(ToString::to_string),
        config_sha256: Some(config.sha256()),
        gates: Some(trust::ExpectedGate::all(config)),
    };
    let mut reasons = trust::reasons(&bytes, &expected);
    // What does not read as a receipt has been refused above.
    if let Ok(receipt) = serde_json::from_slice::<Receipt>(&bytes) {
        let now = jiff::Timestamp::now();
        for reason in green::reasons(&receipt.predicate, policy, config, now) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    Ok(reasons)
}

fn say(reasons: &[Distrust], args: &RequireGreen, out: &mut impl Write) -> Done {
    for reason in reasons {
        writeln!(out, "{}: {}", reason.code, reason.text)?;
    }
    match reasons.len() {
        0 => writeln!(out, "ok  {}: proven green by {}", args.commit, args.receipt)?,
        count => writeln!(out, "refused: {count} reason(s) not to release {}", args.commit)?,
    }
    Ok(green::exit_code(reasons))
}

fn policy_faults(faults: crate::config::Faults) -> Stop {
    Stop {
        code: 2,
        message: format!("{faults}\nthe policy was not read: nothing was judged"),
        hint: None,
    }
}

/// The policy's name and text, or the refusal of one that the judged commit
/// could have brought itself.
fn policy_text(
    repository: &Repository,
    view: &View,
    name: &str,
) -> Result<Result<(Utf8PathBuf, String), Distrust>, Stop> {
    let own = |text: String| Ok(Err(Distrust { code: "policy-self", text }));
    let file = Utf8Path::new(name);
    if file.is_file() {
        if is_in(repository, file) {
            let name = policy::FILE_NAME;
            return own(format!(
                "'{file}' lies in the repository that is judged, which could bring its own; take it from a protected branch: --policy origin/main:{name}"
            ));
        }
        let text = std::fs::read_to_string(file)
            .map_err(|error| Stop::usage(format!("'{file}' could not be read: {error}")))?;
        return Ok(Ok((file.to_owned(), text)));
    }
    let Some((reference, path)) = name.split_once(':') else {
        return Err(Stop::usage(format!("no policy file '{name}'"))
            .hint(format!("name a file, or one of a branch: origin/main:{}", policy::FILE_NAME)));
    };
    let snapshot = repository.commit(reference)?;
    let is_judged = snapshot.point.commit == view.point().commit;
    if is_judged && !is_remote_branch(repository, reference) {
        return own(format!(
            "'{reference}' is the commit that is judged, which could bring its own"
        ));
    }
    let file = snapshot.tree().read(Utf8Path::new(path)).map_err(|error| {
        Stop::usage(format!("'{path}' of '{reference}' could not be read: {error}"))
    })?;
    let text = file
        .text()
        .ok_or_else(|| Stop::usage(format!("'{path}' of '{reference}' is no UTF-8 text")))?;
    Ok(Ok((Utf8PathBuf::from(name), text.to_owned())))
}

/// Whether a file belongs to the judged repository, by any road that leads
/// there. A clone inside the work tree is a repository of its own.
fn is_in(repository: &Repository, file: &Utf8Path) -> bool {
    let Ok(real) = file.canonicalize_utf8() else { return true };
    let Some(folder) = real.parent() else { return true };
    Repository::open(folder).is_ok_and(|other| {
        let same = |a: &Utf8Path, b: &Utf8Path| {
            a.canonicalize_utf8().ok().zip(b.canonicalize_utf8().ok()).is_none_or(|(a, b)| a == b)
        };
        same(other.common_dir(), repository.common_dir())
    })
}

/// Whether `reference` names a branch as the remote has it: the one that a
/// release trusts may well be at the judged commit, but no push of a commit
/// chooses it.
fn is_remote_branch(repository: &Repository, reference: &str) -> bool {
    let args = ["rev-parse", "--symbolic-full-name", "--end-of-options", reference];
    let name = repository.git().output(&args).unwrap_or_default();
    String::from_utf8_lossy(&name).lines().any(|line| line.starts_with("refs/remotes/"))
}
