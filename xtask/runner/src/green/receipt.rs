//! What a policy asks of one receipt: where and when it was made, by what, and
//! each required gate.

use jiff::Timestamp;

use super::{distrust, gates, quoted};
use crate::config::Config;
use crate::github::WorkflowRun;
use crate::policy::Policy;
use crate::receipt::{Ci, Predicate};
use crate::trust::Distrust;

/// Every reason not to release the commit that `predicate` is about.
/// `repository` is the one that is released from, `config` the commit's own
/// ci.toml, `now` the time of asking. `is_signed` says that a signer whom the
/// policy names vouches for it.
#[must_use]
pub fn reasons(
    predicate: &Predicate,
    policy: &Policy,
    repository: &str,
    config: &Config,
    now: Timestamp,
    is_signed: bool,
) -> Vec<Distrust> {
    let mut reasons = Vec::new();
    let may_be_local = is_signed && policy.signed.as_ref().is_some_and(|signed| signed.local);
    if !(may_be_local && predicate.run.ci.is_none()) {
        where_it_ran(predicate, policy, repository, &mut reasons);
    }
    age(predicate, policy, now, &mut reasons);
    let tool = &predicate.tool.source_tree;
    if !policy.tools.is_empty() && !policy.tools.contains(tool) {
        let text = format!("judged by a program of sources {tool}, which the policy does not list");
        reasons.push(distrust("tool-mismatch", text));
    }
    for (id, require) in &policy.require {
        match predicate.gates.iter().find(|gate| gate.id == *id) {
            Some(gate) => reasons.extend(gates::reasons(gate, require, policy, config)),
            None => reasons.push(distrust("gate-missing", format!("gate '{id}' is not in it"))),
        }
    }
    reasons
}

/// Every reason for which a receipt is not that of `run`, whose artifact it was.
#[must_use]
pub fn run_reasons(predicate: &Predicate, run: &WorkflowRun) -> Vec<Distrust> {
    let Some(ci) = &predicate.run.ci else {
        let text = format!("the receipt of run {} says that it was made outside CI", run.id);
        return vec![distrust("run-mismatch", text)];
    };
    let mut reasons = Vec::new();
    let said = |value: &Option<String>| quoted(value.as_deref().unwrap_or_default());
    if ci.run_id.as_deref() != Some(run.id.to_string().as_str()) {
        let text = format!("run {} holds a receipt of run {}", run.id, said(&ci.run_id));
        reasons.push(distrust("run-mismatch", text));
    } else if ci.run_attempt.as_deref() != Some(run.run_attempt.to_string().as_str()) {
        let text = format!(
            "run {} is at attempt {}, its receipt is of attempt {}: repeat all of its jobs",
            run.id,
            run.run_attempt,
            said(&ci.run_attempt)
        );
        reasons.push(distrust("stale-attempt", text));
    }
    if ci.event.as_deref() != Some(run.event.as_str()) {
        let text = format!(
            "run {} is of {}, its receipt says {}",
            run.id,
            quoted(&run.event),
            said(&ci.event)
        );
        reasons.push(distrust("run-mismatch", text));
    }
    reasons
}

/// Whether a run was of the policy's workflow. A ref is always whole there, and
/// no file's name has a slash: a file `ci.yml@x.yml` is not taken for `ci.yml`.
#[must_use]
pub fn is_of_workflow(ci: &Ci, policy: &Policy, repository: &str) -> bool {
    let workflow = format!("{repository}/{}@refs/", policy.workflow);
    ci.workflow_ref.as_ref().is_some_and(|found| found.starts_with(&workflow))
}

