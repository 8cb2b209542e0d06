use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::{Example, Finding, Fix, Remark, Severity};

use super::{Judge, Offence, pinned};
use crate::comment::{Said, numbers};
use crate::inspect::Inspected;
use crate::settings::{Comments, Settings};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/conflicting-version-comment",
    severity: Severity::Error,
    doc: "Comments give one commit two versions, or one version two commits.

One of them is wrong, and no network is needed to see it: either somebody \
raised the commit and forgot the comment, or a commit that is no release hides \
behind a release's name. Found across all files of the repository. Actions in \
folders of one repository can have versions of their own: they are compared with \
each other only where comments show one numbering for all of it.

Fix: look the tag up (`git ls-remote https://github.com/owner/repository \
'refs/tags/v4.2.2*'`) and correct the line that differs.",
    bad: &[
        Example::new(
            "-- @options --
comments = 'consistent'
-- .github/workflows/a.yml --
jobs:
  test:
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
-- .github/workflows/b.yml --
jobs:
  test:
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.1
",
        ),
        Example::new(
            "-- @options --
comments = 'consistent'
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: github/codeql-action/init@11bd71901bbe5b1630ceea73d27597364c9af683 # v3.28.1
      - uses: github/codeql-action/analyze@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v3.28.1
",
        ),
        Example::new(
            "-- @options --
comments = 'consistent'
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: owner/folders/a@11bd71901bbe5b1630ceea73d27597364c9af683 # v3.28.1
      - uses: owner/folders/b@11bd71901bbe5b1630ceea73d27597364c9af683 # v3.28.1
      - uses: owner/folders/c@11bd71901bbe5b1630ceea73d27597364c9af683 # v3.28.2
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
comments = 'consistent'
-- .github/workflows/a.yml --
jobs:
  test:
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # 4.2
      - uses: owner/tool@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v4.2.2
-- .github/workflows/b.yml --
jobs:
  test:
    steps:
      - uses: Actions/checkout@11BD71901BBE5B1630CEEA73D27597364C9AF683 # tag=v4.2.2
      - uses: owner/tool@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.1
      - uses: owner/many@11bd71901bbe5b1630ceea73d27597364c9af683 # a-v1.0.0
      - uses: owner/many@11bd71901bbe5b1630ceea73d27597364c9af683 # b-v2.0.0
      - uses: owner/folders/a@11bd71901bbe5b1630ceea73d27597364c9af683 # v6.0.0
      - uses: owner/folders/b@11bd71901bbe5b1630ceea73d27597364c9af683 # v1.1.1
      - uses: owner/folders/c@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v1.1.1
",
    )],
    judge: Judge::Whole { note, judge },
};

/// Owners whose repositories have one numbering each, whatever they hold.
const OWNERS: &[&str] = &["actions/", "github/"];

/// Leaves `<rule> <repository> <commit> <path>` says `<version>` for each comment
/// that names a release.
fn note(inspected: &Inspected<'_>) -> Vec<Remark> {
    if inspected.settings.comments == Comments::Off {
        return Vec::new();
    }
    let mut remarks = Vec::new();
    for (found, remote) in pinned(inspected) {
        let said = found.comment.as_ref().map(|comment| comment.said());
        let Some(Said::Release(version)) = said else { continue };
        let commit = remote.revision.to_ascii_lowercase();
        remarks.push(Remark {
            about: format!("{} {} {commit} {}", OFFENCE.id, remote.repository_name(), remote.path),
            says: version,
            at: inspected.at(&found.span),
        });
    }
    remarks
}

struct Statement<'a> {
    repository: &'a str,
    commit: &'a str,
    /// The folder of the action; empty for the root.
    path: &'a str,
    version: &'a str,
    remark: &'a Remark,
}

