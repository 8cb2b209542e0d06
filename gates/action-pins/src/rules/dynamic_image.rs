use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence, made_of};
use crate::inspect::{Inspected, one_line};
use crate::settings::subject;
use crate::supply::Hold;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/dynamic-image",
    severity: Severity::Error,
    doc: "An image comes from an expression that the file does not answer.

`${{ inputs.image }}`, `${{ vars.X }}` or an output of another job can be \
anything by the time the job runs; nothing here says that it carries a digest. \
Matrix values that stand in the file are followed and judged one by one. In \
files that `supply` names it is a variable without a default: `${TAG}` of \
Compose, an `ARG` of a Dockerfile; a default is followed and judged, for Compose \
also what a `.env` beside the file says, and so is a literal tag under any name.

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
        Example::new(
            "-- @options --
supply = ['deploy/**', 'Dockerfile']
-- deploy/compose.yaml --
services:
  web:
    image: ghcr.io/owner/web:${TAG}
-- Dockerfile --
ARG BASE
FROM $BASE
",
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**']
-- deploy/.env --
TAG=1.2.3
-- deploy/web/compose.yaml --
services:
  web:
    image: ghcr.io/owner/web:${TAG}
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
supply = ['deploy/**']
-- deploy/.env --
TAG=1.2.3
-- deploy/compose.yaml --
services:
  web:
    image: ghcr.io/owner/web:${TAG}
",
        ),
        Example::new(
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
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**', 'Dockerfile']
-- deploy/compose.yaml --
services:
  web:
    image: ${REGISTRY}/owner/web:${TAG:-1.4.2}
-- Dockerfile --
ARG GO_VERSION=1.23.4
FROM golang:${GO_VERSION}-bookworm
",
        ),
    ],
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
    let mut findings: Vec<Finding> = findings.collect();
    let open = inspected.supply.images.iter().filter(|image| image.hold == Hold::Open);
    findings.extend(open.map(|image| {
        let text = one_line(&image.text);
        let message = format!("image '{text}' has a variable that nothing here answers");
        let finding = Finding::new(OFFENCE.id, inspected.at(&image.span), message)
            .label("its release is only known when it is used")
            .subject(subject(&image.text))
            .fix(Fix::note(format!(
                "give the variable a default, e.g. ${{TAG:-1.2.3}}, or grant it in ci.toml: allow = [{{ image = \"{text}\", reason = \"…\" }}]"
            )));
        made_of(inspected, image, finding)
    }));
    findings
}
