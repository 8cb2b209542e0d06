use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence, made_of};
use crate::inspect::{Inspected, one_line};
use crate::mend;
use crate::settings::subject;
use crate::supply::{Hold, Supplied};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/latest-image",
    severity: Severity::Error,
    doc: "An image that is deployed or built on has no tag, or one that moves on.

Only where ci.toml names the files: `supply = [\"deploy/**\", \"**/Dockerfile*\"]`. \
`postgres`, `postgres:latest`, `postgres:16` and `node:alpine` are another image \
after each release: what was tested is not what runs next week, and nothing \
here shows the change. A tag with a minor version (`golang:1.26`), a date or a \
commit passes. Read are Compose services that are not built here, \
containers of Kubernetes in any kind, Kustomize's `newTag`, values of Helm \
(`image: {repository, tag, digest}`, `image:`, `*Image:`), and Dockerfiles (`FROM` \
with the defaults of its arguments, `COPY --from`, `RUN --mount`), and what `docker run` and \
`docker pull` of scripts, Makefiles and `run:` blocks name, unless the same file builds it. Of a file \
that only a template engine makes YAML, literal images are read and the rest is \
counted as skipped. A manifest in a ConfigMap's `data` and Compose's \
`dockerfile_inline` are read like files of their own; text within those is not. \
What nobody pulls (`imagePullPolicy: Never`, `pull_policy: never`, `localhost/…`) \
is counted as skipped.

Fix: name one release in full (`postgres:16.4`), best with its digest. An image \
that never leaves this machine may have `gate:allow latest-image reason=\"…\"` in a \
comment above it.",
    bad: &[
        Example::new(
            "-- @options --
supply = ['deploy/**']
-- deploy/compose.yaml --
services:
  db:
    image: postgres:${POSTGRES_TAG:-16}
  web:
    build: .
    image: web:dev
",
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**']
-- deploy/app.yaml --
apiVersion: v1
kind: List
items:
  - apiVersion: batch/v1
    kind: CronJob
    spec: {jobTemplate: {spec: {template: {spec: {initContainers: [{name: a, image: busybox}]}}}}}
",
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**']
-- deploy/pod-template.yaml --
apiVersion: v1
kind: ConfigMap
data:
  pod.yaml: |
    spec:
      containers:
        - {name: a, image: 'busybox:latest'}
",
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**']
-- deploy/compose.yaml --
services:
  web:
    build:
      dockerfile_inline: |
        FROM node:22
        RUN npm ci
",
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**']
-- deploy/kustomization.yaml --
images:
  - name: ghcr.io/owner/web
    newTag: main
",
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**']
-- deploy/values.yaml --
image:
  repository: ghcr.io/owner/web
  tag: latest
",
        ),
        Example::new(
            "-- @options --
supply = ['**/Dockerfile*']
-- web/Dockerfile --
ARG NODE=node:22
FROM --platform=$BUILDPLATFORM $NODE AS build
FROM scratch
COPY --from=build /a /a
",
        ),
        Example::new(
            "-- @options --
supply = ['**/Dockerfile*']
-- Dockerfile --
FROM node:22@sha256:9c3380ea
COPY --from=busybox /bin/sh /bin/sh
",
        ),
        Example::new(
            "-- @options --
supply = ['scripts/**']
-- scripts/test.sh --
docker run --rm -v \"$PWD:/src\" ghcr.io/owner/tool:main check
",
        ),
        Example::new(
            "-- @options --
supply = ['.github/**']
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - run: docker pull postgres
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
supply = ['deploy/**', '**/Dockerfile*', 'scripts/**']
images = 'version'
-- scripts/test.sh --
docker build --tag owner/web:test .
docker run --rm owner/web:test && docker run --rm web && docker run --rm postgres:16.4
-- deploy/compose.yaml --
services:
  db:
    image: postgres:16.4
  web:
    build: .
    image: web:dev
  worker:
    image: web:dev
-- deploy/app.yaml --
apiVersion: v1
kind: Pod
spec: {containers: [{name: a, image: 'busybox:1.36'}]}
-- deploy/values.yaml --
image: {repository: ghcr.io/owner/web, tag: v1.2.3}
logoImage: logo.png
-- web/Dockerfile --
FROM node:22.11-alpine AS build
FROM build
RUN <<EOF
FROM nothing
EOF
",
        ),
    ],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    inspected.supply.images.iter().filter_map(|image| finding(inspected, image)).collect()
}

fn finding(inspected: &Inspected<'_>, image: &Supplied) -> Option<Finding> {
    let text = one_line(&image.text);
    let (message, label) = match &image.hold {
        Hold::Nothing => {
            (format!("image '{text}' has no tag"), "'latest' is meant, which moves".to_owned())
        }
        Hold::Moving(tag) => {
            let tag = one_line(tag);
            let message = format!("image '{text}' does not name one release");
            (message, format!("'{tag}' moves on with each release"))
        }
        Hold::Broken => (
            format!("image '{text}' has no whole digest"),
            "a digest is 'sha256:' and 64 hex digits in lower case".to_owned(),
        ),
        Hold::Digest | Hold::Release(_) | Hold::Open => return None,
    };
    let edit = mend::image_edit(inspected.file, &image.span, &image.text, inspected.pins);
    let note = "write the release in full, as in postgres:16.4, best with its digest".to_owned();
    let finding = Finding::new(OFFENCE.id, inspected.at(&image.span), message)
        .label(label)
        .subject(subject(&image.text))
        .fix(Fix { note, edits: edit.into_iter().collect() });
    Some(made_of(inspected, image, finding))
}
