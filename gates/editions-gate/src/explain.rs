//! Findings about imports wait as remarks until every file is read: only then is
//! it known how theirs is reached.

use std::collections::BTreeMap;

use camino::Utf8Path;
use kernel::{Checked, Finding, GateError, Remark};

use crate::chain::{self, Chains};
use crate::rules::EXPLAINED;

/// What the remarks that hold a finding are called.
const EDGE: &str = "edge";

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

/// The findings that files left, each with the way by which its file is reached.
pub(crate) fn explained(remarks: &[Remark], checked: &mut Checked) -> Result<(), GateError> {
    let edges: Vec<&Remark> = remarks.iter().filter(|remark| remark.about == EDGE).collect();
    if edges.is_empty() {
        return Ok(());
    }
    let chains = Chains::of(remarks);
    let mut ways: BTreeMap<&Utf8Path, Option<String>> = BTreeMap::new();
    for remark in edges {
        let mut finding: Finding =
            serde_json::from_str(&remark.says).map_err(|error| lost(&error))?;
        let path = remark.at.path.as_path();
        let way = ways.entry(path).or_insert_with(|| chains.to(path).map(|way| chain::told(&way)));
        // Beside what is imported, where every report shows it.
        if let (Some(way), Some(label)) = (way, &mut finding.label) {
            label.push_str(&format!("; the file is reached by {way}"));
        }
        checked.findings.push(finding);
    }
    Ok(())
}

fn lost(error: &serde_json::Error) -> GateError {
    GateError::cannot_judge("lost-finding", format!("a finding could not be kept: {error}"))
}
