use camino::Utf8Path;
use kernel::{Example, Finding, Fix, Location, Severity};

use super::{Judge, Offence, Whole};
use crate::boundary::Boundary;
use crate::language::Language;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/empty-boundary",
    severity: Severity::Error,
    doc: "A boundary has no file on one of its sides.

A pattern that matches nothing, after a folder was renamed say, makes a boundary \
that cannot be crossed, and a check that cannot fail is worse than none.

So does a pattern like `!**/*.go` that takes every file of a language away again, \
while the restricted side has files of it.

Fix: name the folder as it is called now, or take the boundary or the pattern out.",
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
        Example::new(
            "-- @options --
boundary = [{ name = 'core', core = ['**', '!src/**'], restricted = ['ee/**'] }]
-- ee/a.py --
x = 1
-- src/a.py --
x = 1
-- tools/a.go --
package tools
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
    let sources = whole.project.sources.iter();
    let files: Vec<(&Utf8Path, Language)> =
        sources.map(|(path, language)| (path.as_path(), *language)).collect();
    // Nothing at all was looked at: the gate is vacuous, which says it already.
    if files.is_empty() {
        return Vec::new();
    }
    let boundaries = whole.boundaries.iter();
    boundaries
        .flat_map(|boundary| {
            let mut findings = no_side(whole, boundary, &files);
            findings.extend(swallowed(boundary, &files));
            findings
        })
        .collect()
}

fn no_side(
    whole: &Whole<'_>,
    boundary: &Boundary,
    files: &[(&Utf8Path, Language)],
) -> Vec<Finding> {
    let name = &boundary.name;
    let is_restricted = whole.project.files.iter().any(|path| boundary.restricts(path));
    let has_core = files.iter().any(|(path, _)| boundary.is_core(path));
    let sides = [(is_restricted, "is restricted"), (has_core, "is of its core")];
    let missing = sides.iter().filter(|(is_there, _)| !is_there);
    missing
        .map(|(_, side)| {
            let message = format!("no file {side} by the boundary '{name}'");
            Finding::new(OFFENCE.id, Location::file(Utf8Path::new("ci.toml")), message)
                .key(format!("{name} {side}"))
                .fix(Fix::note("name the folder as it is called now"))
        })
        .collect()
}

/// Languages of both sides of which no file is left in the core.
fn swallowed(boundary: &Boundary, files: &[(&Utf8Path, Language)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for language in Language::IMPORTING {
        let of_it = || files.iter().filter(|(_, of)| *of == language).map(|(path, _)| *path);
        if !of_it().any(|path| boundary.restricts(path))
            || of_it().any(|path| boundary.is_core(path))
        {
            continue;
        }
        let taken = of_it().filter(|path| boundary.selects(path) && !boundary.restricts(path));
        let taken: Vec<&Utf8Path> = taken.collect();
        let Some(first) = taken.iter().min() else { continue };
        let count = taken.len();
        let message = format!(
            "no {} file is of the core of '{}': {count} are taken away again by its patterns",
            language.name(),
            boundary.name
        );
        findings.push(
            Finding::new(OFFENCE.id, Location::file(first), message)
                .key(format!("{} {}", boundary.name, language.name()))
                .fix(Fix::note("take out the pattern with '!', or make it narrower")),
        );
    }
    findings
}
