//! Canaries: the proof, before a verdict is believed, that each rule can go
//! red and knows when to stay quiet.

use crate::{ConfigError, Example, Gate, Options, Rule, Tree, survey};

/// How a gate is configured anew for an example with options of its own:
/// [`crate::Kind::configure`], or in tests a wrapper around it.
pub type Anew<'a> = &'a (dyn Fn(&Options, &Tree) -> Result<Box<dyn Gate>, ConfigError> + Sync);

/// What the examples of one rule showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Full rule id.
    pub rule: String,
    /// How many examples were judged.
    pub examples: u64,
    /// Bad examples in which the rule found something.
    pub tripped: u64,
    /// Good examples in which it stayed quiet.
    pub quiet: u64,
    /// Examples that did not show what they should.
    pub failures: Vec<Failure>,
}

/// An example that did not show what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which one, e.g. `bad example 1`.
    pub example: String,
    /// What happened instead.
    pub what: String,
}

impl Proof {
    /// Whether the rule has no bad example at all, as users' own rules may.
    #[must_use]
    pub fn is_unproven(&self) -> bool {
        self.tripped == 0 && self.failures.is_empty()
    }
}

/// Judges every example of every rule of `gate` by `gate` itself, so by the
/// very code and options that judge the repository. An example with options
/// of its own is judged by a gate configured anew with them laid over
/// `options`.
#[must_use]
pub fn prove(anew: Anew<'_>, options: &Options, gate: &dyn Gate) -> Vec<Proof> {
    gate.rules().iter().map(|rule| prove_rule(anew, options, gate, rule)).collect()
}

/// The same for one rule.
#[must_use]
pub fn prove_rule(anew: Anew<'_>, options: &Options, gate: &dyn Gate, rule: &Rule) -> Proof {
    let mut proof = Proof {
        rule: rule.id.to_string(),
        examples: 0,
        tripped: 0,
        quiet: 0,
        failures: Vec::new(),
    };
    let bad = rule.bad.iter().map(|example| (true, example));
    let good = rule.good.iter().map(|example| (false, example));
    for (index, (is_bad, example)) in bad.chain(good).enumerate() {
        proof.examples += 1;
        let number = if is_bad { index + 1 } else { index + 1 - rule.bad.len() };
        let failure = |what: String| Failure {
            example: format!("{} example {number}", if is_bad { "bad" } else { "good" }),
            what,
        };
        match (findings(anew, options, gate, rule, example), is_bad) {
            (Ok(0), true) => proof.failures.push(failure("stayed quiet".to_owned())),
            (Ok(_), true) => proof.tripped += 1,
            (Ok(0), false) => proof.quiet += 1,
            (Ok(found), false) => {
                proof.failures.push(failure(format!("raised {found} finding(s)")))
            }
            (Err(reason), _) => proof.failures.push(failure(reason)),
        }
    }
    proof
}

/// How many findings of `rule` the example raises.
fn findings(
    anew: Anew<'_>,
    options: &Options,
    gate: &dyn Gate,
    rule: &Rule,
    example: &Example,
) -> Result<usize, String> {
    let scene = example.scene().map_err(|error| error.to_string())?;
    let configured = match &scene.options {
        Some(own) => {
            let options = options.clone().with(own.clone());
            Some(anew(&options, &scene.head).map_err(|error| error.to_string())?)
        }
        None => None,
    };
    let gate = configured.as_deref().unwrap_or(gate);
    let checked = survey(gate, &scene.evidence()).map_err(|error| error.to_string())?;
    Ok(checked.findings.iter().filter(|finding| finding.rule == rule.id).count())
}
