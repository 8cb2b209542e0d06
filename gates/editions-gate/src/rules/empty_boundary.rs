use camino::Utf8Path;
use kernel::{Example, Finding, Fix, Location, Severity};

use super::{Judge, Offence, Whole};

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/empty-boundary",
    severity: Severity::Error,
    doc: "A boundary has no file on one of its sides.

A pattern that matches nothing, after a folder was renamed say, makes a boundary \
that cannot be crossed, and a check that cannot fail is worse than none.

Fix: name the folder as it is called now, or take the boundary out.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['enterprise/**'] }]
-- app/a.py --
x = 1
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', core = ['src/**'], restricted = ['ee/**'] }]
-- ee/a.py --
x = 1
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- ee/a.py --
x = 1
-- app/a.py --
x = 1
",
    )],
    judge: Judge::Whole(judge),
};

fn judge(whole: &Whole<'_>) -> Vec<Finding> {
    // Nothing at all was looked at: the gate is vacuous, which says it already.
    let mut findings = Vec::new();
    let is_read = |path: &&Utf8Path| crate::edges::Language::of(path).is_some();
    if !whole.project.files.iter().any(|path| is_read(&path)) {
        return findings;
    }
    for boundary in whole.boundaries {
        let name = &boundary.name;
        let mut files = whole.project.files.iter();
        let is_restricted = files.any(|path| boundary.restricts(path));
        let mut files = whole.project.files.iter().filter(is_read);
        let has_core = files.any(|path| boundary.is_core(path));
        let sides = [(is_restricted, "is restricted"), (has_core, "is of its core")];
        for (_, side) in sides.iter().filter(|(is_there, _)| !is_there) {
            let message = format!("no file {side} by the boundary '{name}'");
            findings.push(
                Finding::new(OFFENCE.id, Location::file(Utf8Path::new("ci.toml")), message)
                    .key(format!("{name} {side}"))
                    .fix(Fix::note("name the folder as it is called now")),
            );
        }
    }
    findings
}
