//! `number-collision`.

use std::collections::BTreeMap;

use kernel::{Example, Location, Severity};

use super::{Found, Judge, Offence, found};
use crate::layout::{Migration, Version};
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
    let mut takers: BTreeMap<&Version, Vec<&Migration>> = BTreeMap::new();
    let here = timeline.chapters.iter().map(|chapter| &chapter.migration);
    for migration in here.chain(&timeline.base.ups) {
        takers.entry(&migration.slot.version).or_default().push(migration);
    }
    for chapter in timeline.chapters.iter().filter(|it| it.is_new()) {
        let own = &chapter.migration;
        let takers = takers.get(&own.slot.version).into_iter().flatten();
        // A part of its own file has the number that it has.
        let is_other = |it: &&&Migration| match it.path() == own.path() {
            true => it.part == own.part && it.is_second != own.is_second,
            false => true,
        };
        let Some(other) = takers.copied().find(|it| is_other(&it)) else { continue };
        let slot = &own.slot;
        let message = format!("number {} is taken by '{}'", slot.version, other.path());
        let one = found(message).fix("give this migration the next free number");
        all.push((chapter.start(), one));
    }
    all
}
