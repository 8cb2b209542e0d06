use kernel::{Example, Finding, Fix, Remark, Severity};

use super::{Judge, Offence};
use crate::calls::{self, Events, Ways, bit, local};
use crate::fork::{Event, Stranger, reached};
use crate::inspect::{Inspected, one_line};
use crate::jobs::{Job, Text};
use crate::runner::{Owner, owner};
use crate::settings::{Hardening, Settings};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/self-hosted-on-fork",
    severity: Severity::Error,
    doc: "A pull request from a fork reaches a machine of your own.

Whoever can open a pull request in a public repository then runs code on a runner \
that is not thrown away afterwards: what they leave there waits for the next job, \
which may hold secrets. The label `self-hosted` says it for certain, also as a \
value of the matrix or in an expression. Events are `pull_request`, \
`pull_request_target`, reviews, `issue_comment` and `workflow_run`, also \
of the workflow that calls this one. An `if:` that excludes forks counts, and so does one of a job that \
is needed: `github.event.pull_request.head.repo.full_name == github.repository`, \
`.fork == false`, `github.event_name`, `author_association`. It keeps out honest \
forks: on `pull_request` the workflow itself is the fork's, so require approval for \
all outside contributors in the repository's settings besides.

An error where `workflow` in ci.toml lists this rule, a warning where that is left \
out. Where it is listed, two more are told: as a warning, a job that strangers can start though it does \
not take their code; as a note, a runner group or a label that GitHub does not \
give its standard machines, which may be a larger runner or one of your own.

Fix: run it on GitHub's machines, or exclude forks by `if:`.",
    bad: &[
        Example::new(
            "-- @options --
workflow = ['self-hosted-on-fork']
-- .github/workflows/ci.yml --
on: [push, pull_request]
jobs:
  test:
    runs-on: [self-hosted, linux]
    steps: [{run: make test}]
",
        ),
        Example::new(
            "-- @options --
workflow = ['self-hosted-on-fork']
-- .github/workflows/ci.yml --
on:
  pull_request:
    types: [opened, labeled]
jobs:
  call:
    if: github.repository == 'owner/repository'
    uses: ./.github/workflows/build.yml
-- .github/workflows/build.yml --
on: workflow_call
jobs:
  build:
    strategy:
      matrix:
        os: [ubuntu-24.04, [self-hosted, arm]]
    runs-on: ${{ matrix.os }}
    steps: [{run: make}]
",
        ),
        Example::new(
            "-- @options --
workflow = ['self-hosted-on-fork']
-- .github/workflows/bench.yml --
on: issue_comment
jobs:
  bench:
    if: contains(github.event.comment.body, '/bench')
    runs-on: ${{ inputs.big && 'ubuntu-24.04' || 'self-hosted' }}
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with: {ref: 'refs/pull/${{ github.event.issue.number }}/merge'}
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
workflow = ['self-hosted-on-fork']
-- .github/workflows/ci.yml --
on: [push, pull_request]
jobs:
  ours:
    if: github.event_name != 'pull_request' || !github.event.pull_request.head.repo.fork
    runs-on: ubuntu-24.04
    steps: [{run: make lint}]
  test:
    needs: ours
    runs-on: self-hosted
    steps: [{run: make test}]
  call:
    if: github.event.pull_request.head.repo.full_name == github.repository
    uses: ./.github/workflows/build.yml
  big:
    runs-on: ${{ github.event_name == 'push' && 'self-hosted' || 'ubuntu-24.04' }}
    steps: [{run: make big}]
-- .github/workflows/build.yml --
on: [push, workflow_call]
jobs:
  build:
    runs-on: self-hosted
    steps: [{run: make}]
",
        ),
        Example::new(
            "-- @options --
workflow = ['self-hosted-on-fork']
-- .github/workflows/bench.yml --
on:
  issue_comment:
  pull_request:
    types: [labeled]
jobs:
  bench:
    if: contains(fromJSON('[\"OWNER\", \"MEMBER\"]'), github.event.comment.author_association)
    runs-on: self-hosted
    steps: [{run: make bench}]
",
        ),
    ],
    judge: Judge::Whole { note, judge },
};

const JOB: &str = "action-pins/self-hosted-on-fork job";

/// What shows that a job takes the code of a pull request.
const THEIR_CODE: &[&str] =
    &["gh pr checkout", "github.head_ref", "pull_request.head", "refs/pull/", "workflow_run.head"];

