use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::reference::{Malformed, Reference};
use crate::settings::subject;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/malformed-reference",
    severity: Severity::Error,
    doc: "A `uses:` value is of no form that GitHub documents.

GitHub refuses such a file today, or reads it differently than a person does: \
two `@`, an expression, an invisible character, a name without a ref. What \
cannot be understood cannot be called pinned.

Fix: write `owner/repository[/path]@<40 hex>`, `./path` for this repository, \
or `docker://name@sha256:<64 hex>`.",
    bad: &[
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout
      - uses: actions/setup-go@${{ matrix.version }}
",
        ),
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4@11bd71901bbe5b1630ceea73d27597364c9af683
",
        ),
    ],
    good: &[Example::new(
        "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: ' actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 '
      - uses: actions/setup-go@v5
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for found in &inspected.pipeline.uses {
        let Reference::Malformed(malformed) = found.reference else { continue };
        let text = one_line(&found.text);
        let (message, label) = words(malformed, &text);
        findings.push(
            Finding::new(OFFENCE.id, inspected.at(&found.span), message)
                .label(label)
                .subject(subject(&found.text))
                .fix(Fix::note(
                    "write owner/repository[/path]@<40 hex>, ./path or docker://name@sha256:<64 hex>",
                )),
        );
    }
    findings
}

fn words(malformed: Malformed, text: &str) -> (String, &'static str) {
    match malformed {
        Malformed::NotText => (
            "'uses' holds a list or a mapping, not a reference".to_owned(),
            "expected one line of text",
        ),
        Malformed::Empty => ("'uses' is empty".to_owned(), "expected a reference"),
        Malformed::Expression => (
            format!("'{text}' holds an expression, and GitHub evaluates none in 'uses'"),
            "the reference must stand here in full",
        ),
        Malformed::NoRevision => {
            (format!("'{text}' names no commit"), "expected '@' and 40 hex digits at the end")
        }
        Malformed::SeveralRevisions => {
            (format!("'{text}' holds '@' more than once"), "expected one '@', before the commit")
        }
        Malformed::NoRepository => {
            (format!("'{text}' names no repository"), "expected owner/repository before the '@'")
        }
        Malformed::Name => (
            format!("'{text}' holds a character that no repository or ref on GitHub has"),
            "letters, digits, '-', '_' and '.' make a name",
        ),
        Malformed::ImageAsJob => (
            format!("'{text}' is an image, and a job calls a workflow"),
            "expected a workflow file",
        ),
        Malformed::NotAWorkflow => (
            format!("'{text}' is no workflow, and a job calls one"),
            "expected owner/repository/.github/workflows/<file>@<40 hex>",
        ),
    }
}
