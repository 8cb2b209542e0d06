use kernel::{Example, Finding, Fix, Remark, Severity};

use super::{Judge, Offence};
use crate::comment::Said;
use crate::inspect::{Inspected, one_line};
use crate::releases::{self, Lack, Lacking};
use crate::settings::{Comments, Settings, subject};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/moving-version-comment",
    severity: Severity::Warning,
    doc: "The comment of a pinned commit gives a name that moves, like `v4` or `main`.

The commit stays, the name moves on: after the next release the comment is \
untrue, and update tools cannot tell which version is in use.

Fix: write the full version of that commit: `# v4.2.2`. Where another comment of \
the repository gives it, `cargo xtask fix` repeats it here. \
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
      - uses: github/codeql-action/init@11bd71901bbe5b1630ceea73d27597364c9af683 # v3
-- .github/workflows/scan.yml --
jobs:
  scan:
    steps:
      - uses: github/codeql-action/analyze@11bd71901bbe5b1630ceea73d27597364c9af683 # v3.28.1
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
    judge: Judge::Whole { note, judge },
};

fn note(inspected: &Inspected<'_>) -> Vec<Remark> {
    if inspected.settings.comments == Comments::Off {
        return Vec::new();
    }
    releases::note(OFFENCE.id, inspected, |found, said| {
        let comment = found.comment.as_ref()?;
        let Said::Moving(name) = said else { return None };
        // A comment that says more than the name is not ours to rewrite.
        let bytes = (comment.text == name).then(|| comment.span.clone());
        Some((inspected.at(&comment.span), Lack { name, bytes }))
    })
}

fn judge(_: &Settings, remarks: &[Remark]) -> Vec<Finding> {
    let finding = |lacking: Lacking<'_>| {
        let name = one_line(lacking.name);
        let action = lacking.text.split('/').take(2).collect::<Vec<_>>().join("/");
        let action = action.split('@').next().unwrap_or_default();
        let message =
            format!("the comment calls {} '{name}', and that name moves", one_line(action));
        let note = match lacking.release {
            Some(release) => format!("write '# {}', as elsewhere", one_line(release)),
            None => "write the full version of this commit, e.g. # v4.2.2".to_owned(),
        };
        Finding::new(OFFENCE.id, lacking.at.clone(), message)
            .label("true only until the next release")
            .subject(subject(lacking.text))
            .fix(Fix { note, edits: lacking.edit("").into_iter().collect() })
    };
    releases::lacking(OFFENCE.id, remarks).into_iter().map(finding).collect()
}
