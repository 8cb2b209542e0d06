//! `receipt`: show, check or compare receipts.

use std::collections::BTreeMap;
use std::io::Write;

use camino::Utf8PathBuf;
use clap::Subcommand;

use super::verify::RECEIPT_NAME;
use super::{Done, Place, Stop};
use crate::Builtin;
use crate::git::GitError;
use crate::receipt::GateResult;
use crate::repo::{RepoError, Repository};
use crate::trust;
use crate::view::{At, View};

/// Show, check or compare receipts
#[derive(Debug, Subcommand)]
pub enum Receipt {
    /// What it says, for a person
    Show {
        /// The receipt; the last run's where absent
        file: Option<Utf8PathBuf>,
    },
    /// Every reason not to trust it as a proof of this repository's commit
    Check {
        /// The receipt; the last run's where absent
        file: Option<Utf8PathBuf>,
        /// The commit it must be about
        #[arg(long, value_name = "REV", default_value = "HEAD")]
        commit: String,
    },
    /// What changed between two runs
    Diff {
        /// The earlier one
        before: Utf8PathBuf,
        /// The later one
        after: Utf8PathBuf,
    },
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
        Receipt::Check { file, commit } => check(builtin, place, file.as_ref(), commit, &mut out),
        Receipt::Diff { before, after } => diff(before, after, &mut out),
    }
}

fn file_or_last(place: &Place, file: Option<&Utf8PathBuf>) -> Result<Utf8PathBuf, Stop> {
    if let Some(file) = file {
        return Ok(file.clone());
    }
    let dir = place.dir.clone().unwrap_or_else(|| ".".into());
    match Repository::open(dir) {
        Ok(repository) => Ok(repository.state_dir()?.join(RECEIPT_NAME)),
        Err(RepoError::Git(GitError::NotARepository { .. })) => {
            Err(Stop::usage("a plain folder keeps no receipt").hint("name the file"))
        }
        Err(error) => Err(error.into()),
    }
}

fn check(
    builtin: &Builtin,
    place: &Place,
    file: Option<&Utf8PathBuf>,
    commit: &str,
    out: &mut impl Write,
) -> Done {
    let path = file_or_last(place, file)?;
    let bytes = std::fs::read(&path)
        .map_err(|error| Stop::usage(format!("'{path}' could not be read: {error}")))?;
    let view = View::open(place, At::Commit(commit.to_owned()))?;
    let config = view.config(place, builtin)?;
    let expected = trust::Expected {
        commit: view.point().commit.as_ref().map(ToString::to_string),
        tree: view.point().tree.as_ref().map(ToString::to_string),
        config_sha256: Some(config.sha256()),
        gates: Some(trust::ExpectedGate::all(&config)),
    };
    let reasons = trust::reasons(&bytes, &expected);
    if reasons.is_empty() {
        let short =
            expected.commit.as_deref().and_then(|commit| commit.get(..12)).unwrap_or_default();
        writeln!(out, "ok  {}: green, about commit {short}", super::verify::from_here(&path))?;
        return Ok(0);
    }
    for reason in &reasons {
        writeln!(out, "{}: {}", reason.code, reason.text)?;
    }
    writeln!(out, "not trusted: {} reason(s)", reasons.len())?;
    Ok(5)
}

fn diff(before: &Utf8PathBuf, after: &Utf8PathBuf, out: &mut impl Write) -> Done {
    let (before, after) =
        (super::report::read(before)?.predicate, super::report::read(after)?.predicate);
    let mut differences = 0;
    let mut say = |out: &mut dyn Write, line: String| {
        differences += 1;
        writeln!(out, "{line}")
    };
    if before.verdict != after.verdict {
        say(out, format!("verdict  {} -> {}", before.verdict.as_str(), after.verdict.as_str()))?;
    }
    if before.source.commit != after.source.commit {
        let word = |commit: &Option<String>| commit.clone().unwrap_or_else(|| "none".into());
        say(
            out,
            format!("commit  {} -> {}", word(&before.source.commit), word(&after.source.commit)),
        )?;
    }
    let old: BTreeMap<&str, &GateResult> =
        before.gates.iter().map(|gate| (gate.id.as_str(), gate)).collect();
    let new: BTreeMap<&str, &GateResult> =
        after.gates.iter().map(|gate| (gate.id.as_str(), gate)).collect();
    for (id, gate) in &old {
        if !new.contains_key(id) {
            say(out, format!("gate {id}  {} -> gone", gate.outcome.as_str()))?;
        }
    }
    for (id, gate) in &new {
        let Some(was) = old.get(id) else {
            say(out, format!("gate {id}  new, {}", gate.outcome.as_str()))?;
            continue;
        };
        if was.outcome != gate.outcome {
            say(out, format!("gate {id}  {} -> {}", was.outcome.as_str(), gate.outcome.as_str()))?;
        }
        if was.options != gate.options {
            say(out, format!("gate {id}  options changed"))?;
        }
        if was.rules != gate.rules {
            say(
                out,
                format!("gate {id}  rules changed, {} -> {}", was.rules.count, gate.rules.count),
            )?;
        }
        let has = |gate: &GateResult, fingerprint: &str| {
            gate.findings.iter().any(|f| f.fingerprint == fingerprint)
        };
        for finding in gate.findings.iter().filter(|finding| !has(was, &finding.fingerprint)) {
            say(
                out,
                format!(
                    "+ {}  {}:{}  {}",
                    finding.rule, finding.path, finding.line, finding.message
                ),
            )?;
        }
        for finding in was.findings.iter().filter(|finding| !has(gate, &finding.fingerprint)) {
            say(
                out,
                format!(
                    "- {}  {}:{}  {}",
                    finding.rule, finding.path, finding.line, finding.message
                ),
            )?;
        }
    }
    if differences == 0 {
        writeln!(out, "no difference but times")?;
    }
    Ok(u8::from(differences > 0))
}
