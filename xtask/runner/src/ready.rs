//! Config × tree → gates that are ready to judge.

mod kept;

use std::sync::{Arc, OnceLock};

use kernel::{
    ConfigError, ErrorKind, Finding, Gate, GateError, Kind, Options, Rule, Severity, Trace, Tree,
    Waiver, Wants,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::config::{Config, Fault, Faults, GateConfig, did_you_mean};
use crate::receipt::sha256;

pub use kept::Configured;
use kept::Promise;

/// A built-in gate, configured.
pub struct Ready {
    /// Its name in ci.toml.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Its own keys, a profile's laid over.
    pub options: Options,
    /// Digest of them.
    pub options_sha256: String,
    /// Whether no profile changed them.
    pub own_options: bool,
    /// The evidence it wants.
    pub wants: Wants,
    /// Every rule in force.
    pub rules: Vec<InForce>,
    /// Digest over ids, severities, words and examples.
    pub rules_sha256: String,
    /// Exceptions that its options grant.
    pub allows: Vec<Waiver>,
    /// What reading its configuration asked of the tree.
    pub configured: Trace,
    /// Digest of that.
    pub configured_sha256: String,
    severities: Vec<(String, Severity)>,
    tree: Tree,
    /// Made when it has something to judge, if what it promises is known.
    gate: OnceLock<Result<Box<dyn Gate>, ConfigError>>,
}

/// A rule in force, without its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// Full id.
    pub id: String,
    /// What its findings weigh unless ci.toml says otherwise.
    pub severity: Severity,
}

/// Rules that the runner itself raises in every gate's name.
pub const OWN_OFFENCES: [&str; 7] = [
    "unused-waiver",
    "expired-waiver",
    "waiver-without-reason",
    "malformed-waiver",
    "stale-baseline",
    "baseline-without-reason",
    "grown-baseline",
];

/// Configures every built-in gate of ci.toml; commands give none. What is kept in
/// `known` is taken where it would come to the same.
///
/// # Errors
/// Every fault of every gate's options.
pub fn ready(
    config: &Config,
    profile: Option<&str>,
    tree: &Tree,
    known: Option<Configured<'_>>,
) -> Result<Vec<Option<Ready>>, Faults> {
    let mut faults = Vec::new();
    let mut all = Vec::with_capacity(config.gates.len());
    let one =
        |gate: &GateConfig| gate.kind.map(|kind| one(config, gate, kind, profile, tree, known));
    let configured: Vec<_> = config.gates.par_iter().map(one).collect();
    for ready in configured {
        all.push(match ready {
            Some(Ok(ready)) => Some(ready),
            Some(Err(fault)) => {
                faults.push(*fault);
                None
            }
            None => None,
        });
    }
    if faults.is_empty() { Ok(all) } else { Err(Faults(faults)) }
}

fn one(
    config: &Config,
    gate: &GateConfig,
    kind: Kind,
    profile: Option<&str>,
    tree: &Tree,
    known: Option<Configured<'_>>,
) -> Result<Ready, Box<Fault>> {
    let options = config.options(gate, profile);
    let fault = |error| Box::new(Fault::from_gate(&gate.name, &config.path, &config.text, &error));
    foreign(kind, &options, |name| std::env::var_os(name).is_some_and(|it| !it.is_empty()))
        .map_err(fault)?;
    let tree = tree.retraced(kernel::Pulse::default());
    let options_text = options.canonical().map_err(fault)?;
    let made = OnceLock::new();
    let found = known.and_then(|known| known.find(&gate.name, kind.id, &options_text, &tree));
    let (promise, configured, configured_sha256) = match found {
        Some(found) => found,
        None => {
            let judge = (kind.configure)(&options, &tree).map_err(fault)?;
            let promise = promise(&*judge);
            let trace = tree.trace();
            let trace_sha256 = sha256(format!("{trace:?}").as_bytes());
            if let Some(known) = known {
                let trace = (&trace, trace_sha256.as_str());
                known.keep(&gate.name, kind.id, &options_text, &tree, trace, &promise);
            }
            let _first = made.set(Ok(judge));
            (promise, trace, trace_sha256)
        }
    };
    let Promise { wants, rules, rules_sha256, allows } = promise;
    Ok(Ready {
        name: gate.name.clone(),
        kind,
        options_sha256: sha256(options_text.as_bytes()),
        own_options: config.options(gate, None).canonical().is_ok_and(|own| own == options_text),
        options,
        wants,
        severities: severities(config, gate, kind, &rules)?,
        rules_sha256,
        rules,
        allows,
        configured,
        configured_sha256,
        tree,
        gate: made,
    })
}

