use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::Inspected;
use crate::jobs::Permissions;
use crate::settings::Hardening;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/write-all",
    severity: Severity::Error,
    doc: "A token may write everything.

`permissions: write-all` lets whatever a job runs push commits, publish releases \
and packages, approve pull requests and sign with the repository's identity. An \
error where `workflow` in ci.toml lists this rule, a warning where that is left out. \
`read-all` passes: it changes nothing.

Fix: grant each job the scopes that it uses: `permissions: {contents: read}`.",
    bad: &[
        Example::new(
            "-- @options --
workflow = ['write-all']
-- .github/workflows/ci.yml --
permissions: write-all
jobs:
  test:
    steps: [{run: make test}]
",
        ),
        Example::new(
            "-- @options --
workflow = ['write-all']
-- .github/workflows/ci.yml --
permissions: {}
jobs:
  call:
    permissions: write-all
    uses: ./.github/workflows/build.yml
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
workflow = ['write-all']
-- .github/workflows/ci.yml --
permissions: read-all
jobs:
  release:
    permissions:
      contents: write
    steps: [{run: make release}]
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(severity) = inspected.settings.asks(Hardening::WriteAll) else { return Vec::new() };
    let jobs = &inspected.pipeline.jobs;
    let own = jobs.list.iter().filter_map(|job| Some((job.permissions.as_ref()?, "of this job")));
    let of_all = jobs.permissions.iter().map(|all| (all, "of every job without its own"));
    let told = of_all.chain(own).filter_map(|(permissions, whose)| {
        Some(finding(inspected, permissions, whose)?.severity(severity))
    });
    told.collect()
}

fn finding(inspected: &Inspected<'_>, permissions: &Permissions, whose: &str) -> Option<Finding> {
    let all = permissions.writes.iter().find(|scope| scope.text == "write-all")?;
    let message = format!("'permissions: write-all': the token {whose} may write everything");
    Some(
        Finding::new(OFFENCE.id, inspected.at(&all.span), message)
            .label("commits, releases, packages, identity")
            .fix(Fix::note("grant each job the scopes that it uses, e.g. contents: read")),
    )
}
