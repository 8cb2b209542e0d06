//! `out-of-order`.

use kernel::{Example, Location, Severity};

use super::{Found, Judge, Offence, found};
use crate::chapter::Chapter;
use crate::layout::Role;
use crate::timeline::Timeline;

/// A new migration comes before one that has shipped.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/out-of-order",
    severity: Severity::Error,
    doc: "A new migration comes before one that has shipped.\n\
\n\
Where the later one has run, frameworks skip it, refuse to start, or run it against a schema that it was\n\
not written for. Give it a version after the last one.",
    bad: &[Example::new(
        "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'sqlx'\n\
-- base: migrations/0002_b.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- migrations/0002_b.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- migrations/0001_a.sql --\n\
CREATE TABLE items (id bigint);\n\
",
    )],
    good: &[Example::new(
        "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'sqlx'\n\
-- base: migrations/0002_b.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- migrations/0002_b.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- migrations/0003_c.sql --\n\
CREATE TABLE items (id bigint);\n\
",
    )],
    judge: Judge::History(judge),
};

fn judge(timeline: &Timeline<'_>) -> Vec<(Location, Found)> {
    let ordered = timeline.base.ups.iter().rev().find(|it| it.slot.version.is_ordered());
    let Some(last) = ordered else { return Vec::new() };
    let chapters = &timeline.chapters;
    let new = chapters.iter().filter(|chapter| chapter.is_new());
    let new = new.filter(|chapter| {
        let migration = &chapter.migration;
        migration.slot.role == Role::Up && migration.fault.is_none()
    });
    let early = new.filter(|chapter| chapter.migration.slot.version < last.slot.version);
    // A number that is taken is a rule of its own.
    let is_taken = |chapter: &&Chapter| {
        let version = &chapter.migration.slot.version;
        timeline.base.ups.iter().any(|other| other.slot.version == *version)
    };
    let early = early.filter(|chapter| !is_taken(chapter));
    early
        .map(|chapter| {
            let message = format!("comes before '{}', which has shipped", last.path());
            let one = found(message).fix("give it a version after the last one");
            (chapter.start(), one)
        })
        .collect()
}
