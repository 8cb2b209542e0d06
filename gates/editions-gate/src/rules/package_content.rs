use kernel::{Example, Finding, Fix, Location, Severity};

use super::{Inspected, Judge, Offence};
use crate::edges::Edge;
use crate::reference::Kind;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/package-content",
    severity: Severity::Error,
    doc: "A package of the core holds files of the restricted tree.

`files` and `exports` of a package.json, `packages` and `include` of a \
pyproject.toml, MANIFEST.in, `include` and `exclude` of a Cargo.toml: whoever \
installs the package gets what its licence does not cover. Without `files` npm \
packs everything, and cargo does without `include`; a package that says it is \
private is not packed at all.

Fix: leave the folder out, e.g. `\"files\": [\"src\", \"!src/ee\"]`, or move it out \
of the package.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['packages/sdk/src/ee/**'] }]
-- packages/sdk/package.json --
{ \"name\": \"@m/sdk\", \"version\": \"1.0.0\", \"files\": [\"src\"] }
-- packages/sdk/src/ee/plan.ts --
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- pyproject.toml --
[tool.setuptools.packages.find]
include = ['app*', 'ee*']
-- app/__init__.py --
-- ee/__init__.py --
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['sdk/src/ee/**'] }]
-- sdk/Cargo.toml --
[package]
name = 'sdk'
version = '1.0.0'
-- sdk/src/ee/plan.rs --
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['packages/sdk/src/ee/**', 'sdk/src/ee/**'] }]
-- packages/sdk/package.json --
{ \"name\": \"@m/sdk\", \"version\": \"1.0.0\", \"files\": [\"src\", \"!src/ee\"] }
-- packages/sdk/src/ee/plan.ts --
-- sdk/Cargo.toml --
[package]
name = 'sdk'
version = '1.0.0'
publish = false
-- sdk/src/ee/plan.rs --
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let ours = inspected.edges.iter().filter(|edge| edge.reference.kind == Kind::Ship);
    let finding = |edge: &Edge| {
        let severity = inspected.severity(edge)?;
        let (name, reference) = (&inspected.boundary.name, &edge.reference);
        let message =
            format!("this package of '{name}' holds '{}', which is restricted", edge.target);
        let at = Location::of(inspected.file, reference.span.clone());
        Some(
            Finding::new(OFFENCE.id, at, message)
                .severity(severity)
                .label("this puts it in")
                .subject(reference.specifier.clone())
                .key(format!("{name} {} {}", reference.kind.verb(), reference.specifier))
                .fix(Fix::note("leave the folder out, or move it out of the package")),
        )
    };
    ours.filter_map(finding).collect()
}
