//! `fix --update`: moves pins to newer releases, as far as `update` of ci.toml
//! permits. A release is taken by its tag and its age; both are asked of git or,
//! with `--api-base`, of GitHub's API. Without either there is nothing to go by:
//! ci.pins.toml knows what names stood for, and not what is newer.

use std::collections::BTreeMap;
use std::io::Write;

use action_pins::{Advertised, PINS_FILE_NAME, Pin, Pinned, Policy, Reach, Release};
use jiff::Timestamp;
use kernel::{Edit, SourceFile};

use super::online::source::{Source, side_by_side};
use super::online::table::{self, Row, short};
use super::online::{known, today, write};
use super::proposal::{Proposal, choose};
use super::{Fix, baseline, hidden, judged, make};
use crate::Builtin;
use crate::cli::{Done, Place, Stop};
use crate::report::text::{count, visible};
use crate::view::View;

/// How many releases of a repository are asked for their age.
const CANDIDATES_MAX: usize = 30;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// A reference and where it stands.
struct Found {
    file: usize,
    pinned: Pinned,
}

/// What becomes of the references of one repository at one commit.
enum Outcome {
    Move { from: String, to: Release },
    Stay { from: String, why: String },
    Failed(String),
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, view: &View, args: &Fix) -> Done {
    let policy = policy(builtin, place, view, args)?;
    let source = Source::new(args)?;
    let mut pins = known(view)?;
    let before = pins.clone();
    let mut files: Vec<SourceFile> = Vec::new();
    // By repository and commit; each repository is asked once.
    let mut repositories: BTreeMap<String, BTreeMap<String, Vec<Found>>> = BTreeMap::new();
    for (file, pinned) in action_pins::pinned_in(&view.tree) {
        for pinned in pinned.into_iter().filter(|pinned| policy.permits(&pinned.owner)) {
            let of = repositories.entry(pinned.repository.to_ascii_lowercase()).or_default();
            let found = of.entry(pinned.commit.clone()).or_default();
            found.push(Found { file: files.len(), pinned });
        }
        files.push(file);
    }
    let questions: Vec<_> = repositories.into_iter().collect();
    let now = Timestamp::now().as_second();
    let answers = side_by_side(&questions, |(repository, commits)| {
        outcomes(&source, repository, commits, &policy, now)
    })?;
    source.is_wanted()?;
    let (mut rows, mut edits, mut failed) = (Vec::new(), Vec::new(), 0);
    for ((_, commits), outcomes) in questions.iter().zip(answers) {
        for (found, outcome) in commits.values().zip(outcomes) {
            let Some(first) = found.first().map(|found| &found.pinned) else { continue };
            let mut row = Row {
                repository: first.repository.clone(),
                name: "-".to_owned(),
                commit: short(&first.commit).to_owned(),
                version: "-".to_owned(),
                outcome: String::new(),
            };
            match outcome {
                Outcome::Failed(why) => {
                    failed += 1;
                    row.outcome = format!("failed: {why}");
                }
                Outcome::Stay { from, why } => (row.name, row.outcome) = (from, why),
                Outcome::Move { from, to } => {
                    let made = moved(&files, found, &to, &mut edits);
                    let left = found.len() - made;
                    row.outcome = format!("moved in {}", count(made as u64, "place", "places"));
                    if left > 0 {
                        failed += 1;
                        let places = count(left as u64, "place", "places");
                        row.outcome +=
                            &format!("; {places} left: the comment says more than a version");
                    }
                    row.name = from;
                    row.version.clone_from(&to.tag);
                    if made > 0 {
                        keep(&mut pins, &first.repository, &to);
                    }
                }
            }
            rows.push(row);
        }
    }
    table::show(&rows, "update")?;
    let proposals = edits.iter().map(|(words, edit): &(String, Edit)| Proposal {
        words: words.clone(),
        edits: std::slice::from_ref(edit),
    });
    let chosen = choose(proposals.collect(), &|path| judged(view, path));
    // Lines that hold a secret are not shown, be it only beside a change.
    let receipt = baseline::judged(builtin, place, view)?;
    make(view, &chosen, args.write, &hidden(&receipt))?;
    if args.write && pins != before {
        write(view, &pins.text())?;
    }
    let moves = count(chosen.taken.len() as u64, "pin", "pins");
    let mut told = anstream::stderr().lock();
    match (chosen.taken.is_empty(), args.write) {
        (true, _) => writeln!(told, "no pin to move")?,
        (false, true) => writeln!(told, "{moves} moved; {PINS_FILE_NAME} written")?,
        (false, false) => writeln!(told, "{moves} to move; nothing written: add --write")?,
    }
    Ok(u8::from(failed > 0 || !chosen.left.is_empty()))
}

