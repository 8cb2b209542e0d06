use std::collections::BTreeMap;

use camino::Utf8Path;
use kernel::{Example, Finding, Fix, Location, Severity};

use super::{Inspected, Judge, Offence, Whole};
use crate::boundary::Boundary;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/incomplete-coverage",
    severity: Severity::Error,
    doc: "A file of the core was not judged to its end.

A file that does not read as its language although a name of what is restricted \
stands in it, a configuration whose names are not known, or a language that this gate does not read and that stands on both sides \
of the boundary: an edge could be there, so the boundary is not shown to hold.

Fix: mend the file. Where files of another kind only look like it (templates, \
fixtures), leave them out: `core = [\"**\", \"!testdata/**\"]`. For a language that \
is not read, judge it by a command gate beside this one and take this finding \
into `[[waiver]]` with that reason.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- app/a.ts --
const open = `
import '../ee/b'
-- ee/b.ts --
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- app/a.rb --
require_relative '../ee/b'
-- ee/b.rb --
class B; end
-- app/a.py --
x = 1
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- vite.config.ts --
export default { resolve: { alias: { '@ee': somewhere() } } }
-- ee/b.ts --
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- app/a.ts --
const whole = `
`
-- app/a.rb --
class A; end
-- ee/b.ts --
",
    )],
    judge: Judge::Both(unread_file, unread_rest),
};

fn unread_file(inspected: &Inspected<'_>) -> Vec<Finding> {
    let path = inspected.file.path();
    let reason = inspected.facts.unread.iter();
    let finding = |reason: &&str| {
        Finding::new(OFFENCE.id, Location::file(path), format!("'{path}' was not read: {reason}"))
            .key(format!("{} {path}", inspected.boundary.name))
            .fix(Fix::note("mend the file, or leave it out of 'core'"))
    };
    reason.map(finding).collect()
}

fn unread_rest(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for boundary in whole.boundaries {
        findings.extend(languages(whole, boundary));
        for (path, hidden) in &whole.project.js.unread {
            if boundary.is_core(path) {
                let message = format!("'{path}' was not understood: {hidden}");
                findings.push(
                    Finding::new(OFFENCE.id, Location::file(path), message)
                        .key(format!("{} {hidden}", boundary.name))
                        .fix(Fix::note("write the path as a literal")),
                );
            }
        }
    }
    findings
}

// Languages with files on both sides: only those could import across.
fn languages(whole: &Whole<'_>, boundary: &Boundary) -> Vec<Finding> {
    let mut sides: BTreeMap<&str, (Option<&Utf8Path>, usize, bool)> = BTreeMap::new();
    for (path, name) in &whole.project.not_read {
        let (first, count, is_restricted) = sides.entry(name).or_default();
        if boundary.restricts(path) {
            *is_restricted = true;
        } else if boundary.is_core(path) {
            *count += 1;
            *first = Some(first.map_or(path.as_path(), |first| first.min(path)));
        }
    }
    let crossing = sides.into_iter().filter(|(_, (_, _, is_restricted))| *is_restricted);
    let finding = |(name, (first, count, _)): (&str, (Option<&Utf8Path>, usize, bool))| {
        let noun = if count == 1 { "file" } else { "files" };
        let message = format!("{count} {name} {noun} of '{}' were not judged", boundary.name);
        let finding = Finding::new(OFFENCE.id, Location::file(first?), message);
        Some(finding.key(format!("{} {name}", boundary.name)).fix(Fix::note(format!(
            "judge {name} by a command gate, and waive this one with that reason"
        ))))
    };
    crossing.filter_map(finding).collect()
}