fn judge(_: &Settings, remarks: &[Remark]) -> Vec<Finding> {
    let statements: Vec<Statement<'_>> = remarks.iter().filter_map(statement).collect();
    let together = numbered_together(&statements);
    let mut by_commit: BTreeMap<_, Vec<&Statement<'_>>> = BTreeMap::new();
    let mut by_version: BTreeMap<_, Vec<&Statement<'_>>> = BTreeMap::new();
    for said in &statements {
        let folder = if together.contains(said.repository) { "" } else { said.path };
        by_commit.entry((said.repository, folder, said.commit)).or_default().push(said);
        if let Some(release) = full_release(said.version) {
            let key = (said.repository, folder, release);
            by_version.entry(key).or_default().push(said);
        }
    }
    let mut findings = Vec::new();
    for group in by_commit.values() {
        let agree = |a: &Statement<'_>, b: &Statement<'_>| may_both_be_true(a.version, b.version);
        for (odd, usual) in disagreements(group, |said| said.version, agree) {
            let message = format!(
                "the comments call commit {} of {} both '{}' and '{}'",
                short(odd.commit),
                odd.repository,
                odd.version,
                usual.version
            );
            findings.push(finding(message, odd, usual, usual.version));
        }
    }
    for group in by_version.values() {
        let agree = |a: &Statement<'_>, b: &Statement<'_>| a.commit == b.commit;
        for (odd, usual) in disagreements(group, |said| said.commit, agree) {
            let message = format!(
                "the comments give '{}' of {} to two commits, {} and {}",
                odd.version,
                odd.repository,
                short(odd.commit),
                short(usual.commit)
            );
            findings.push(finding(message, odd, usual, short(usual.commit)));
        }
    }
    findings
}

fn statement(remark: &Remark) -> Option<Statement<'_>> {
    let about = remark.about.strip_prefix(OFFENCE.id)?.strip_prefix(' ')?;
    let mut fields = about.splitn(3, ' ');
    let (repository, commit, path) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Statement { repository, commit, path, version: &remark.says, remark })
}

/// The repositories that have one numbering for all their actions: those that
/// are an action as a whole, and those of which two folders bear one version
/// at one commit.
fn numbered_together<'s>(statements: &[Statement<'s>]) -> HashSet<&'s str> {
    let mut paths = HashMap::new();
    let mut together = HashSet::new();
    for said in statements {
        let first = *paths.entry((said.repository, said.commit, said.version)).or_insert(said.path);
        if said.path.is_empty()
            || first != said.path
            || OWNERS.iter().any(|owner| said.repository.starts_with(owner))
        {
            together.insert(said.repository);
        }
    }
    together
}

fn finding(message: String, odd: &Statement<'_>, usual: &Statement<'_>, other: &str) -> Finding {
    let key = format!("{}@{} {}", odd.repository, odd.commit, odd.version);
    Finding::new(OFFENCE.id, odd.remark.at.clone(), message)
        .label("one of the two is wrong")
        .related(usual.remark.at.clone(), format!("here it is '{other}'"))
        .subject(format!("{}@{}", odd.repository, odd.commit))
        .key(key)
        .fix(Fix::note("look the tag up and correct the line that differs"))
}

/// Each value that disagrees with the one most statements have, by its first
/// statement. Of two that are equally frequent the first is the odd one.
fn disagreements<'s>(
    group: &[&'s Statement<'s>],
    value: impl Fn(&'s Statement<'s>) -> &'s str,
    agree: impl Fn(&Statement<'_>, &Statement<'_>) -> bool,
) -> Vec<(&'s Statement<'s>, &'s Statement<'s>)> {
    let mut places = BTreeMap::new();
    let mut firsts: Vec<(&Statement<'s>, usize)> = Vec::new();
    for said in group {
        let place = *places.entry(value(said)).or_insert(firsts.len());
        match firsts.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => firsts.push((said, 1)),
        }
    }
    let Some((usual, _)) = firsts.iter().max_by_key(|(_, count)| *count).copied() else {
        return Vec::new();
    };
    let odd = firsts.iter().filter(|(first, _)| !agree(first, usual));
    odd.map(|(first, _)| (*first, usual)).collect()
}

/// A version that names exactly one release: three numbers or a date.
pub(super) fn full_release(version: &str) -> Option<String> {
    let (prefix, version) = numbers(version)?;
    let is_full = version.matches('.').count() >= 2 || version.len() >= 8;
    is_full.then(|| format!("{prefix}{version}"))
}

/// `v4` and `v4.2.2`, `1.0.0-rc.1` and `1.0.0`, `a-v1` and `b-v2` can be tags
/// of one commit; `v4.2.1` and `v4.2.2` are not meant to be.
pub(super) fn may_both_be_true(a: &str, b: &str) -> bool {
    let (Some((prefix_a, a)), Some((prefix_b, b))) = (numbers(a), numbers(b)) else { return true };
    let begins = |long: &str, short: &str| {
        long.strip_prefix(short)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '+']))
    };
    prefix_a != prefix_b || begins(a, b) || begins(b, a)
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
