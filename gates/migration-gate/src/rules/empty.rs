//! `empty`.

use kernel::{Example, Severity};

use super::{Found, Judge, Offence, found};
use crate::chapter::Chapter;

/// A migration without a statement.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/empty",
    severity: Severity::Error,
    doc: "A migration holds no statement.\n\n\
A file that does nothing still takes a version that can never be used again: mostly what belongs into it \
was left out. Write it, or take the file out.",
    bad: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- migrations/0001_a.sql --\n-- to be written\n",
    )],
    good: &[
        Example::new(
            "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- migrations/0001_a.sql --\nSELECT 1; -- nothing to do, on purpose\n",
        ),
        Example::new(
            "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- migrations/0001_a.sql --\nDO $$ BEGIN IF current_user = 'app' THEN RAISE 'not as app'; END IF; END $$;\n",
        ),
    ],
    judge: Judge::File(judge),
};

fn judge(chapter: &Chapter) -> Option<Found> {
    let says_nothing = chapter.script.statements.is_empty() && chapter.script.faults.is_empty();
    let is_empty = says_nothing && !chapter.section.is_idle;
    is_empty
        .then(|| found("this migration holds no statement").fix("write it, or take the file out"))
}
