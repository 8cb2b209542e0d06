//! What would run and why: a pure function of config, command line and change.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use kernel::Globs;

use crate::config::{Config, did_you_mean};
use crate::receipt::{Reason, Selection, SelectionMode};

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Gates by name; empty means all.
    pub gates: Vec<String>,
    /// A profile.
    pub profile: Option<String>,
    /// Gates to leave out, each with a reason.
    pub skip: BTreeMap<String, String>,
    /// CI event; `local` outside CI.
    pub event: String,
    /// Whether commands cannot run in this view (another commit, the index).
    pub no_commands: Option<String>,
    /// Whether commands without findings are left out.
    pub only_findings: Option<String>,
}

/// What was decided for each gate of ci.toml, in its order.
#[derive(Clone, Debug)]
pub struct Plan {
    /// One a gate.
    pub decisions: Vec<Decision>,
    /// Which gates were asked for.
    pub selection: Selection,
}

/// What becomes of one gate.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// It is judged.
    Run(Reason),
    /// A rule of ci.toml says that it does not apply.
    NotApplicable(Reason),
    /// The command line leaves it out.
    Skip(Reason),
}

/// A name on the command line that ci.toml does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// In words.
    pub message: String,
    /// The nearest name, or all of them.
    pub hint: String,
}

/// Decides for every gate. `changed`, under `--changed`, says whether gate
/// `index` looks at anything that changed, or which paths did.
///
/// # Errors
/// A gate or profile that ci.toml does not have.
pub fn plan(
    config: &Config,
    ask: &Ask,
    changed: Option<&Changed<'_>>,
) -> Result<Plan, UnknownName> {
    let names: Vec<&str> = config.gates.iter().map(|gate| gate.name.as_str()).collect();
    for name in ask.gates.iter().chain(ask.skip.keys()) {
        known("gate", name, &names)?;
    }
    let profiles: Vec<&str> = config.profiles.iter().map(|profile| profile.name.as_str()).collect();
    if let Some(profile) = &ask.profile {
        known("profile", profile, &profiles)?;
    }
    let selected = selected(config, ask);
    let mut decisions = Vec::with_capacity(config.gates.len());
    for (index, gate) in config.gates.iter().enumerate() {
        let decision = match selected.get(gate.name.as_str()) {
            None => Decision::Skip(not_selected(ask)),
            Some(why) => {
                let own = own_decision(config, ask, index, changed);
                own.unwrap_or_else(|| Decision::Run(why.clone()))
            }
        };
        decisions.push(decision);
    }
    let runs = decisions.iter().filter(|decision| !matches!(decision, Decision::Skip(_))).count();
    let mode = match (runs == decisions.len(), changed.is_some()) {
        (_, true) => SelectionMode::Changed,
        (true, false) => SelectionMode::All,
        (false, false) => SelectionMode::Explicit,
    };
    let selection = Selection {
        mode,
        reason: selection_reason(ask, changed.is_some()),
        total: decisions.len() as u64,
        selected: runs as u64,
        plan_sha256: None,
    };
    Ok(Plan { decisions, selection })
}

/// The change that `--changed` judges.
pub struct Changed<'a> {
    /// What it is compared with.
    pub base: &'a str,
    /// Every path that differs.
    pub paths: &'a BTreeSet<Utf8PathBuf>,
    /// Whether the built-in gate at that position looks at one of them; none
    /// where it cannot be told, so that the gate runs.
    pub concerns: &'a dyn Fn(usize) -> Option<bool>,
}

fn known(what: &str, name: &str, names: &[&str]) -> Result<(), UnknownName> {
    if names.contains(&name) {
        return Ok(());
    }
    let all = || {
        if names.is_empty() {
            format!("ci.toml has no {what}")
        } else {
            format!("ci.toml has {}", names.join(", "))
        }
    };
    let hint = did_you_mean(name, names.iter().copied()).unwrap_or_else(all);
    Err(UnknownName { message: format!("no {what} is named '{name}'"), hint })
}

/// The gates that were asked for and what they need, each with the reason.
fn selected<'a>(config: &'a Config, ask: &Ask) -> BTreeMap<&'a str, Reason> {
    let reason = |code: &str, text: String| Reason { code: code.into(), text, hint: None };
    let profile = ask.profile.as_ref();
    let profile =
        profile.and_then(|name| config.profiles.iter().find(|profile| profile.name == *name));
    let mut selected = BTreeMap::new();
    for gate in &config.gates {
        let why = if !ask.gates.is_empty() {
            ask.gates
                .contains(&gate.name)
                .then(|| reason("named", "named on the command line".into()))
        } else if let Some(profile) = profile.filter(|profile| !profile.gates.is_empty()) {
            let text = format!("in profile '{}'", profile.name);
            profile.gates.contains(&gate.name).then(|| reason("profile", text))
        } else {
            Some(reason("all", "every gate runs".into()))
        };
        if let Some(why) = why {
            selected.insert(gate.name.as_str(), why);
        }
    }
    let mut waiting: Vec<&str> = selected.keys().copied().collect();
    while let Some(name) = waiting.pop() {
        let needs = config.gate(name).map(|gate| &gate.common.needs);
        for need in needs.into_iter().flatten() {
            if !selected.contains_key(need.as_str()) {
                selected.insert(need, reason("needed", format!("'{name}' needs it")));
                waiting.push(need);
            }
        }
    }
    selected
}

