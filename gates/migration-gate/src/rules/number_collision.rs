//! `number-collision`.

use kernel::{Example, Location, Severity};

use super::{Found, Judge, Offence, found};
use crate::layout::Migration;
use crate::timeline::Timeline;

/// Two migrations with one number.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/number-collision",
    severity: Severity::Error,
    doc: "Two migrations have the same number.\n\n\
Two branches that each added the next number merge without a conflict: then one of the two is skipped, or \
the framework refuses to start, or they run in an order that nobody chose. Give the newer one the next \
free number. (`2` equals `0002`.)",
    bad: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- base: migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n\
-- migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n\
-- migrations/1_b.sql --\nALTER TABLE orders ADD COLUMN note text;\n",
    )],
    good: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- base: migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n\
-- migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n\
-- migrations/0002_b.sql --\nALTER TABLE orders ADD COLUMN note text;\n",
    )],
    judge: Judge::History(judge),
};

fn judge(timeline: &Timeline<'_>) -> Vec<(Location, Found)> {
    let mut all = Vec::new();
    let chapters = &timeline.chapters;
    for (index, chapter) in chapters.iter().enumerate().filter(|(_, it)| it.is_new()) {
        let Migration { slot, part, .. } = &chapter.migration;
        let path = chapter.migration.path();
        // A part of its own file has the number that it has.
        let others = chapters.iter().enumerate().filter(|(other, _)| *other != index);
        let here = others.map(|(_, other)| &other.migration);
        let here = here.filter(|it| it.path() != path || it.part == *part);
        let mut others = here.chain(timeline.base.ups.iter().filter(|it| it.path() != path));
        let Some(other) = others.find(|it| it.slot.version == slot.version) else { continue };
        let message = format!("number {} is taken by '{}'", slot.version, other.path());
        let one = found(message).fix("give this migration the next free number");
        all.push((chapter.start(), one));
    }
    all
}
