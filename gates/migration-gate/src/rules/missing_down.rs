//! `missing-down`.

use kernel::{Example, Location, Severity};

use super::{Found, Judge, Offence, found};
use crate::layout::Role;
use crate::timeline::Timeline;

/// A migration cannot be undone, where the others can.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/missing-down",
    severity: Severity::Note,
    doc: "A migration cannot be undone, where the others can.\n\
\n\
Whoever rolls back stops at it. Write the file that undoes it, or say in it that nothing can.",
    bad: &[Example::new(
        "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'golang-migrate'\n\
-- base: migrations/0001_a.up.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- base: migrations/0001_a.down.sql --\n\
DROP TABLE orders;\n\
-- migrations/0001_a.up.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- migrations/0001_a.down.sql --\n\
DROP TABLE orders;\n\
-- migrations/0002_b.up.sql --\n\
CREATE TABLE items (id bigint);\n\
",
    )],
    good: &[Example::new(
        "-- @options --\n\
[[source]]\n\
dir = 'migrations'\n\
framework = 'golang-migrate'\n\
-- migrations/0001_a.up.sql --\n\
CREATE TABLE orders (id bigint);\n\
-- migrations/0001_a.down.sql --\n\
DROP TABLE orders;\n\
",
    )],
    judge: Judge::History(judge),
};

fn judge(timeline: &Timeline<'_>) -> Vec<(Location, Found)> {
    let stem = |path: &str| path.rsplit_once("up.sql").map(|(stem, _)| stem.to_owned());
    let chapters = &timeline.chapters;
    let new = chapters.iter().filter(|chapter| chapter.is_new());
    let has_own = chapters.iter().any(|chapter| chapter.down.is_some());
    if timeline.downs.is_empty() && !has_own {
        return Vec::new();
    }
    let lonely = new.filter(|chapter| {
        if chapter.migration.fault.is_some() {
            return false;
        }
        if has_own || chapter.migration.slot.role != Role::Up {
            return chapter.down.is_none() && chapter.migration.slot.role == Role::Up;
        }
        let stem = stem(chapter.migration.path().as_str());
        let down = stem.map(|stem| format!("{stem}down.sql"));
        down.is_some_and(|down| !timeline.downs.iter().any(|it| *it.path() == down))
    });
    lonely
        .map(|chapter| {
            let one = found("nothing undoes this migration, as others have")
                .fix("write what undoes it, or say in it that nothing can");
            (chapter.start(), one)
        })
        .collect()
}
