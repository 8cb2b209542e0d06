use kernel::{Example, Severity};

use super::{Judge, Offence};
use crate::reference::Kind;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/manifest-dependency",
    severity: Severity::Error,
    doc: "A manifest of the core names a package of the restricted tree.

Cargo resolves every dependency before it builds anything, an optional one too; \
npm installs it; go reads every folder that go.work uses or that stands for a module \
that is required. Without the restricted tree the core's own workspace does not \
resolve.

Fix: let the restricted package depend on the core, and give the whole product a \
manifest of its own beside them.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['crates/ee/**'] }]
-- crates/ee/Cargo.toml --
[package]
name = 'my-ee'
-- crates/core/Cargo.toml --
[package]
name = 'core'

[target.'cfg(unix)'.dependencies]
licence = { package = 'my-ee', path = '../ee', optional = true }
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['packages/ee/**'] }]
-- packages/ee/package.json --
{ \"name\": \"@m/ee\" }
-- packages/web/package.json --
{ \"name\": \"@m/web\", \"dependencies\": { \"@m/ee\": \"workspace:*\" } }
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- ee/go.mod --
module m.org/ee
-- go.work --
go 1.26
use (
	./core
	./ee
)
-- core/a.go --
package core
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['packages/ee/**'] }]
-- packages/ee/package.json --
{ \"name\": \"@m/ee\", \"dependencies\": { \"@m/web\": \"workspace:*\" } }
-- packages/web/package.json --
{ \"name\": \"@m/web\", \"dependencies\": { \"@other/ee\": \"^1\" } }
",
    )],
    judge: Judge::File(|inspected| inspected.findings(OFFENCE.id, |edge| {
            edge.in_manifest && edge.reference.kind != Kind::Ship
        })),
};
