use kernel::{Example, Finding, Fix, Location, Severity};

use super::{Judge, Offence, Sided, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/spdx-mismatch",
    severity: Severity::Error,
    doc: "A file's SPDX header gives it the licence of the other side.

With `license = { core = \"Apache-2.0\", restricted = \"LicenseRef-X\" }` a file of \
the core whose `SPDX-License-Identifier` names the restricted licence, or a \
restricted file that offers the core's alone, says something else than its folder. \
A file without a header, or under somebody else's licence, is not judged.

Fix: move the file, or write its own side's licence.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], license = { core = 'MIT', restricted = 'LicenseRef-X' } }]
-- app/a.go --
// SPDX-License-Identifier: LicenseRef-X

package app
-- ee/b.go --
package ee
-- LICENSE --
All files below \"ee/\" are under LicenseRef-X.
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], license = { core = 'MIT', restricted = 'LicenseRef-X' } }]
-- app/a.go --
package app
-- ee/b.sql --
-- SPDX-License-Identifier: MIT
-- LICENSE --
All files below \"ee/\" are under LicenseRef-X.
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], license = { core = 'MIT', restricted = 'LicenseRef-X' } }]
-- app/a.go --
// SPDX-License-Identifier: MIT

package app

const header = \"SPDX-License-Identifier: LicenseRef-X\"
-- app/b.h --
/* SPDX-License-Identifier: (LGPL-2.1 OR BSD-2-Clause) */
-- ee/b.go --
// SPDX-License-Identifier: LicenseRef-X
package ee
-- LICENSE --
All files below \"ee/\" are under LicenseRef-X.
",
    )],
    judge: Judge::Header(judge),
};

const MARK: &str = "SPDX-License-Identifier:";
/// Lines of a file's head, and its bytes.
const HEAD: (usize, usize) = (30, 4_096);

fn judge(sided: &Sided<'_>) -> Option<Finding> {
    let license = sided.boundary.license.as_ref()?;
    let text = sided.file.text()?;
    let start = header(text)?;
    let expression = text.get(start + MARK.len()..)?.lines().next()?;
    let expression = expression.trim_end_matches("-->").trim_end_matches("*/").trim();
    let names: Vec<&str> = expression
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))
        .filter(|word| !word.is_empty() && !matches!(*word, "AND" | "OR" | "WITH"))
        .collect();
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    let (own, other, is_wrong) = if sided.is_restricted {
        let is_wrong = has(&license.core) && !has(&license.restricted);
        (&license.restricted, &license.core, is_wrong)
    } else {
        (&license.core, &license.restricted, has(&license.restricted))
    };
    if !is_wrong {
        return None;
    }
    let span = start..start + MARK.len() + 1 + expression.len();
    let side = if sided.is_restricted { "is restricted" } else { "is of the core" };
    let name = &sided.boundary.name;
    let message = format!(
        "the header says '{}', but the file {side} of '{name}': '{own}'",
        one_line(expression)
    );
    let finding = Finding::new(OFFENCE.id, Location::of(sided.file, span), message);
    Some(
        finding
            .key(format!("{name} {other}"))
            .fix(Fix::note(format!("write '{MARK} {own}', or move the file"))),
    )
}

/// Where the header begins: behind the beginning of a comment and nothing else.
fn header(text: &str) -> Option<usize> {
    let mut bytes = 0;
    for line in text.split_inclusive('\n').take(HEAD.0) {
        let start = bytes;
        bytes += line.len();
        if start > HEAD.1 {
            return None;
        }
        let Some(at) = line.find(MARK) else { continue };
        let before = line.get(..at).unwrap_or_default();
        if before.chars().all(|c| c.is_whitespace() || "/*#;-<!%{\"'\u{feff}".contains(c)) {
            return Some(start + at);
        }
    }
    None
}