fn where_it_ran(
    predicate: &Predicate,
    policy: &Policy,
    repository: &str,
    reasons: &mut Vec<Distrust>,
) {
    let mut say = |code, text| reasons.push(distrust(code, text));
    let events = policy.events.join(", ");
    let Some(ci) = &predicate.run.ci else {
        let text = format!("it was made outside CI; the policy takes runs of {events}");
        return say("wrong-event", text);
    };
    let shown = |value: &Option<String>| quoted(value.as_deref().unwrap_or("none"));
    if ci.event.as_ref().is_none_or(|event| !policy.events.contains(event)) {
        say("wrong-event", format!("a run of {}, the policy takes {events}", shown(&ci.event)));
    }
    if ci.repository.as_deref() != Some(repository) {
        let text = format!("a run of {}, expected '{repository}'", shown(&ci.repository));
        say("foreign-repo", text);
    }
    if !is_of_workflow(ci, policy, repository) {
        let text = format!(
            "a run of the workflow {}, expected '{}'",
            shown(&ci.workflow_ref),
            policy.workflow
        );
        say("no-run", text);
    }
    if ci.sha != predicate.source.commit {
        let text = format!(
            "the run was for {}, it judged {}",
            shown(&ci.sha),
            shown(&predicate.source.commit)
        );
        say("run-mismatch", text);
    }
    if ci.run_id.is_none() || ci.run_attempt.is_none() {
        say("run-mismatch", "it does not say which run it was".to_owned());
    }
    let attempt: Option<u64> = ci.run_attempt.as_deref().and_then(|text| text.parse().ok());
    if let Some((max, attempt)) = policy.max_attempts.zip(attempt).filter(|(max, it)| it > max) {
        let text = format!("it was green at attempt {attempt}, the policy takes {max}");
        say("stale-attempt", text);
    }
}

fn age(predicate: &Predicate, policy: &Policy, now: Timestamp, reasons: &mut Vec<Distrust>) {
    let finished: Option<Timestamp> = predicate.run.finished_at.parse().ok();
    let age = finished.map(|finished| now.duration_since(finished));
    // Clocks of two machines differ by less than this.
    let is_from_the_future = age.is_none_or(|age| age.as_mins() < -5);
    if is_from_the_future {
        let text = format!("it ended at {}, which is not yet", predicate.run.finished_at);
        reasons.push(distrust("receipt-expired", text));
    }
    let too_old = policy.max_age.zip(age).filter(|(max, age)| *age > max.0);
    if let Some((max, _)) = too_old {
        let text =
            format!("it is of {}, the policy takes {:#} at most", predicate.run.finished_at, max.0);
        reasons.push(distrust("receipt-expired", text));
    }
}

#[cfg(test)]
mod tests {
    use kernel::Outcome;

    use super::*;
    use crate::receipt::{FindingState, Receipt, ReuseState};
    use crate::report::sample;

    const POLICY: &str = "schema = 1\nworkflow = '.github/workflows/ci.yml'\n";
    const NOW: &str = "2026-01-02T00:00:00Z";

    /// A green run of the `secret-scan` that the policy wants.
    fn receipt() -> Receipt {
        let mut receipt = sample::green();
        let predicate = &mut receipt.predicate;
        predicate.gates.truncate(1);
        let gate = &mut predicate.gates[0];
        gate.id = "secret-scan".into();
        gate.required = true;
        gate.outcome = Outcome::Passed;
        gate.findings.clear();
        predicate.run.finished_at = "2026-01-01T00:00:00Z".into();
        predicate.run.ci = Some(Ci {
            provider: "github".into(),
            repository: Some("o/r".into()),
            run_id: Some("1".into()),
            run_attempt: Some("1".into()),
            event: Some("push".into()),
            workflow_ref: Some("o/r/.github/workflows/ci.yml@refs/heads/main".into()),
            sha: predicate.source.commit.clone(),
            url: None,
        });
        receipt
    }

