//! `edited-migration`.

use kernel::{Example, Location, Severity};

use super::{Found, Judge, Offence, found};
use crate::chapter::State;
use crate::timeline::Timeline;

/// A migration that has shipped and was changed.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/edited-migration",
    severity: Severity::Error,
    doc: "A migration that has shipped was changed.\n\n\
Where it has run it never runs again (Atlas's `atlas.sum` tells, or what has shipped): databases of before and after differ from here on, and nobody \
sees it. Frameworks that keep checksums refuse to start over as much as a comment; for the others a change \
of comments alone is a note. Undo the change and write a new migration.",
    bad: &[
        Example::new(
            "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'sqlx'\n\
-- base: migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n\
-- migrations/0001_a.sql --\nCREATE TABLE orders (id bigint, note text);\n",
        ),
        Example::new(
            "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- base: migrations/0001_a.sql --\nCREATE POLICY own ON orders USING (tenant = 'a');\n\
-- migrations/0001_a.sql --\nCREATE POLICY own ON orders USING (tenant = 'b');\n",
        ),
        Example::new(
            "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'atlas'\n\
-- migrations/1_a.sql --\nCREATE TABLE orders (id bigint);\n\
-- migrations/atlas.sum --\nh1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        ),
    ],
    good: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'sqlx'\n\
-- base: migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n\
-- migrations/0001_a.sql --\nCREATE TABLE orders (id bigint);\n\
-- migrations/0002_b.sql --\nALTER TABLE orders ADD COLUMN note text;\n",
    )],
    judge: Judge::History(judge),
};

fn judge(timeline: &Timeline<'_>) -> Vec<(Location, Found)> {
    let mut all = Vec::new();
    for chapter in &timeline.chapters {
        let State::Edited { says_the_same, .. } = &chapter.state else { continue };
        let only_words = *says_the_same;
        let message = match only_words {
            true => "this migration has shipped and its comments or blanks were changed",
            false => "this migration has shipped and was changed",
        };
        let mut one = found(message).fix("undo the change, and write a new migration");
        if only_words && !timeline.framework.keeps_checksums {
            one = one.severity(Severity::Note);
        }
        all.push((chapter.start(), one));
    }
    for (path, why) in &timeline.unlike {
        // What the base tells is told by that.
        if !all.iter().any(|(at, _)| at.path == *path) {
            let one = found(format!("this file is not as Atlas noted it: {why}"));
            let fix = "undo the change; where it has run nowhere, run 'atlas migrate hash'";
            all.push((Location::file(path), one.fix(fix)));
        }
    }
    all
}
