//! Findings about imports wait as remarks until every file is judged: only then is
//! it known whether there is one, and how its file is reached is worked out for it
//! alone. Files that were spared are lexed for that, those of its language.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Checked, Evidence, Finding, GateError, Globs, Location, Remark};

use crate::boundary::{Boundary, is_test};
use crate::chain::{self, Chains};
use crate::edges::{Facts, facts};
use crate::language::Language;
use crate::needles::Needles;
use crate::project::Project;
use crate::rules::EXPLAINED;

/// What the remarks that hold a finding are called.
const EDGE: &str = "edge";
/// What the remarks of a file that was lexed are called; they say its imports.
const LEXED: &str = "lexed";
/// Where more files than these cross, a way to each explains nothing: it is the
/// boundary that does not hold.
const FILES_MAX: usize = 32;

/// Puts the findings about imports among the remarks.
pub(crate) fn later(checked: &mut Checked) -> Result<(), GateError> {
    let is_edge = |finding: &Finding| EXPLAINED.contains(&&*finding.rule);
    let edges = checked.findings.extract_if(.., |finding| is_edge(finding));
    for finding in edges.collect::<Vec<_>>() {
        let says = serde_json::to_string(&finding).map_err(|error| lost(&error))?;
        checked.remarks.push(Remark { about: EDGE.to_owned(), says, at: finding.at });
    }
    Ok(())
}

/// That `path` was lexed, and what it imports.
pub(crate) fn lexed(path: &Utf8Path, facts: &Facts, project: &Project) -> Remark {
    // What a test imports leads to no entry point.
    let says = if is_test(path) { String::new() } else { chain::imports(facts, project) };
    Remark { about: LEXED.to_owned(), says, at: Location::file(path) }
}

/// The paths of the files that were lexed, and their imports.
fn lexed_in(remarks: &[Remark]) -> impl Iterator<Item = (&Utf8Path, &str)> {
    let lexed = remarks.iter().filter(|remark| remark.about == LEXED);
    lexed.map(|remark| (remark.at.path.as_path(), remark.says.as_str()))
}

/// How many of the files that are searched were lexed.
pub(crate) fn count(remarks: &[Remark]) -> u64 {
    let lexed = lexed_in(remarks).filter_map(|(path, _)| Language::of(path));
    lexed.filter(|language| Needles::searches(*language)).count() as u64
}

/// The findings that files left, each with the way by which its file is reached.
pub(crate) fn explained(
    evidence: &Evidence<'_>,
    boundaries: &[Boundary],
    project: &Project,
    checked: &mut Checked,
) -> Result<(), GateError> {
    let edges = || evidence.remarks.iter().filter(|remark| remark.about == EDGE);
    // As text, here and below: a file may have many findings, and paths are compared part
    // by part.
    let crossing: BTreeSet<&str> = edges().map(|remark| remark.at.path.as_str()).collect();
    let is_explained = (1..=FILES_MAX).contains(&crossing.len());
    let spared = match is_explained {
        true => spared(evidence, &crossing, boundaries, project)?,
        false => Vec::new(),
    };
    let others = spared.iter().map(|(path, imports)| (path.as_path(), imports.as_str()));
    let known = is_explained.then(|| lexed_in(evidence.remarks)).into_iter().flatten();
    let chains = Chains::of(known.chain(others));
    let mut ways: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for remark in edges() {
        let mut finding: Finding =
            serde_json::from_str(&remark.says).map_err(|error| lost(&error))?;
        let path = remark.at.path.as_path();
        let way = ways
            .entry(path.as_str())
            .or_insert_with(|| chains.to(path).map(|way| chain::told(&way)));
        // Beside what is imported, where every report shows it.
        if let (Some(way), Some(label)) = (way, &mut finding.label) {
            label.push_str(&format!("; the file is reached by {way}"));
        }
        checked.findings.push(finding);
    }
    Ok(())
}

/// What the files that were not lexed import, of the languages of `crossing`: no
/// other could import one of those.
fn spared(
    evidence: &Evidence<'_>,
    crossing: &BTreeSet<&str>,
    boundaries: &[Boundary],
    project: &Project,
) -> Result<Vec<(Utf8PathBuf, String)>, GateError> {
    let lexed: BTreeSet<&str> = lexed_in(evidence.remarks).map(|(path, _)| path.as_str()).collect();
    let languages: Vec<Language> =
        crossing.iter().filter_map(|path| Language::of(Utf8Path::new(path))).collect();
    let is_wanted = |path: &Utf8Path| {
        let language = Language::of(path).filter(|language| languages.contains(language));
        language.is_some_and(Needles::searches)
            && !lexed.contains(path.as_str())
            && !is_test(path)
            && boundaries.iter().any(|boundary| boundary.is_core(path))
    };
    let everything = Globs::new(["**"]);
    let everything = everything.map_err(|error| lost(&error))?;
    let mut found = Vec::new();
    for entry in evidence.head.list(&everything) {
        let path = &entry.path;
        if !is_wanted(path) {
            continue;
        }
        evidence.pulse.check()?;
        let Ok(file) = evidence.head.read_in_passing(&entry) else { continue };
        let imports = facts(&file, project).map(|facts| chain::imports(&facts, project));
        found.extend(imports.map(|imports| (path.clone(), imports)));
    }
    Ok(found)
}

fn lost(error: &dyn std::fmt::Display) -> GateError {
    GateError::cannot_judge("lost-finding", format!("a finding could not be kept: {error}"))
}
