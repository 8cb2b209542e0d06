//! `explain`: what a rule or gate is about, from the rule's own words and the
//! examples that prove it.

use std::io::Write;

use clap::Args;
use kernel::{Options, Rule, Tree};

use super::{Done, Place, Stop};
use crate::Builtin;
use crate::config::{GateConfig, did_you_mean};
use crate::exec::Cancel;
use crate::ready::{OWN_OFFENCES, ready};
use crate::run::plugin;
use crate::view::{At, View};

/// What a rule or gate is about, with examples
#[derive(Debug, Args)]
pub struct Explain {
    /// A rule (`action-pins/unpinned-uses`, or its offence alone) or a gate
    #[arg(required_unless_present = "all")]
    what: Option<String>,
    /// Every rule of every built-in gate
    #[arg(long, conflicts_with = "what")]
    all: bool,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Explain) -> Done {
    let rules = rules(builtin, place);
    let mut out = anstream::stdout().lock();
    let Some(what) = &args.what else {
        for rule in &rules {
            writeln!(
                out,
                "{:7}  {}\n         {}",
                rule.severity.as_str(),
                rule.id,
                rule.summary()
            )?;
        }
        return Ok(0);
    };
    if let Some(kind) = builtin.kinds().iter().find(|kind| kind.id == what) {
        writeln!(out, "{}: {}\n", kind.id, kind.summary)?;
        let prefix = format!("{}/", kind.id);
        for rule in rules.iter().filter(|rule| rule.id.starts_with(&prefix)) {
            writeln!(
                out,
                "{:7}  {}\n         {}",
                rule.severity.as_str(),
                rule.id,
                rule.summary()
            )?;
        }
        return Ok(0);
    }
    let found: Vec<&Rule> =
        rules.iter().filter(|rule| rule.id == *what || rule.offence() == what).collect();
    for rule in &found {
        page(&mut out, rule)?;
    }
    if found.is_empty() {
        if let Some((gate, rule)) = teller(builtin, place, what)? {
            return match rule {
                Some(rule) => Ok(page(&mut out, &rule).map(|()| 0)?),
                None => Ok(foreign(&mut out, what, &gate)?),
            };
        }
        let known =
            rules.iter().map(|rule| &*rule.id).chain(builtin.kinds().iter().map(|kind| kind.id));
        let hint = did_you_mean(what, known)
            .unwrap_or_else(|| "'cargo xtask explain --all' lists every rule".into());
        return Err(Stop::usage(format!("no rule or gate is named '{what}'")).hint(hint));
    }
    Ok(0)
}

/// The gate whose command or plugin tells a rule, if there is one; the rule too,
/// where the plugin describes it.
fn teller(
    builtin: &Builtin,
    place: &Place,
    rule: &str,
) -> Result<Option<(GateConfig, Option<Rule>)>, Stop> {
    let Some((name, _)) = rule.split_once('/') else { return Ok(None) };
    let Ok(view) = View::open(place, At::WorkTree) else { return Ok(None) };
    let Ok(config) = view.config(place, builtin) else { return Ok(None) };
    let gate = config.gate(name).filter(|gate| gate.common.has_findings()).cloned();
    let Some(gate) = gate else { return Ok(None) };
    if gate.common.plugin.is_none() {
        return Ok(Some((gate, None)));
    }
    let limit = gate.common.timeout.unwrap_or(config.verify.timeout).0;
    let rules = plugin::describe(&gate, &view.root, limit, &Cancel::on_signals()?)
        .map_err(|reason| Stop { code: 3, message: reason.text, hint: reason.hint })?;
    let its = rules.into_iter().find(|own| own.id == rule);
    Ok(its.map(|its| (gate, Some(its))))
}

/// What can be said of a rule of another tool.
fn foreign(out: &mut impl Write, rule: &str, gate: &GateConfig) -> std::io::Result<u8> {
    let (name, command) = (&gate.name, gate.common.argv().unwrap_or_default().join(" "));
    let offence = rule.split_once('/').map_or(rule, |(_, offence)| offence);
    writeln!(out, "{rule}\n\nA rule of the tool that gate '{name}' runs: {command}")?;
    writeln!(out, "What it means is in that tool's own documentation.\n")?;
    exceptions(out, name, offence)?;
    Ok(0)
}

