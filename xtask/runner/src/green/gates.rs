//! What a policy asks of one gate: of its row in the receipt, and of its table
//! in the commit's own ci.toml.

use kernel::Outcome;

use super::distrust;
use crate::config::{Config, GateConfig};
use crate::policy::{Policy, Require};
use crate::receipt::{FindingState, GateResult, ReuseState};
use crate::trust::Distrust;

/// Every reason for which a required gate's row is not enough.
pub(super) fn reasons(
    gate: &GateResult,
    require: &Require,
    policy: &Policy,
    config: &Config,
) -> Vec<Distrust> {
    let mut reasons = Vec::new();
    outcome(gate, policy, &mut reasons);
    amounts(gate, require, &mut reasons);
    match config.gate(&gate.id) {
        Some(own) => {
            kind(own, require, &mut reasons);
            configuration(own, require, &mut reasons);
        }
        None => {
            let text = format!("the commit's ci.toml has no gate '{}'", gate.id);
            reasons.push(distrust("gate-missing", text));
        }
    }
    reasons
}

fn outcome(gate: &GateResult, policy: &Policy, reasons: &mut Vec<Distrust>) {
    let mut say = |code, text| reasons.push(distrust(code, text));
    let id = &gate.id;
    if !gate.required {
        say("required-set-shrunk", format!("gate '{id}' is advisory there"));
    }
    if gate.reuse.state == ReuseState::Part && !policy.allow_reused {
        say("reused-not-allowed", format!("files of gate '{id}' were not judged again"));
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
}

fn amounts(gate: &GateResult, require: &Require, reasons: &mut Vec<Distrust>) {
    let mut say = |code, text| reasons.push(distrust(code, text));
    let id = &gate.id;
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
    let looked_at = [
        ("files", gate.examined.files, require.min_files),
        (gate.items.1.as_str(), gate.examined.items, require.min_items),
    ];
    for (what, found, min) in looked_at {
        if let Some(min) = min.filter(|min| found < *min) {
            let text =
                format!("gate '{id}' looked at {found} {what}, the policy asks for {min} at least");
            say("options-weaker", text);
        }
    }
}

/// A name is the commit's to give, what has it must be what the policy means.
fn kind(own: &GateConfig, require: &Require, reasons: &mut Vec<Distrust>) {
    let id = &own.name;
    let wanted = require.kind.as_deref().unwrap_or(id);
    let is_command = own.kind.is_none() && require.kind.is_none();
    if !is_command && own.kind_id() != wanted {
        let text = format!(
            "what is called '{id}' there is of the kind '{}', the policy asks for '{wanted}'",
            own.kind_id()
        );
        reasons.push(distrust("gate-missing", text));
    }
}

fn configuration(own: &GateConfig, require: &Require, reasons: &mut Vec<Distrust>) {
    let mut say = |text: String| reasons.push(distrust("options-weaker", text));
    let id = &own.name;
    let options: toml::Table = own.options.read().unwrap_or_default();
    for (key, least) in &require.options {
        let found = options.get(key);
        let is_held = |found| if require.exact { found == least } else { holds(found, least) };
        if !found.is_some_and(is_held) {
            let found = found.map_or("nothing".to_owned(), ToString::to_string);
            say(format!("gate '{id}': {key} is {found}, the policy asks for {least}"));
        }
    }
    if require.exact {
        for key in options.keys().filter(|key| !require.options.contains_key(*key)) {
            say(format!("gate '{id}' sets {key}, which the policy does not name"));
        }
    }
    if let Some(run) = &require.run {
        if own.common.argv().as_ref() != Some(run) {
            say(format!("gate '{id}' runs another command than '{}'", run.join(" ")));
        }
        // Another `cargo` is found by another PATH, other tests elsewhere.
        if own.common.dir != require.dir || own.common.set_env != require.set_env {
            say(format!("gate '{id}' has another dir or set_env than the policy names"));
        }
    }
    for (rule, weight) in &own.common.severity {
        let offence = rule.rsplit('/').next().unwrap_or(rule);
        let allowed = require.severity.get(rule).or_else(|| require.severity.get(offence));
        if *weight < kernel::Severity::Error && allowed.is_none_or(|allowed| weight < allowed) {
            say(format!("gate '{id}': '{rule}' weighs only {} there", weight.as_str()));
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

    #[test]
    fn a_gate_is_what_the_policy_means_by_its_name() {
        let told = |own: &str, require: &str| {
            let own = format!("schema = 1\n{own}");
            let own = Config::parse("ci.toml".into(), &own, crate::builtin().kinds()).unwrap();
            let (gate, require) = (&own.gates[0], toml::from_str(require).unwrap());
            let mut reasons = Vec::new();
            kind(gate, &require, &mut reasons);
            configuration(gate, &require, &mut reasons);
            reasons.iter().map(|reason| reason.code).collect::<Vec<_>>()
        };
        let renamed = "[gate.secret-scan]\nkind = 'action-pins'\n";
        assert_eq!(told(renamed, ""), ["gate-missing"]);
        assert!(told(renamed, "kind = 'action-pins'").is_empty());
        assert!(told("[gate.secret-scan]\n", "").is_empty());
        let command = "[gate.test]\nrun = ['t']\n";
        assert!(told(command, "run = ['t']").is_empty());
        assert_eq!(told(command, "kind = 'action-pins'"), ["gate-missing"]);
        for more in ["dir = 'd'\n", "set_env = { PATH = 'd' }\n"] {
            let elsewhere = format!("{command}{more}");
            assert_eq!(told(&elsewhere, "run = ['t']"), ["options-weaker"]);
            assert!(told(&elsewhere, &format!("run = ['t']\n{more}")).is_empty());
        }
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
}
