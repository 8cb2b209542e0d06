use std::collections::{HashMap, HashSet};

use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::check::Check;
use crate::condition::{Bad, may_run};
use crate::inspect::{Inspected, one_line};
use crate::jobs::{Graph, Job, Text, name};
use crate::publish::{self, Evidence};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/publish-without-check",
    severity: Severity::Error,
    doc: "A job publishes without the release check that its workflow has.

A check stops only what waits for it. A job that creates a release, pushes an \
image or a package, signs, or asks for `contents`, `packages`, `id-token` or \
`attestations: write` itself must reach the job that calls `require-green` \
through its `needs`, and its `if:` must not let it run although the check \
failed, as `always()` or `!cancelled()` do. Said only of workflows that have a release check; \
`release_workflows` in ci.toml says which must have one. What a called \
workflow does is not followed: such a job publishes if it hands over one of \
these permissions.

Fix: add the check to `needs`; in an `if:` that asks for more than success, \
ask for the check too: `always() && needs.require-green.result == 'success'`.",
    bad: &[
        Example::new(
            "-- .github/workflows/release.yml --
permissions: {}
jobs:
  require-green:
    permissions: {contents: read}
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\"
  build:
    needs: require-green
    runs-on: ubuntu-24.04
    steps:
      - run: make
  crate:
    runs-on: ubuntu-24.04
    steps:
      - run: cargo publish --locked
",
        ),
        Example::new(
            "-- .github/workflows/release.yml --
permissions: {}
jobs:
  require-green:
    permissions: {contents: read}
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\"
  release:
    needs: require-green
    if: ${{ !cancelled() && github.ref_type == 'tag' }}
    permissions: {contents: write}
    runs-on: ubuntu-24.04
    steps:
      - run: make release
",
        ),
    ],
    good: &[
        Example::new(
            "-- .github/workflows/release.yml --
permissions: {}
jobs:
  require-green:
    permissions: {contents: read}
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\"
  build:
    needs: require-green
    runs-on: ubuntu-24.04
    steps:
      - run: make
  crate:
    needs: [build]
    runs-on: ubuntu-24.04
    steps:
      - run: cargo publish --locked
  release:
    needs: [require-green, build]
    if: always() && needs.require-green.result == 'success'
    permissions: {contents: write}
    runs-on: ubuntu-24.04
    steps:
      - run: make release
",
        ),
        Example::new(
            "-- .github/workflows/docs.yml --
jobs:
  site:
    permissions: {contents: write}
    runs-on: ubuntu-24.04
    steps:
      - run: make site
",
        ),
    ],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let pipeline = &inspected.pipeline;
    let Some(first) = pipeline.checks.first() else { return Vec::new() };
    let jobs = &pipeline.jobs.list;
    let is_check: HashSet<usize> = pipeline.checks.iter().map(|check| check.job).collect();
    let graph = Graph::new(&pipeline.jobs);
    let numbers = pipeline.jobs.numbers();
    let waits = graph.after(is_check.iter().copied());
    let seen = Seen { inspected, numbers, is_check, waits, check: check_name(inspected, first) };
    let mut findings = Vec::new();
    for (number, job) in jobs.iter().enumerate() {
        if seen.is_check.contains(&number) {
            continue;
        }
        let Some(evidence) = publish::evidence(job) else { continue };
        findings.extend(match seen.waits.get(number) {
            Some(true) => seen.runs_anyway(job, &evidence),
            _ => Some(seen.unguarded(job, &evidence)),
        });
    }
    findings
}

fn check_name(inspected: &Inspected<'_>, check: &Check) -> String {
    let job = inspected.pipeline.jobs.list.get(check.job);
    one_line(job.map(|job| job.id.text.as_str()).unwrap_or_default())
}

/// A workflow with a check, as its publishing jobs are held against it.
struct Seen<'a> {
    inspected: &'a Inspected<'a>,
    numbers: HashMap<String, usize>,
    is_check: HashSet<usize>,
    /// Which jobs wait for a check.
    waits: Vec<bool>,
    /// The id of the first.
    check: String,
}

impl Seen<'_> {
    fn finding(&self, job: &Job, at: &Text, message: String, evidence: &Evidence) -> Finding {
        let id = one_line(&job.id.text);
        let key = format!("{id}: {}", if at == &job.id { "needs" } else { "if" });
        Finding::new(OFFENCE.id, self.inspected.at(&at.span), message)
            .related(self.inspected.at(&evidence.at), "this publishes")
            .subject(id)
            .key(key)
    }

    fn unguarded(&self, job: &Job, evidence: &Evidence) -> Finding {
        let (id, check) = (one_line(&job.id.text), &self.check);
        let message = format!(
            "job '{id}' {}, and does not wait for the release check '{check}'",
            evidence.what
        );
        self.finding(job, &job.id, message, evidence)
            .label("runs whatever the check says")
            .fix(Fix::note(format!("add '{check}' to the 'needs:' of '{id}'")))
    }

    /// A job that waits for the check and has an `if:` that does not ask how it
    /// ended.
    fn runs_anyway(&self, job: &Job, evidence: &Evidence) -> Option<Finding> {
        let condition = job.condition.as_ref()?;
        let ending = self.endings().into_iter().find(|ending| {
            let mut results: Vec<_> =
                job.needs.iter().map(|need| self.result(&need.text, ending)).collect();
            results.sort_unstable();
            results.dedup();
            let result = |id: &str| self.result(id, ending);
            may_run(&condition.text, &Bad { ending, result: &result, results: &results })
        })?;
        let (id, check, text) = (one_line(&job.id.text), &self.check, one_line(&condition.text));
        let how = if ending == "failure" { "failed".to_owned() } else { format!("was {ending}") };
        let message = format!(
            "job '{id}' {}, and 'if: {text}' lets it run although the release check '{check}' {how}",
            evidence.what
        );
        let note = format!("add to the condition: && needs.{check}.result == 'success'");
        Some(
            self.finding(job, condition, message, evidence)
                .label("does not ask how the check ended")
                .fix(Fix::note(note)),
        )
    }

    /// How a check can end without having passed: one that always runs is never
    /// skipped.
    fn endings(&self) -> Vec<&'static str> {
        let jobs = &self.inspected.pipeline.jobs.list;
        let checks = self.inspected.pipeline.checks.iter();
        let mut checks = checks.filter_map(|check| jobs.get(check.job));
        let can_skip = checks.any(|job| job.condition.is_some() || !job.needs.is_empty());
        let endings = ["failure", "cancelled", "skipped"];
        endings.into_iter().take(if can_skip { 3 } else { 2 }).collect()
    }

    /// How the job called `id` ends if the check ended in `ending`, where that
    /// is certain.
    fn result(&self, id: &str, ending: &'static str) -> Option<&'static str> {
        let number = *self.numbers.get(&name(id))?;
        if self.is_check.contains(&number) {
            return Some(ending);
        }
        let job = self.inspected.pipeline.jobs.list.get(number)?;
        let waits = self.waits.get(number) == Some(&true);
        (waits && job.condition.is_none()).then_some("skipped")
    }
}
