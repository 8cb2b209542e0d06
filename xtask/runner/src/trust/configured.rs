//! Whether it was judged as the commit's ci.toml says.

use kernel::Outcome;

use super::Distrust;
use crate::baseline::Baseline;
use crate::config::{Config, Empty, GateConfig};
use crate::judge;
use crate::receipt::{self, FindingRecord, FindingState, Predicate, WaiverRecord};

/// What the commit's ci.toml says.
#[derive(Clone, Debug, Default)]
pub struct Configured {
    /// Its gates, in order.
    pub gates: Vec<ExpectedGate>,
    /// Its profiles' names.
    pub profiles: Vec<String>,
    /// Its `[[waiver]]` entries, as receipts list them, unused.
    pub waivers: Vec<WaiverRecord>,
}

impl Configured {
    /// What `config` says, its gates judged by their own options.
    #[must_use]
    pub fn of(config: &Config) -> Configured {
        Configured {
            gates: config.gates.iter().map(ExpectedGate::of).collect(),
            profiles: config.profiles.iter().map(|profile| profile.name.clone()).collect(),
            waivers: config.waivers.iter().map(|own| judge::listed(config, own)).collect(),
        }
    }
}

/// What ci.toml says of one gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedGate {
    /// Its name.
    pub id: String,
    /// Built-in kind, or `command`.
    pub kind: String,
    /// Whether it decides.
    pub required: bool,
    /// Gates that had to pass before.
    pub needs: Vec<String>,
    /// As written.
    pub layer: Option<String>,
    /// As written.
    pub owner: Option<String>,
    /// As written.
    pub class: Option<String>,
    /// What its items are.
    pub items: (String, String),
    /// How often it may be tried.
    pub attempts_max: usize,
    /// Files that it leaves.
    pub artifacts: Vec<String>,
    /// Digest of its own options, no profile's laid over.
    pub options_sha256: Option<String>,
    /// What a command gate runs.
    pub command: Option<Vec<String>>,
    /// Whether something runs after it.
    pub has_finally: bool,
    /// Reason codes by which it may be not-applicable.
    pub exempt_by: Vec<&'static str>,
}

impl ExpectedGate {
    fn of(gate: &GateConfig) -> ExpectedGate {
        let common = &gate.common;
        let by_event = common.when.as_ref().is_some_and(|when| !when.event.is_empty());
        let exempt = [("when-event", by_event), ("empty-allowed", common.empty == Empty::Ok)];
        let options = match gate.kind {
            Some(_) => gate.options.canonical().ok().map(|text| receipt::sha256(text.as_bytes())),
            None => Some(common.digest()),
        };
        let items = gate.items();
        ExpectedGate {
            id: gate.name.clone(),
            kind: gate.kind_id().to_owned(),
            required: common.required,
            needs: common.needs.clone(),
            layer: common.layer.map(|layer| layer.as_str().to_owned()),
            owner: common.owner.clone(),
            class: common.class.clone(),
            items: (items.0.to_owned(), items.1.to_owned()),
            attempts_max: common.attempts.map_or(1, |most| most.get() as usize),
            artifacts: common.artifacts.clone(),
            options_sha256: options,
            command: common.argv(),
            has_finally: common.finally.is_some(),
            exempt_by: exempt.iter().filter(|(_, holds)| *holds).map(|(code, _)| *code).collect(),
        }
    }
}

/// The rows must be those of the commit's ci.toml, which the receipt's maker
/// does not choose.
pub(super) fn configured(
    predicate: &Predicate,
    expected: &Configured,
    reasons: &mut Vec<Distrust>,
) {
    let mut say = |code, text: String| reasons.push(Distrust { code, text });
    if predicate.profile.as_ref().is_some_and(|profile| !expected.profiles.contains(profile)) {
        say("config-mismatch", "ci.toml has no such profile".to_owned());
    }
    // Comments have waivers too, in ci.toml as anywhere.
    let unused = |waiver: &WaiverRecord| WaiverRecord { used: 0, ..waiver.clone() };
    let listed: Vec<WaiverRecord> = predicate.waivers.iter().map(unused).collect();
    let is_there_once = |own: &WaiverRecord| listed.iter().filter(|it| *it == own).count() == 1;
    if !expected.waivers.iter().all(is_there_once) {
        say("config-mismatch", "its waivers are not those of ci.toml".to_owned());
    }
    let listed: Vec<&str> = predicate.gates.iter().map(|gate| gate.id.as_str()).collect();
    let wanted: Vec<&str> = expected.gates.iter().map(|gate| gate.id.as_str()).collect();
    if listed != wanted {
        let text =
            format!("the gates are {}, ci.toml has {}", listed.join(", "), wanted.join(", "));
        say("gate-missing", text);
    }
    for gate in &predicate.gates {
        let Some(own) = expected.gates.iter().find(|own| own.id == gate.id) else { continue };
        if gate.required != own.required {
            let text = format!("gate '{}': ci.toml says required = {}", gate.id, own.required);
            say("required-set-shrunk", text);
        }
        let described = (&gate.layer, &gate.owner, &gate.class, &gate.items);
        if gate.kind != own.kind
            || gate.needs != own.needs
            || described != (&own.layer, &own.owner, &own.class, &own.items)
        {
            say("config-mismatch", format!("gate '{}' is not what ci.toml says", gate.id));
        }
        if gate.outcome == Outcome::NotApplicable
            && !own.exempt_by.contains(&gate.reason.code.as_str())
        {
            say("gate-skipped", format!("ci.toml does not exempt gate '{}'", gate.id));
        }
        if !matches!(gate.outcome, Outcome::Passed | Outcome::Reused | Outcome::Flaky) {
            continue;
        }
        if own.options_sha256.as_ref().is_some_and(|own| *own != gate.options.sha256) {
            let text = format!("gate '{}' was judged by other options than ci.toml's", gate.id);
            say("options-weaker", text);
        }
        if gate.command != own.command || gate.finally.is_some() != own.has_finally {
            say("config-mismatch", format!("gate '{}' ran another command", gate.id));
        }
        if gate.attempts.len() > own.attempts_max {
            say("config-mismatch", format!("gate '{}' was tried too often", gate.id));
        }
        if !gate.artifacts.iter().map(|artifact| &artifact.path).eq(&own.artifacts) {
            say("config-mismatch", format!("gate '{}' left other artifacts", gate.id));
        }
    }
}

/// A finding is known only if the commit's baseline has it.
pub(super) fn known(predicate: &Predicate, baseline: &Baseline, reasons: &mut Vec<Distrust>) {
    let known = baseline.index();
    for gate in &predicate.gates {
        let is_false = |finding: &&FindingRecord| {
            let key = (&*finding.rule, &*finding.path, &*finding.fingerprint);
            finding.state == FindingState::Baselined && !known.contains(&key)
        };
        if let Some(finding) = gate.findings.iter().find(is_false) {
            let text = format!("'{}' in '{}' is not in the baseline", finding.rule, finding.path);
            reasons.push(Distrust { code: "config-mismatch", text });
        }
    }
}
