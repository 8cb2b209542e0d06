//! Whether a receipt lets a commit be released, by a policy. Pure: a receipt
//! that was believed ([`crate::trust`]), the commit's own ci.toml and a policy
//! that the commit does not choose go in; every reason to refuse comes out.

use jiff::Timestamp;
use kernel::Outcome;

use crate::config::Config;
use crate::policy::{Policy, Require};
use crate::receipt::{FindingState, GateResult, Predicate};
use crate::trust::Distrust;

/// Codes that say the commit is not proven green. Every other code says that
/// the receipt itself cannot be believed.
const NOT_GREEN: [&str; 14] = [
    "no-run",
    "wrong-event",
    "foreign-repo",
    "not-green",
    "gate-failed",
    "gate-missing",
    "gate-skipped",
    "unproven",
    "required-set-shrunk",
    "options-weaker",
    "too-many-waived",
    "reused-not-allowed",
    "base-moved",
    "superseded",
];

/// 0 without a reason, 1 where the commit is not proven green, 5 where the
/// receipt is not believed.
#[must_use]
pub fn exit_code(reasons: &[Distrust]) -> u8 {
    match reasons {
        [] => 0,
        some if some.iter().all(|reason| NOT_GREEN.contains(&reason.code)) => 1,
        _ => 5,
    }
}

/// Every reason not to release the commit that `predicate` is about. `config`
/// is that commit's ci.toml, `now` the time of asking.
#[must_use]
pub fn reasons(
    predicate: &Predicate,
    policy: &Policy,
    config: &Config,
    now: Timestamp,
) -> Vec<Distrust> {
    let mut reasons = Vec::new();
    where_it_ran(predicate, policy, &mut reasons);
    age(predicate, policy, now, &mut reasons);
    for (id, require) in &policy.require {
        let mut rows = predicate.gates.iter().filter(|gate| gate.id == *id);
        match rows.next() {
            Some(gate) => required(gate, require, policy, config, &mut reasons),
            None => reasons.push(distrust("gate-missing", format!("gate '{id}' is not in it"))),
        }
    }
    reasons
}

fn distrust(code: &'static str, text: String) -> Distrust {
    Distrust { code, text }
}

