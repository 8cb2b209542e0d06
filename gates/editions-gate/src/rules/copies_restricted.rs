use kernel::{Example, Severity};

use super::{Judge, Offence};
use crate::reference::Kind;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/copies-restricted",
    severity: Severity::Error,
    doc: "A file of the core copies, mounts or builds from the restricted tree.

`COPY` and `ADD` of a Dockerfile and what its `RUN` names, `build`, `volumes` and \
`env_file` of compose, resources of a kustomization, charts of Helm and what their templates read, recipes \
of a Makefile's goal: the core's image, deployment or build is not made without them. `COPY . .` takes what is there and \
needs nothing else. What a CI service reads (`run`, `working-directory`, `path`) \
and what a Makefile makes only if it is asked for by name is counted and not red, \
since the whole product is built and tested somewhere: the boundary says \
`ci = \"deny\"` where nothing of it may.

Fix: give the whole product a Dockerfile or deployment of its own, in the \
restricted tree, that begins with the core's.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- deploy/Dockerfile --
FROM node:22
COPY web /web
COPY --chown=1000 ee/web /ee/web
-- web/a.ts --
-- ee/web/b.ts --
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- deploy/compose.yml --
services:
  web:
    build: { context: .., dockerfile: ee/Dockerfile }
-- ee/Dockerfile --
FROM scratch
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- deploy/kustomization.yaml --
resources:
  - ../ee/k8s
-- ee/k8s/a.yaml --
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- Makefile --
MAIN := ./ee/cmd
all: server
server:
	go build $(MAIN)
-- ee/cmd/main.go --
package main
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['charts/app/ee/**'] }]
-- charts/app/Chart.yaml --
name: app
-- charts/app/templates/config.yaml --
data:
  plan: {{ .Files.Get \"ee/plan.json\" | quote }}
-- charts/app/ee/plan.json --
{}
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], ci = 'deny' }]
-- .github/workflows/ci.yml --
jobs:
  build:
    steps:
      - run: go build ./ee/...
-- ee/a.go --
package ee
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- Dockerfile --
FROM node:22
COPY . .
COPY --from=build /ee/web /web
# COPY ee/web /web
COPY feed/ee.ts employee/ /web/
-- feed/ee.ts --
-- employee/a.ts --
-- ee/web/b.ts --
-- Makefile --
all:
	go build ./feed/... # not ./ee/...
enterprise:
	go build ./ee/...
-- .github/workflows/release.yml --
jobs:
  build:
    steps:
      - run: go build ./ee/...
",
    )],
    judge: Judge::File(|inspected| {
        inspected.findings(OFFENCE.id, |edge| {
            matches!(edge.reference.kind, Kind::Copy | Kind::Run)
        })
    }),
};
