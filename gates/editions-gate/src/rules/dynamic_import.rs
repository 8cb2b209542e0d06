use kernel::{Example, Severity};

use super::{Judge, Offence};
use crate::reference::Kind;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/dynamic-import",
    severity: Severity::Error,
    doc: "A file of the core loads one of the restricted tree while it runs.

`import(\"…\")`, `import.meta.glob`, `importlib.import_module(\"…\")`: a bundler \
still needs the file, and where none is at work the core fails when it gets \
there, on somebody's machine.

Fix: let the restricted tree register itself with the core, and load it from an \
entry point of its own.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['src/ee/**'] }]
-- src/app.ts --
export const plan = () => import('./ee/plan')
-- src/ee/plan.ts --
export default 1
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- app/api.py --
import importlib

plan = importlib.import_module(\"ee.plan\")
-- ee/plan.py --
x = 1
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['src/ee/**'] }]
-- src/app.ts --
export const plan = () => import('./plan') // import('./ee/plan')
-- src/plan.ts --
export default 1
-- src/ee/plan.ts --
export default 1
",
    )],
    judge: Judge::File(|inspected| {
        inspected
            .findings(OFFENCE.id, |edge| !edge.in_manifest && edge.reference.kind == Kind::Dynamic)
    }),
};
