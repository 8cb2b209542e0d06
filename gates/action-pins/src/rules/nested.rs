use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::pipeline::Use;
use crate::reference::Remote;
use crate::settings::subject;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/nested",
    severity: Severity::Error,
    doc: "A pinned action itself uses one that is not, by GitHub's lock file.

Only with `lockfile = \"accept\"`. A commit fixes the text of a composite action \
or reusable workflow, and where that text says `uses: other/action@v1`, the tag \
decides what runs. `.github/workflows/actions.lock` lists what each locked action \
uses. Workflows that it lists are held to its commits all the way down; in \
every other file, and where an entry is missing, the inner name moves. The lock \
knows a repository's actions together, so that it may be one beside yours in \
the same repository that uses it.

Fix: let GitHub's lock hold this workflow, too (`gh actions-lock`), take a \
release whose own references are pinned, or grant it with a reason: \
`allow = [{ uses = \"owner/action@**\", reason = \"…\" }]`.",
    bad: &[Example::new(
        "-- @options --
lockfile = 'accept'
-- .github/workflows/actions.lock --
version: 'v0.0.2'
workflows:
  '.github/workflows/ci.yml': ['owner/tool@v1']
dependencies:
  'owner/tool@v1':
    ref: 'v1'
    commit: 'sha1-11bd71901bbe5b1630ceea73d27597364c9af683'
    owner_id: 1
    repo_id: 2
    uses: ['owner/inner@v2']
  'owner/inner@v2':
    ref: 'v2'
    commit: 'sha1-d35c59abb061a4a6fb18e82ac0862c26744d6ab5'
    owner_id: 1
    repo_id: 3
-- .github/workflows/ci.yml --
jobs: {}
-- .github/workflows/other.yml --
jobs:
  test:
    steps:
      - uses: Owner/tool@11bd71901bbe5b1630ceea73d27597364c9af683
",
    )],
    good: &[Example::new(
        "-- @options --
lockfile = 'accept'
-- .github/workflows/actions.lock --
version: 'v0.0.2'
workflows:
  '.github/workflows/ci.yml': ['owner/tool@v1']
dependencies:
  'owner/tool@v1':
    ref: 'v1'
    commit: 'sha1-11bd71901bbe5b1630ceea73d27597364c9af683'
    owner_id: 1
    repo_id: 2
    uses: ['owner/inner@v2']
  'owner/inner@v2':
    ref: 'v2'
    commit: 'sha1-d35c59abb061a4a6fb18e82ac0862c26744d6ab5'
    owner_id: 1
    repo_id: 3
    uses: ['owner/deep@d35c59abb061a4a6fb18e82ac0862c26744d6ab5']
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: owner/tool@v1
-- .github/workflows/other.yml --
jobs:
  test:
    steps:
      - uses: owner/inner@d35c59abb061a4a6fb18e82ac0862c26744d6ab5
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let remotes = inspected.pipeline.remotes();
    remotes.filter_map(|(found, remote)| finding(inspected, found, remote)).collect()
}

fn finding(inspected: &Inspected<'_>, found: &Use, remote: &Remote) -> Option<Finding> {
    let lock = &inspected.pins.lock;
    let path = inspected.file.path().as_str();
    // A name that nothing holds is another rule's.
    let repository = remote.repository_name();
    let held = lock.holds(path, remote);
    let known = held.or_else(|| lock.of_commit(&repository, &remote.revision).next())?;
    let (by, inner) = lock.loose_below(known, held.is_some())?;
    let (text, inner) = (one_line(&found.text), one_line(inner));
    let who = match by.repository == known.repository {
        true => String::new(),
        false => format!(" through {}", one_line(&by.repository)),
    };
    let message = format!("'{text}' is pinned and uses '{inner}'{who}, which is not");
    let finding = Finding::new(OFFENCE.id, inspected.at(&found.span), message)
        .label(format!("'{inner}' can be moved by whoever can push there"))
        .subject(subject(&found.text));
    Some(finding.fix(Fix::note(
        "have 'gh actions-lock' hold this workflow, or take a release that pins what it uses",
    )))
}