fn promise(gate: &dyn Gate) -> Promise {
    let rules = gate.rules();
    let in_force = |rule: &Rule| InForce { id: rule.id.to_string(), severity: rule.severity };
    Promise {
        wants: gate.wants(),
        rules: rules.iter().map(in_force).collect(),
        rules_sha256: rules_digest(&rules),
        allows: gate.waivers(),
    }
}

/// Variables that a tool which a gate stands in for takes its configuration
/// from. The receipt could not show what they said, and another machine would
/// judge otherwise.
const FOREIGN: [(&str, &str); 2] =
    [("secret-scan", "GITLEAKS_CONFIG"), ("secret-scan", "GITLEAKS_CONFIG_TOML")];

/// Refuses a variable that the user may take for the configuration in force. A
/// `config` of its own comes first for gitleaks too.
fn foreign(
    kind: Kind,
    options: &Options,
    is_set: impl Fn(&str) -> bool,
) -> Result<(), ConfigError> {
    let found = FOREIGN.iter().find(|(gate, name)| *gate == kind.id && is_set(name));
    let Some((_, name)) = found else { return Ok(()) };
    if options.read::<toml::Table>()?.contains_key("config") {
        return Ok(());
    }
    let error = ConfigError::new(format!(
        "{name} is set, and a verdict does not depend on the environment"
    ));
    Err(error.hint(format!("write config = \"…\" here, a file of the repository, or unset {name}")))
}

fn severities(
    config: &Config,
    gate: &GateConfig,
    kind: Kind,
    rules: &[InForce],
) -> Result<Vec<(String, Severity)>, Box<Fault>> {
    let mut known = Vec::new();
    for (name, severity) in &gate.common.severity {
        let id = if name.contains('/') { name.clone() } else { format!("{}/{name}", kind.id) };
        let offences = || rules.iter().map(InForce::offence);
        if !offences().any(|offence| id == format!("{}/{offence}", kind.id)) {
            let message =
                format!("gate '{}': severity of '{name}', which is no rule of it", gate.name);
            let span = Some(gate.span.clone());
            let mut fault = Fault::new(&config.path, Arc::clone(&config.text), message, span);
            fault.hint = did_you_mean(name, offences());
            return Err(Box::new(fault));
        }
        known.push((id, *severity));
    }
    Ok(known)
}

impl InForce {
    /// The part of the id after the gate's kind.
    #[must_use]
    pub fn offence(&self) -> &str {
        self.id.split_once('/').map_or(&*self.id, |(_, offence)| offence)
    }
}

impl Ready {
    /// The gate itself.
    ///
    /// # Errors
    /// It was configured before and cannot be now: the tree changes as it is read.
    pub fn gate(&self) -> Result<&dyn Gate, GateError> {
        let made = self.gate.get_or_init(|| (self.kind.configure)(&self.options, &self.tree));
        match made {
            Ok(gate) => Ok(&**gate),
            Err(error) => {
                Err(GateError::new(ErrorKind::Config, "configuration", error.message.clone()))
            }
        }
    }

    /// The words and examples of every rule in force.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        self.gate().map(|gate| gate.rules().into_owned()).unwrap_or_default()
    }

    /// What a finding weighs: as ci.toml says, else as the finding, else as
    /// its rule.
    #[must_use]
    pub fn severity(&self, finding: &Finding) -> Severity {
        let configured = self.severities.iter().find(|(id, _)| *id == finding.rule);
        let rule = || self.rules.iter().find(|rule| rule.id == finding.rule);
        let own = || finding.severity.or_else(|| rule().map(|rule| rule.severity));
        configured.map(|(_, severity)| *severity).or_else(own).unwrap_or(Severity::Error)
    }
}

/// Digest over everything that a rule promises.
pub fn rules_digest(rules: &[Rule]) -> String {
    let mut text = String::new();
    for rule in rules {
        text.push_str(&format!("{}\0{}\0{}\0", rule.id, rule.severity.as_str(), rule.doc));
        for example in rule.bad.iter().chain(rule.good.iter()) {
            text.push_str(&example.text);
            text.push('\0');
        }
    }
    sha256(text.as_bytes())
}
