use kernel::{Example, Finding, Fix, Location, Remark, Severity};

use super::{Judge, Offence};
use crate::inspect::Inspected;
use crate::settings::Settings;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/missing-release-check",
    severity: Severity::Error,
    doc: "A workflow that releases has no job that calls `require-green`.

Only of the workflows that `release_workflows` in ci.toml lists. Without the \
check a tag on any commit is released, proven or not. A listed workflow that is \
not there is told too: it was renamed, and what has its place is not judged.

Fix: add a job that calls `cargo xtask require-green` and let every job that \
publishes need it.",
    bad: &[
        Example::new(
            "-- @options --
release_workflows = ['.github/workflows/release.yml']
-- .github/workflows/release.yml --
jobs:
  release:
    runs-on: ubuntu-24.04
    steps:
      - run: gh release create \"$GITHUB_REF_NAME\"
",
        ),
        Example::new(
            "-- @options --
release_workflows = ['.github/workflows/release.yml']
-- .github/workflows/publish.yml --
jobs:
  require-green:
    runs-on: ubuntu-24.04
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\"
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
release_workflows = ['.github/workflows/release.yml']
-- .github/workflows/release.yml --
jobs:
  require-green:
    runs-on: ubuntu-24.04
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\"
  release:
    needs: require-green
    runs-on: ubuntu-24.04
    steps:
      - run: gh release create \"$GITHUB_REF_NAME\"
-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make test
",
    )],
    judge: Judge::Whole { note, judge },
};

const LACKS: &str = "lacks";

/// Leaves, of each listed workflow, whether it lacks a check. One that cannot
/// be read is told as that.
fn note(inspected: &Inspected<'_>) -> Vec<Remark> {
    let path = inspected.file.path();
    let is_listed = inspected.settings.release_workflows.iter().any(|listed| path == listed);
    let lacks = inspected.pipeline.checks.is_empty() && inspected.unreadable.is_none();
    let says = if lacks { LACKS } else { "has" };
    let remark =
        Remark { about: OFFENCE.id.to_owned(), says: says.to_owned(), at: Location::file(path) };
    is_listed.then_some(remark).into_iter().collect()
}

fn judge(settings: &Settings, remarks: &[Remark]) -> Vec<Finding> {
    let listed = settings.release_workflows.iter();
    listed.filter_map(|path| finding(path, remarks)).collect()
}

fn finding(path: &str, remarks: &[Remark]) -> Option<Finding> {
    let remark = remarks.iter().find(|it| it.about == OFFENCE.id && it.at.path == path);
    let (message, label, note) = match remark.map(|remark| remark.says.as_str()) {
        None => (
            format!("'{path}' is listed in 'release_workflows' and is not there"),
            "what releases now is not held to it",
            "list the workflow that releases now",
        ),
        Some(LACKS) => (
            format!("'{path}' releases, and no job of it calls 'require-green'"),
            "a commit is released from here without proof",
            "add a job that runs 'cargo xtask require-green', and let the others need it",
        ),
        Some(_) => return None,
    };
    Some(
        Finding::new(OFFENCE.id, Location::file(path.into()), message)
            .label(label)
            .subject(path)
            .key("release check")
            .fix(Fix::note(note)),
    )
}
