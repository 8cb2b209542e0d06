use kernel::{Example, Severity};

use super::{Judge, Offence};
use crate::reference::Kind;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/manifest-dependency",
    severity: Severity::Error,
    doc: "A manifest of the core names a package of the restricted tree.

Cargo resolves every dependency before it builds anything, an optional one too; \
npm installs it; go reads every folder that go.work uses or that stands for a module \
that is required; a tsconfig has compiled what it references, includes or extends; Maven and Gradle load every module and project that is included. A \
profile that is not active by itself, and a project that is included only where its \
folder is there, are counted and not red, unless the boundary says `ci = \"deny\"`. Without the restricted tree the core's own workspace does not \
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
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- web/tsconfig.json --
{ \"include\": [\"src\", \"../ee/web/**/*\"] }
-- web/src/a.ts --
-- ee/web/a.ts --
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- settings.gradle.kts --
include(\":app\", \":ee:billing\")
-- app/A.java --
class A {}
-- ee/billing/B.java --
class B {}
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- app/pom.xml --
<project>
  <artifactId>app</artifactId>
  <dependencies>
    <dependency><groupId>org.m</groupId><artifactId>m-ee</artifactId></dependency>
  </dependencies>
</project>
-- ee/pom.xml --
<project><groupId>org.m</groupId><artifactId>m-ee</artifactId></project>
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- tsconfig.json --
{ \"include\": [\"web\", \"feed/ee\"], \"exclude\": [\"ee\"], \"references\": [{ \"path\": \"./web\" }] }
-- web/a.ts --
-- ee/web/a.ts --
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- settings.gradle --
include ':app' // ':ee'
if (file('ee').exists()) {
    include ':ee'
}
-- pom.xml --
<project>
  <modules><module>app</module></modules>
  <profiles>
    <profile><id>whole</id><modules><module>ee</module></modules></profile>
  </profiles>
</project>
-- ee/A.java --
class A {}
",
        ),
        Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['packages/ee/**'] }]
-- packages/ee/package.json --
{ \"name\": \"@m/ee\", \"dependencies\": { \"@m/web\": \"workspace:*\" } }
-- packages/web/package.json --
{ \"name\": \"@m/web\", \"dependencies\": { \"@other/ee\": \"^1\" } }
",
    ),
    ],
    judge: Judge::File(|inspected| inspected.findings(OFFENCE.id, |edge| {
            edge.in_manifest && edge.reference.kind != Kind::Ship
        })),
};
