use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::jobs::Job;
use crate::settings::Hardening;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/missing-permissions",
    severity: Severity::Error,
    doc: "What a job's token may do is written nowhere in the repository.

Asked where `workflow` in ci.toml lists it. Where neither the workflow nor the job \
says anything, the token has the default of the repository or its organisation: \
to write nearly everything, in those made before 2023. It can be changed \
without a commit, and nothing here shows it. A job that calls a reusable workflow \
hands its own rights on. A workflow that is only called (`on: workflow_call`) has \
those of the calling job, which is judged where it is.

Fix: write `permissions: {}` at the top and grant each job what it uses; most need \
`contents: read` and nothing else.",
    bad: &[
        Example::new(
            "-- @options --
workflow = ['missing-permissions']
-- .github/workflows/ci.yml --
on: push
jobs:
  test:
    steps: [{run: make test}]
  lint:
    permissions: {contents: read}
    steps: [{run: make lint}]
",
        ),
        Example::new(
            "-- @options --
workflow = ['missing-permissions']
-- .github/workflows/ci.yml --
on: [push, workflow_call]
jobs:
  call:
    uses: ./.github/workflows/build.yml
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
workflow = ['missing-permissions']
-- .github/workflows/ci.yml --
on: push
permissions: {}
jobs:
  test:
    steps: [{run: make test}]
-- .github/workflows/one.yml --
on: push
jobs:
  call:
    permissions: read-all
    uses: ./.github/workflows/build.yml
  off:
    if: ${{ false }}
    steps: [{run: make}]
-- .github/workflows/build.yml --
on: workflow_call
jobs:
  build:
    steps: [{run: make}]
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let pipeline = &inspected.pipeline;
    let Some(severity) = inspected.settings.asks(Hardening::MissingPermissions) else {
        return Vec::new();
    };
    let mut events = pipeline.triggers.iter().map(|trigger| trigger.event.text.as_str());
    let is_only_called =
        !pipeline.triggers.is_empty() && events.all(|event| event == "workflow_call");
    if is_only_called || pipeline.jobs.permissions.is_some() {
        return Vec::new();
    }
    let jobs = pipeline.jobs.list.iter().filter(|job| job.permissions.is_none() && !job.is_off());
    jobs.map(|job| finding(inspected, job).severity(severity)).collect()
}

fn finding(inspected: &Inspected<'_>, job: &Job) -> Finding {
    let id = one_line(&job.id.text);
    let message = match &job.uses {
        Some(uses) => {
            let uses = one_line(&uses.text);
            format!("job '{id}' hands whatever the repository permits by default to '{uses}'")
        }
        None => format!("job '{id}' may do whatever the repository permits by default"),
    };
    Finding::new(OFFENCE.id, inspected.at(&job.id.span), message)
        .label("neither the workflow nor the job has 'permissions:'")
        .subject(id)
        .fix(Fix::note("write 'permissions: {}' at the top and grant each job what it uses"))
}