fn where_it_ran(predicate: &Predicate, policy: &Policy, reasons: &mut Vec<Distrust>) {
    let mut say = |code, text| reasons.push(distrust(code, text));
    let events = policy.events.join(", ");
    let Some(ci) = &predicate.run.ci else {
        let text = format!("it was made outside CI; the policy takes runs of {events}");
        return say("wrong-event", text);
    };
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    if ci.event.as_ref().is_none_or(|event| !policy.events.contains(event)) {
        let text = format!("a run of '{}', the policy takes {events}", shown(&ci.event));
        say("wrong-event", text);
    }
    if ci.repository.as_ref() != Some(&policy.repository) {
        let text =
            format!("a run of '{}', expected '{}'", shown(&ci.repository), policy.repository);
        say("foreign-repo", text);
    }
    let workflow = format!("{}/{}@", policy.repository, policy.workflow);
    if ci.workflow_ref.as_ref().is_none_or(|found| !found.starts_with(&workflow)) {
        let text = format!(
            "a run of the workflow '{}', expected '{}'",
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

fn required(
    gate: &GateResult,
    require: &Require,
    policy: &Policy,
    config: &Config,
    reasons: &mut Vec<Distrust>,
) {
    let mut say = |code, text| reasons.push(distrust(code, text));
    let id = &gate.id;
    if !gate.required {
        say("required-set-shrunk", format!("gate '{id}' is advisory there"));
    }
    match gate.outcome {
        Outcome::Passed => {}
        Outcome::Reused if policy.allow_reused => {}
        Outcome::Reused => {
            say("reused-not-allowed", format!("gate '{id}' was not judged again"));
        }
        Outcome::Flaky if policy.allow_flaky => {}
        Outcome::Flaky => say("gate-failed", format!("gate '{id}' passed only on a retry")),
        Outcome::Skipped | Outcome::NotApplicable => {
            let text = format!("gate '{id}' was not judged: {}", gate.reason.text);
            say("gate-skipped", text);
        }
        other => say("gate-failed", format!("gate '{id}' ended as {}", other.as_str())),
    }
    let count =
        |state| gate.findings.iter().filter(|finding| finding.state == state).count() as u64;
    let capped = [
        ("waived", count(FindingState::Waived), require.max_waived),
        ("in the baseline", count(FindingState::Baselined), require.max_baselined),
    ];
    for (what, found, max) in capped {
        if let Some(max) = max.filter(|max| found > *max) {
            let text = format!("gate '{id}': {found} findings are {what}, the policy takes {max}");
            say("too-many-waived", text);
        }
    }
    let Some(own) = config.gate(id) else {
        return say("gate-missing", format!("the commit's ci.toml has no gate '{id}'"));
    };
    let options: toml::Table = own.options.read().unwrap_or_default();
    for (key, least) in &require.options {
        let found = options.get(key);
        if !found.is_some_and(|found| holds(found, least)) {
            let found = found.map_or("nothing".to_owned(), ToString::to_string);
            let text = format!("gate '{id}': {key} is {found}, the policy asks for {least}");
            say("options-weaker", text);
        }
    }
    for (rule, weight) in &own.common.severity {
        let offence = rule.rsplit('/').next().unwrap_or(rule);
        let allowed = require.severity.get(rule).or_else(|| require.severity.get(offence));
        if *weight < kernel::Severity::Error && allowed.is_none_or(|allowed| weight < allowed) {
            let text = format!("gate '{id}': '{rule}' weighs only {} there", weight.as_str());
            say("options-weaker", text);
        }
    }
}

/// Whether an option is at least what a policy asks for: tables have its keys,
/// lists its entries, anything else is equal.
fn holds(found: &toml::Value, least: &toml::Value) -> bool {
    use toml::Value::{Array, Table};
    match (found, least) {
        (Table(found), Table(least)) => {
            least.iter().all(|(key, least)| found.get(key).is_some_and(|found| holds(found, least)))
        }
        (Array(found), Array(least)) => {
            least.iter().all(|least| found.iter().any(|found| holds(found, least)))
        }
        (found, least) => found == least,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipt::{Ci, Receipt};
    use crate::report::sample;

    const POLICY: &str = "schema = 1\nrepository = 'o/r'\nworkflow = '.github/workflows/ci.yml'\n";
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
        let policy = Policy::parse("p".into(), &format!("{POLICY}{policy}")).unwrap();
        let config = format!("schema = 1\n[gate.secret-scan]\n{own}");
        let config = Config::parse("ci.toml".into(), &config, crate::builtin().kinds()).unwrap();
        let found = reasons(&receipt.predicate, &policy, &config, NOW.parse().unwrap());
        found.into_iter().map(|reason| reason.code).collect()
    }

    fn changed(change: impl FnOnce(&mut Predicate)) -> Vec<&'static str> {
        let mut receipt = receipt();
        change(&mut receipt.predicate);
        codes(&receipt, "max_age = '7d'\n[require.secret-scan]\n", "")
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
        assert_eq!(changed(|p| ci(p).repository = Some("fork/r".into())), ["foreign-repo"]);
        let fake = "o/r/.github/workflows/fake.yml@refs/heads/main";
        assert_eq!(changed(|p| ci(p).workflow_ref = Some(fake.into())), ["no-run"]);
        assert_eq!(changed(|p| ci(p).sha = Some("0".repeat(40))), ["run-mismatch"]);
        assert_eq!(changed(|p| ci(p).run_attempt = None), ["run-mismatch"]);
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
        let quiet = "[gate.secret-scan.severity]\nprivate-key = 'note'\n";
        assert_eq!(codes(&receipt(), "[require.secret-scan]\n", quiet), ["options-weaker"]);
        let allowed = "[require.secret-scan]\nseverity.private-key = 'note'\n";
        assert!(codes(&receipt(), allowed, quiet).is_empty());
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
    fn options_hold_what_is_asked_for_and_may_hold_more() {
        let value = |text: &str| text.parse::<toml::Table>().unwrap().remove("x").unwrap();
        let holds = |found: &str, least: &str| holds(&value(found), &value(least));
        assert!(holds("x = ['b', 'a']", "x = ['a']"));
        assert!(!holds("x = ['a']", "x = ['a', 'b']"));
        assert!(holds("x = [{ a = 1, b = 2 }]", "x = [{ a = 1 }]"));
        assert!(!holds("x = [{ a = 2 }]", "x = [{ a = 1 }]"));
        assert!(!holds("x = 1", "x = '1'"));
    }

    #[test]
    fn what_is_not_green_and_what_is_not_believed_end_differently() {
        let of = |codes: &[&'static str]| {
            let reasons: Vec<_> = codes.iter().map(|code| distrust(code, String::new())).collect();
            exit_code(&reasons)
        };
        assert_eq!(of(&[]), 0);
        assert_eq!(of(&["gate-failed", "not-green"]), 1);
        assert_eq!(of(&["gate-failed", "tree-mismatch"]), 5);
    }
}