fn own_decision(
    config: &Config,
    ask: &Ask,
    index: usize,
    changed: Option<&Changed<'_>>,
) -> Option<Decision> {
    let gate = config.gates.get(index)?;
    let reason = |code: &str, text: String| Reason { code: code.into(), text, hint: None };
    if let Some(why) = ask.skip.get(&gate.name) {
        return Some(Decision::Skip(reason("asked", why.clone())));
    }
    if let Some(when) = &gate.common.when {
        if !when.event.is_empty() && !when.event.contains(&ask.event) {
            let text = format!("when.event = {:?}, this is '{}'", when.event, ask.event);
            return Some(Decision::NotApplicable(reason("when-event", text)));
        }
        if let Some(changed) = changed.filter(|_| !when.changed.is_empty()) {
            let globs = Globs::new(&when.changed).unwrap_or_default();
            if !changed.paths.iter().any(|path| globs.matches(path)) {
                let text =
                    format!("when.changed = {:?}, unchanged since {}", when.changed, changed.base);
                return Some(Decision::NotApplicable(reason("when-changed", text)));
            }
        }
    }
    if let Some(why) = ask.no_commands.as_ref().filter(|_| gate.kind.is_none()) {
        return Some(Decision::Skip(reason("no-command-here", why.clone())));
    }
    let is_silent = gate.kind.is_none() && !gate.common.has_findings();
    if let Some(why) = ask.only_findings.as_ref().filter(|_| is_silent) {
        return Some(Decision::Skip(reason("no-findings-here", why.clone())));
    }
    if let Some(changed) = changed
        && (changed.concerns)(index) == Some(false)
    {
        let text = format!("nothing it looks at changed since {}", changed.base);
        return Some(Decision::Skip(reason("unchanged", text)));
    }
    None
}

fn not_selected(ask: &Ask) -> Reason {
    let (code, text) = match (&ask.profile, ask.gates.is_empty()) {
        (Some(profile), true) => ("not-in-profile", format!("not in profile '{profile}'")),
        _ => ("not-selected", "not among the gates named on the command line".to_owned()),
    };
    Reason { code: code.to_owned(), text, hint: None }
}

fn selection_reason(ask: &Ask, changed: bool) -> String {
    let mut words = Vec::new();
    if !ask.gates.is_empty() {
        words.push(format!("named: {}", ask.gates.join(", ")));
    } else if let Some(profile) = &ask.profile {
        words.push(format!("profile '{profile}'"));
    } else {
        words.push("every gate".to_owned());
    }
    if changed {
        words.push("concerned by the change".to_owned());
    }
    for (gate, reason) in &ask.skip {
        words.push(format!("without {gate}: {reason}"));
    }
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CI: &str = r#"
schema = 1
[gate.fmt]
run = ["true"]
[gate.unit]
run = ["true"]
needs = ["fmt"]
[gate.web]
run = ["true"]
when = { changed = ["web/**"], event = ["push", "local"] }
[profile.quick]
gates = ["unit"]
"#;

    fn decide(ask: &Ask, changed: Option<&Changed<'_>>) -> Vec<String> {
        let config = Config::parse("ci.toml".into(), CI, &[]).unwrap();
        let plan = plan(&config, ask, changed).unwrap();
        let word = |decision: &Decision| match decision {
            Decision::Run(reason) => format!("run {}", reason.code),
            Decision::NotApplicable(reason) => format!("n/a {}", reason.code),
            Decision::Skip(reason) => format!("skip {}", reason.code),
        };
        plan.decisions.iter().map(word).collect()
    }

    fn ask(gates: &[&str]) -> Ask {
        let gates = gates.iter().map(|name| (*name).to_owned()).collect();
        Ask { gates, event: "local".into(), ..Ask::default() }
    }

    #[test]
    fn all_named_and_profile() {
        assert_eq!(decide(&ask(&[]), None), ["run all", "run all", "run all"]);
        assert_eq!(decide(&ask(&["unit"]), None), ["run needed", "run named", "skip not-selected"]);
        let quick = Ask { profile: Some("quick".into()), ..ask(&[]) };
        assert_eq!(decide(&quick, None), ["run needed", "run profile", "skip not-in-profile"]);
    }

    #[test]
    fn an_event_that_is_not_listed_does_not_apply() {
        let nightly = Ask { event: "schedule".into(), ..ask(&[]) };
        assert_eq!(decide(&nightly, None)[2], "n/a when-event");
    }

    #[test]
    fn what_did_not_change_is_left_out() {
        let paths = BTreeSet::from([Utf8PathBuf::from("api/x.go")]);
        let changed = Changed {
            base: "main",
            paths: &paths,
            concerns: &|index| (index == 0).then_some(false),
        };
        assert_eq!(
            decide(&ask(&[]), Some(&changed)),
            ["skip unchanged", "run all", "n/a when-changed"]
        );
        let paths = BTreeSet::from([Utf8PathBuf::from("web/x.ts")]);
        let changed = Changed { paths: &paths, ..changed };
        assert_eq!(decide(&ask(&[]), Some(&changed))[2], "run all");
    }

    #[test]
    fn unknown_names_are_told_with_the_nearest() {
        let config = Config::parse("ci.toml".into(), CI, &[]).unwrap();
        let error = plan(&config, &ask(&["unti"]), None).unwrap_err();
        assert_eq!(error.message, "no gate is named 'unti'");
        assert_eq!(error.hint, "did you mean 'unit'?");
    }

    #[test]
    fn a_skipped_gate_keeps_its_reason() {
        let skip = BTreeMap::from([("fmt".to_owned(), "toolchain is down".to_owned())]);
        let ask = Ask { skip, ..ask(&[]) };
        assert_eq!(decide(&ask, None)[0], "skip asked");
    }
}
