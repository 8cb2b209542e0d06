use kernel::{Edit, Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::jobs::{Job, Step, Text};
use crate::settings::Hardening;
use crate::shell;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/persisted-credentials",
    severity: Severity::Error,
    doc: "`actions/checkout` leaves the token where every later step can read it.

Asked where `workflow` in ci.toml lists it. The action keeps the token for git, in \
.git/config or since its version 6 beside the runner's temporary files, unless \
`persist-credentials: false` is given: a build script, a dependency's install hook \
or an artifact made of the whole folder can carry it off. A job that pushes needs \
it: write `persist-credentials: true` there, which says that it is meant and passes.

Fix: write `persist-credentials: false`. Where the job's token cannot push anyway, \
and nothing in it speaks to git's server, `cargo xtask fix action-pins --write` does.",
    bad: &[
        Example::new(
            "-- @options --
workflow = ['persisted-credentials']
-- .github/workflows/ci.yml --
permissions: {contents: read}
jobs:
  test:
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - name: again
        uses: 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683' # v4.2.2
        with:
          # all of it
          fetch-depth: 0
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with: {fetch-depth: 0}
      - {uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683, if: always()}
",
        ),
        Example::new(
            "-- @options --
workflow = ['persisted-credentials']
-- .github/workflows/ci.yml --
jobs:
  test:
    permissions: {contents: write}
    steps:
      - uses: Actions/Checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - run: make && git -C . push
",
        ),
        Example::new(
            "-- @options --
workflow = ['persisted-credentials']
-- tools/build/action.yml --
runs:
  using: composite
  steps:
    - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
workflow = ['persisted-credentials']
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
  push:
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: true
      - run: git push
",
    )],
    judge: Judge::File(judge),
};

/// Actions that push with the token that git has been left.
const PUSHERS: &[&str] = &[
    "ad-m/github-push-action",
    "endbug/add-and-commit",
    "peter-evans/create-pull-request",
    "stefanzweifel/git-auto-commit-action",
];

/// Commands of git that speak to its server.
const REMOTE: &[&str] =
    &["clone", "fetch", "lfs", "ls-remote", "pull", "push", "remote", "submodule"];

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(severity) = inspected.settings.asks(Hardening::PersistedCredentials) else {
        return Vec::new();
    };
    let pipeline = &inspected.pipeline;
    let jobs = pipeline.jobs.list.iter().filter(|job| !job.is_off());
    let of_jobs = jobs.flat_map(|job| findings(inspected, &job.steps, Some(job)));
    let of_action = findings(inspected, &pipeline.steps, None);
    let mut found: Vec<Finding> =
        of_jobs.chain(of_action).map(|finding| finding.severity(severity)).collect();
    // An alias repeats a step.
    let mut seen = std::collections::HashSet::new();
    found.retain(|finding| seen.insert(finding.at.span));
    found
}

fn findings(inspected: &Inspected<'_>, steps: &[Step], job: Option<&Job>) -> Vec<Finding> {
    let left = steps.iter().enumerate().filter_map(|(number, step)| {
        let uses = step.uses.as_ref()?;
        let is_left = input(step, "persist-credentials").is_none();
        (is_checkout(uses) && is_left).then_some((number, step, uses))
    });
    let left: Vec<_> = left.collect();
    if left.is_empty() {
        return Vec::new();
    }
    let uses: Vec<Option<Needs>> = steps.iter().map(needs).collect();
    let finding = |(number, step, at): (usize, &Step, &Text)| {
        let later = || uses.get(number + 1..).into_iter().flatten().flatten();
        let push = later().find(|needs| needs.is_push);
        let is_certain =
            later().next().is_none() && job.is_some_and(|job| !may_push(inspected, job));
        finding(inspected, step, at, push, is_certain)
    };
    left.into_iter().map(finding).collect()
}

fn is_checkout(uses: &Text) -> bool {
    let name = uses.text.split('@').next().unwrap_or_default();
    name.eq_ignore_ascii_case("actions/checkout")
}

fn input<'s>(step: &'s Step, name: &str) -> Option<&'s str> {
    step.inputs.iter().find(|(input, _)| input == name).map(|(_, value)| value.as_str())
}

/// What a later step needs the token for.
struct Needs {
    what: String,
    at: std::ops::Range<usize>,
    is_push: bool,
}

