use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence, pinned};
use crate::comment::Said;
use crate::inspect::{Inspected, one_line};
use crate::settings::{Comments, subject};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/moving-version-comment",
    severity: Severity::Warning,
    doc: "The comment of a pinned commit gives a name that moves, like `v4` or `main`.

The commit stays, the name moves on: after the next release the comment is \
untrue, and update tools cannot tell which version is in use.

Fix: write the full version of that commit: `# v4.2.2`. \
`comments = \"off\"` switches every rule about comments off.",
    bad: &[Example::new(
        "-- @options --
comments = 'consistent'
-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4
      - uses: owner/tool@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # main
",
    )],
    good: &[Example::new(
        "-- @options --
comments = 'consistent'
-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - uses: owner/tool@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # main of 2026 has a fix (v1.2.3)
      - uses: owner/other@d35c59abb061a4a6fb18e82ac0862c26744d6ab5
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
        let Said::Moving(name) = comment.said() else { continue };
        let name = one_line(&name);
        let message = format!(
            "the comment calls {}/{} '{name}', and that name moves",
            remote.owner, remote.repository
        );
        findings.push(
            Finding::new(OFFENCE.id, inspected.at(&comment.span), message)
                .label("true only until the next release")
                .subject(subject(&found.text))
                .fix(Fix::note("write the full version of this commit, e.g. # v4.2.2")),
        );
    }
    findings
}
