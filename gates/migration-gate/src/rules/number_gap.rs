//! `number-gap`.

use kernel::{Example, Location, Severity};

use super::{Found, Judge, Offence, found};
use crate::layout::Version;
use crate::timeline::Timeline;

/// A number is left out between two migrations.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/number-gap",
    severity: Severity::Note,
    doc: "A number is left out between two migrations.\n\
\n\
Mostly a branch that is yet to come in has it, and will then be out of order. Told only where all other\n\
numbers follow each other.",
    bad: &[Example::new(
        "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'golang-migrate'\n\
-- base: migrations/0001_a.up.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- migrations/0001_a.up.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- migrations/0003_c.up.sql --\n\
CREATE TABLE items (id bigint);\n\
",
    )],
    good: &[Example::new(
        "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'golang-migrate'\n\
-- base: migrations/0001_a.up.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- migrations/0001_a.up.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- migrations/0002_c.up.sql --\n\
CREATE TABLE items (id bigint);\n\
",
    )],
    judge: Judge::History(judge),
};

fn judge(timeline: &Timeline<'_>) -> Vec<(Location, Found)> {
    let number = |version: &Version| match version {
        Version::Number(number) => Some(*number),
        _ => None,
    };
    let base: Vec<u128> =
        timeline.base.ups.iter().filter_map(|it| number(&it.slot.version)).collect();
    let (Some(first), Some(last)) = (base.first(), base.last()) else { return Vec::new() };
    if (last - first).saturating_add(1) != base.len() as u128 {
        return Vec::new();
    }
    let mut expected = last.saturating_add(1);
    let mut all = Vec::new();
    let new = timeline.chapters.iter().filter(|it| it.is_new());
    for chapter in new {
        let Some(number) = number(&chapter.migration.slot.version) else { continue };
        if number > expected {
            let message = format!("number {expected} is left out before this migration");
            let one = found(message);
            let one = match timeline.framework.has_no_gaps {
                true => one.severity(Severity::Error).fix("give it the next number"),
                false => one,
            };
            all.push((chapter.start(), one));
        }
        expected = expected.max(number.saturating_add(1));
    }
    all
}
