//! `tighten`.

use kernel::Severity;

use super::{Found, Judge, Offence, found};
use crate::ops::{Change, Constraint, ConstraintRule, Default, Kind, Name, What};
use crate::step::Step;

/// Rows that the release before writes are refused from now on.
pub(crate) const OFFENCE: Offence = Offence {
    id: "migration-gate/tighten",
    severity: Severity::Error,
    doc: "Rows that the release before writes are refused from now on.\n\
\n\
A new CHECK, FOREIGN KEY or UNIQUE holds for every writer at once, NOT VALID or not: where the release\n\
before writes a row that breaks it, the write fails. Let the code keep to it for a release, then add it with\n\
a waiver that says since when it does. A constraint on columns that this release adds is let pass, and\n\
a key that rows keep to anyway, because fewer of its columns were unique before.",
    bad: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD CONSTRAINT qty_positive CHECK (qty > 0) NOT VALID;"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE UNIQUE INDEX CONCURRENTLY orders_note ON orders (note);"
        ),
        migration!(
            "CREATE TABLE orders (qty int, CONSTRAINT qty_ck CHECK (qty > 0));",
            "ALTER TABLE orders DROP CONSTRAINT qty_ck, ADD CONSTRAINT qty_ck CHECK (qty > 1) NOT VALID;"
        ),
        migration!(
            "CREATE DOMAIN size AS int;",
            "ALTER DOMAIN size ADD CONSTRAINT small CHECK (value < 9);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint NOT NULL, note text, qty int);",
            "ALTER TABLE orders ADD PRIMARY KEY (id);"
        ),
    ],
    good: &[
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN code text;\nCREATE UNIQUE INDEX i ON orders (qty, code);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD COLUMN score int, ADD CONSTRAINT score_positive CHECK (score > 0);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "CREATE TABLE items (id bigint, CHECK (id > 0));\nCREATE UNIQUE INDEX ON items (id);"
        ),
        migration!(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text, qty int);",
            "ALTER TABLE orders ADD CONSTRAINT id_there CHECK (id IS NOT NULL) NOT VALID;"
        ),
        migration!(
            "CREATE TABLE orders (qty int, CONSTRAINT qty_ck CHECK (qty IN (1, 2)));",
            "ALTER TABLE orders DROP CONSTRAINT qty_ck, ADD CONSTRAINT qty_ck CHECK (qty > 0) NOT VALID;"
        ),
        migration!(
            "CREATE TABLE orders (a int NOT NULL, b int NOT NULL, CONSTRAINT orders_a UNIQUE (a));",
            "ALTER TABLE orders DROP CONSTRAINT orders_a;\nALTER TABLE orders ADD PRIMARY KEY (a, b);"
        ),
        migration!(
            "",
            "CREATE MATERIALIZED VIEW totals AS SELECT 1 AS a;\nCREATE UNIQUE INDEX ON totals (a);"
        ),
    ],
    judge: Judge::Op(judge),
};

fn judge(step: &Step<'_>) -> Option<Found> {
    let (table, columns, what) = match &step.op.what {
        What::Table { table, change: Change::AddConstraint(constraint) } => {
            (table, &constraint.columns, demand(step, table, constraint)?)
        }
        What::CreateIndex(index) if index.unique => {
            // Rows that nobody writes.
            let is_view = step.schema.knows(Kind::MaterializedView, &index.table);
            let is_needless = step.schema.was_unique(&index.table, &index.columns);
            (!is_view && !is_needless).then_some((&index.table, &index.columns, "UNIQUE"))?
        }
        What::TightenDomain { domain, .. } => {
            if step.schema.is_fresh(Kind::Domain, domain) {
                return None;
            }
            let message =
                format!("domain '{domain}' refuses values that the release before writes");
            return Some(found(message).fix(FIX));
        }
        _ => return None,
    };
    let is_fresh = |column: &String| step.schema.is_fresh_column(table, column);
    let all_fresh = !columns.is_empty() && columns.iter().all(is_fresh);
    // Null in a new column is never the same twice, and old writers leave it out.
    let stays_null = |column: &String| {
        let known = step.schema.table(table).and_then(|it| it.column(column));
        is_fresh(column)
            && known.is_some_and(|it| {
                !it.not_null && matches!(it.default, Default::None | Default::Null)
            })
    };
    let is_open = what == "UNIQUE" && columns.iter().any(stays_null);
    if is_open || all_fresh || step.schema.is_fresh_table(table) {
        return None;
    }
    let message =
        format!("a new {what} on '{table}' refuses rows that the release before may write");
    Some(found(message).fix(FIX))
}

const FIX: &str = "add it one release after the code keeps to it";

fn demand(step: &Step<'_>, table: &Name, constraint: &Constraint) -> Option<&'static str> {
    let was_unique = || step.schema.was_unique(table, &constraint.columns);
    match &constraint.rule {
        ConstraintRule::Check { not_null, demand } => {
            let state = step.schema.table(table);
            if state.zip(demand.as_ref()).is_some_and(|(it, demand)| it.was_checked(demand)) {
                return None;
            }
            let holds = |column: &String| {
                state.and_then(|it| it.column(column)).is_some_and(|column| column.not_null)
            };
            (!not_null.as_ref().is_some_and(holds)).then_some("CHECK")
        }
        ConstraintRule::Unique { using_index: false } => (!was_unique()).then_some("UNIQUE"),
        ConstraintRule::PrimaryKey { using_index: false } => {
            (!was_unique()).then_some("PRIMARY KEY")
        }
        ConstraintRule::Exclude => Some("EXCLUDE"),
        ConstraintRule::ForeignKey { parent } => {
            let known = step.schema.table(table);
            let was_bound = known.is_some_and(|it| it.was_bound(&constraint.columns, parent));
            (!was_bound).then_some("FOREIGN KEY")
        }
        // Of an index that is unique already.
        ConstraintRule::Unique { .. }
        | ConstraintRule::PrimaryKey { .. }
        | ConstraintRule::NotNull => None,
    }
}
