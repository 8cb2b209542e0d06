use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence, made_of};
use crate::inspect::{Inspected, one_line};
use crate::mend;
use crate::settings::{Images, subject};
use crate::supply::{Hold, Supplied};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/tag-only-image",
    severity: Severity::Error,
    doc: "An image that is deployed or built on names its release and no digest.

Only where ci.toml asks for it: `supply = [\"deploy/**\", \"**/Dockerfile*\"]` and \
`images = \"digest\"`. A tag is a pointer, whoever can push to the registry can \
move it: `postgres:16.4` of today and of tomorrow need not be the same. A digest \
is the content itself. The files are those of action-pins/latest-image, which \
tells of images without a release, under either level.

Fix: add the digest of the index after the tag: `postgres:16.4@sha256:<64 hex>` \
(`docker buildx imagetools inspect postgres:16.4` prints it). In values of Helm \
it may stand in `tag:` or in `digest:`, as the chart has it.",
    bad: &[
        Example::new(
            "-- @options --
supply = ['deploy/**', 'Dockerfile']
images = 'digest'
-- deploy/compose.yaml --
services:
  db:
    image: postgres:16.4
",
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**', 'Dockerfile']
images = 'digest'
-- deploy/values.yaml --
seccomp:
  installerImage: busybox:1.36
",
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**', 'Dockerfile']
images = 'digest'
-- Dockerfile --
FROM golang:1.23.4-bookworm
",
        ),
        Example::new(
            "-- @options --
supply = ['**']
images = 'digest'
-- ci.pins.toml --
schema = 1
images = [
  { image = \"a:1.2\", digest = \"sha256:9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea\", when = \"2026-11-21\" },
]
-- Dockerfile --
FROM --platform=$P a:1.2 AS b
COPY --from=a:1.2 / /
RUN --mount=type=bind,from=a:1.2,target=/ x
-- compose.yaml --
services: {db: {image: 'a:1.2'}}
-- pod.yaml --
apiVersion: v1
kind: Pod
spec:
  containers:
    - image: a:1.2 # needed
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
supply = ['deploy/**', 'Dockerfile']
images = 'digest'
-- deploy/compose.yaml --
services:
  db:
    image: postgres:16@sha256:9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea
-- deploy/values.yaml --
image:
  repository: ghcr.io/owner/web
  tag: 1.2.3
  digest: sha256:9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea
-- Dockerfile --
ARG GO=1.23
FROM golang:${GO}@sha256:9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea AS build
FROM build
",
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**']
images = 'version'
-- deploy/compose.yaml --
services:
  db:
    image: postgres:16.4
",
        ),
    ],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    if inspected.settings.images != Some(Images::Digest) {
        return Vec::new();
    }
    inspected.supply.images.iter().filter_map(|image| finding(inspected, image)).collect()
}

fn finding(inspected: &Inspected<'_>, image: &Supplied) -> Option<Finding> {
    let Hold::Release(tag) = &image.hold else { return None };
    let (text, tag) = (one_line(&image.text), one_line(tag));
    let edit = mend::image_edit(inspected.file, &image.span, &image.text, inspected.pins);
    let finding = Finding::new(
        OFFENCE.id,
        inspected.at(&image.span),
        format!("image '{text}' has no digest"),
    )
    .label(format!("'{tag}' can be pushed anew"))
    .subject(subject(&image.text))
    .fix(Fix {
        note: "add its digest after the tag: @sha256:<64 hex>".to_owned(),
        edits: edit.into_iter().collect(),
    });
    Some(made_of(inspected, image, finding))
}
