use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::mend;
use crate::pipeline::Use;
use crate::reference::{Remote, RevisionKind};
use crate::settings::subject;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/unpinned-uses",
    severity: Severity::Error,
    doc: "An action or reusable workflow is not pinned to a full commit.

A tag or branch of another repository can be moved by whoever can push there, \
or by whoever steals their token: the next run executes other code with your \
secrets, and nothing in your history shows it. GitHub takes exactly 40 hex \
digits for a commit; a shorter or longer number, `refs/tags/…`, or digits with \
a suffix are names, and names move.

Fix: write the commit that the tag stands for, and the tag in a comment, so \
that update tools and readers know the version: \
`actions/checkout@<40 hex> # v4.2.2`. `cargo xtask fix action-pins --online` \
asks git what each name stands for and keeps the answers in ci.pins.toml; \
`cargo xtask fix action-pins --write` pins from there, offline. Where a tag is demanded (the SLSA \
generator's verifier does), grant it in ci.toml with the reason: \
`allow = [{ uses = \"slsa-framework/slsa-github-generator/**\", reason = \"…\" }]`.",
    bad: &[
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
",
        ),
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  call:
    uses: owner/repository/.github/workflows/build.yml@main
",
        ),
        Example::new(
            "-- tools/setup/action.yml --
runs:
  using: composite
  steps:
    - uses: actions/checkout@11bd719
",
        ),
        Example::new(
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
      - uses: actions/checkout@v4
      - uses: Actions/Checkout@v4 # v4
      - uses: 'actions/checkout@v4' # needed for the tests
      - {uses: actions/checkout@v4}
",
        ),
    ],
    good: &[
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - uses: ./.github/actions/setup
      - uses: $/tools/setup
  call:
    uses: ./.github/workflows/build.yml
",
        ),
        Example::new(
            "-- tools/setup/action.yml --
runs:
  using: composite
  steps:
    - uses: actions/checkout@11BD71901BBE5B1630CEEA73D27597364C9AF683
",
        ),
        Example::new(
            "-- @options --
lockfile = 'accept'
-- .github/workflows/actions.lock --
version: 'v0.0.2'
workflows:
  '.github/workflows/ci.yml': ['actions/checkout@v4']
dependencies:
  'actions/checkout@v4':
    ref: 'v4'
    commit: 'sha1-11bd71901bbe5b1630ceea73d27597364c9af683'
    owner_id: 44036562
    repo_id: 197814629
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: actions/checkout@v4
",
        ),
    ],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let remotes = inspected.pipeline.remotes();
    remotes.filter_map(|(found, remote)| finding(inspected, found, remote)).collect()
}

fn finding(inspected: &Inspected<'_>, found: &Use, remote: &Remote) -> Option<Finding> {
    // What GitHub's lock decides, it decides whatever the name has become.
    if inspected.pins.lock.holds(inspected.file.path().as_str(), remote).is_some() {
        return None;
    }
    let text = one_line(&found.text);
    let (message, label) = match remote.revision_kind() {
        RevisionKind::Commit => return None,
        RevisionKind::OtherHex(digits) => (
            format!("'{text}' has {digits} hex digits, and only 40 are a commit"),
            "to GitHub this is the name of a branch or tag, and names move",
        ),
        RevisionKind::Version => (
            format!("'{text}' is a tag, not a commit"),
            "a tag can be moved by whoever can push to that repository",
        ),
        RevisionKind::Name => (
            format!("'{text}' is a branch or tag, not a commit"),
            "whoever can push to that repository decides what runs here",
        ),
    };
    let name = one_line(found.text.split('@').next().unwrap_or_default());
    let version = match remote.revision_kind() {
        RevisionKind::Version => one_line(&remote.revision),
        _ => "<version>".to_owned(),
    };
    let fix = match inspected.pins.known(&remote.repository_name(), &remote.revision) {
        Some(pin) => Fix {
            note: format!("pin the commit: {name}@{} # {}", pin.commit, one_line(&pin.version)),
            edits: mend::edit(inspected.file, found, remote, &pin).into_iter().collect(),
        },
        None => Fix::note(format!("pin the commit: {name}@<40 hex> # {version}")),
    };
    Some(
        Finding::new(OFFENCE.id, inspected.at(&found.span), message)
            .label(label)
            .subject(subject(&found.text))
            .fix(fix),
    )
}
