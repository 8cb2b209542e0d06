use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::condition::is_always;
use crate::inspect::{Inspected, one_line};
use crate::jobs::{Graph, Job, name};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/umbrella-incomplete",
    severity: Severity::Warning,
    doc: "A job that stands for all others of its workflow does not need each of them.

Branch rules and release checks ask for one job, the umbrella. What it does not \
need, itself or through others, can fail and the umbrella is green. `umbrella` \
in ci.toml names it: then a missing job is an error, and so is an `if:` that \
lets it be skipped, because a skipped check counts as passed. Without that \
option only a job that cannot be anything else is held against its workflow: \
it has `if: always()` or `!cancelled()`, no job needs it, it needs three or more \
and nearly all, and its steps fail by what `needs` says.

Left out are jobs that may be skipped (an `if:` of their own or of one that they \
need), that may fail (`continue-on-error`), or that come after the umbrella; and, \
without the option, those that need a job of the umbrella and so come after its \
work. A name in any job's `needs` that no job has is an error in any case: \
GitHub refuses the whole file.

Fix: add the job to the umbrella's `needs`.",
    bad: &[
        Example::new(
            "-- @options --
umbrella = 'of-another-file'
-- .github/workflows/ci.yml --
jobs:
  lint:
    steps: [{run: make lint}]
  test:
    steps: [{run: make test}]
  scan:
    steps: [{run: make scan}]
  kernel-live:
    steps: [{run: make kernel-live}]
  verify-all:
    if: always()
    needs: [lint, test, scan]
    steps:
      - run: test -z \"${{ join(needs.*.result) }}\" || exit 1
",
        ),
        Example::new(
            "-- @options --
umbrella = 'done'
-- .github/workflows/ci.yml --
jobs:
  test:
    steps: [{run: make test}]
  done:
    needs: test
    steps: [{run: 'true'}]
",
        ),
        Example::new(
            "-- @options --
umbrella = 'of-another-file'
-- .github/workflows/ci.yml --
jobs:
  build:
    steps: [{run: make}]
  test:
    needs: [buidl]
    steps: [{run: make test}]
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
umbrella = 'of-another-file'
-- .github/workflows/ci.yml --
jobs:
  lint:
    steps: [{run: make lint}]
  build:
    steps: [{run: make build}]
  test:
    needs: build
    steps: [{run: make test}]
  scan:
    steps: [{run: make scan}]
  title:
    if: github.event_name == 'pull_request'
    steps: [{run: make title}]
  verify-all:
    if: ${{ always() }}
    needs: [lint, test, scan]
    steps:
      - run: test -z \"${{ join(needs.*.result) }}\" || exit 1
",
        ),
        Example::new(
            "-- @options --
umbrella = 'of-another-file'
-- .github/workflows/ci.yml --
jobs:
  one:
    steps: [{run: make one}]
  two:
    steps: [{run: make two}]
  three:
    steps: [{run: make three}]
  other:
    steps: [{run: make other}]
  tell:
    if: always()
    needs: [one, two, three]
    steps:
      - run: make tell
",
        ),
    ],
    judge: Judge::File(judge),
};

/// Fewer jobs are no umbrella unless it is named.
const NEEDS_MIN: usize = 3;

/// For each job that it misses an umbrella that is not named has so many.
const COVERED_PER_MISSING: usize = 2;

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let jobs = &inspected.pipeline.jobs;
    let mut findings = unknown_needs(inspected);
    let numbered = || jobs.list.iter().enumerate();
    let named = inspected.settings.umbrella.as_deref().map(name);
    if let Some((number, job)) =
        numbered().find(|(_, job)| named.as_ref().is_some_and(|named| name(&job.id.text) == *named))
    {
        findings.extend(skippable(inspected, job));
        let missing = missing(inspected, &Graph::new(jobs), number, true);
        findings.extend(
            missing
                .into_iter()
                .map(|missed| finding(inspected, job, missed).severity(Severity::Error)),
        );
        return findings;
    }
    let likely =
        |(_, job): &(usize, &Job)| job.needs.len() >= NEEDS_MIN && is_umbrella(inspected, job);
    let likely: Vec<(usize, &Job)> = numbered().filter(likely).collect();
    if likely.is_empty() {
        return findings;
    }
    let graph = Graph::new(jobs);
    // Of several none is known to stand for all.
    let mut last = likely.into_iter().filter(|(number, _)| !graph.is_needed(*number));
    if let (Some((number, job)), None) = (last.next(), last.next()) {
        let missing = missing(inspected, &graph, number, false);
        let covered = graph.before([number]).into_iter().filter(|is_in| *is_in).count() - 1;
        if covered > missing.len() * COVERED_PER_MISSING {
            findings.extend(missing.into_iter().map(|missed| finding(inspected, job, missed)));
        }
    }
    findings
}

