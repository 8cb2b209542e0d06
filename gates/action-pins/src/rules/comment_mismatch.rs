use kernel::{Example, Finding, Fix, Severity};

use super::conflicting_version_comment::{full_release, may_both_be_true};
use super::{Judge, Offence, pinned};
use crate::comment::Said;
use crate::inspect::{Inspected, one_line};
use crate::reference::Remote;
use crate::settings::{Comments, subject};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/comment-mismatch",
    severity: Severity::Error,
    doc: "The comment gives a version that ci.pins.toml or GitHub's lock knows for another commit.

A reader trusts the comment, the runner runs the commit. Where the two differ \
somebody raised one and forgot the other, or a commit that is no release, from \
a fork perhaps, hides behind a release's name. Held against ci.pins.toml, so \
without any network; versions that are not in it are not judged. With \
`lockfile = \"accept\"` `.github/workflows/actions.lock` is read for it, too.

Fix: write the commit that the version stands for, or the version that belongs \
to the commit. If the tag itself was moved, find out why before you follow it.",
    bad: &[Example::new(
        "-- @options --
comments = 'consistent'
-- ci.pins.toml --
schema = 1
pins = [
  { uses = \"actions/checkout\", ref = \"v4\", commit = \"11bd71901bbe5b1630ceea73d27597364c9af683\", version = \"v4.2.2\", when = \"2026-11-21\" },
]
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: actions/checkout@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v4.2.2
",
    ), Example::new(
        "-- @options --
comments = 'consistent'
lockfile = 'accept'
-- .github/workflows/actions.lock --
version: 'v0.0.3'
workflows:
  '.github/workflows/ci.yml': ['owner/tool@11bd71901bbe5b1630ceea73d27597364c9af683']
dependencies:
  'owner/tool@11bd71901bbe5b1630ceea73d27597364c9af683':
    ref: 'v4.2.2'
    commit: 'sha1-11bd71901bbe5b1630ceea73d27597364c9af683'
    owner_id: 1
    repo_id: 2
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: owner/tool@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.1
",
    )],
    good: &[Example::new(
        "-- @options --
comments = 'consistent'
-- ci.pins.toml --
schema = 1
pins = [
  { uses = \"actions/checkout\", ref = \"v4\", commit = \"11bd71901bbe5b1630ceea73d27597364c9af683\", version = \"v4.2.2\", when = \"2026-11-21\" },
]
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: Actions/checkout@11BD71901BBE5B1630CEEA73D27597364C9AF683 # 4.2.2
      - uses: actions/checkout@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v4.3.0
      - uses: owner/checkout@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v4.2.2
",
    ), Example::new(
        "-- @options --
comments = 'consistent'
lockfile = 'accept'
-- .github/workflows/actions.lock --
version: 'v0.0.3'
workflows:
  '.github/workflows/ci.yml': ['owner/tool@11bd71901bbe5b1630ceea73d27597364c9af683']
dependencies:
  'owner/tool@11bd71901bbe5b1630ceea73d27597364c9af683':
    ref: 'v4.2.2'
    commit: 'sha1-11bd71901bbe5b1630ceea73d27597364c9af683'
    owner_id: 1
    repo_id: 2
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: owner/tool@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    if inspected.settings.comments == Comments::Off {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (found, remote) in pinned(inspected) {
        let Some(comment) = &found.comment else { continue };
        let Said::Release(said) = comment.said() else { continue };
        let Some(release) = full_release(&said) else { continue };
        let same = |name: &str| full_release(name).is_some_and(|name| name == release);
        let repository = remote.repository_name();
        let known = inspected.pins.of_repository(&repository);
        let known = known.filter(|pin| same(&pin.name) || same(&pin.version));
        let known =
            known.map(|pin| (pin.commit.as_str(), format!("by ci.pins.toml of {}", pin.when)));
        let locked = inspected.pins.lock.of_repository(&repository);
        let locked = locked.filter(|locked| same(&locked.name) || same(&locked.found_by));
        let locked = locked.map(|locked| (locked.commit.as_str(), "by actions.lock".to_owned()));
        let known: Vec<_> = known.chain(locked).collect();
        if known.iter().any(|(commit, _)| commit.eq_ignore_ascii_case(&remote.revision)) {
            continue;
        }
        let said = one_line(&said);
        let uses = format!("{}/{}", remote.owner, remote.repository);
        let message = format!("commit {} is not '{said}' of {uses}", short(&remote.revision));
        let (label, note) = if let Some((commit, source)) = known.first() {
            let note = format!(
                "{source} '{said}' was {commit}: write that commit, or the version of this one"
            );
            (format!("'{said}' is {}", short(commit)), note)
        } else if let Some(other) = other_release(inspected, remote, &release) {
            let other = one_line(other);
            let note = format!("by actions.lock it is '{other}': write that, or the other commit");
            (format!("this commit is '{other}'"), note)
        } else {
            continue;
        };
        let finding = Finding::new(OFFENCE.id, inspected.at(&found.span), message)
            .label(label)
            .subject(subject(&found.text));
        findings.push(finding.fix(Fix::note(note)));
    }
    findings
}

/// The full release that GitHub's lock gives a commit, if it is another.
fn other_release<'l>(inspected: &Inspected<'l>, remote: &Remote, release: &str) -> Option<&'l str> {
    let repository = remote.repository_name();
    let same = inspected.pins.lock.of_commit(&repository, &remote.revision);
    let mut releases = same.map(|locked| locked.found_by.as_str());
    // A commit can have two tags; the lock names the one it was found by.
    let differs =
        |name: &&str| full_release(name).is_some_and(|name| !may_both_be_true(&name, release));
    releases.find(differs)
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
