use kernel::{Example, Severity};

use super::{Judge, Offence};
use crate::reference::Kind;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/type-import",
    severity: Severity::Error,
    doc: "A file of the core takes types from the restricted tree.

`import type` and imports under `if TYPE_CHECKING:` are gone before the program \
runs, but the core no longer type-checks without the restricted tree, and its \
declarations carry what they name.

Fix: move the types into the core. Where that is thought of otherwise, the \
boundary says `type_only = \"warn\"` or `\"allow\"`.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['src/ee/**'] }]
-- src/app.ts --
import type { Plan } from './ee/plan'
-- src/ee/plan.ts --
export type Plan = string
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- app/api.py --
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ee.plan import Plan
-- ee/plan.py --
class Plan: ...
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['src/ee/**'], type_only = 'allow' }]
-- src/app.ts --
import type { Plan } from './ee/plan'
-- src/ee/plan.ts --
export type Plan = string
",
    )],
    judge: Judge::File(|inspected| {
        inspected
            .findings(OFFENCE.id, |edge| !edge.in_manifest && edge.reference.kind == Kind::Type)
    }),
};
