//! `drop-or-narrow-view`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Kind, Name, What};
use crate::timeline::Step;

/// A view that the release before reads is dropped or loses columns.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-or-narrow-view",
    severity: Severity::Error,
    doc: "A view that the release before reads is dropped or loses columns.\n\
\n\
Made again in the same migration it has lost what was granted on it. Use CREATE OR REPLACE VIEW, which\n\
keeps the grants and may add columns at the end; drop a view a release after its last reader.",
    bad: &[
        migration!(
            "CREATE VIEW v AS SELECT 1 AS a;",
            "DROP VIEW v;\nCREATE VIEW v AS SELECT 1 AS a;"
        ),
        migration!(
            "",
            "DROP MATERIALIZED VIEW totals;"
        ),
    ],
    good: &[
        migration!(
            "CREATE VIEW v AS SELECT 1 AS a;",
            "CREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b;"
        ),
        migration!(
            "",
            "DROP VIEW IF EXISTS never_made;\nCREATE VIEW never_made AS SELECT 1 AS a;"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    match &step.op.what {
        What::Drop { kind: kind @ (Kind::View | Kind::MaterializedView), name, if_exists } => {
            dropped(step, *kind, name, *if_exists)
        }
        What::CreateView { view, columns: Some(columns) } => {
            let known = step.schema.view(view).filter(|known| !known.fresh)?;
            let lost = known.columns.as_ref()?.iter().find(|column| !columns.contains(column))?;
            let message =
                format!("view '{view}' loses column '{lost}', which the release before may read");
            Some(found(message).fix("keep the column until its last reader is gone"))
        }
        _ => None,
    }
}

fn dropped(step: &Step<'_>, kind: Kind, name: &Name, if_exists: bool) -> Option<Found> {
    let is_gone = if_exists && !step.schema.knows(kind, name);
    if is_gone || step.schema.is_fresh(kind, name) {
        return None;
    }
    let comes_back = step.after.iter().any(|(_, op)| match &op.what {
        What::CreateView { view, .. } => view == name,
        What::Create { kind: Kind::MaterializedView, name: view } => view == name,
        _ => false,
    });
    let what = kind.as_str();
    let one = match comes_back {
        true => found(format!(
            "{what} '{name}' is dropped and made again: what was granted on it is lost"
        ))
        .fix("use CREATE OR REPLACE VIEW, or grant it again and say so in a waiver"),
        false => {
            found(format!("{what} '{name}' is dropped while the release before still reads it"))
                .fix("drop it one release after its last reader")
        }
    };
    Some(one)
}