fn unknown_needs(inspected: &Inspected<'_>) -> Vec<Finding> {
    if inspected.pipeline.jobs.list.iter().all(|job| job.needs.is_empty()) {
        return Vec::new();
    }
    let numbers = inspected.pipeline.jobs.numbers();
    let mut findings = Vec::new();
    for job in &inspected.pipeline.jobs.list {
        for need in job.needs.iter().filter(|need| !numbers.contains_key(&name(&need.text))) {
            let (id, text) = (one_line(&job.id.text), one_line(&need.text));
            let message =
                format!("job '{id}' needs '{text}', and no job of this workflow is called so");
            findings.push(
                Finding::new(OFFENCE.id, inspected.at(&need.span), message)
                    .severity(Severity::Error)
                    .label("with this the whole file is refused")
                    .subject(id)
                    .fix(Fix::note("write the key of a job under 'jobs:', or take it out")),
            );
        }
    }
    findings
}

/// Whether it fails by what became of the jobs that it needs, whatever that is.
fn is_umbrella(inspected: &Inspected<'_>, job: &Job) -> bool {
    if !job.condition.as_ref().is_some_and(|condition| is_always(&condition.text)) {
        return false;
    }
    let source = inspected.file.text().unwrap_or_default();
    let text = source.get(job.span.clone()).unwrap_or_default().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    has(&["needs.", "(needs", "needs)"]) && has(&["exit", "alls-green", "setfailed"])
}

/// The named umbrella can be skipped.
fn skippable(inspected: &Inspected<'_>, job: &Job) -> Option<Finding> {
    let condition = job.condition.as_ref();
    if condition.is_some_and(|condition| is_always(&condition.text)) {
        return None;
    }
    let id = one_line(&job.id.text);
    let (message, at) = match condition {
        Some(condition) => {
            let text = one_line(&condition.text);
            (format!("the umbrella '{id}' is skipped unless '{text}'"), condition)
        }
        None => (format!("the umbrella '{id}' is skipped when a job that it needs fails"), &job.id),
    };
    Some(
        Finding::new(OFFENCE.id, inspected.at(&at.span), message)
            .severity(Severity::Error)
            .label("to a branch rule a skipped job has passed")
            .subject(id)
            .fix(Fix::note("write 'if: always()' and let a step fail by the results of 'needs'")),
    )
}

/// The jobs that the umbrella should need and does not.
fn missing<'i>(
    inspected: &'i Inspected<'_>,
    graph: &Graph,
    umbrella: usize,
    is_named: bool,
) -> Vec<&'i Job> {
    let jobs = &inspected.pipeline.jobs.list;
    let covered = graph.before([umbrella]);
    let numbers_of = |is_in: &[bool]| -> Vec<usize> {
        is_in.iter().enumerate().filter(|(_, is_in)| **is_in).map(|(number, _)| number).collect()
    };
    let conditional = jobs.iter().enumerate().filter(|(_, job)| job.condition.is_some());
    let skipped = graph.after(conditional.map(|(number, _)| number));
    let later = match is_named {
        true => graph.after([umbrella]),
        false => graph.after(numbers_of(&covered)),
    };
    let is_missed = |(number, job): &(usize, &Job)| {
        let is_in = |set: &[bool]| set.get(*number) == Some(&true);
        let may_fail = job.continue_on_error.as_ref().is_some_and(|flag| flag.text != "false");
        !is_in(&covered) && !is_in(&skipped) && !is_in(&later) && !may_fail
    };
    jobs.iter().enumerate().filter(is_missed).map(|(_, job)| job).collect()
}

fn finding(inspected: &Inspected<'_>, umbrella: &Job, missed: &Job) -> Finding {
    let (id, missed_id) = (one_line(&umbrella.id.text), one_line(&missed.id.text));
    let message = format!("job '{missed_id}' can fail and the umbrella '{id}' does not know");
    Finding::new(OFFENCE.id, inspected.at(&missed.id.span), message)
        .label("nobody waits for this")
        .related(inspected.at(&umbrella.id.span), "stands for all jobs")
        .subject(missed_id.clone())
        .fix(Fix::note(format!("add '{missed_id}' to the 'needs:' of '{id}'")))
}