    fn codes(receipt: &Receipt, policy: &str, own: &str) -> Vec<&'static str> {
        asked(receipt, policy, own, false)
    }

    fn asked(receipt: &Receipt, policy: &str, own: &str, is_signed: bool) -> Vec<&'static str> {
        let policy = Policy::parse("p".into(), &format!("{POLICY}{policy}")).unwrap();
        let config = format!("schema = 1\n[gate.secret-scan]\n{own}");
        let config = Config::parse("ci.toml".into(), &config, crate::builtin().kinds()).unwrap();
        let now = NOW.parse().unwrap();
        let found = reasons(&receipt.predicate, &policy, "o/r", &config, now, is_signed);
        found.into_iter().map(|reason| reason.code).collect()
    }

    fn changed(change: impl FnOnce(&mut Predicate)) -> Vec<&'static str> {
        let mut receipt = receipt();
        change(&mut receipt.predicate);
        codes(&receipt, "max_age = '7d'\nmax_attempts = 2\n[require.secret-scan]\n", "")
    }

    fn ci(predicate: &mut Predicate) -> &mut Ci {
        predicate.run.ci.as_mut().unwrap()
    }

    #[test]
    fn a_proven_commit_may_go() {
        assert!(changed(|_| {}).is_empty());
    }

    #[test]
    fn each_way_around_has_its_code() {
        assert_eq!(changed(|p| p.run.ci = None), ["wrong-event"]);
        assert_eq!(changed(|p| ci(p).event = Some("pull_request".into())), ["wrong-event"]);
        let foreign = changed(|p| ci(p).repository = Some("fork/r".into()));
        assert_eq!(foreign, ["foreign-repo"]);
        let fake = "o/r/.github/workflows/fake.yml@refs/heads/main";
        assert_eq!(changed(|p| ci(p).workflow_ref = Some(fake.into())), ["no-run"]);
        let fake = "o/r/.github/workflows/ci.yml@x.yml@refs/heads/main";
        assert_eq!(changed(|p| ci(p).workflow_ref = Some(fake.into())), ["no-run"]);
        assert_eq!(changed(|p| ci(p).sha = Some("0".repeat(40))), ["run-mismatch"]);
        assert_eq!(changed(|p| ci(p).run_attempt = None), ["run-mismatch"]);
        assert_eq!(changed(|p| ci(p).run_attempt = Some("3".into())), ["stale-attempt"]);
        assert_eq!(changed(|p| p.gates.clear()), ["gate-missing"]);
        assert_eq!(changed(|p| p.gates[0].required = false), ["required-set-shrunk"]);
        for (outcome, code) in [
            (Outcome::Failed, "gate-failed"),
            (Outcome::Errored, "gate-failed"),
            (Outcome::Vacuous, "gate-failed"),
            (Outcome::Flaky, "gate-failed"),
            (Outcome::Skipped, "gate-skipped"),
            (Outcome::NotApplicable, "gate-skipped"),
            (Outcome::Reused, "reused-not-allowed"),
        ] {
            assert_eq!(changed(|p| p.gates[0].outcome = outcome), [code]);
        }
        let part = changed(|p| p.gates[0].reuse.state = ReuseState::Part);
        assert_eq!(part, ["reused-not-allowed"]);
        let old = "2025-12-20T00:00:00Z";
        assert_eq!(changed(|p| p.run.finished_at = old.into()), ["receipt-expired"]);
        let early = "2026-01-03T00:00:00Z";
        assert_eq!(changed(|p| p.run.finished_at = early.into()), ["receipt-expired"]);
    }

    #[test]
    fn the_commits_own_configuration_cannot_ask_for_less() {
        let full = "[require.secret-scan]\noptions.history = 'full'\n";
        assert_eq!(codes(&receipt(), full, ""), ["options-weaker"]);
        assert_eq!(codes(&receipt(), full, "history = 'range'\n"), ["options-weaker"]);
        assert!(codes(&receipt(), full, "history = 'full'\n").is_empty());
        let exact = "[require.secret-scan]\nexact = true\noptions.history = 'full'\n";
        assert!(codes(&receipt(), exact, "history = 'full'\n").is_empty());
        let more = "history = 'full'\nconfig = 'other.toml'\n";
        assert_eq!(codes(&receipt(), exact, more), ["options-weaker"]);
        let quiet = "[gate.secret-scan.severity]\nprivate-key = 'note'\n";
        assert_eq!(codes(&receipt(), "[require.secret-scan]\n", quiet), ["options-weaker"]);
        let allowed = "[require.secret-scan]\nseverity.private-key = 'note'\n";
        assert!(codes(&receipt(), allowed, quiet).is_empty());
        let command = "[require.secret-scan]\nrun = ['cargo', 'test']\n";
        assert_eq!(codes(&receipt(), command, ""), ["options-weaker"]);
    }

    #[test]
    fn a_look_at_little_is_not_enough() {
        let mut receipt = receipt();
        receipt.predicate.gates[0].examined = kernel::Examined { files: 1, items: 5, bytes: 0 };
        let at_least = |files, items| {
            let least = format!("min_files = {files}\nmin_items = {items}\n");
            codes(&receipt, &format!("[require.secret-scan]\n{least}"), "")
        };
        assert!(at_least(1, 5).is_empty());
        assert_eq!(at_least(2, 6), ["options-weaker", "options-weaker"]);
    }

    #[test]
    fn waived_and_known_findings_are_capped() {
        let mut receipt = receipt();
        let finding = sample::unpinned();
        for state in [FindingState::Waived, FindingState::Baselined] {
            let mut finding = finding.clone();
            finding.state = state;
            receipt.predicate.gates[0].findings.push(finding);
        }
        let capped = "[require.secret-scan]\nmax_waived = 0\nmax_baselined = 0\n";
        assert_eq!(codes(&receipt, capped, ""), ["too-many-waived", "too-many-waived"]);
        let one = "[require.secret-scan]\nmax_waived = 1\nmax_baselined = 1\n";
        assert!(codes(&receipt, one, "").is_empty());
        assert!(codes(&receipt, "[require.secret-scan]\n", "").is_empty());
    }

    #[test]
    fn a_run_outside_ci_counts_where_a_named_signer_vouches_for_it() {
        let mut receipt = receipt();
        receipt.predicate.run.ci = None;
        let signed = |more: &str| format!("[require.secret-scan]\n[signed]\nkeys = ['k']\n{more}");
        assert_eq!(asked(&receipt, &signed(""), "", true), ["wrong-event"]);
        assert_eq!(asked(&receipt, &signed("local = true\n"), "", false), ["wrong-event"]);
        assert!(asked(&receipt, &signed("local = true\n"), "", true).is_empty());
    }

    #[test]
    fn a_program_that_is_not_listed_does_not_count() {
        let tool = receipt().predicate.tool.source_tree;
        let listed = format!("tools = ['{tool}']\n[require.secret-scan]\n");
        assert!(codes(&receipt(), &listed, "").is_empty());
        let other = "tools = ['0000']\n[require.secret-scan]\n";
        assert_eq!(codes(&receipt(), other, ""), ["tool-mismatch"]);
    }

    #[test]
    fn a_receipt_is_that_of_the_run_it_lay_in() {
        let run = |id, run_attempt, event: &str| WorkflowRun {
            id,
            path: ".github/workflows/ci.yml".into(),
            event: event.into(),
            status: Some("completed".into()),
            conclusion: Some("success".into()),
            head_sha: String::new(),
            run_attempt,
            head_repository: None,
            html_url: String::new(),
        };
        let codes = |run: &WorkflowRun| -> Vec<_> {
            run_reasons(&receipt().predicate, run).into_iter().map(|it| it.code).collect()
        };
        assert!(codes(&run(1, 1, "push")).is_empty());
        assert_eq!(codes(&run(2, 1, "push")), ["run-mismatch"]);
        assert_eq!(codes(&run(1, 2, "push")), ["stale-attempt"]);
        assert_eq!(codes(&run(1, 1, "schedule")), ["run-mismatch"]);
    }
}
