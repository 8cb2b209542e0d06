use kernel::{Example, Finding, Fix, Location, Remark, Severity};

use super::{Judge, Offence};
use crate::inspect::Inspected;
use crate::jobs::name;
use crate::settings::Settings;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/missing-umbrella",
    severity: Severity::Error,
    doc: "No workflow has the job that `umbrella` in ci.toml names.

The job was renamed or removed, and nothing holds the others against it any \
more; a branch rule that asks for it by name waits for ever or, if it was taken \
out with it, asks for nothing.

Fix: name the job by its key under `jobs:`, or leave `umbrella` out.",
    bad: &[Example::new(
        "-- @options --
umbrella = 'verify-all'
-- .github/workflows/ci.yml --
jobs:
  verify:
    runs-on: ubuntu-24.04
    steps:
      - run: make verify
",
    )],
    good: &[Example::new(
        "-- @options --
umbrella = 'verify-all'
-- .github/workflows/ci.yml --
jobs:
  verify-all:
    runs-on: ubuntu-24.04
    if: always()
    steps:
      - run: make verify
",
    )],
    judge: Judge::Whole { note, judge },
};

fn note(inspected: &Inspected<'_>) -> Vec<Remark> {
    let Some(umbrella) = &inspected.settings.umbrella else { return Vec::new() };
    let jobs = &inspected.pipeline.jobs.list;
    // What cannot be read may have it, and is red already.
    let has = inspected.unreadable.is_some()
        || jobs.iter().any(|job| name(&job.id.text) == name(umbrella));
    let remark = Remark {
        about: OFFENCE.id.to_owned(),
        says: umbrella.clone(),
        at: Location::file(inspected.file.path()),
    };
    has.then_some(remark).into_iter().collect()
}

fn judge(settings: &Settings, remarks: &[Remark]) -> Vec<Finding> {
    let Some(umbrella) = &settings.umbrella else { return Vec::new() };
    if remarks.iter().any(|remark| remark.about == OFFENCE.id) {
        return Vec::new();
    }
    let folder = Location::file(".github/workflows".into());
    vec![
        Finding::new(OFFENCE.id, folder, format!("no workflow has a job '{umbrella}'"))
            .label("'umbrella' in ci.toml names it")
            .subject(umbrella)
            .key(umbrella)
            .fix(Fix::note("name the job by its key under 'jobs:', or leave 'umbrella' out")),
    ]
}
