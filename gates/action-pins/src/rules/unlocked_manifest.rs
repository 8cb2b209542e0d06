use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Example, Finding, Fix, Location, Remark, Severity, Tree};

use super::{Judge, Offence};
use crate::inspect::Inspected;
use crate::manifest::lock::{self, Locks};
use crate::manifest::{self, Kind, Role};
use crate::settings::Settings;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/unlocked-manifest",
    severity: Severity::Error,
    doc: "An application's manifest has no lock file.

Only for manifests that ci.toml names: `supply = [\"**/package.json\", \"**/Cargo.toml\"]`. \
Without a lock file each install takes what is newest that day, of every package \
in the tree below the named ones; with it, content changes by a commit alone. It \
stands beside the manifest or at the root of the workspace that lists it: \
package-lock.json, npm-shrinkwrap.json, yarn.lock, pnpm-lock.yaml, bun.lock; \
uv.lock, poetry.lock, pdm.lock, pylock.toml, a list with hashes; Pipfile.lock, \
Cargo.lock, go.sum, Gemfile.lock, composer.lock, Chart.lock. A requirements file \
whose lines are all exact or hashed is one itself, a chart whose versions are all \
exact needs none, and a manifest that takes nothing from outside neither.

Libraries are left out, since nobody who uses one reads its lock file: a \
package.json with `name` and `version` that is not `private`, a pyproject.toml \
with a build system or classifiers that no `Private ::`, `package = false` or \
`package-mode = false` keeps at home, a Cargo package without a binary, a Gemfile \
with `gemspec`, a composer.json with a `name` whose type is not `project`. They \
are counted as skipped.

Fix: commit the lock file that the package manager writes, and install by it \
(`npm ci`, `cargo --locked`, `uv sync --locked`). What needs none is granted in \
ci.toml: `allow = [{ manifest = \"examples/**\", reason = \"…\" }]`.",
    bad: &[
        Example::new(
            "-- @options --
supply = ['**/package.json']
-- web/package.json --
{\"private\": true, \"dependencies\": {\"react\": \"18.2.0\"}}
-- package-lock.json --
{}
",
        ),
        Example::new(
            "-- @options --
supply = ['**/Cargo.toml', '**/go.mod', 'requirements.txt']
-- tool/Cargo.toml --
[package]
name = \"tool\"
[dependencies]
serde = \"1\"
-- tool/src/main.rs --
fn main() {}
",
        ),
        Example::new(
            "-- @options --
supply = ['requirements.txt']
-- requirements.txt --
requests>=2
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
supply = ['**/package.json', '**/Cargo.toml', 'requirements.txt']
-- package.json --
{\"private\": true, \"workspaces\": [\"web\"]}
-- package-lock.json --
{}
-- web/package.json --
{\"private\": true, \"dependencies\": {\"react\": \"18.2.0\"}}
-- tool/Cargo.toml --
[package]
name = \"tool\"
[dependencies]
serde = \"1\"
-- tool/src/lib.rs --
//! Built upon, not run.
-- requirements.txt --
requests==2.32.3
",
        ),
        Example::new(
            "-- @options --
supply = ['deploy/**']
ranges = ['package.json']
-- package.json --
{\"private\": true, \"dependencies\": {\"react\": \"18.2.0\"}}
",
        ),
    ],
    judge: Judge::Tree { note, judge },
};

const APPLICATION: &str = "application";
const PACKAGE: &str = "package";

fn note(inspected: &Inspected<'_>) -> Vec<Remark> {
    let says = match inspected.manifest.role {
        Role::Application => APPLICATION,
        Role::Package => PACKAGE,
        Role::Library | Role::Complete => return Vec::new(),
    };
    let at = Location::file(inspected.file.path());
    let remark = Remark { about: OFFENCE.id.to_owned(), says: says.to_owned(), at };
    inspected.asked.lock.then_some(remark).into_iter().collect()
}

fn judge(_: &Settings, remarks: &[Remark], tree: &Tree) -> Vec<Finding> {
    let mut locks = Locks::of(tree);
    // A workspace is told once, at its own manifest if that is judged.
    let mut found: BTreeMap<(Kind, Utf8PathBuf), &Utf8Path> = BTreeMap::new();
    for remark in remarks.iter().filter(|remark| remark.about == OFFENCE.id) {
        let path = &*remark.at.path;
        let folder = path.parent().unwrap_or("".into());
        let name = path.file_name().unwrap_or_default();
        let Some(kind) = manifest::kind(folder.as_str(), name) else { continue };
        if remark.says == PACKAGE && !locks.has_binary(folder) {
            continue;
        }
        let Some(root) = locks.missing(kind, folder) else { continue };
        let is_root = root == folder;
        // Of several lists of Python's in a folder each is its own.
        let key = if kind == Kind::Requirements { path.to_owned() } else { root };
        let told = found.entry((kind, key)).or_insert(path);
        if is_root {
            *told = path;
        }
    }
    found.into_iter().map(|((kind, root), path)| finding(kind, &root, path)).collect()
}

fn finding(kind: Kind, root: &Utf8Path, path: &Utf8Path) -> Finding {
    let is_own = kind == Kind::Requirements || Some(root) == path.parent();
    let message = match is_own {
        true if kind == Kind::Requirements => {
            format!("'{path}' asks for ranges and has no hashes")
        }
        true => format!("'{path}' has no lock file"),
        false if root.as_str().is_empty() => {
            format!("'{path}' is of the workspace above, which has no lock file")
        }
        false => format!("'{path}' is of the workspace in '{root}', which has no lock file"),
    };
    Finding::new(OFFENCE.id, Location::file(path), message)
        .label("each install takes what is newest that day")
        .subject(path.as_str())
        .key(path.as_str())
        .fix(Fix::note(lock::how(kind)))
}
