//! Tags and branches of actions: what they stand for.

use std::collections::{BTreeMap, BTreeSet};

use action_pins::{Advertised, Pin, Pins, Reach, Unresolved, is_release};

use super::super::Fix;
use super::source::{Source, side_by_side};
use super::table::{Row, short};
use super::{Asked, places};
use crate::cli::Stop;
use crate::receipt::Receipt;
use crate::report::text::visible;
use crate::view::View;

/// Names, by repository: each repository is asked once.
type Names = BTreeMap<String, (String, BTreeSet<String>)>;

/// Asks for every unpinned reference of `receipt`.
pub fn ask(
    source: &Source,
    view: &View,
    receipt: &Receipt,
    args: &Fix,
    asked: &mut Asked,
) -> Result<(), Stop> {
    let names = names(view, receipt, args.gate.as_deref())?;
    let questions: Vec<_> = names.iter().collect();
    let answers = side_by_side(&questions, |(_, (repository, names))| {
        source.references(repository, names.iter().map(String::as_str))
    })?;
    source.is_wanted()?;
    asked.repositories = names.len();
    for ((key, (repository, names)), answer) in names.iter().zip(&answers) {
        for name in names {
            let (outcome, is_resolved) = match answer {
                Ok(advertised) => keep(&mut asked.pins, repository, name, advertised, &asked.today),
                Err(why) => (format!("failed: {why}"), false),
            };
            asked.names += 1;
            asked.unresolved += usize::from(!is_resolved);
            let pin = asked.pins.find(key, name).filter(|_| is_resolved);
            let row = Row {
                repository: repository.clone(),
                name: name.clone(),
                commit: pin.map_or("-", |pin| short(&pin.commit)).to_owned(),
                version: pin.map_or("-", |pin| &pin.version).to_owned(),
                outcome,
            };
            asked.rows.push(row);
        }
    }
    Ok(())
}

/// What the run found unpinned.
fn names(view: &View, receipt: &Receipt, gate: Option<&str>) -> Result<Names, Stop> {
    let mut names = Names::new();
    for (path, places) in places(receipt, gate, &[action_pins::UNPINNED_USES]) {
        let file = view.tree.read(path.into()).map_err(|error| {
            Stop::environment(format!("'{}' could not be read: {error}", visible(path)))
        })?;
        for unpinned in action_pins::unpinned(&file) {
            if places.contains(&(unpinned.line, unpinned.column)) {
                let key = unpinned.repository.to_ascii_lowercase();
                let known = names.entry(key).or_insert((unpinned.repository, BTreeSet::new()));
                known.1.insert(unpinned.name);
            }
        }
    }
    Ok(names)
}

/// Keeps what a name stands for; says what became of it, and whether it stands
/// for something.
fn keep(
    pins: &mut Pins,
    repository: &str,
    name: &str,
    advertised: &Advertised,
    today: &str,
) -> (String, bool) {
    let known = pins.find(repository, name).cloned();
    let resolved = match advertised.resolve(name) {
        Ok(resolved) => resolved,
        Err(Unresolved::PosesAsCommit) => {
            return ("refused: a name of 40 hex digits poses as a commit".to_owned(), false);
        }
        Err(Unresolved::Missing) => {
            // Nothing is pinned any more to what its owner has taken back.
            let outcome = match pins.remove(repository, name) {
                Some(pin) => {
                    format!("gone: it was {} on {}, and is taken out", short(&pin.commit), pin.when)
                }
                None => "failed: no tag or branch of that name".to_owned(),
            };
            return (outcome, false);
        }
    };
    let ambiguous = match resolved.is_ambiguous {
        true => "; the tag: a branch of that name is another commit",
        false => "",
    };
    let outcome = match &known {
        Some(pin) if pin.commit == resolved.commit && pin.version == resolved.version => {
            return (format!("as it was{ambiguous}"), true);
        }
        // A release that moves is no release: somebody must look.
        Some(pin) if pin.commit != resolved.commit && is_release(name) => {
            let (was, is) = (short(&pin.commit), short(&resolved.commit));
            let why = format!("refused: this release was {was} on {} and is now {is}", pin.when);
            return (format!("{why}; delete its line to take that"), false);
        }
        Some(pin) if pin.commit != resolved.commit => {
            format!("moved: it was {} on {}", short(&pin.commit), pin.when)
        }
        _ => "new".to_owned(),
    };
    let pin = Pin {
        uses: repository.to_owned(),
        name: name.to_owned(),
        commit: resolved.commit,
        version: resolved.version,
        when: today.to_owned(),
    };
    if let Some(fault) = pin.fault() {
        return (format!("refused: {fault}"), false);
    }
    if let Some(by) = advertised.tip(&pin.commit) {
        pins.insert_reach(Reach::new(repository, &pin.commit, Some(&by), today));
    }
    pins.insert(pin);
    (format!("{outcome}{ambiguous}"), true)
}
