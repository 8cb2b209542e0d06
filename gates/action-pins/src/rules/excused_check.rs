use std::ops::Range;

use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::check::{Call, Check};
use crate::condition::is_always;
use crate::inspect::{Inspected, one_line};
use crate::jobs::{Step, Text};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/excused-check",
    severity: Severity::Error,
    doc: "The job of a release check succeeds though the check fails or is not asked.

The jobs that publish need the job, not the check in it. `continue-on-error` on \
the job or on its step, or `|| true` after the command, makes a refusal a \
success; an `if:` on the step lets the job succeed without asking.

Fix: take it out. A condition belongs to the job: what needs a skipped job is \
skipped, too.",
    bad: &[
        Example::new(
            "-- .github/workflows/release.yml --
permissions: {}
jobs:
  require-green:
    continue-on-error: true
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\"
",
        ),
        Example::new(
            "-- .github/workflows/release.yml --
permissions: {}
jobs:
  require-green:
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\" || true
",
        ),
        Example::new(
            "-- .github/workflows/release.yml --
permissions: {}
jobs:
  require-green:
    steps:
      - if: github.event_name == 'push'
        run: cargo xtask require-green --commit \"$GITHUB_SHA\"
",
        ),
    ],
    good: &[Example::new(
        "-- .github/workflows/release.yml --
permissions: {}
jobs:
  require-green:
    if: github.event_name == 'push'
    steps:
      - continue-on-error: true
        run: make cache
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\" || exit 1
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let checks = inspected.pipeline.checks.iter();
    checks.filter_map(|check| finding(inspected, check)).collect()
}

/// What lets a job go on.
struct Excuse {
    what: String,
    at: Range<usize>,
    note: &'static str,
}

fn finding(inspected: &Inspected<'_>, check: &Check) -> Option<Finding> {
    let job = inspected.pipeline.jobs.list.get(check.job)?;
    let mut calls = check.calls.iter();
    let of_calls = || calls.find_map(|call| of_call(call, job.steps.get(call.step)?));
    let excuse = goes_on(job.continue_on_error.as_ref()).or_else(of_calls)?;
    let id = one_line(&job.id.text);
    let what = excuse.what;
    let message = format!("{what} lets the job of the release check '{id}' succeed without it");
    Some(
        Finding::new(OFFENCE.id, inspected.at(&excuse.at), message)
            .label("the jobs that need it run")
            .subject(id)
            .fix(Fix::note(excuse.note)),
    )
}

fn of_call(call: &Call, step: &Step) -> Option<Excuse> {
    let condition = step.condition.as_ref().filter(|condition| !always_asked(&condition.text));
    let skips = |condition: &Text| Excuse {
        what: format!("'if: {}' of its step", one_line(&condition.text)),
        at: condition.span.clone(),
        note: "take it out, or move it to the job: what needs a skipped job is skipped, too",
    };
    let excused = call.is_excused.then(|| Excuse {
        what: "'|| true' after it".to_owned(),
        at: call.at.clone(),
        note: "take '|| true' out",
    });
    goes_on(step.continue_on_error.as_ref()).or_else(|| condition.map(skips)).or(excused)
}

fn goes_on(flag: Option<&Text>) -> Option<Excuse> {
    let flag = flag.filter(|flag| flag.text != "false")?;
    Some(Excuse {
        what: format!("'continue-on-error: {}'", one_line(&flag.text)),
        at: flag.span.clone(),
        note: "take 'continue-on-error' out",
    })
}

/// Whether a step with this `if:` runs in every job that has come to it.
fn always_asked(condition: &str) -> bool {
    let asks_success = condition.contains("success()") && !condition.contains(['&', '=', '!']);
    is_always(condition) || asks_success
}
