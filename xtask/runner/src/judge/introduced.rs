//! What was there before a change, under `--introduced`: findings that the base
//! has too are known and do not count.

use std::collections::{BTreeMap, HashSet};

use super::counts;
use crate::receipt::{FindingRecord, FindingState, GateResult};

/// What the base has.
#[derive(Clone, Debug, Default)]
pub struct Introduced {
    known: BTreeMap<String, HashSet<Key>>,
    /// Commits that the base reaches: a finding in any other was brought.
    commits: HashSet<String>,
    /// Gates that could not judge the base, and why: all that they find counts.
    pub unjudged: BTreeMap<String, String>,
}

/// Rule, path, fingerprint, and whether it is in a commit of the history: a
/// value that comes back into the tree is brought anew.
type Key = (String, String, String, bool);

fn key(record: &FindingRecord) -> Key {
    let FindingRecord { rule, path, fingerprint, commit, .. } = record;
    (rule.clone(), path.clone(), fingerprint.clone(), commit.is_some())
}

impl Introduced {
    /// What the rows of the base found and would have counted: what is excepted
    /// there and not here is brought by the change.
    #[must_use]
    pub fn of(
        rows: &[GateResult],
        commits: HashSet<String>,
        unjudged: BTreeMap<String, String>,
    ) -> Introduced {
        let new = |row: &GateResult| {
            let new = row.findings.iter().filter(|it| it.state == FindingState::New);
            (row.id.clone(), new.map(key).collect())
        };
        Introduced { known: rows.iter().map(new).collect(), commits, unjudged }
    }

    /// Whether the base has it.
    #[must_use]
    pub fn knows(&self, gate: &str, record: &FindingRecord) -> bool {
        let is_reached = record.commit.as_ref().is_none_or(|it| self.commits.contains(it));
        is_reached && self.known.get(gate).is_some_and(|known| known.contains(&key(record)))
    }

    /// Marks what the base has among the findings of a row.
    pub(super) fn mark(&self, row: &mut GateResult) {
        let id = row.id.clone();
        for finding in row.findings.iter_mut().filter(|it| it.state == FindingState::New) {
            if self.knows(&id, finding) {
                finding.state = FindingState::Known;
            }
        }
        if let Some(why) = self.unjudged.get(&id).filter(|_| row.findings.iter().any(counts)) {
            row.facts.insert("base_not_judged".to_owned(), why.as_str().into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn only_what_counted_there_and_is_reached_is_known() {
        let row = sample::receipt().predicate.gates[0].clone();
        let mut new = row.findings[0].clone();
        (new.state, new.commit) = (FindingState::New, None);
        let with =
            |finding: &FindingRecord| GateResult { findings: vec![finding.clone()], ..row.clone() };
        let of = |finding: &FindingRecord| {
            Introduced::of(&[with(finding)], HashSet::from(["a".to_owned()]), BTreeMap::new())
        };
        assert!(of(&new).knows(&row.id, &new));
        assert!(!of(&new).knows("other", &new));
        let excepted = FindingRecord { state: FindingState::Waived, ..new.clone() };
        assert!(!of(&excepted).knows(&row.id, &new));
        let at = |commit: &str| FindingRecord { commit: Some(commit.to_owned()), ..new.clone() };
        assert!(of(&at("a")).knows(&row.id, &at("a")));
        assert!(!of(&at("b")).knows(&row.id, &at("b")), "in a commit that the base does not reach");
        assert!(!of(&at("a")).knows(&row.id, &new), "back in the tree");
        assert!(!of(&new).knows(&row.id, &at("a")));
    }
}
