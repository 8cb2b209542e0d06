use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::jobs::Job;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/check-with-write-permissions",
    severity: Severity::Error,
    doc: "A release check runs with a token that can write.

The job that decides whether a commit may be released only reads: the commit, \
the runs, the receipt. With `contents: write`, `packages: write` or a token to \
sign with, whatever it checks out or downloads could publish by itself. A job \
has the workflow's `permissions` unless it has its own, and where neither says \
anything, the repository's default, which may be to write everything.

A job that calls something else and is only named like a release check is told \
as a warning, unless `release_workflows` lists its workflow.

Fix: give the job permissions of its own, and grant what publishing needs to \
the jobs that publish.",
    bad: &[
        Example::new(
            "-- .github/workflows/release.yml --
permissions:
  contents: write
  actions: read
jobs:
  require-green:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\"
",
        ),
        Example::new(
            "-- .github/workflows/release.yml --
jobs:
  require-green:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\"
",
        ),
        Example::new(
            "-- .github/workflows/release.yml --
permissions: {}
jobs:
  ready:
    permissions: write-all
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\"
",
        ),
    ],
    good: &[Example::new(
        "-- .github/workflows/release.yml --
permissions:
  contents: write
jobs:
  require-green:
    permissions:
      contents: read
      actions: read
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\"
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let jobs = &inspected.pipeline.jobs;
    let checks = inspected.pipeline.checks.iter();
    let is_listed = |path: &str| inspected.settings.release_workflows.iter().any(|it| it == path);
    let is_release = is_listed(inspected.file.path().as_str());
    let told = checks.filter_map(|check| {
        let finding = finding(inspected, jobs.list.get(check.job)?)?;
        // By its name alone it may be anything.
        let is_certain = is_release || !check.calls.is_empty();
        Some(if is_certain { finding } else { finding.severity(Severity::Warning) })
    });
    told.collect()
}

fn finding(inspected: &Inspected<'_>, job: &Job) -> Option<Finding> {
    let id = one_line(&job.id.text);
    let (message, at) = match job.writes(&inspected.pipeline.jobs) {
        Some([]) => return None,
        Some(writes) => {
            let scopes: Vec<String> = writes
                .iter()
                .map(|scope| match scope.text.as_str() {
                    "write-all" => "'write-all'".to_owned(),
                    scope => format!("'{}: write'", one_line(scope)),
                })
                .collect();
            let whose = if job.permissions.is_some() { "has" } else { "inherits" };
            let message = format!("the release check '{id}' {whose} {}", scopes.join(", "));
            (message, writes.first().map(|scope| &scope.span))
        }
        None => (
            format!("the release check '{id}' inherits the repository's default permissions"),
            None,
        ),
    };
    let finding = Finding::new(OFFENCE.id, inspected.at(&job.id.span), message)
        .label("a check only reads")
        .subject(id)
        .fix(Fix::note("give the job 'permissions:' of its own: contents: read, actions: read"));
    Some(match at {
        Some(at) => finding.related(inspected.at(at), "granted here"),
        None => finding,
    })
}
