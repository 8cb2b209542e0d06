//! `drop-or-narrow-view`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Kind, Name, What};
use crate::rights::come_back;
use crate::step::Step;

/// A view that the release before reads is dropped or loses columns.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/drop-or-narrow-view",
    severity: Severity::Error,
    doc: "A view that the release before reads is dropped or loses columns.\n\
\n\
Made again in the same transaction it has lost what was granted on it: a warning where no migration grants\n\
anything. Use CREATE OR REPLACE VIEW, which keeps the grants and may add columns at the end; drop a view a\n\
release after its last reader.",
    bad: &[
        migration!(
            "CREATE VIEW v AS SELECT 1 AS a;\nGRANT SELECT ON v TO app;",
            "DROP VIEW v;\nCREATE VIEW v AS SELECT 1 AS a;"
        ),
        migration!(
            "CREATE VIEW v AS SELECT 1 AS a;\nGRANT SELECT ON ALL TABLES IN SCHEMA public TO app;",
            "DROP VIEW v;\nCREATE VIEW v AS SELECT 1 AS a;"
        ),
        migration!(
            "CREATE VIEW v AS SELECT 1 AS a, 2 AS b;",
            "DROP VIEW v;\nCREATE VIEW v AS SELECT 1 AS a;"
        ),
        migration!("", "DROP MATERIALIZED VIEW totals;"),
    ],
    good: &[
        migration!(
            "CREATE VIEW v AS SELECT 1 AS a;",
            "CREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b;"
        ),
        migration!("", "DROP VIEW IF EXISTS never_made;\nCREATE VIEW never_made AS SELECT 1 AS a;"),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    match &step.op.what {
        What::Drop {
            kind: kind @ (Kind::View | Kind::MaterializedView), name, if_exists, ..
        } => dropped(step, *kind, name, *if_exists),
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
    let what = kind.as_str();
    let made_again = step.after.iter().find_map(|(_, op)| match &op.what {
        What::CreateView { view, columns } if view == name => Some(columns.as_ref()),
        What::Create { kind: Kind::MaterializedView, name: view, .. } if view == name => Some(None),
        _ => None,
    });
    let Some(now) = made_again.filter(|_| step.transaction) else {
        let message = format!("{what} '{name}' is dropped while the release before still reads it");
        return Some(found(message).fix("drop it one release after its last reader"));
    };
    let before = step.schema.view(name).and_then(|view| view.columns.as_ref());
    let lost = before
        .zip(now)
        .and_then(|(before, now)| before.iter().find(|column| !now.contains(column)));
    if let Some(lost) = lost {
        let message =
            format!("view '{name}' loses column '{lost}', which the release before may read");
        return Some(found(message).fix("keep the column until its last reader is gone"));
    }
    let message =
        format!("{what} '{name}' is dropped and made again: what was granted on it is lost");
    let one =
        found(message).fix("use CREATE OR REPLACE VIEW, or grant it again and say so in a waiver");
    // Granted outside of the migrations, if at all.
    let granted = step.schema.granted(name);
    let is_certain = !granted.is_empty();
    if come_back(step, name, &granted) {
        return None;
    }
    Some(if is_certain { one } else { one.severity(Severity::Warning) })
}
