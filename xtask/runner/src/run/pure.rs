//! A built-in gate's whole: evidence gathered, judged, written down.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use kernel::{Checked, Evidence, GateError, Reply, Request, canary};

use super::Run;
use super::files::{Walked, panicked};
use crate::gather::Reader;
use crate::judge::Judged;
use crate::quote;
use crate::ready::Ready;
use crate::receipt::{Reuse, sha256};
use crate::record::records;
use crate::reuse::{self, FileResults, Fresh, Read, Standing};

/// Judges the whole after the files, and writes down everything that policy
/// will need; the proof is waited for last. Besides, what of it may stand for
/// a later run; `gathered` names what it got beside the tree, if that is asked.
pub fn judge(
    run: &Run<'_>,
    ready: &Ready,
    walked: Walked,
    gathered: Option<&str>,
    proof: &dyn Fn() -> Vec<canary::Proof>,
) -> (Judged, Option<Fresh>, Option<FileResults>) {
    let Walked { result, tree, pulse, files } = walked;
    let mut has_taken = files.as_ref().is_some_and(FileResults::has_taken);
    let result = result.and_then(|files| whole(run, ready, files, &tree, &pulse, &mut has_taken));
    let trace = tree.trace();
    let trace_sha256 = sha256(format!("{:?}{:?}", ready.configured, trace).as_bytes());
    let fresh = match (&result, gathered) {
        (Ok(checked), Some(gathered)) => {
            run.results.fresh(ready, gathered, &tree, &trace_sha256, checked, run.whole)
        }
        _ => None,
    };
    let reuse = match &fresh {
        Some(fresh) => run.results.judged(fresh, has_taken),
        None if has_taken => reuse::part(&trace_sha256),
        None => reuse::off(),
    };
    let read = Arc::new(Read::these(trace.read.into_keys().collect()));
    (judged(ready, result, read, trace_sha256, reuse, proof), fresh, files)
}

/// Takes an earlier result, and weighs it as a new one.
pub fn stand(ready: &Ready, standing: &Standing, proof: &dyn Fn() -> Vec<canary::Proof>) -> Judged {
    let Standing { kept, read, .. } = standing;
    let reuse = reuse::hit(standing);
    let read = Arc::clone(read);
    judged(ready, Ok(kept.checked.clone()), read, kept.trace_sha256.clone(), reuse, proof)
}

fn judged(
    ready: &Ready,
    result: Result<Checked, GateError>,
    read: Arc<Read>,
    trace_sha256: String,
    reuse: Reuse,
    proof: &dyn Fn() -> Vec<canary::Proof>,
) -> Judged {
    let severity = |finding: &kernel::Finding| ready.severity(finding);
    let findings = result.as_ref().map(|checked| checked.findings.as_slice()).unwrap_or_default();
    let kept = records(findings, &severity);
    let kept = kept.into_iter().map(|(record, finding)| (record, finding.clone())).collect();
    Judged {
        records: kept,
        read,
        trace_sha256,
        reuse,
        options_sha256: ready.options_sha256.clone(),
        rules: ready.rules.iter().map(|rule| rule.id.clone()).collect(),
        rules_sha256: ready.rules_sha256.clone(),
        proof: proof(),
        allows: ready.allows.clone(),
        own_options: ready.own_options,
        result,
    }
}

fn whole(
    run: &Run<'_>,
    ready: &Ready,
    mut files: Checked,
    tree: &kernel::Tree,
    pulse: &kernel::Pulse,
    has_taken: &mut bool,
) -> Result<Checked, GateError> {
    let wants = &ready.wants;
    let gate = ready.gate()?;
    if wants.git {
        run.gatherer.needs_git()?;
    }
    let own_base = wants.base_ref.as_deref();
    let base = if wants.base { run.gatherer.base(own_base)? } else { None };
    let base = base.map(|base| base.retraced(pulse.clone()));
    let reader = Some(Reader { gate: &ready.name, configured: &ready.configured });
    let history = wants.history.map(|scope| run.gatherer.history(scope, pulse, reader));
    let history = history.transpose()?;
    let mut remarks = std::mem::take(&mut files.remarks);
    remarks.sort();
    let mut replies = fetched(run, ready, &wants.requests)?;
    let evidence = Evidence {
        head: tree,
        base: base.as_ref(),
        history: history.as_deref(),
        replies: &BTreeMap::new(),
        remarks: &remarks,
        pulse,
    };
    let mut has_more = wants.more;
    while has_more {
        let evidence = Evidence { replies: &replies, ..evidence.clone() };
        let asked = catch_unwind(AssertUnwindSafe(|| gate.requests(&evidence)));
        let mut asked = asked.unwrap_or_else(|_| Err(panicked("what it asks for")))?;
        asked.retain(|name, _| !replies.contains_key(name));
        has_more = !asked.is_empty();
        replies.extend(fetched(run, ready, &asked)?);
    }
    let evidence = Evidence { replies: &replies, ..evidence };
    let judged = catch_unwind(AssertUnwindSafe(|| gate.check(&evidence)));
    *has_taken |= history.as_ref().is_some_and(|history| history.has_taken());
    files.merge(judged.unwrap_or_else(|_| Err(panicked("the whole")))?);
    // A gate that did not look at its pulse must not pass late.
    pulse.check()?;
    quote::from_tree(&mut files.findings, &run.tree.retraced(kernel::Pulse::default()));
    files.findings.iter_mut().for_each(hide);
    Ok(files)
}

fn fetched(
    run: &Run<'_>,
    ready: &Ready,
    requests: &BTreeMap<String, Request>,
) -> Result<BTreeMap<String, Reply>, GateError> {
    let reply = |(name, request): (&String, &Request)| {
        let reply = run.gatherer.reply(&ready.name, name, request, run.limit(&ready.name))?;
        Ok((name.clone(), reply))
    };
    let replies = requests.iter().map(reply).collect::<Result<_, GateError>>()?;
    if !requests.is_empty() {
        unchanged(run, &ready.name)?;
    }
    Ok(replies)
}

/// What a gate has run for it may not change the tree either.
fn unchanged(run: &Run<'_>, gate: &str) -> Result<(), GateError> {
    let message = match run.surroundings.is_changed() {
        Ok(false) => return Ok(()),
        Ok(true) => format!("the work tree changed while '{gate}' gathered its evidence"),
        Err(error) => format!("whether '{gate}' changed the work tree cannot be told: {error}"),
    };
    Err(GateError::cannot_judge("mutated-tree", message)
        .hint("a command may not modify the tree: let it run in a copy"))
}

/// A line that is hidden is known by a digest from here on: its key is the line
/// without its secret, and what a gate did not take for one would still be there.
fn hide(finding: &mut kernel::Finding) {
    if !finding.show_source {
        finding.key = finding.key.take().map(|key| sha256(key.as_bytes()));
    }
}
