use std::collections::HashMap;

use camino::Utf8Path;
use kernel::{Example, Finding, Fix, Location, Remark, Severity, Tree};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::manifest::lock::Locks;
use crate::manifest::{Hold, Kind};
use crate::settings::Settings;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/manifest-range",
    severity: Severity::Error,
    doc: "A direct dependency is asked for by a range, a moving name or a branch.

Only where ci.toml asks for it: `ranges = [\"**/package.json\", \"**/pyproject.toml\"]`. \
`^18.2.0`, `latest`, `requests` without a version or `git+https://…@main` is \
whatever is newest on the day it is installed without its lock file, and the \
manifest, the lock file and what was reviewed say three different things. Read \
are package.json (left out are peerDependencies, ranges by nature, and packages of the \
same workspace, which are taken from there), catalogs \
in pnpm-workspace.yaml, pyproject.toml (project, extras, dependency groups, \
build-system, uv, pdm, hatch, poetry), Pipfile, requirements*.txt, \
composer.json, the dependencies of Chart.yaml, and Cargo.toml for `*` and for \
git without a `rev`: other bounds are cargo's way, and its lock file holds the \
version. go.mod is always exact; a Gemfile is a program and is not read for this.

Fix: write one version (`18.2.0`, `requests==2.32.3`) or a whole commit, and let \
an update tool move it. What must stay open is granted in ci.toml: \
`allow = [{ package = \"@types/*\", reason = \"…\" }]`.",
    bad: &[
        Example::new(
            "-- @options --
ranges = ['**/package.json']
-- web/package.json --
{
  \"dependencies\": {
    \"react\": \"^18.2.0\"
  }
}
",
        ),
        Example::new(
            "-- @options --
ranges = ['**/package.json']
-- package.json --
{\"devDependencies\": {\"left-pad\": \"github:owner/left-pad#main\"}}
",
        ),
        Example::new(
            "-- @options --
ranges = ['pyproject.toml']
-- pyproject.toml --
[project]
name = \"app\"
dependencies = [\"requests>=2.32\"]
",
        ),
        Example::new(
            "-- @options --
ranges = ['**/Cargo.toml']
-- Cargo.toml --
[dependencies]
serde = \"1\"
tool = { git = \"https://example.org/tool\", branch = \"main\" }
",
        ),
        Example::new(
            "-- @options --
ranges = ['requirements*.txt']
-- requirements-dev.txt --
pytest
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
ranges = ['**/package.json', 'pyproject.toml', '**/Cargo.toml', 'requirements*.txt']
-- web/package.json --
{
  \"dependencies\": {\"react\": \"18.2.0\", \"own\": \"workspace:*\", \"shared\": \"catalog:\"},
  \"peerDependencies\": {\"react-dom\": \">=18\"}
}
-- pyproject.toml --
[project]
name = \"app\"
dependencies = [\"requests==2.32.3\"]
-- Cargo.toml --
[dependencies]
serde = \"1\"
tool = { git = \"https://example.org/tool\", rev = \"11bd71901bbe5b1630ceea73d27597364c9af683\" }
-- requirements-dev.txt --
pytest==8.3.4; python_version >= '3.9'
-e .
",
        ),
        Example::new(
            "-- @options --
supply = ['package.json']
ranges = ['web/**']
-- package.json --
{\"dependencies\": {\"react\": \"^18.2.0\"}}
-- package-lock.json --
{}
",
        ),
    ],
    judge: Judge::Tree { note, judge },
};

/// Between the parts of what a remark says.
const PART: char = '\u{1f}';

/// What a remark about a package's name is about: this and the name.
const NAMED: &str = "action-pins/manifest-range:";

/// What is said of each hold that is a fault.
const FAULTS: &[(Hold, &str)] =
    &[(Hold::Range, "range"), (Hold::Any, "any"), (Hold::Name, "name"), (Hold::Branch, "branch")];

fn note(inspected: &Inspected<'_>) -> Vec<Remark> {
    let manifest = &inspected.manifest;
    let named = manifest.name.as_ref().map(|name| Remark {
        about: format!("{NAMED}{name}"),
        says: String::new(),
        at: Location::file(inspected.file.path()),
    });
    let asked = manifest.requirements.iter().filter(|_| inspected.asked.ranges);
    let found = asked.filter_map(|found| {
        let (_, fault) = FAULTS.iter().find(|(hold, _)| *hold == found.hold)?;
        let says = format!("{fault}{PART}{}{PART}{}", found.name, found.text);
        Some(Remark { about: OFFENCE.id.to_owned(), says, at: inspected.at(&found.span) })
    });
    found.chain(named).collect()
}

fn judge(_: &Settings, remarks: &[Remark], tree: &Tree) -> Vec<Finding> {
    let mut named: HashMap<&str, Vec<&Utf8Path>> = HashMap::new();
    for remark in remarks {
        if let Some(name) = remark.about.strip_prefix(NAMED) {
            named.entry(name).or_default().push(folder(&remark.at));
        }
    }
    let mut locks = Locks::of(tree);
    let own = remarks.iter().filter(|remark| remark.about == OFFENCE.id);
    let found = own.filter_map(|remark| {
        let mut parts = remark.says.splitn(3, PART);
        let (fault, name, text) = (parts.next()?, parts.next()?, parts.next()?);
        // A package of the same workspace is taken from there by npm and yarn,
        // whatever version is asked for.
        if remark.at.path.file_name() == Some("package.json")
            && let Some(folders) = named.get(name)
        {
            let root = locks.root(Kind::Npm, folder(&remark.at));
            if folders.iter().any(|folder| locks.root(Kind::Npm, folder) == root) {
                return None;
            }
        }
        finding(fault, name, text, remark.at.clone())
    });
    found.collect()
}

fn folder(at: &Location) -> &Utf8Path {
    at.path.parent().unwrap_or("".into())
}

fn finding(fault: &str, name: &str, text: &str, at: Location) -> Option<Finding> {
    let (hold, _) = FAULTS.iter().find(|(_, word)| *word == fault)?;
    let subject = name;
    let (name, text) = (one_line(name), one_line(text));
    let (message, label, fix) = match hold {
        Hold::Range => (
            format!("'{name}' may be any version that '{text}' takes"),
            "the newest of them is installed where no lock file is read",
            "write one version",
        ),
        Hold::Any => (
            format!("'{name}' may be any version"),
            "the newest is installed where no lock file is read",
            "write one version",
        ),
        Hold::Name => (
            format!("'{name}' follows the tag '{text}'"),
            "its publisher moves it with each release",
            "write one version",
        ),
        _ => (
            format!("'{name}' follows a branch or tag: '{text}' names no commit"),
            "whoever can push to that repository decides what is installed here",
            "name the whole commit",
        ),
    };
    let fix = format!(
        "{fix}, or grant it in ci.toml: allow = [{{ package = \"{name}\", reason = \"…\" }}]"
    );
    let finding = Finding::new(OFFENCE.id, at, message).label(label).subject(subject);
    Some(finding.fix(Fix::note(fix)))
}
