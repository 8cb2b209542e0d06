use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::image::Pin;
use crate::inspect::{Inspected, one_line};
use crate::mend;
use crate::pipeline::{Image, Place};
use crate::settings::subject;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/unpinned-image",
    severity: Severity::Error,
    doc: "A container image that a pipeline runs has no digest.

A tag of a registry is a pointer: whoever can push to it decides what the next \
run executes, with the job's secrets in reach. This covers `docker://` steps, \
`container:`, `services:`, `runs.image`, and the matrix values that end up in \
them.

Fix: add the digest of the index after the tag: `node:22@sha256:<64 hex>` \
(`docker buildx imagetools inspect node:22` prints it). The tag then stays as \
a word for readers and update tools; the digest decides. `cargo xtask fix \
action-pins --online --write` asks the registry and writes it where the image \
stands in one piece.",
    bad: &[
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    container: node:22
    services:
      db:
        image: postgres
    steps:
      - uses: docker://alpine@latest
",
        ),
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        image: ['node:22', 'node:24']
    container:
      image: ${{ matrix.image }}
",
        ),
        Example::new(
            "-- action.yml --
runs:
  using: docker
  image: docker://ghcr.io/owner/tool:v1
",
        ),
        Example::new(
            "-- @options --
comments = 'consistent'
-- ci.pins.toml --
schema = 1
images = [
  { image = \"node:22\", digest = \"sha256:9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea\", when = \"2026-11-21\" },
]
-- .github/workflows/ci.yml --
jobs:
  test:
    strategy: {matrix: {image: [&it 'node:22', *it]}}
    container: ${{ matrix.image }}
    services: {a: {image: node:22}, b: \"node:22\"}
    steps:
      - uses: docker://node:22 # needed
",
        ),
    ],
    good: &[
        Example::new(
            "-- .github/workflows/ci.yml --
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        image:
          - node:22@sha256:9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea
          - ''
    container: ${{ matrix.image }}
    steps:
      - uses: docker://alpine@sha256:9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea
",
        ),
        Example::new(
            "-- action.yml --
runs:
  using: docker
  image: docker/Dockerfile
",
        ),
    ],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    inspected.pipeline.images.iter().filter_map(|image| finding(inspected, image)).collect()
}

fn finding(inspected: &Inspected<'_>, image: &Image) -> Option<Finding> {
    let name = image.name.as_ref()?;
    let text = one_line(&name.text);
    let (message, label) = match name.pin() {
        Pin::Digest => return None,
        Pin::Tag(tag) => {
            let tag = one_line(&tag);
            (
                format!("image '{text}' has a tag and no digest"),
                format!("'{tag}' can be pushed anew"),
            )
        }
        Pin::Nothing => (
            format!("image '{text}' has neither tag nor digest"),
            "whatever 'latest' is on that day".to_owned(),
        ),
        Pin::BrokenDigest(digest) => {
            let digest = one_line(&digest);
            (
                format!("image '{text}' has no whole digest"),
                format!("'{digest}' is not 'sha256:' and 64 hex digits in lower case"),
            )
        }
    };
    let before = text.split('@').next().unwrap_or_default();
    let scheme = if image.place == Place::Step { "docker://" } else { "" };
    let edit = mend::image_edit(inspected.file, &image.span, &name.text, inspected.pins);
    let digest = inspected.pins.image(&name.text).map(|pin| pin.digest.as_str());
    let digest = digest.unwrap_or("sha256:<64 hex>");
    let note = format!("pin the content: {scheme}{before}@{digest}");
    let mut finding = Finding::new(OFFENCE.id, inspected.at(&image.span), message)
        .label(label)
        .subject(subject(&image.text))
        .fix(Fix { note, edits: edit.into_iter().collect() });
    if image.span != image.used_at {
        finding = finding.related(inspected.at(&image.used_at), "it runs here");
    }
    Some(finding)
}
