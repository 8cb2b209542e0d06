use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::settings::subject;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/dynamic-image",
    severity: Severity::Error,
    doc: "An image comes from an expression that the file does not answer.

`${{ inputs.image }}`, `${{ vars.X }}` or an output of another job can be \
anything by the time the job runs; nothing here says that it carries a digest. \
Matrix values that stand in the file are followed and judged one by one.

Fix: write the image with its digest, or put the digest behind the \
expression: `${{ inputs.registry }}/tool@sha256:<64 hex>`. Where it must stay \
open, grant it in ci.toml with the reason: \
`allow = [{ image = \"${{ inputs.image }}\", reason = \"callers pass a digest\" }]`.",
    bad: &[
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    container: ${{ inputs.image }}
",
        ),
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix: ${{ fromJSON(needs.plan.outputs.matrix) }}
    services:
      db:
        image: postgres:${{ matrix.postgres }}
",
        ),
    ],
    good: &[Example::new(
        "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        image: ['node:22']
    container: ${{ matrix.image }}
    services:
      db:
        image: ${{ inputs.registry }}/db@sha256:9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let dynamic = inspected.pipeline.images.iter().filter(|image| image.name.is_none());
    let findings = dynamic.map(|image| {
        let text = one_line(&image.text);
        let message = format!("image '{text}' is only known when the job runs");
        Finding::new(OFFENCE.id, inspected.at(&image.span), message)
            .label("nothing in this file says what it is")
            .subject(subject(&image.text))
            .fix(Fix::note(format!(
                "end it with @sha256:<64 hex>, or grant it in ci.toml: allow = [{{ image = \"{text}\", reason = \"…\" }}]"
            )))
    });
    findings.collect()
}
