//! `deleted-migration`.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use kernel::{Example, Location, Severity};

use super::{Found, Judge, Offence, found};
use crate::timeline::Timeline;

/// A migration that has shipped and is gone.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/deleted-migration",
    severity: Severity::Error,
    doc: "A migration that has shipped was deleted or renamed.\n\n\
Databases that ran it remember it: some frameworks then refuse to start, and under a new name it runs a \
second time. A new database lacks what it made. Put it back under its name.",
    bad: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- base: migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n\
-- base: migrations/0002_b.sql --\nALTER TABLE orders ADD COLUMN note text;\n\
-- migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n",
    )],
    good: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- base: migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n\
-- migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n",
    )],
    judge: Judge::History(judge),
};

fn judge(timeline: &Timeline<'_>) -> Vec<(Location, Found)> {
    let here: BTreeSet<Utf8PathBuf> =
        timeline.chapters.iter().map(|chapter| chapter.migration.name()).collect();
    let gone = timeline.base.ups.iter().filter(|it| !here.contains(&it.name()));
    gone.map(|migration| {
        let message = format!("migration '{}' has shipped and is gone", migration.name());
        (Location::file(migration.path()), found(message).fix("put it back under its name"))
    })
    .collect()
}
