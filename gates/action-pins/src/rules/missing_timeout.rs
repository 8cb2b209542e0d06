use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::jobs::Job;
use crate::settings::Hardening;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/missing-timeout",
    severity: Severity::Error,
    doc: "A job has no time limit of its own.

Asked where `workflow` in ci.toml lists it. A job that hangs is stopped after six \
hours by default, on a machine of one's own after five days: it holds its runner \
and its concurrency group, and the money goes. Limits of steps bound the steps, not \
the job. A job that calls a reusable workflow can have none; the jobs of that \
workflow are judged where they are.

Fix: write `timeout-minutes:` with about twice what the job takes.",
    bad: &[Example::new(
        "-- @options --
workflow = ['missing-timeout']
-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make test
        timeout-minutes: 10
",
    )],
    good: &[Example::new(
        "-- @options --
workflow = ['missing-timeout']
-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: make test
  call:
    uses: ./.github/workflows/build.yml
  off:
    if: false
    steps: [{run: make}]
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(severity) = inspected.settings.asks(Hardening::MissingTimeout) else {
        return Vec::new();
    };
    let jobs = inspected.pipeline.jobs.list.iter();
    let endless =
        jobs.filter(|job| job.timeout_minutes.is_none() && job.uses.is_none() && !job.is_off());
    endless.map(|job| finding(inspected, job).severity(severity)).collect()
}

fn finding(inspected: &Inspected<'_>, job: &Job) -> Finding {
    let id = one_line(&job.id.text);
    let message = format!("job '{id}' has no time limit");
    Finding::new(OFFENCE.id, inspected.at(&job.id.span), message)
        .label("one that hangs holds its runner for hours")
        .subject(id)
        .fix(Fix::note("write 'timeout-minutes:' with about twice what the job takes"))
}
