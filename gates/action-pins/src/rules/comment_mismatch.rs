use kernel::{Example, Finding, Fix, Severity};

use super::conflicting_version_comment::full_release;
use super::{Judge, Offence, pinned};
use crate::comment::Said;
use crate::inspect::{Inspected, one_line};
use crate::settings::{Comments, subject};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/comment-mismatch",
    severity: Severity::Error,
    doc: "The comment gives a version that stands for another commit in ci.pins.toml.

A reader trusts the comment, the runner runs the commit. Where the two differ \
somebody raised one and forgot the other, or a commit that is no release, from \
a fork perhaps, hides behind a release's name. Held against ci.pins.toml, so \
without any network; versions that are not in it are not judged.

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
        let known = inspected.pins.of_repository(&remote.repository_name());
        let known: Vec<_> = known.filter(|pin| same(&pin.name) || same(&pin.version)).collect();
        if known.iter().any(|pin| pin.commit.eq_ignore_ascii_case(&remote.revision)) {
            continue;
        }
        let Some(pin) = known.first() else { continue };
        let (uses, said) = (&pin.uses, one_line(&said));
        let message = format!("commit {} is not '{said}' of {uses}", short(&remote.revision));
        let note = format!(
            "by ci.pins.toml '{said}' was {} on {}: write that commit, or the version of this one",
            pin.commit, pin.when
        );
        let finding = Finding::new(OFFENCE.id, inspected.at(&found.span), message)
            .label(format!("'{said}' is {}", short(&pin.commit)))
            .subject(subject(&found.text));
        findings.push(finding.fix(Fix::note(note)));
    }
    findings
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
