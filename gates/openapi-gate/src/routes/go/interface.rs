//! Routers in files that do not import the framework: those that are handed over as
//! an interface of one's own, and those that a function of another file makes. Which
//! they are only the other file can tell.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::facts::{Facts, Origin, Slot, Target};

/// Of a file that does not import the framework, keeps what is said of parameters
/// and results that may be such.
pub(super) fn keep_handed(facts: &mut Facts) {
    facts.is_importless = true;
    let is_own = |origin: &Origin| matches!(origin, Origin::Own(_) | Origin::Result(_));
    let kept = with_below(facts, |number| facts.locals.get(number).is_some_and(is_own));
    retain(facts, |number| kept.contains(&number));
    facts.named.clear();
    for function in &mut facts.functions {
        function.returns.clear();
    }
    facts.functions.retain(|function| !function.parameters.is_empty());
}

/// Tells by the interfaces of each package which of them are.
pub(super) fn settle(files: &mut [(Utf8PathBuf, Facts)]) {
    let folder = |path: &Utf8Path| path.parent().map(Utf8Path::to_owned).unwrap_or_default();
    let known: BTreeSet<(Utf8PathBuf, String)> = files
        .iter()
        .flat_map(|(path, facts)| facts.interfaces.iter().map(|own| (folder(path), own.clone())))
        .collect();
    for (path, facts) in files {
        let folder = folder(path);
        let mut others = BTreeSet::new();
        for (number, origin) in facts.locals.iter_mut().enumerate() {
            let Origin::Own(name) = origin else { continue };
            if !known.contains(&(folder.clone(), std::mem::take(name))) {
                others.insert(number);
            }
            *origin = Origin::Parameter;
        }
        if !others.is_empty() {
            let dropped = with_below(facts, |number| others.contains(&number));
            retain(facts, |number| !dropped.contains(&number));
        }
    }
}

/// The locals that `is_one` names, and the sub-routers of each.
fn with_below(facts: &Facts, is_one: impl Fn(usize) -> bool) -> BTreeSet<usize> {
    let mut found: BTreeSet<usize> = (0..facts.locals.len()).filter(|it| is_one(*it)).collect();
    loop {
        let count = found.len();
        for link in &facts.links {
            if let (Slot::Local(from), Target::Slot(Slot::Local(to))) = (&link.from, &link.to)
                && found.contains(from)
            {
                found.insert(*to);
            }
        }
        if found.len() == count {
            return found;
        }
    }
}

/// Keeps what is said of those locals alone.
fn retain(facts: &mut Facts, is_kept: impl Fn(usize) -> bool) {
    let is_kept_slot = |slot: &Slot| matches!(slot, Slot::Local(number) if is_kept(*number));
    facts.registrations.retain(|own| is_kept_slot(&own.slot));
    facts.links.retain(|own| is_kept_slot(&own.from));
    for function in &mut facts.functions {
        function.parameters.retain(|(_, number)| is_kept(*number));
    }
}
