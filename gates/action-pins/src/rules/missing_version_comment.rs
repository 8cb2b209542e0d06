use std::ops::Range;

use kernel::{Example, Finding, Fix, Remark, Severity};

use super::{Judge, Offence};
use crate::comment::Said;
use crate::inspect::{Inspected, one_line};
use crate::pipeline::Use;
use crate::releases::{self, Lack, Lacking};
use crate::settings::{Comments, Settings, subject};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/missing-version-comment",
    severity: Severity::Error,
    doc: "A pinned commit has no comment that says which version it is.

Only with `comments = \"strict\"`. Forty hex digits tell a reader nothing, and \
Dependabot and Renovate raise the comment together with the commit only where \
there is one.

Fix: add the version behind it, one blank on each side of the `#` and nothing \
after it: `actions/checkout@<40 hex> # v4.2.2`. Where another comment of the \
repository gives it, `cargo xtask fix` repeats it here.",
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
      - uses: 'github/codeql-action/init@11bd71901bbe5b1630ceea73d27597364c9af683'
-- .github/workflows/scan.yml --
jobs:
  scan:
    steps:
      - uses: github/codeql-action/analyze@11bd71901bbe5b1630ceea73d27597364c9af683 # v3.28.1
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
    judge: Judge::Whole { note, judge },
};

fn note(inspected: &Inspected<'_>) -> Vec<Remark> {
    if inspected.settings.comments != Comments::Strict {
        return Vec::new();
    }
    releases::note(OFFENCE.id, inspected, |found, said| {
        let lack = Lack { name: String::new(), bytes: place(inspected, found) };
        (said == Said::Nothing).then(|| (inspected.at(&found.span), lack))
    })
}

fn judge(_: &Settings, remarks: &[Remark]) -> Vec<Finding> {
    let finding = |lacking: Lacking<'_>| {
        let text = one_line(lacking.text);
        let note = match lacking.release {
            Some(release) => {
                format!("add the version, as elsewhere: {text} # {}", one_line(release))
            }
            None => format!("add the version: {text} # v<major>.<minor>.<patch>"),
        };
        let message = format!("'{text}' has no comment that gives its version");
        Finding::new(OFFENCE.id, lacking.at.clone(), message)
            .label("which version is this")
            .subject(subject(lacking.text))
            .fix(Fix { note, edits: lacking.edit(" ").into_iter().collect() })
    };
    releases::lacking(OFFENCE.id, remarks).into_iter().map(finding).collect()
}

/// The end of the line that holds `uses:` and its value, and nothing else: in
/// any other form (a block scalar, an alias) a comment could become part of the
/// value, or of another's line.
fn place(inspected: &Inspected<'_>, found: &Use) -> Option<Range<usize>> {
    let source = inspected.file.text()?;
    let value = source.get(found.span.clone())?;
    let is_plain = value == found.text
        || ['\'', '"'].iter().any(|quote| {
            let inner = value.strip_prefix(*quote).and_then(|inner| inner.strip_suffix(*quote));
            inner == Some(&*found.text)
        });
    let before = source.get(..found.span.start)?.rsplit('\n').next()?;
    let rest = source.get(found.span.end..)?.split(['\n', '\r']).next()?;
    let is_alone = before.trim_end().ends_with("uses:") && rest.trim().is_empty();
    (is_plain && is_alone).then(|| found.span.end..found.span.end + rest.len())
}
