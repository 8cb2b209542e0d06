//! Names that are given and taken back before anybody else looks: within one
//! transaction only its end counts.

use crate::ops::{Change, Kind, Name, Op, What};
use crate::step::Step;

/// What has the name.
#[derive(PartialEq)]
enum Bearer<'a> {
    Table { schema: &'a str },
    Column { table: &'a Name },
    Constraint { table: &'a Name },
    Object { kind: Kind, schema: &'a str },
}

/// A name that becomes another.
struct Renamed<'a> {
    bearer: Bearer<'a>,
    from: &'a str,
    to: &'a str,
}

/// Whether a rename takes nothing from the release before: the name is back
/// when the transaction ends, or was given in it.
pub(crate) fn is_passing(step: &Step<'_>) -> bool {
    let Some(own) = renamed(step.op) else { return false };
    step.transaction && (is_given_here(step, &own) || comes_back(step, &own))
}

fn is_given_here(step: &Step<'_>, own: &Renamed<'_>) -> bool {
    let here = step.before.iter().rev().map(|(_, op)| op).take_while(|op| !is_end(op));
    let mut earlier = here.filter_map(|op| renamed(op));
    earlier.any(|it| it.bearer == own.bearer && it.to == own.from)
}

fn comes_back(step: &Step<'_>, own: &Renamed<'_>) -> bool {
    let mut name = own.to;
    let here = step.after.iter().map(|(_, op)| op).take_while(|op| !is_end(op));
    for later in here.filter_map(|op| renamed(op)) {
        if later.bearer == own.bearer && later.from == name {
            name = later.to;
        }
    }
    name == own.from
}

pub(crate) fn is_end(op: &Op) -> bool {
    matches!(op.what, What::Begin | What::Commit)
}

fn renamed(op: &Op) -> Option<Renamed<'_>> {
    let (bearer, from, to) = match &op.what {
        What::Table { table, change: Change::RenameTo { to } } => {
            (Bearer::Table { schema: &table.schema }, &table.name, to)
        }
        What::Table { table, change: Change::RenameColumn { from, to } } => {
            (Bearer::Column { table }, from, to)
        }
        What::Table { table, change: Change::RenameConstraint { from, to } } => {
            (Bearer::Constraint { table }, from, to)
        }
        What::Rename { kind, name, to } => {
            (Bearer::Object { kind: *kind, schema: &name.schema }, &name.name, to)
        }
        _ => return None,
    };
    Some(Renamed { bearer, from, to })
}
