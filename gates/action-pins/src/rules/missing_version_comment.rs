use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence, pinned};
use crate::comment::Said;
use crate::inspect::{Inspected, one_line};
use crate::settings::{Comments, subject};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/missing-version-comment",
    severity: Severity::Error,
    doc: "A pinned commit has no comment that says which version it is.

Only with `comments = \"strict\"`. Forty hex digits tell a reader nothing, and \
Dependabot and Renovate raise the comment together with the commit only where \
there is one.

Fix: add the version behind it, one blank on each side of the `#` and nothing \
after it: `actions/checkout@<40 hex> # v4.2.2`.",
    bad: &[Example::new(
        "-- @options --
comments = 'strict'
-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683
      - uses: actions/setup-go@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # needed for the tests
",
    )],
    good: &[Example::new(
        "-- @options --
comments = 'strict'
-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - uses: actions/setup-go@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # ratchet:actions/setup-go@v5.5.0
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    if inspected.settings.comments != Comments::Strict {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (found, _) in pinned(inspected) {
        let said = found.comment.as_ref().map_or(Said::Nothing, |comment| comment.said());
        if said != Said::Nothing {
            continue;
        }
        let text = one_line(&found.text);
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&found.span),
                format!("'{text}' has no comment that gives its version"),
            )
            .label("which version is this")
            .subject(subject(&found.text))
            .fix(Fix::note(format!("add the version: {text} # v<major>.<minor>.<patch>"))),
        );
    }
    findings
}