fn needs(step: &Step) -> Option<Needs> {
    if let Some(uses) = &step.uses {
        let name = uses.text.split('@').next().unwrap_or_default();
        let is_push = PUSHERS.iter().any(|it| it.eq_ignore_ascii_case(name));
        return is_push.then(|| Needs { what: name.to_owned(), at: uses.span.clone(), is_push });
    }
    let run = step.run.as_ref().filter(|run| run.text.contains("git"))?;
    let mut first = None;
    for command in shell::commands(&run.text) {
        let mut words = command.words.iter().map(|word| word.text.as_str());
        if words.next() != Some("git") {
            continue;
        }
        // Options before the verb may have values: `git -C folder push`.
        let Some(verb) = words.find(|word| REMOTE.contains(word)) else { continue };
        let is_push = verb == "push";
        let needs = Needs { what: format!("git {verb}"), at: run.span.clone(), is_push };
        if is_push {
            return Some(needs);
        }
        first.get_or_insert(needs);
    }
    first
}

/// Whether its token may push, as far as the file tells.
fn may_push(inspected: &Inspected<'_>, job: &Job) -> bool {
    let writes = job.writes(&inspected.pipeline.jobs);
    writes.is_none_or(|writes| {
        writes.iter().any(|scope| matches!(scope.text.as_str(), "contents" | "write-all"))
    })
}

fn finding(
    inspected: &Inspected<'_>,
    step: &Step,
    uses: &Text,
    push: Option<&Needs>,
    is_certain: bool,
) -> Finding {
    let text = one_line(&uses.text);
    let finding = Finding::new(
        OFFENCE.id,
        inspected.at(&uses.span),
        match push {
            None => format!("'{text}' leaves its token to every later step"),
            Some(push) => {
                let what = one_line(&push.what);
                format!("'{text}' leaves its token to every later step, and '{what}' uses it")
            }
        },
    )
    .label("'persist-credentials: false' is not given")
    .subject(text);
    if let Some(push) = push {
        let note = "write 'persist-credentials: true' to say that it is meant, or 'false' and \
                    give the push a token of its own";
        return finding.related(inspected.at(&push.at), "pushes with it").fix(Fix::note(note));
    }
    // Another token than the job's is there for a reason.
    let has_own = ["token", "ssh-key"].iter().any(|name| input(step, name).is_some());
    let edits = match is_certain && !has_own {
        true => edit(inspected, step, uses).into_iter().collect(),
        false => Vec::new(),
    };
    finding.fix(Fix { note: "write 'persist-credentials: false' under 'with:'".to_owned(), edits })
}

/// Inserts the input, at the beginning of `with:` or as a new one. None where
/// the step is written in a way that a person should change.
fn edit(inspected: &Inspected<'_>, step: &Step, uses: &Text) -> Option<Edit> {
    const INPUT: &str = "persist-credentials: false";
    let source = inspected.file.text()?;
    let insert = |at: usize, text: String| {
        Some(Edit { path: inspected.file.path().to_owned(), start: at, end: at, text })
    };
    let is_flow = |at: usize| source.get(at..).is_some_and(|rest| rest.starts_with('{'));
    let line_end = |from: usize| {
        let rest = source.get(from..).unwrap_or_default();
        let end = rest.find('\n').unwrap_or(rest.len());
        let is_crlf = rest.get(..end).is_some_and(|line| line.ends_with('\r'));
        (from + end - usize::from(is_crlf), if is_crlf { "\r\n" } else { "\n" })
    };
    if let Some(inputs) = &step.inputs_at {
        if is_flow(inputs.start) {
            let is_empty = source.get(inputs.start + 1..)?.trim_start().starts_with('}');
            let text = if is_empty { INPUT.to_owned() } else { format!("{INPUT}, ") };
            return insert(inputs.start + 1, text);
        }
        let indent = indent(source, inputs.start).filter(|it| it.trim().is_empty())?;
        let line_break = line_end(inputs.start).1;
        return insert(inputs.start, format!("{INPUT}{line_break}{indent}"));
    }
    if source.get(uses.span.clone())?.contains('\n') {
        return None;
    }
    if is_flow(step.span.start) {
        return insert(uses.span.end, format!(", with: {{{INPUT}}}"));
    }
    let (end, line_break) = line_end(uses.span.end);
    let rest = source.get(uses.span.end..end)?.trim_start();
    // As wide as what stands before its first key: `- `.
    let indent = " ".repeat(indent(source, step.span.start)?.chars().count());
    let is_whole = rest.is_empty() || rest.starts_with('#');
    is_whole
        .then(|| insert(end, format!("{line_break}{indent}with:{line_break}{indent}  {INPUT}")))?
}

/// What stands before `at` on its line.
fn indent(source: &str, at: usize) -> Option<&str> {
    let before = source.get(..at)?;
    before.rsplit('\n').next().filter(|it| it.chars().all(|c| matches!(c, ' ' | '-')))
}
