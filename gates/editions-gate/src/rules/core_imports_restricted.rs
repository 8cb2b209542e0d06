use kernel::{Example, Severity};

use super::{Judge, Offence};
use crate::reference::Kind;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/core-imports-restricted",
    severity: Severity::Error,
    doc: "A file of the core imports, hands on or mocks one of the restricted tree.

Without the restricted tree the core then does not build, or loads what its \
licence does not cover. What an import means is asked of the repository itself: \
modules and replacements of go.mod, names of tsconfig, vite and package.json, \
crates, packages of Python, Java and Kotlin, roots of protocol buffers.

Fix: turn the dependency round. The core defines an interface and a place to \
register, the restricted tree registers. Where one file has to join the two, \
make it a seam: `seams = [{ path = \"…\", requires = \"!core\" }]`.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- go.mod --
module example.org/m
-- cmd/main.go --
package main

import (
\t_ \"example.org/m/e\\x65/licence\"
)
-- ee/licence/a.go --
package licence
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- web/tsconfig.json --
{ \"compilerOptions\": { \"paths\": { \"@ee/*\": [\"../ee/web/*\"] } } }
-- web/src/app.tsx --
import { Console } from '@ee/console'
-- ee/web/console.tsx --
export const Console = 1
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['backend/ee/**'] }]
-- backend/app/api.py --
def f():
    from ee.app import licence
-- backend/ee/app/licence.py --
x = 1
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['crates/ee/**'] }]
-- crates/ee/Cargo.toml --
[package]
name = 'my-ee'
-- crates/core/Cargo.toml --
[package]
name = 'core'
-- crates/core/src/lib.rs --
pub fn f() { my_ee::licence() }
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- app/src/main/java/org/m/App.java --
package org.m;

class App {
    Object plan = org.m.ee.Plan.free();
}
-- app/src/main/resources/META-INF/services/org.m.Plan --
org.m.ee.Plan
-- ee/src/main/java/org/m/ee/Plan.java --
package org.m.ee;

public class Plan {}
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['proto/ee/**'] }]
-- proto/app/a.proto --
import \"ee/plan.proto\";
-- proto/ee/plan.proto --
syntax = \"proto3\";
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- go.mod --
module example.org/m
-- cmd/main.go --
package main

import \"example.org/m/eel\" // not \"example.org/m/ee\"
-- ee/licence/a.go --
package licence

import \"example.org/m/cmd\"
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- web/src/app.tsx --
import { Console } from './ee' // a file of the core
-- web/src/ee.tsx --
export const Console = 1
-- ee/a.ts --
",
        ),
    ],
    judge: Judge::File(|inspected| {
        inspected.findings(OFFENCE.id, |edge| {
            let kind = edge.reference.kind;
            !edge.in_manifest && matches!(kind, Kind::Static | Kind::Reexport | Kind::Mock)
        })
    }),
};
