use std::collections::{BTreeMap, BTreeSet};

use kernel::{Example, Finding, Fix, Remark, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::lock::{self, Lock};
use crate::reference::Reference;
use crate::settings::Settings;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/stale-lock-entry",
    severity: Severity::Warning,
    doc: "GitHub's lock file lists a workflow or an action that is no longer there.

Only with `lockfile = \"accept\"`. An entry that nothing uses is read as if it \
were: a reviewer trusts a commit that never runs, and a workflow that comes \
back under an old name is held to commits that nobody looked at for a while. \
What `gh actions-lock` forgets to take out when it is run for single workflows \
stays.

Fix: run `gh actions-lock` without a path: it takes such entries out.",
    bad: &[Example::new(
        "-- @options --
lockfile = 'accept'
-- .github/workflows/actions.lock --
version: 'v0.0.2'
workflows:
  '.github/workflows/gone.yml': ['owner/tool@v1']
dependencies:
  'owner/tool@v1':
    ref: 'v1'
    commit: 'sha1-11bd71901bbe5b1630ceea73d27597364c9af683'
    owner_id: 1
    repo_id: 2
-- .github/workflows/ci.yml --
jobs: {}
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
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: Owner/tool/sub@v1
",
    )],
    judge: Judge::Whole { note, judge },
};

/// A file that is there.
const FILE: &str = "file";
/// A key that a file uses.
const USED: &str = "used";
/// A workflow, an entry and what that uses, as the lock lists them.
const LISTED: &str = "listed";
const LOCKED: &str = "locked";
const USES: &str = "uses";

/// Leaves `<rule> <kind> <path or key>`; beside an entry what it uses.
fn note(inspected: &Inspected<'_>) -> Vec<Remark> {
    let remark = |kind: &str, about: &str, says: &str, at| {
        let about = format!("{} {kind} {about}", OFFENCE.id);
        Remark { about, says: says.to_owned(), at }
    };
    let path = inspected.file.path();
    let lock = &inspected.pins.lock;
    if path != lock::PATH {
        if *lock == Lock::default() {
            return Vec::new();
        }
        let uses = inspected.pipeline.uses.iter().filter_map(|found| match &found.reference {
            Reference::Remote(remote) => {
                let key = lock::key(&remote.repository_name(), &remote.revision);
                Some(remark(USED, &key, "", inspected.at(&found.span)))
            }
            _ => None,
        });
        let here = remark(FILE, path.as_str(), "", kernel::Location::file(path));
        return std::iter::once(here).chain(uses).collect();
    }
    let listed = lock.workflows.iter();
    let listed = listed.map(|(path, listed)| remark(LISTED, path, "", inspected.at(&listed.at)));
    let locked = lock.dependencies.iter().flat_map(|(key, locked)| {
        let at = inspected.at(&locked.at);
        let uses = locked.uses.iter().map(|inner| remark(USES, key, inner, at.clone()));
        std::iter::once(remark(LOCKED, key, "", at.clone())).chain(uses.collect::<Vec<_>>())
    });
    listed.chain(locked).collect()
}

fn judge(_: &Settings, remarks: &[Remark]) -> Vec<Finding> {
    let mut kinds: BTreeMap<&str, Vec<(&str, &Remark)>> = BTreeMap::new();
    for remark in remarks {
        let about = remark.about.strip_prefix(OFFENCE.id).and_then(|it| it.strip_prefix(' '));
        let Some((kind, about)) = about.and_then(|about| about.split_once(' ')) else { continue };
        kinds.entry(kind).or_default().push((about, remark));
    }
    let of = |kind: &str| kinds.get(kind).map_or(&[][..], Vec::as_slice);
    let files: BTreeSet<&str> = of(FILE).iter().map(|(path, _)| *path).collect();
    let mut uses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, remark) in of(USES) {
        uses.entry(key).or_default().push(&remark.says);
    }
    let mut used = BTreeSet::new();
    let mut open: Vec<&str> = of(USED).iter().map(|(key, _)| *key).collect();
    while let Some(key) = open.pop() {
        if used.insert(key) {
            open.extend(uses.get(key).into_iter().flatten());
        }
    }
    let gone = of(LISTED).iter().filter(|(path, _)| !files.contains(path));
    let gone =
        gone.map(|(path, remark)| finding(remark, path, "no workflow of that path is there"));
    let unused = of(LOCKED).iter().filter(|(key, _)| !used.contains(key));
    let unused = unused.map(|(key, remark)| finding(remark, key, "nothing uses it"));
    gone.chain(unused).collect()
}

fn finding(remark: &Remark, name: &str, why: &str) -> Finding {
    let message = format!("'{}' is locked, and {why}", one_line(name));
    let finding = Finding::new(OFFENCE.id, remark.at.clone(), message).key(name.to_owned());
    finding.label(why).fix(Fix::note("run 'gh actions-lock' without a path"))
}