/// Every rule: as configured here where there is a ci.toml, so that users' own
/// rules are explained too, else as built in.
fn rules(builtin: &Builtin, place: &Place) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    let configured = View::open(place, At::WorkTree).ok().and_then(|view| {
        let config = view.config(place, builtin).ok()?;
        ready(&config, None, &view.tree, None).ok()
    });
    for ready in configured.into_iter().flatten().flatten() {
        rules.extend(ready.rules());
    }
    for kind in builtin.kinds() {
        if let Ok(gate) = (kind.configure)(&Options::none(), &Tree::literal::<&str, &str>([])) {
            rules.extend(gate.rules().into_owned());
        }
        rules.extend(own_rules(kind.id));
    }
    let mut seen = std::collections::BTreeSet::new();
    rules.retain(|rule| seen.insert(rule.id.to_string()));
    rules
}

/// The rules that the runner raises in a gate's name.
fn own_rules(kind: &str) -> Vec<Rule> {
    let doc = |offence: &str| match offence {
        "unused-waiver" => {
            "A waiver that covers no finding.\n\nWhat it excepted was mended, moved or misspelt; left behind, it would hide the next offence at that place. Take it out (`cargo xtask fix` does, where it is a comment), or mend the rule's name."
        }
        "expired-waiver" => {
            "A waiver whose last day (`until`) has passed.\n\nIt was granted for a time, and no longer covers anything. Mend what it covered, or move `until` with a new reason."
        }
        "waiver-without-reason" => {
            "A waiver without a reason.\n\nWho reads it later cannot tell whether it still holds, so it covers nothing. Add `reason=\"…\"`."
        }
        "malformed-waiver" => {
            "A waiver comment with words that are not of its grammar.\n\nA mistyped `until` would let it hold for ever, so it covers nothing. Write `gate:allow RULE[,RULE] reason=\"…\"`, then at most `until=YYYY-MM-DD` and `since=…`, and nothing after it."
        }
        "baseline-without-reason" => {
            "A baseline entry without a reason, where `[verify] baseline_reasons = true` asks for one.\n\nWhat is known and left must say why, or nobody dares to take it out. Write `\"reason\"` beside the entry's fingerprint; `cargo xtask baseline update --write --reason \"…\"` gives it to each new entry."
        }
        "grown-baseline" => {
            "A baseline entry that the merge base does not have, where `[verify] baseline_only_shrinks = true` says that it only shrinks.\n\nA baseline is for what was red before anybody looked; what a change brings is mended, or excepted where it stands with a reason that a reviewer reads: `gate:allow RULE reason=\"…\"` or `[[waiver]]`. An entry in the place of another is new too. The merge base is that with `[verify] base` or `--base`; where it has no ci.baseline.json the first one may be made, so leave an empty one in its place."
        }
        _ => {
            "A baseline entry whose finding is gone.\n\nThe baseline only shrinks: a stale entry would let the same fault come back unseen. Take it out with `cargo xtask baseline update --write`."
        }
    };
    let rule = |offence: &str| Rule {
        id: format!("{kind}/{offence}").into(),
        severity: kernel::Severity::Error,
        doc: doc(offence).into(),
        bad: Vec::new().into(),
        good: Vec::new().into(),
    };
    OWN_OFFENCES.into_iter().map(rule).collect()
}

fn page(out: &mut impl Write, rule: &Rule) -> std::io::Result<()> {
    writeln!(out, "{} ({})\n\n{}\n", rule.id, rule.severity.as_str(), rule.doc.trim())?;
    for (word, examples) in [("red", &rule.bad), ("green", &rule.good)] {
        for example in examples.iter() {
            writeln!(out, "{word}:\n")?;
            for line in example.shown().lines() {
                writeln!(out, "    {line}")?;
            }
            writeln!(out)?;
        }
    }
    // What the runner raises about exceptions is mended, never excepted.
    if OWN_OFFENCES.contains(&rule.offence()) {
        return Ok(());
    }
    let gate = rule.id.split_once('/').map_or("GATE", |(gate, _)| gate);
    exceptions(out, gate, rule.offence())
}

/// How a rule is excepted, or weighed otherwise.
fn exceptions(out: &mut impl Write, gate: &str, offence: &str) -> std::io::Result<()> {
    writeln!(out, "except it, with a reason, in a comment on the line or the line above:\n")?;
    writeln!(out, "    gate:allow {offence} reason=\"…\" until=YYYY-MM-DD\n")?;
    // What is no bare key is quoted.
    let quote = if offence.contains('/') { "\"" } else { "" };
    writeln!(
        out,
        "or weigh it otherwise in ci.toml:\n\n    [gate.{gate}.severity]\n    {quote}{offence}{quote} = \"warning\""
    )
}
