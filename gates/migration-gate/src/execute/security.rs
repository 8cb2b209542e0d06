//! Row security, policies and triggers of a table.

use kernel::CatalogEntry;

use super::catalog::{fact, shown};
use super::effect::{Effect, Passage};

pub(super) fn effects(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    found: &mut Vec<Effect>,
) {
    if relation.class != "table" || now.class != "table" {
        return;
    }
    let name = shown(relation);
    for (switch, what) in
        [("row_security", "row security"), ("row_security_forced", "forced row security")]
    {
        let (was, is) = (fact(relation, switch), fact(now, switch));
        if was != is {
            let state = if is == "on" { "on" } else { "off" };
            let message = format!("{what} of '{name}' is {state} now");
            found.push(passage.effect_on("row-security", now, switch, message));
        }
    }
    if fact(relation, "row_security") == "on" {
        policies(passage, relation, now, found);
    }
    triggers(passage, relation, now, found);
    for rule in passage.after.parts("rule", &now.id) {
        let known = passage.before.part("rule", &relation.id, &rule.name);
        if known.is_none_or(|known| fact(known, "definition") != fact(rule, "definition")) {
            let message =
                format!("rule '{}' turns statements about '{name}' into others", rule.name);
            found.push(passage.effect("new-trigger", rule, message));
        }
    }
}

fn policies(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    found: &mut Vec<Effect>,
) {
    let name = shown(relation);
    for policy in passage.before.parts("policy", &relation.id).filter(|it| passage.is_old(it)) {
        let is_permissive = fact(policy, "permissive") == "yes";
        let there = passage.after.part("policy", &now.id, &policy.name);
        let what = match there {
            None if passage.after.same(policy).is_some() => continue,
            // A restrictive one that goes lets more rows through.
            None if !is_permissive => continue,
            None => "is gone",
            Some(there) if there.facts != policy.facts => "asks something else",
            Some(_) => continue,
        };
        let message = format!("policy '{}' of '{name}' {what}", policy.name);
        found.push(passage.effect("row-security", there.unwrap_or(policy), message));
    }
    for policy in passage.after.parts("policy", &now.id) {
        let is_known = passage.before.part("policy", &relation.id, &policy.name).is_some();
        if fact(policy, "permissive").is_empty() && !is_known {
            let message = format!("policy '{}' hides rows of '{name}'", policy.name);
            found.push(passage.effect("row-security", policy, message));
        }
    }
}

fn triggers(
    passage: &Passage<'_>,
    relation: &CatalogEntry,
    now: &CatalogEntry,
    found: &mut Vec<Effect>,
) {
    let name = shown(relation);
    let mut disabled: Option<&CatalogEntry> = None;
    for trigger in passage.after.parts("trigger", &now.id) {
        let is_ours = fact(trigger, "internal").is_empty();
        let known = match passage.before.same(trigger) {
            Some(same) => Some(same),
            None => passage.before.part("trigger", &relation.id, &trigger.name),
        };
        match known {
            None if is_ours => {
                let message = format!("trigger '{}' runs on each change of '{name}'", trigger.name);
                found.push(passage.effect("new-trigger", trigger, message));
            }
            Some(known)
                if is_ours
                    && fact(known, "definition") != fact(trigger, "definition")
                    && known.name == trigger.name =>
            {
                let message = format!("trigger '{}' of '{name}' is another one", trigger.name);
                found.push(passage.effect("new-trigger", trigger, message));
            }
            Some(known) if fact(known, "enabled") != "D" && fact(trigger, "enabled") == "D" => {
                disabled = Some(trigger);
            }
            _ => {}
        }
    }
    if let Some(trigger) = disabled {
        let message = format!("triggers of '{name}' are switched off");
        found.push(passage.effect_on("disable-trigger", trigger, "enabled", message));
    }
}
