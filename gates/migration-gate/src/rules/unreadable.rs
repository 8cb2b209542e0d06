//! `unreadable`.

use kernel::{Example, Severity};

use super::{Found, Judge, Offence, found, one_line};
use crate::chapter::Chapter;
use crate::postgres::Fault;

/// A migration that cannot be read.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/unreadable",
    severity: Severity::Error,
    doc: "A migration cannot be read as SQL.\n\n\
What cannot be read cannot be judged, and it may change the schema that everything after it is judged \
against: so it is red, whether it has shipped or not. Mend the statement. A placeholder of a template, \
`{{ .Schema }}`, is read as a name; where a template decides what runs, keep what it renders to in the \
repository instead.",
    bad: &[
        Example::new(
            "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- migrations/0001_a.sql --\nALTER TABEL orders DROP COLUMN note;\n",
        ),
        Example::new(
            "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- migrations/0001_a.sql --\n{{ if .Orders }}CREATE TABLE orders (id bigint);{{ end }}\n",
        ),
    ],
    good: &[Example::new(
        "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n\
-- migrations/0001_a.sql --\nCREATE TABLE {{ .Schema }}.orders (id bigint);\n",
    )],
    judge: Judge::Reading,
};

/// The finding for a file's first fault.
pub(crate) fn unreadable(chapter: &Chapter, fault: &Fault) -> Found {
    let more = chapter.script.faults.len().saturating_sub(1);
    let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
    let reason = one_line(&fault.reason);
    found(format!("this migration cannot be read: {reason}{more}"))
        .fix("mend the statement, or keep the rendered SQL where this is a template")
}
