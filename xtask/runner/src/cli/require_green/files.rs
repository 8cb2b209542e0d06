//! Receipts that lie in files.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::question::Question;
use super::{Answer, Stop};
use crate::cli::signers::{self, file};
use crate::green;
use crate::receipt::Predicate;
use crate::sign;
use crate::trust::Distrust;

/// Asks the receipt in one file.
pub fn one(
    question: &Question,
    path: &Utf8Path,
    signature: Option<&Utf8Path>,
) -> Result<Answer, Stop> {
    refuse_what_a_file_cannot_tell(question)?;
    let bytes = file(path)?;
    let signature = match signature {
        Some(path) => Some(file(path)?),
        None => signature_beside(path)?,
    };
    let reasons = question.reasons(&bytes, signature.as_deref(), None)?;
    Ok(Answer { reasons, by: vec![path.to_string()] })
}

/// Asks every receipt in a folder that is about the commit: of each run the
/// newest attempt, and all of them must prove it.
pub fn folder(question: &Question, dir: &Utf8Path) -> Result<Answer, Stop> {
    refuse_what_a_file_cannot_tell(question)?;
    let mut found: BTreeMap<String, Candidate> = BTreeMap::new();
    let mut uncounted: Vec<Distrust> = Vec::new();
    let mut answer = Answer::default();
    for path in receipts(dir)? {
        let bytes = file(&path)?;
        let Some(predicate) = question.policy.peek(&bytes) else {
            let text = format!("'{path}' is no receipt of version 1");
            answer.reasons.push(Distrust { code: "schema", text });
            continue;
        };
        if predicate.source.commit.as_deref() != Some(&question.commit()) {
            continue;
        }
        if let Some(reason) = uncounted_reason(question, &predicate, &path) {
            uncounted.push(reason);
            continue;
        }
        let (run, attempt) = run_of(&predicate);
        let Ok(receipt) = sign::unwrapped(&bytes).map(|receipt| receipt.into_owned()) else {
            continue;
        };
        match found.get_mut(&run) {
            Some(known) if known.attempt > attempt => {}
            Some(known) if known.attempt == attempt && known.receipt == receipt => {
                known.files.push((path, bytes));
            }
            Some(known) if known.attempt == attempt => {
                let text = format!("'{path}' is a second receipt of the same run");
                answer.reasons.push(Distrust { code: "run-mismatch", text });
            }
            _ => {
                found.insert(run, Candidate { receipt, attempt, files: vec![(path, bytes)] });
            }
        }
    }
    if found.is_empty() && answer.reasons.is_empty() {
        let none = Distrust {
            code: "no-run",
            text: format!("no receipt in '{dir}' is about this commit"),
        };
        answer.reasons = if uncounted.is_empty() { vec![none] } else { uncounted };
        return Ok(answer);
    }
    for candidate in found.into_values() {
        let (path, reasons) = candidate.reasons(question)?;
        let told =
            |reason: Distrust| Distrust { text: format!("{path}: {}", reason.text), ..reason };
        answer.reasons.extend(reasons.into_iter().map(told));
        answer.by.push(path.to_string());
    }
    Ok(answer)
}

/// A receipt of a run that counts.
struct Candidate {
    receipt: Vec<u8>,
    attempt: u64,
    /// Where it stands: as it is, in an envelope, or both, as `receipt sign`
    /// leaves them. One of them that is believed is enough.
    files: Vec<(Utf8PathBuf, Vec<u8>)>,
}

impl Candidate {
    fn reasons(&self, question: &Question) -> Result<(Utf8PathBuf, Vec<Distrust>), Stop> {
        let mut refused = None;
        for (path, bytes) in &self.files {
            let signature = signature_beside(path)?;
            let reasons = question.reasons(bytes, signature.as_deref(), None)?;
            if reasons.is_empty() {
                return Ok((path.clone(), reasons));
            }
            refused.get_or_insert((path.clone(), reasons));
        }
        refused.ok_or_else(|| Stop::usage("a receipt without a file"))
    }
}

/// Which run made a receipt, and at which attempt.
fn run_of(predicate: &Predicate) -> (String, u64) {
    let ci = predicate.run.ci.as_ref();
    let run = ci.and_then(|ci| ci.run_id.clone()).unwrap_or_else(|| predicate.run.id.clone());
    let attempt = ci.and_then(|ci| ci.run_attempt.as_ref()?.parse().ok()).unwrap_or(0);
    (run, attempt)
}

/// Why a run would not count, green or red: of another event or repository.
fn uncounted_reason(
    question: &Question,
    predicate: &Predicate,
    path: &Utf8Path,
) -> Option<Distrust> {
    let policy = &question.policy.policy;
    let Some(ci) = &predicate.run.ci else {
        let may = policy.signed.as_ref().is_some_and(|signed| signed.local);
        let text = format!("'{path}' was made outside CI");
        return (!may).then_some(Distrust { code: "wrong-event", text });
    };
    if ci.repository.as_deref() != Some(question.repository) {
        let text = format!("'{path}' is of another repository");
        return Some(Distrust { code: "foreign-repo", text });
    }
    if !green::is_of_workflow(ci, policy, question.repository) {
        let text = format!("'{path}' is of another workflow than '{}'", policy.workflow);
        return Some(Distrust { code: "no-run", text });
    }
    if ci.event.as_ref().is_none_or(|event| !policy.events.contains(event)) {
        let events = policy.events.join(", ");
        let text = format!("'{path}' is of another event than {events}");
        return Some(Distrust { code: "wrong-event", text });
    }
    None
}

/// What the policy asks that no receipt tells must not pass unasked.
fn refuse_what_a_file_cannot_tell(question: &Question) -> Result<(), Stop> {
    let policy = &question.policy.policy;
    let asked =
        [("[workflows]", !policy.workflows.is_empty()), ("[checks]", !policy.checks.is_empty())];
    match asked.iter().find(|(_, is_asked)| *is_asked) {
        None => Ok(()),
        Some((table, _)) => {
            Err(Stop::usage(format!("the policy's {table} cannot be told from a receipt"))
                .hint("ask GitHub itself: --github OWNER/REPO"))
        }
    }
}

/// The `.json` files of a folder and its folders, in order.
pub fn receipts(dir: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Stop> {
    let mut paths = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry =
            entry.map_err(|error| Stop::usage(format!("'{dir}' cannot be read: {error}")))?;
        let path = Utf8PathBuf::from_path_buf(entry.path().to_owned())
            .map_err(|path| Stop::usage(format!("'{}' is no UTF-8 path", path.display())))?;
        // Left out without a word, it could be the red one, or lead to it.
        let is_other = !entry.file_type().is_file() && !entry.file_type().is_dir();
        if is_other && entry.depth() > 0 {
            return Err(Stop::usage(format!("'{path}' is no regular file"))
                .hint("a folder of receipts holds the receipts themselves"));
        }
        if entry.file_type().is_file() && is_json(&path) {
            paths.push(path);
        }
    }
    Ok(paths)
}

fn is_json(path: &Utf8Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// The SSH signature that stands beside a receipt, if one does.
pub fn signature_beside(path: &Utf8Path) -> Result<Option<Vec<u8>>, Stop> {
    let beside = signers::beside(path);
    if beside.is_file() { file(&beside).map(Some) } else { Ok(None) }
}
