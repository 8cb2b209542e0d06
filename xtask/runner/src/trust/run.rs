//! Whether the run, the program and the parts are told as this program tells
//! them, and the parts of what they tell agree.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::receipt::{GateTime, Predicate};

/// A clock that is set while a gate runs moves its time against the run's.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_secs(1);

/// What no run of this program says.
pub(super) fn unlikely(predicate: &Predicate) -> Vec<String> {
    let (run, tool) = (&predicate.run, &predicate.tool);
    let is_digest = |text: &str| is_hex(text, 64);
    let parts: BTreeSet<&str> = predicate.parts.iter().map(|part| part.name.as_str()).collect();
    let faults = [
        (!is_hex(&run.id, 32), "the run's id is no id"),
        (!run.build.is_empty() && !is_digest(&run.build), "'build' is no digest of a program"),
        (tool.name != "gate-runner", "it was written by another program"),
        (
            !is_digest(&tool.source_tree) || !is_digest(&tool.lock_sha256),
            "the program's sources have no digest",
        ),
        (tool.version.is_empty() || tool.target.is_empty(), "the program is not named"),
        (
            predicate.source.base.as_ref().is_some_and(|base| {
                base.reference.is_empty()
                    || !is_object(&base.commit)
                    || !base.merge_base.as_deref().is_some_and(is_object)
            }),
            "the base is no commit",
        ),
        (parts.len() != predicate.parts.len(), "a part is there twice"),
        (
            predicate.parts.iter().any(|part| part.name.is_empty() || !is_digest(&part.sha256)),
            "a part has no digest",
        ),
    ];
    let mut found: Vec<String> =
        faults.iter().filter(|(is_so, _)| *is_so).map(|(_, text)| (*text).to_owned()).collect();
    let ids: BTreeSet<&str> = predicate.gates.iter().map(|gate| gate.id.as_str()).collect();
    for (id, time) in &run.per_gate {
        if !ids.contains(id.as_str()) {
            found.push(format!("time is told of '{id}', which is no gate"));
        } else if !is_within(time, &run.started_at, &run.finished_at) {
            found.push(format!("gate '{id}' did not run within the run"));
        }
    }
    found
}

fn is_within(time: &GateTime, from: &str, to: &str) -> bool {
    let at = |text: &str| text.parse::<Timestamp>().ok();
    let took = i64::try_from(time.duration_ms).ok().map(SignedDuration::from_millis);
    let (Some(began), Some(from), Some(to), Some(took)) =
        (at(&time.started_at), at(from), at(to), took)
    else {
        return false;
    };
    let after_start = began.duration_since(from);
    let before_end = to.duration_since(began).checked_sub(took);
    after_start >= -CLOCK_SLACK && before_end.is_some_and(|left| left >= -CLOCK_SLACK)
}

/// Where what the provider is quoted with is not of one run.
pub(super) fn other_run(predicate: &Predicate) -> Vec<String> {
    let Some(ci) = &predicate.run.ci else { return Vec::new() };
    let mut found = Vec::new();
    let mut say = |is_so: bool, text: &str| {
        if is_so {
            found.push(text.to_owned());
        }
    };
    // Where a run's page is below its repository's.
    let page = match ci.provider.as_str() {
        "github" => Some("actions/runs"),
        "gitlab" => Some("-/pipelines"),
        _ => None,
    };
    say(page.is_none(), "the provider is none that this program knows");
    let is_other = ci.sha.is_some() && ci.sha != predicate.source.commit;
    say(is_other, "the run was for another commit than the one judged");
    let is_number = |text: &Option<String>| {
        text.as_ref().is_none_or(|text| text.parse::<u64>().is_ok_and(|number| number > 0))
    };
    say(!is_number(&ci.run_id) || !is_number(&ci.run_attempt), "the run has no number");
    let repository = ci.repository.as_deref().unwrap_or_default();
    if let Some(url) = &ci.url {
        let id = ci.run_id.as_deref().unwrap_or_default();
        let run = format!("/{repository}/{}/{id}", page.unwrap_or_default());
        let server = url.strip_suffix(&run).and_then(|server| server.strip_prefix("https://"));
        let is_server = |server: &str| !server.is_empty() && !server.contains('/');
        say(!server.is_some_and(is_server), "its address is not that of the run");
    }
    let workflow = ci.workflow_ref.as_deref();
    let is_own = workflow.is_none_or(|workflow| {
        // A workflow that is called from elsewhere still runs here.
        workflow.strip_prefix(repository).is_some_and(|rest| rest.starts_with('/'))
    });
    say(!is_own, "its workflow is of another repository");
    found
}

/// An object id of git, by either digest.
fn is_object(text: &str) -> bool {
    is_hex(text, 40) || is_hex(text, 64)
}

/// Lower-case hex of this length.
pub(super) fn is_hex(text: &str, length: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == length && text.bytes().all(is_digit)
}