/// Leaves the events that start a file, the local workflows that it calls, and
/// its jobs on machines of one's own, each with the events that let it run.
fn note(inspected: &Inspected<'_>) -> Vec<Remark> {
    if inspected.settings.asks(Hardening::SelfHostedOnFork).is_none() {
        return Vec::new();
    }
    let pipeline = &inspected.pipeline;
    let mut remarks = calls::events(OFFENCE.id, inspected);
    let is_asked = |job: &Job| local(job).is_some() || machine(job, Event::PullRequest).is_some();
    if !pipeline.jobs.list.iter().any(is_asked) {
        return remarks;
    }
    let reached: Vec<(Event, Vec<bool>)> =
        Event::ALL.into_iter().map(|event| (event, reached(&pipeline.jobs, event))).collect();
    for (number, job) in pipeline.jobs.list.iter().enumerate() {
        let events = || {
            let runs = reached.iter().filter(|(_, jobs)| jobs.get(number) == Some(&true));
            runs.map(|(event, _)| *event)
        };
        remarks.extend(calls::call(OFFENCE.id, inspected, job, events()));
        let source = inspected.file.text().unwrap_or_default();
        let text = source.get(job.span.clone()).unwrap_or_default();
        let takes_code = THEIR_CODE.iter().any(|code| text.contains(code));
        // On one event it can be the other machine than on another.
        let mut told: Vec<(Events, Owner, &Text)> = Vec::new();
        for event in events() {
            let Some((owner, label)) = machine(job, event) else { continue };
            match told.iter_mut().find(|(_, _, other)| other.span == label.span) {
                Some((events, known, _)) => {
                    *events |= bit(event);
                    *known = if *known == Owner::Own { *known } else { owner };
                }
                None => told.push((bit(event), owner, label)),
            }
        }
        for (events, owner, label) in told {
            let owner = if owner == Owner::Own { "own" } else { "unknown" };
            let (id, name) = (one_line(&job.id.text), one_line(&label.text));
            let says = format!("{events}\n{owner}\n{takes_code}\n{id}\n{name}");
            let at = inspected.at(&label.span);
            remarks.push(Remark { about: JOB.to_owned(), says, at });
        }
    }
    remarks
}

/// The label by which `job` runs on a machine that is none of GitHub's on
/// `event`, what is certain first.
fn machine(job: &Job, event: Event) -> Option<(Owner, &Text)> {
    let known = Stranger::new(event);
    let owned = |wanted: Owner| {
        let is_owned = |label: &&Text| owner(&label.text, &known) == wanted;
        job.machine.labels.iter().find(is_owned).map(|label| (wanted, label))
    };
    let group = job.machine.group.as_ref().map(|group| (Owner::Unknown, group));
    owned(Owner::Own).or(group).or_else(|| owned(Owner::Unknown))
}

fn judge(settings: &Settings, remarks: &[Remark]) -> Vec<Finding> {
    let Some(severity) = settings.asks(Hardening::SelfHostedOnFork) else { return Vec::new() };
    let jobs: Vec<&Remark> = remarks.iter().filter(|remark| remark.about == JOB).collect();
    if jobs.is_empty() {
        return Vec::new();
    }
    let ways = Ways::of(OFFENCE.id, remarks);
    let told = jobs.into_iter().filter_map(|job| finding(job, &ways, settings, severity));
    told.collect()
}

fn finding(
    job: &Remark,
    ways: &Ways<'_>,
    settings: &Settings,
    severity: Severity,
) -> Option<Finding> {
    let mut fields = job.says.splitn(5, '\n');
    let events: Events = fields.next()?.parse().ok()?;
    let (is_own, takes_code) = (fields.next()? == "own", fields.next()? == "true");
    let (id, label) = (fields.next()?, fields.next()?);
    let comes =
        |event: &Event| events & bit(*event) != 0 && ways.reach(job.at.path.as_str(), *event);
    let event = Event::ALL.into_iter().find(comes)?;
    let takes_code = takes_code || event.is_of_merge();
    let severity = match (is_own, takes_code) {
        (true, true) => severity,
        // Told only where the rule is listed.
        _ if settings.workflow.is_none() => return None,
        (true, false) => Severity::Warning,
        (false, _) => Severity::Note,
    };
    let whose = if is_own { "" } else { ", perhaps a machine of your own" };
    let what = match takes_code {
        true => "keeps the code of a fork's pull request out",
        false => "keeps strangers from starting it",
    };
    let message = format!(
        "job '{id}' runs on '{label}'{whose}, and nothing here {what} ('{}')",
        event.name()
    );
    let mut finding = Finding::new(OFFENCE.id, job.at.clone(), message)
        .severity(severity)
        .label(if is_own {
            "what runs here stays here"
        } else {
            "the file does not say whose this is"
        })
        .subject(id)
        .fix(Fix::note(
            "run it on GitHub's machines, or exclude forks: \
             if: github.event.pull_request.head.repo.full_name == github.repository",
        ));
    for (way, label) in ways.back(job.at.path.as_str(), event) {
        finding = finding.related(way.at.clone(), label);
    }
    Some(finding)
}
