//! Types, functions, extensions and schemas: what stands by itself.

use kernel::CatalogEntry;

use super::catalog::{fact, loses, shown};
use super::effect::{Effect, Passage};

pub(super) fn effects(passage: &Passage<'_>) -> Vec<Effect> {
    let mut found = Vec::new();
    for kind in passage.before.all("type").filter(|it| passage.is_judged(it)) {
        types(passage, kind, &mut found);
    }
    for function in passage.before.all("function").filter(|it| passage.is_judged(it)) {
        found.extend(functions(passage, function));
    }
    for function in passage.after.all("function").filter(|it| passage.is_touched(it)) {
        found.extend(ambiguous(passage, function));
    }
    for class in ["extension", "schema"] {
        for entry in passage.before.all(class).filter(|it| passage.is_judged(it)) {
            found.extend(standing(passage, entry));
        }
    }
    found
}

fn types(passage: &Passage<'_>, kind: &CatalogEntry, found: &mut Vec<Effect>) {
    let name = shown(kind);
    let Some(now) = passage.after.named("type", &kind.schema, &kind.name) else {
        found.push(match passage.after.same(kind) {
            Some(now) if now.schema != kind.schema => {
                let message = format!("type '{name}' is '{}' now", shown(now));
                passage.effect("move-object", kind, message)
            }
            Some(now) => {
                let message = format!("type '{name}' is '{}' now", now.name);
                passage.effect("rename-object", kind, message)
            }
            None => passage.effect("drop-or-rename-type", kind, format!("type '{name}' is gone")),
        });
        return;
    };
    let labels = |it: &CatalogEntry| -> Vec<String> {
        serde_json::from_str(fact(it, "labels")).unwrap_or_default()
    };
    let (was, is) = (labels(kind), labels(now));
    if let Some(label) = was.iter().find(|label| !is.contains(label)) {
        let message = format!("'{label}' is no value of '{name}' any more");
        found.push(passage.effect("drop-or-rename-type", now, message));
    }
    if let Some(grantee) = loses(kind, now) {
        let message = format!("'{grantee}' may not use type '{name}' any more");
        found.push(passage.effect("revoke", now, message));
    }
    if fact(kind, "not_null").is_empty()
        && fact(now, "not_null") == "yes"
        && fact(now, "kind") == "d"
    {
        let message = format!("domain '{name}' takes no null any more");
        found.push(passage.effect("tighten", now, message));
    }
    for constraint in passage.after.parts("constraint", &now.id) {
        let definition = fact(constraint, "definition");
        let mut known = passage.before.parts("constraint", &kind.id);
        if !known.any(|it| fact(it, "definition") == definition) {
            let message = format!("domain '{name}' refuses values that it took");
            found.push(passage.effect("tighten", constraint, message));
        }
    }
    // A row of before has too few.
    let is_whole = !kind.of.is_empty() && fact(kind, "kind") == "c";
    for attribute in passage.after.parts("column", &now.of).filter(|_| is_whole) {
        if passage.before.same(attribute).is_none() {
            let message = format!("attribute '{}' of '{name}' is new", attribute.name);
            found.push(passage.effect("drop-or-rename-type", attribute, message));
        }
    }
    // A composite type has its attributes as a table has columns.
    for attribute in passage.before.parts("column", &kind.of).filter(|_| !kind.of.is_empty()) {
        let part = &attribute.name;
        match passage.after.part("column", &now.of, part) {
            None => found.push(match passage.after.same(attribute) {
                Some(now) => {
                    let message = format!("attribute '{part}' of '{name}' is '{}' now", now.name);
                    passage.effect("rename-object", attribute, message)
                }
                None => {
                    let message = format!("attribute '{part}' of '{name}' is gone");
                    passage.effect("drop-or-rename-type", attribute, message)
                }
            }),
            Some(now) if fact(now, "type") != fact(attribute, "type") => {
                let message = format!("attribute '{part}' of '{name}' has another type");
                found.push(passage.effect("drop-or-rename-type", now, message));
            }
            Some(_) => {}
        }
    }
}

