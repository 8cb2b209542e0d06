use kernel::{Example, Finding, Fix, Location, Severity};

use super::{Inspected, Judge, Offence, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/string-reference",
    severity: Severity::Error,
    doc: "A file of the core names the restricted tree in a string, as `strings` says.

A registry of plug-ins, `fetch_versioned(\"ee.app\")`, a table of classes: no import \
shows such a road. The boundary declares how its names look, as regular \
expressions: `strings = ['\"ee\\.app']`.

Fix: let the restricted tree register itself under a name of the core.",
    bad: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], strings = ['\"ee\\.app'] }]
-- app/plugins.py --
PLUGINS = [\"app.free\", \"ee.app.paid\"]
-- ee/app/paid.py --
",
    )],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], strings = ['\"ee\\.app'] }]
-- app/plugins.py --
PLUGINS = [\"app.free\", \"free.app.eel\"]
-- ee/app/paid.py --
X = \"ee.app\"
",
    )],
    judge: Judge::File(judge),
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let boundary = inspected.boundary;
    if boundary.strings.is_empty() || inspected.seam.is_some() {
        return Vec::new();
    }
    let Some(text) = inspected.file.text() else { return Vec::new() };
    let mut findings = Vec::new();
    for regex in &boundary.strings {
        for found in regex.find_iter(text) {
            let is_test = inspected.is_test || inspected.facts.is_test(found.start());
            let severity = match is_test {
                true => boundary.tests.severity(),
                false => Some(Severity::Error),
            };
            let Some(severity) = severity else { continue };
            let named = one_line(text.get(found.range()).unwrap_or_default());
            let message = format!("'{}' names '{named}', which is restricted", boundary.name);
            findings.push(
                Finding::new(OFFENCE.id, Location::of(inspected.file, found.range()), message)
                    .severity(severity)
                    .subject(named.clone())
                    .key(format!("{} names {named}", boundary.name))
                    .fix(Fix::note(
                        "let the restricted tree register itself under a name of the core",
                    )),
            );
        }
    }
    findings
}
