use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::installs::Install;
use crate::settings::subject;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/unpinned-install",
    severity: Severity::Error,
    doc: "A command installs something from the network without saying what exactly.

Only in files that ci.toml names: `supply = [\".github/**\", \"**/Dockerfile*\", \"Makefile\", \
\"scripts/**\"]`. Read are `run:` blocks of workflows and composite actions, `RUN` of \
Dockerfiles in every form, recipes of Makefiles, shell scripts (by their name or first line), \
PowerShell and cmd. `go install x@latest`, `pip install x` and `curl … | sh` run another \
program after each release or each break-in there, and nothing here shows the change.

A pin is: for go `@v1.2.3` (or go.mod's version, without `@`) or a commit; for pip, pipx, poetry and uv `==`, \
`--require-hashes`, a constraints file, or `-r` with a file of this repository whose every \
line is pinned; for npm, pnpm, yarn, bun, npx and dlx `@1.2.3`; for cargo `@1.2.3` or `--git … --rev`; \
for conda `==1.2` or `=1.2.3`; for deno a version in the address; for gem, dotnet, nuget, Chocolatey and winget a version. Local folders and files pass. An install that names no \
package (`npm install`, `dotnet restore`) passes where its lock file is anywhere in the repository, and \
npx without `--yes` where a package.json is. A download that is run passes when a \
checksum or a signature is asked for before, or when its address holds a commit; so does a program out \
of an archive. Commands inside `docker run` are judged, and so are scripts that a here-document writes \
(`cat > x.sh <<EOF`). A Dockerfile's `ADD` needs `--checksum=`, and of a repository, as `docker build` and \
Compose's `build:` do, a commit. Packages of apt, \
apk, brew and their like are judged for the names in `system_packages` alone. What a variable \
says is followed as far as the file tells; the rest is counted as skipped.

Fix: name the release in full. For a script that is downloaded, check it: \
`echo '<sha256>  install.sh' | sha256sum --check`. Where a moving version is meant, grant it in \
ci.toml with the reason: `allow = [{ install = \"https://get.example.org/**\", reason = \"…\" }]`.",
    bad: &[
        Example::new(
            "-- @options --
supply = ['.github/**']
-- .github/workflows/ci.yml --
env:
  VERSION: latest
jobs:
  test:
    steps:
      - run: go install example.org/tool@${{ env.VERSION }}
",
        ),
        Example::new(
            "-- @options --
supply = ['.github/**']
-- .github/actions/setup/action.yml --
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        if ! command -v ruff; then
          sudo python3 -m pip install --upgrade \\
            ruff 'mypy>=1.2'
        fi
",
        ),
        Example::new(
            "-- @options --
supply = ['Dockerfile']
-- Dockerfile --
FROM scratch
RUN [\"npm\", \"install\", \"--global\", \"typescript\"]
RUN <<EOF
npx --yes create-app@^1.2
pnpm dlx tool@next
EOF
",
        ),
        Example::new(
            "-- @options --
supply = ['Makefile']
-- Makefile --
REV ?= main
tools:
\t@cargo install cargo-nextest --locked && cargo install --git https://example.org/tool
\tgem install bundler -v '~> 2.0'; uvx ruff@latest
",
        ),
        Example::new(
            "-- @options --
supply = ['scripts/**']
-- scripts/setup --
#!/bin/sh
curl -fsSL https://example.org/install.sh | sudo bash -s -- --yes
",
        ),
        Example::new(
            "-- @options --
supply = ['scripts/**']
-- scripts/setup.sh --
sh -c \"$(wget -qO- https://example.org/install.sh)\"
bash <(curl https://example.org/install.sh)
curl -Lo ./tool https://example.org/v1.2.3/tool
chmod +x tool
",
        ),
        Example::new(
            "-- @options --
supply = ['scripts/**']
-- scripts/setup.ps1 --
choco install git; dotnet tool install --global tool
iwr https://example.org/install.ps1 -UseBasicParsing | iex
",
        ),
        Example::new(
            "-- @options --
supply = ['Dockerfile']
system_packages = ['clang']
-- Dockerfile --
FROM scratch
RUN apt-get update && apt-get install -y clang make
",
        ),
        Example::new(
            "-- @options --
supply = ['scripts/**']
-- scripts/setup.sh --
curl -fsSL https://example.org/tool-1.2.3.tar.gz | tar -xz
sudo mv tool-1.2.3/tool /usr/local/bin/
",
        ),
        Example::new(
            "-- @options --
supply = ['scripts/**']
-- scripts/setup.sh --
cat > install.sh <<EOF
npm install --global typescript
EOF
docker run --rm node:22.11 npx --yes create-app
",
        ),
        Example::new(
            "-- @options --
supply = ['Dockerfile', 'compose.yaml', 'scripts/**']
-- Dockerfile --
FROM scratch
ADD https://example.org/owner/repository.git#main /src
ADD https://example.org/tool /opt/tool
-- compose.yaml --
services:
  web:
    build: https://example.org/owner/repository.git
-- scripts/setup.sh --
conda install --yes numpy=1.26 && uv add ruff && deno run https://example.org/main.ts
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
supply = ['.github/**', 'Dockerfile', 'Makefile', 'scripts/**']
images = 'version'
system_packages = ['clang']
-- package-lock.json --
{}
-- package.json --
{}
-- requirements.txt --
ruff==0.4.1
-- .github/workflows/ci.yml --
env:
  VERSION: v1.2.3
jobs:
  test:
    steps:
      - run: go install example.org/tool@${{ env.VERSION }} && go install ./cmd/x
      - run: |
          python3 -m pip install 'ruff==0.4.1' mypy[x]==1.2 -e .
          pip install -r requirements.txt
          echo pip install ruff # pip install ruff
      - run: npm install && npx tsc && npx --yes cowsay@1.6.0
-- Dockerfile --
FROM scratch
RUN [\"npm\", \"install\", \"--global\", \"typescript@5.6.2\"]
RUN apt-get install -y clang-14 make
-- Makefile --
tools:
\tcargo install cargo-nextest@0.9.1 --locked && cargo install --path .
\tgem install bundler -v 2.5.0; uvx ruff@0.4.1
-- scripts/setup.sh --
curl -fsSL https://raw.githubusercontent.com/o/r/11bd71901bbe5b1630ceea73d27597364c9af683/install.sh | sh
curl -Lo tool https://example.org/v1.2.3/tool
echo '11bd71901bbe5b1630ceea73d27597364c9af683  tool' | sha256sum --check
chmod +x tool
-- scripts/setup.ps1 --
choco install git --version 2.45.0; dotnet tool install --global tool --version 1.2.3
",
        ),
        Example::new(
            "-- @options --
supply = ['Dockerfile', 'compose.yaml', 'scripts/**']
images = 'version'
-- Dockerfile --
FROM scratch
ADD https://example.org/owner/repository.git#11bd71901bbe5b1630ceea73d27597364c9af683 /src
ADD --checksum=sha256:9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea https://example.org/tool /opt/tool
-- compose.yaml --
services:
  web:
    build: https://example.org/owner/repository.git#11bd71901bbe5b1630ceea73d27597364c9af683
-- scripts/setup.sh --
curl -fsSLo tool.tar.gz https://example.org/tool-1.2.3.tar.gz
echo '9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea  tool.tar.gz' | sha256sum --check
tar -xzf tool.tar.gz && sudo mv tool-1.2.3/tool /usr/local/bin/
cat > notes.txt <<EOF
npm install --global typescript
EOF
docker run --rm node:22.11 npx --yes create-app@1.2.3
conda install --yes numpy=1.26.4 && uv add ruff==0.4.1 && deno run https://deno.land/x/main@v1.2.3/mod.ts
",
        ),
    ],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    inspected.installs.unpinned.iter().map(|install| finding(inspected, install)).collect()
}

fn finding(inspected: &Inspected<'_>, install: &Install) -> Finding {
    let Install { tool, subject: of, why, .. } = install;
    let message = match one_line(of) {
        of if of.is_empty() => format!("'{tool}' {why}"),
        of => format!("'{tool}' of '{of}' {why}"),
    };
    let finding = Finding::new(OFFENCE.id, inspected.at(&install.span), one_line(&message))
        .label("what this brings can change without a commit here")
        .subject(subject(if of.is_empty() { tool } else { of }))
        .fix(Fix::note(one_line(&install.expected)));
    match &install.fetched {
        Some(fetched) => {
            let at = inspected.at(fetched);
            finding.waiver_lines(at.span.map(|span| span.line)).related(at, "fetched here")
        }
        None => finding,
    }
}