fn functions(passage: &Passage<'_>, function: &CatalogEntry) -> Option<Effect> {
    let name = shown(function);
    // Nobody calls a trigger's function.
    if matches!(fact(function, "result"), "trigger" | "event_trigger") {
        return None;
    }
    let there = passage.after.named("function", &function.schema, &function.name);
    if let Some(now) = there {
        if fact(now, "result") != fact(function, "result")
            || fact(now, "kind") != fact(function, "kind")
        {
            let message = format!("function '{name}' gives something else");
            return Some(passage.effect("drop-or-change-function", now, message));
        }
        if fact(function, "security") == "definer" && fact(now, "security") != "definer" {
            let message = format!("function '{name}' runs with its caller's rights now");
            return Some(passage.effect("drop-or-change-function", now, message));
        }
        let grantee = loses(function, now)?;
        let message = format!("'{grantee}' may not call '{name}' any more");
        return Some(passage.effect("revoke", now, message));
    }
    if let Some(now) = passage.after.same(function) {
        let offence = if now.schema == function.schema { "rename-object" } else { "move-object" };
        let message = format!("function '{name}' is '{}' now", shown(now));
        return Some(passage.effect(offence, function, message));
    }
    let serves =
        |other: &CatalogEntry| other.schema == function.schema && takes_calls_of(other, function);
    if passage.after.all("function").any(serves) {
        return None;
    }
    Some(passage.effect("drop-or-change-function", function, format!("function '{name}' is gone")))
}

/// A new function that a call could mean as well as the one it means now.
fn ambiguous(passage: &Passage<'_>, function: &CatalogEntry) -> Option<Effect> {
    let is_new = passage.before.named("function", &function.schema, &function.name).is_none()
        && passage.before.same(function).is_none();
    let mut others = passage.before.all("function").filter(|it| {
        passage.is_old(it) && it.schema == function.schema && passage.after.same(it).is_some()
    });
    let other = others.find(|it| is_new && takes_calls_of(function, it))?;
    let message = format!("a call of '{}' may mean '{}' as well", shown(other), function.name);
    Some(passage.effect("drop-or-change-function", function, message))
}

/// Whether `function` has the arguments of `other`, and a default for each more.
fn takes_calls_of(function: &CatalogEntry, other: &CatalogEntry) -> bool {
    let number = |it: &CatalogEntry, what: &str| fact(it, what).parse::<usize>().unwrap_or(0);
    let types = |it: &CatalogEntry| -> Vec<String> {
        let inside = it.name.split_once('(').map(|(_, rest)| rest.trim_end_matches(')'));
        inside.unwrap_or_default().split(", ").map(str::to_owned).collect()
    };
    let (count, least) = (number(function, "count"), number(other, "count"));
    fact(function, "name") == fact(other, "name")
        && count > least
        && count - least <= number(function, "defaults")
        && (least == 0 || types(function).get(..least) == Some(types(other).as_slice()))
}

fn standing(passage: &Passage<'_>, entry: &CatalogEntry) -> Option<Effect> {
    let name = &entry.name;
    match passage.after.same(entry) {
        None => {
            let message = format!("{} '{name}' is gone", entry.class);
            Some(passage.effect("drop-extension-or-schema", entry, message))
        }
        Some(now) if now.name != *name => {
            let message = format!("{} '{name}' is '{}' now", entry.class, now.name);
            Some(passage.effect("rename-object", entry, message))
        }
        Some(now) if fact(now, "schema") != fact(entry, "schema") => {
            let message =
                format!("what {} '{name}' has is in '{}' now", entry.class, fact(now, "schema"));
            Some(passage.effect("move-object", now, message))
        }
        Some(now) => {
            let grantee = loses(entry, now)?;
            let message = format!("'{grantee}' may do less in {} '{name}'", entry.class);
            Some(passage.effect("revoke", now, message))
        }
    }
}
