//! Commits that references are pinned to: whether they belong to the repository
//! that they are asked of. One that is known to is not asked for again.

use std::collections::BTreeMap;

use action_pins::Reach;

use super::super::Fix;
use super::Asked;
use super::source::{Source, side_by_side};
use super::table::{Row, short};
use crate::cli::Stop;
use crate::github::Stands;
use crate::receipt::Receipt;
use crate::view::View;

/// Asks for every commit of `view` that is not proven, where that is asked at all.
pub fn ask(
    source: &Source,
    view: &View,
    receipt: &Receipt,
    args: &Fix,
    asked: &mut Asked,
) -> Result<(), Stop> {
    let is_asked = receipt.predicate.gates.iter().any(|row| {
        let is_own = row.kind == action_pins::REGISTER.id;
        is_own && args.gate.as_ref().is_none_or(|gate| *gate == row.id)
    });
    if !is_asked {
        return Ok(());
    }
    let mut repositories: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for found in action_pins::commits(&view.tree) {
        let known = asked.pins.reach(&found.repository, &found.commit);
        if known.is_none_or(|known| !known.is_proven()) {
            let key = found.repository.to_ascii_lowercase();
            let known = repositories.entry(key).or_insert((found.repository, Vec::new()));
            known.1.push(found.commit);
        }
    }
    let questions: Vec<_> = repositories.into_values().collect();
    let answers =
        side_by_side(&questions, |(repository, commits)| stands(source, repository, commits))?;
    source.is_wanted()?;
    for ((repository, commits), answers) in questions.iter().zip(answers) {
        for (commit, answer) in commits.iter().zip(answers) {
            let by = match answer {
                Ok(Stands::By(by)) => Some(by),
                Ok(Stands::Nowhere) => None,
                Ok(Stands::NotKnown(why)) | Err(why) => {
                    asked.unproven += 1;
                    asked.rows.push(row(repository, commit, format!("not proven: {why}")));
                    continue;
                }
            };
            asked.proven += usize::from(by.is_some());
            let reach = Reach::new(repository, commit, by.as_deref(), &asked.today);
            if let Some(fault) = reach.fault() {
                asked.unproven += 1;
                asked.rows.push(row(repository, commit, format!("refused: {fault}")));
                continue;
            }
            if by.is_none() {
                asked.unproven += 1;
                let outcome = "no tag or branch leads to it: it may be a fork's".to_owned();
                asked.rows.push(row(repository, commit, outcome));
            }
            asked.pins.insert_reach(reach);
        }
    }
    Ok(())
}

fn row(repository: &str, commit: &str, outcome: String) -> Row {
    let (name, version) = (short(commit).to_owned(), "-".to_owned());
    Row { repository: repository.to_owned(), commit: name.clone(), name, version, outcome }
}

/// What is a tag's or branch's own commit is known by their list; for others
/// the history is looked at.
fn stands(source: &Source, repository: &str, commits: &[String]) -> Vec<Result<Stands, String>> {
    let advertised = match source.references(repository, std::iter::empty()) {
        Ok(advertised) => advertised,
        Err(why) => return commits.iter().map(|_| Err(why.clone())).collect(),
    };
    let tips: Vec<Option<String>> = commits.iter().map(|commit| advertised.tip(commit)).collect();
    let deep = commits.iter().zip(&tips).filter(|(_, tip)| tip.is_none());
    let deep: Vec<String> = deep.map(|(commit, _)| commit.clone()).collect();
    let mut below = match deep.is_empty() {
        true => Vec::new(),
        false => source.stands(repository, &deep),
    }
    .into_iter();
    let no_answer = || Err("no answer".to_owned());
    let one = |tip: Option<String>| match tip {
        Some(tip) => Ok(Stands::By(tip)),
        None => below.next().unwrap_or_else(no_answer),
    };
    tips.into_iter().map(one).collect()
}
