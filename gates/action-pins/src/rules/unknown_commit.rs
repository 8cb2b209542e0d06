use std::collections::BTreeMap;

use kernel::{Example, Finding, Fix, Remark, Severity};

use super::{Judge, Offence, pinned};
use crate::inspect::{Inspected, one_line};
use crate::settings::{Settings, subject};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/unknown-commit",
    severity: Severity::Error,
    doc: "A commit that no tag or branch of its repository leads to, by ci.pins.toml.

GitHub serves the commits of every fork under the name of each repository of \
the family: `actions/checkout@<40 hex>` can be a commit that nobody with a right \
to push to actions/checkout ever saw. Whether a tag or branch reaches it is \
asked by `cargo xtask fix action-pins --online --write` and kept in ci.pins.toml; \
from there this rule judges without any network. A commit that was never asked \
for is not judged: the receipt says how many are proven and how many not.

Fix: find out where the commit came from. If it is a release's whose branch was \
deleted since, pin the release that took its place; once a tag or branch leads \
to it, the next `fix --online` takes it in.",
    bad: &[Example::new(
        "-- @options --
comments = 'consistent'
-- ci.pins.toml --
schema = 1
commits = [
  { uses = \"actions/checkout\", commit = \"d35c59abb061a4a6fb18e82ac0862c26744d6ab5\", reached_by = \"nothing\", when = \"2026-11-21\" },
]
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: actions/checkout@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v4.3.0
",
    )],
    good: &[Example::new(
        "-- @options --
comments = 'consistent'
-- ci.pins.toml --
schema = 1
commits = [
  { uses = \"Actions/checkout\", commit = \"11bd71901bbe5b1630ceea73d27597364c9af683\", reached_by = \"refs/tags/v4.2.2\", when = \"2026-11-21\" },
  { uses = \"owner/tool\", commit = \"d35c59abb061a4a6fb18e82ac0862c26744d6ab5\", reached_by = \"nothing\", when = \"2026-11-21\" },
]
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: actions/checkout@11BD71901BBE5B1630CEEA73D27597364C9AF683 # v4.2.2
      - uses: actions/checkout@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v4.3.0
",
    )],
    judge: Judge::Whole { note, judge },
};

const PROVEN: &str = "proven";
const UNKNOWN: &str = "unknown";
const NOT_ASKED: &str = "not-asked";

/// Of how many commits it is known whether they belong to their repository.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) proven: u64,
    pub(crate) unknown: u64,
    pub(crate) not_asked: u64,
}

impl Known {
    /// Each commit of each repository counts once.
    pub(crate) fn of(remarks: &[Remark]) -> Known {
        let own = remarks.iter().filter(|remark| about(remark).is_some());
        let commits: BTreeMap<&str, &str> =
            own.map(|remark| (remark.about.as_str(), word(remark))).collect();
        let count = |wanted: &str| commits.values().filter(|word| **word == wanted).count() as u64;
        Known { proven: count(PROVEN), unknown: count(UNKNOWN), not_asked: count(NOT_ASKED) }
    }
}

/// Leaves `<rule> <repository> <commit>`, and what is known of it.
fn note(inspected: &Inspected<'_>) -> Vec<Remark> {
    let remarks = pinned(inspected).map(|(found, remote)| {
        let repository = remote.repository_name();
        let says = match inspected.pins.reach(&repository, &remote.revision) {
            None => NOT_ASKED.to_owned(),
            Some(reach) if reach.is_proven() => PROVEN.to_owned(),
            Some(reach) => format!("{UNKNOWN}\n{}\n{}", reach.when, found.text),
        };
        let commit = remote.revision.to_ascii_lowercase();
        let about = format!("{} {repository} {commit}", OFFENCE.id);
        Remark { about, says, at: inspected.at(&found.span) }
    });
    remarks.collect()
}

fn about(remark: &Remark) -> Option<(&str, &str)> {
    remark.about.strip_prefix(OFFENCE.id)?.strip_prefix(' ')?.split_once(' ')
}

fn word(remark: &Remark) -> &str {
    remark.says.split('\n').next().unwrap_or_default()
}

fn judge(_: &Settings, remarks: &[Remark]) -> Vec<Finding> {
    remarks.iter().filter_map(finding).collect()
}

fn finding(remark: &Remark) -> Option<Finding> {
    let (repository, commit) = about(remark)?;
    let mut fields = remark.says.splitn(3, '\n');
    let (UNKNOWN, when, text) = (fields.next()?, fields.next()?, fields.next()?) else {
        return None;
    };
    let short = commit.get(..12).unwrap_or(commit);
    let message = format!("no tag or branch of {repository} leads to commit {short}");
    let label = format!("asked on {when}: it may be a fork's");
    let note = format!(
        "find out where '{}' came from, and pin a commit that a release stands for",
        one_line(text)
    );
    let finding = Finding::new(OFFENCE.id, remark.at.clone(), message).label(label);
    Some(finding.subject(subject(text)).fix(Fix::note(note)))
}