/// That of the gate which is named, or of the only one there is.
fn policy(builtin: &Builtin, place: &Place, view: &View, args: &Fix) -> Result<Policy, Stop> {
    let config = view.config(place, builtin)?;
    let mut gates = config.gates.iter().filter(|gate| {
        let is_own = gate.kind.is_some_and(|kind| kind.id == action_pins::REGISTER.id);
        is_own && args.gate.as_ref().is_none_or(|name| *name == gate.name)
    });
    let (Some(gate), None) = (gates.next(), gates.next()) else {
        return Err(Stop::usage("--update needs one gate of the kind action-pins")
            .hint("name it: cargo xtask fix action-pins --update"));
    };
    action_pins::policy(&config.options(gate, None)).map_err(|error| Stop::usage(error.message))
}

fn outcomes(
    source: &Source,
    repository: &str,
    commits: &BTreeMap<String, Vec<Found>>,
    policy: &Policy,
    now: i64,
) -> Vec<Outcome> {
    let spelled = commits.values().flatten().next().map(|found| &found.pinned.repository);
    let repository = spelled.map_or(repository, String::as_str);
    match source.references(repository, std::iter::empty()) {
        Ok(advertised) => {
            let found = commits.values().filter_map(|found| found.first());
            let one = |found: &Found| {
                outcome(source, repository, &found.pinned, &advertised, policy, now)
            };
            found.map(one).collect()
        }
        Err(why) => commits.values().map(|_| Outcome::Failed(why.clone())).collect(),
    }
}

fn outcome(
    source: &Source,
    repository: &str,
    pinned: &Pinned,
    advertised: &Advertised,
    policy: &Policy,
    now: i64,
) -> Outcome {
    let stay = |from: &str, why: &str| Outcome::Stay { from: from.to_owned(), why: why.to_owned() };
    let Some(from) = pinned.release(advertised) else {
        return stay("-", "no release of that commit is known");
    };
    let mut candidates = policy.candidates(pinned, advertised).unwrap_or_default();
    candidates.truncate(CANDIDATES_MAX);
    if candidates.is_empty() {
        return stay(&from, "the newest there is");
    }
    if policy.min_age_days == 0 {
        return match candidates.into_iter().next() {
            Some(to) => Outcome::Move { from, to },
            None => stay(&from, "the newest there is"),
        };
    }
    let dates = match source.dates(repository, &candidates) {
        Ok(dates) => dates,
        Err(why) => return Outcome::Failed(why),
    };
    let is_old = |release: &Release| {
        let old =
            |at: &i64| now.saturating_sub(*at) >= i64::from(policy.min_age_days) * DAY_SECONDS;
        dates.get(&release.tag).is_some_and(old)
    };
    match candidates.iter().position(is_old) {
        Some(at) => Outcome::Move { from, to: candidates.swap_remove(at) },
        None => {
            let newest = candidates.first().map_or("", |it| it.tag.as_str());
            let days = count(u64::from(policy.min_age_days), "day", "days");
            let why = format!("'{newest}' is younger than {days}, and so is all that is newer");
            stay(&from, &why)
        }
    }
}

/// Adds the edits that move `found`; how many there are.
fn moved(
    files: &[SourceFile],
    found: &[Found],
    to: &Release,
    edits: &mut Vec<(String, Edit)>,
) -> usize {
    let before = edits.len();
    for found in found {
        let Some(file) = files.get(found.file) else { continue };
        let Some(edit) = found.pinned.edit(file, to) else { continue };
        let (path, line) = (visible(file.path().as_str()).into_owned(), found.pinned.line);
        let words = format!("{path}:{line}  {} to {}", found.pinned.repository, visible(&to.tag));
        edits.push((words, edit));
    }
    edits.len() - before
}

fn keep(pins: &mut action_pins::Pins, repository: &str, to: &Release) {
    let pin = Pin {
        uses: repository.to_owned(),
        name: to.tag.clone(),
        commit: to.commit.clone(),
        version: to.tag.clone(),
        when: today(),
    };
    let reach =
        Reach::new(repository, &to.commit, Some(&format!("refs/tags/{}", to.tag)), &today());
    if pin.fault().is_none() && reach.fault().is_none() {
        pins.insert(pin);
        pins.insert_reach(reach);
    }
}
