use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::reference::Reference;
use crate::settings::subject;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/unlisted-owner",
    severity: Severity::Error,
    doc: "An action or reusable workflow is by somebody whom `owners` does not list.

Only where ci.toml sets `owners`: then code of anyone else needs a decision \
first, pinned or not. Names are compared whole and without regard to case: \
`actions` does not let `actions-evil` in.

Fix: use an action by a listed owner, add the owner after a review, or grant \
the one action: `allow = [{ uses = \"owner/repository@*\", reason = \"…\" }]`.",
    bad: &[Example::new(
        "-- @options --
owners = ['actions']
-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions-evil/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
",
    )],
    good: &[Example::new(
        "-- @options --
owners = ['actions']
-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: Actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - uses: ./.github/actions/setup
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for found in &inspected.pipeline.uses {
        let Reference::Remote(remote) = &found.reference else { continue };
        if inspected.settings.permits(&remote.owner) {
            continue;
        }
        let (text, owner) = (one_line(&found.text), &remote.owner);
        let message = format!("'{text}' is by '{owner}', whom 'owners' does not list");
        findings.push(
            Finding::new(OFFENCE.id, inspected.at(&found.span), message)
                .label("code by this owner may not run here")
                .subject(subject(&found.text))
                .fix(Fix::note(format!("after a review, add '{owner}' to 'owners' in ci.toml"))),
        );
    }
    findings
}
