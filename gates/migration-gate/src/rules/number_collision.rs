//! `number-collision`.

use kernel::{Example, Location, Severity};

use super::{Found, Judge, Offence, found};
use crate::layout::Version;
use crate::timeline::{State, Timeline};

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
    let new = chapters.iter().filter(|chapter| matches!(chapter.state, State::New));
    for chapter in new {
        let version = &chapter.migration.slot.version;
        let number = match version {
            Version::Number(number) => number.to_string(),
            Version::Name(name) => name.clone(),
        };
        let path = chapter.migration.path();
        let here = chapters.iter().map(|other| &other.migration);
        let mut others = here.chain(&timeline.base.ups);
        let Some(other) = others.find(|it| it.slot.version == *version && it.path() != path) else {
            continue;
        };
        let message = format!("number {number} is taken by '{}'", other.path());
        let one = found(message).fix("give this migration the next free number");
        all.push((Location::of(&chapter.file, 0..0), one));
    }
    all
}
