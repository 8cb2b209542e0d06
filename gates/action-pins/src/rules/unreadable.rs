use kernel::{Example, Finding, Fix, Location, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/unreadable",
    severity: Severity::Error,
    doc: "A workflow, an action or a file of `supply` cannot be read, so nothing in it is proven.

A scanner that skips what it cannot parse passes exactly the file that somebody \
wants to hide. Here such a file is red: broken YAML, text that is not UTF-8, a \
symbolic link, a Git LFS pointer, a workflow without `jobs:` or with a text in \
the place of a list that still shows steps. References that its lines show are told beside it.

Fix: mend the file. A template that only looks like an action is better named \
otherwise, or excluded by its path.",
    bad: &[
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: actions/checkout@v4
   bad: [
",
        ),
        Example::new(
            "-- @symlink: .github/workflows/ci.yml --
../../elsewhere.yml
",
        ),
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    steps: |
      - uses: actions/checkout@v4
",
        ),
        Example::new(
            "-- .github/workflows/ci.yml --
env:
  jobs:
    test:
      steps:
        - uses: actions/checkout@v4
",
        ),
        Example::new(
            "-- .github/workflows/ci.yml --
|
  jobs:
    test:
      steps:
        - uses: actions/checkout@v4
",
        ),
    ],
    good: &[
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - uses: actions/checkout@v4
---
unknown: [shape, {of: document}]
",
        ),
        Example::new(
            "-- .github/workflows/off.yml --
# jobs:
#   test:
#     steps:
#       - uses: actions/checkout@v4
",
        ),
    ],
    judge: Judge::File(judge),
};

/// More than this many references beside one finding help nobody.
const TOLD_MAX: usize = 10;

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(unreadable) = &inspected.unreadable else { return Vec::new() };
    let path = inspected.file.path();
    let at = match unreadable.at {
        Some(at) => inspected.at(&(at..at)),
        None => Location::file(path),
    };
    let told = &unreadable.told;
    let mut message = format!("'{path}' {}", unreadable.reason);
    if !told.is_empty() {
        message += &format!("; {} of its lines look unpinned", told.len());
    }
    // A baseline that knows this file as unreadable does not cover a
    // reference that comes in later.
    let mut key = unreadable.reason.clone();
    told.iter().for_each(|told| key += &format!(" {}", told.text));
    let mut finding = Finding::new(OFFENCE.id, at, message)
        .label("nothing in this file is proven")
        .key(key)
        .fix(Fix::note(unreadable.remedy));
    for told in told.iter().take(TOLD_MAX) {
        let label = format!("'{}' is not pinned", one_line(&told.text));
        finding = finding.related(inspected.at(&told.span), label);
    }
    vec![finding]
}
