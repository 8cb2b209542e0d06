//! One table of the schema.

use std::collections::{BTreeMap, BTreeSet};

use crate::demand::Demand;
use crate::ops::{
    Change, Column, Constraint, ConstraintRule, CreateTable, Default, Generation, Name, SetType,
};

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: BTreeMap<String, ColumnState>,
    /// Whether a column that is not known here does not exist.
    columns_are_all: bool,
    constraints: BTreeMap<String, ConstraintState>,
    /// Made by the release that is judged: the release before does not know it.
    pub(crate) fresh: bool,
    pub(super) temporary: bool,
    /// Of one that no migration made it is not known.
    partitioned: bool,
    is_known: bool,
    /// What replicas know rows by was chosen by hand.
    has_identity: bool,
    /// What is known of row security: enabled or disabled, forced or not.
    row_security: Vec<&'static str>,
    /// Columns that were unique in the release before, and are not any more.
    dropped_keys: Vec<BTreeSet<String>>,
    /// Foreign keys that the release before has, and this one took away.
    dropped_bonds: Vec<ConstraintState>,
    /// Columns that took no null in the release before, and take it now.
    dropped_not_null: BTreeSet<String>,
    /// The same of what it checks.
    dropped_checks: Vec<ConstraintState>,
}

/// A column.
#[derive(Clone, Debug)]
pub(crate) struct ColumnState {
    pub(crate) type_name: String,
    pub(crate) collation: Option<String>,
    pub(crate) not_null: bool,
    pub(crate) default: Default,
    pub(crate) generation: Generation,
    pub(crate) fresh: bool,
}

/// A constraint of a table.
#[derive(Clone, Debug)]
pub(crate) struct ConstraintState {
    pub(crate) rule: ConstraintRule,
    pub(crate) valid: bool,
    pub(crate) columns: Vec<String>,
    fresh: bool,
    /// Added since the transaction began.
    pub(crate) in_transaction: bool,
}

impl ConstraintState {
    /// The columns that are unique by it.
    fn key(&self) -> Option<BTreeSet<String>> {
        let is_key =
            matches!(self.rule, ConstraintRule::Unique { .. } | ConstraintRule::PrimaryKey { .. });
        // With USING INDEX it is the index that tells.
        (is_key && !self.columns.is_empty()).then(|| self.columns.iter().cloned().collect())
    }

    /// Whether this release made it.
    pub(crate) fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// What it checks.
    fn demand(&self) -> Option<&Demand> {
        match &self.rule {
            ConstraintRule::Check { demand, .. } => demand.as_ref(),
            _ => None,
        }
    }

    /// What it checks is written with the old name, and is not known any more.
    fn rename_column(&mut self, from: &str, to: &str) {
        self.columns.iter_mut().filter(|it| *it == from).for_each(|it| to.clone_into(it));
        if let ConstraintRule::Check { demand, .. } = &mut self.rule {
            *demand = None;
        }
    }

    /// The table that it refers to.
    fn parent(&self) -> Option<&Name> {
        match &self.rule {
            ConstraintRule::ForeignKey { parent } => Some(parent),
            _ => None,
        }
    }
}

impl Table {
    pub(super) fn created(create: &CreateTable) -> Table {
        let mut table = Table {
            columns_are_all: create.columns_are_all,
            fresh: true,
            temporary: create.temporary,
            partitioned: create.partitioned,
            is_known: true,
            ..Table::unknown()
        };
        for column in &create.columns {
            table.add_column(&create.table.name, column);
        }
        for constraint in &create.constraints {
            table.add_constraint(&create.table.name, constraint);
        }
        table
    }

    /// Of which no migration tells.
    pub(super) fn unknown() -> Table {
        Table {
            columns: BTreeMap::new(),
            columns_are_all: false,
            constraints: BTreeMap::new(),
            fresh: false,
            temporary: false,
            partitioned: false,
            is_known: false,
            has_identity: false,
            row_security: Vec::new(),
            dropped_keys: Vec::new(),
            dropped_bonds: Vec::new(),
            dropped_checks: Vec::new(),
            dropped_not_null: BTreeSet::new(),
        }
    }

    /// A release is out.
    pub(super) fn settle(&mut self) {
        self.fresh = false;
        self.columns.values_mut().for_each(|column| column.fresh = false);
        self.constraints.values_mut().for_each(|constraint| constraint.fresh = false);
        self.dropped_keys.clear();
        self.dropped_bonds.clear();
        self.dropped_checks.clear();
        self.dropped_not_null.clear();
    }

    /// Whether a migration made it.
    pub(crate) fn is_made_here(&self) -> bool {
        self.is_known
    }

    /// Whether the release before holds these columns to `parent` already.
    pub(crate) fn was_bound(&self, columns: &[String], parent: &Name) -> bool {
        let old = self.constraints.values().filter(|it| !it.fresh);
        let mut bonds = old.chain(&self.dropped_bonds).filter(|it| it.parent() == Some(parent));
        bonds.any(|it| !columns.is_empty() && it.columns == columns)
    }

    /// Whether the release before wrote no null there.
    pub(crate) fn was_not_null(&self, column: &str) -> bool {
        self.dropped_not_null.contains(column)
    }

    /// Whether the release before keeps to this already: what it checks demands as much.
    pub(crate) fn was_checked(&self, demand: &Demand) -> bool {
        let old = self.constraints.values().filter(|it| !it.fresh);
        let old = old.chain(&self.dropped_checks).filter_map(ConstraintState::demand);
        let old = old.map(|it| it.where_null(&|_| false)).collect();
        Demand::All(old).is_at_least(&demand.where_null(&|name| self.stays_null(name)))
    }

    /// Whether the release before, which does not know the column, leaves it null.
    fn stays_null(&self, column: &str) -> bool {
        self.columns.get(column).is_some_and(|it| {
            it.fresh
                && !it.not_null
                && it.generation == Generation::None
                && matches!(it.default, Default::None | Default::Null)
        })
    }

    /// A transaction ends.
    pub(super) fn commit(&mut self) {
        self.constraints.values_mut().for_each(|it| it.in_transaction = false);
    }

    pub(super) fn had_key(&mut self, key: BTreeSet<String>) {
        self.dropped_keys.push(key);
    }

    /// Sets of columns that are, or were in the release before, unique.
    pub(super) fn keys(&self) -> impl Iterator<Item = BTreeSet<String>> {
        let dropped = self.dropped_keys.iter().cloned();
        self.constraints.values().filter_map(ConstraintState::key).chain(dropped)
    }

    /// Whether a constraint makes just these columns unique.
    pub(super) fn has_key(&self, key: &BTreeSet<String>) -> bool {
        self.constraints.values().any(|it| it.key().as_ref() == Some(key))
    }

    pub(super) fn rename_constraint(&mut self, from: &str, to: &str) {
        if let Some(constraint) = self.constraints.remove(from) {
            self.constraints.insert(to.to_owned(), constraint);
        }
    }

    /// The columns keep their type when it gets another name.
    pub(super) fn rename_type(&mut self, from: &Name, to: &Name) {
        let full = format!("{}.{}", from.schema, from.name);
        for column in self.columns.values_mut() {
            let (bare, rest) = match column.type_name.strip_suffix("[]") {
                Some(bare) => (bare, "[]"),
                None => (column.type_name.as_str(), ""),
            };
            if bare == from.name || bare == full {
                column.type_name = format!("{}{rest}", to.name);
            }
        }
    }

    /// The names of its columns, as far as they are known.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &String> {
        self.columns.keys()
    }

    pub(crate) fn column(&self, name: &str) -> Option<&ColumnState> {
        self.columns.get(name)
    }

    pub(crate) fn constraint(&self, name: &str) -> Option<&ConstraintState> {
        self.constraints.get(name)
    }

    /// Whether a valid `CHECK` is there that could prove a partition's bounds.
    pub(crate) fn has_valid_check(&self) -> bool {
        let is_check = |it: &&ConstraintState| matches!(it.rule, ConstraintRule::Check { .. });
        self.constraints.values().filter(is_check).any(|it| it.valid)
    }

    /// Whether a valid `CHECK (column IS NOT NULL)` is there already.
    pub(crate) fn is_known_not_null(&self, column: &str) -> bool {
        self.constraints.values().any(|constraint| {
            let about = match &constraint.rule {
                ConstraintRule::Check { not_null, .. } => not_null.as_deref(),
                _ => None,
            };
            constraint.valid && about == Some(column)
        })
    }

    /// Whether its rows are all in partitions, as far as is known.
    pub(crate) fn is_partitioned(&self) -> bool {
        self.partitioned || !self.is_known
    }

    /// Whether nothing tells replicas which row an update is about.
    pub(crate) fn lacks_identity(&self) -> bool {
        let is_key = |it: &ConstraintState| matches!(it.rule, ConstraintRule::PrimaryKey { .. });
        self.columns_are_all
            && !self.partitioned
            && !self.has_identity
            && !self.constraints.values().any(is_key)
    }

    /// Whether row security is known to be so already.
    pub(crate) fn row_security_is(&self, verb: &str) -> bool {
        self.row_security.contains(&verb)
    }

    /// Whether the table certainly has no such column.
    pub(crate) fn lacks(&self, column: &str) -> bool {
        self.columns_are_all && !self.columns.contains_key(column)
    }

    fn add_column(&mut self, table: &str, column: &Column) {
        self.columns.entry(column.name.clone()).or_insert_with(|| ColumnState {
            type_name: column.type_name.clone(),
            collation: column.collation.clone(),
            not_null: column.not_null,
            default: column.default,
            generation: column.generation,
            fresh: true,
        });
        for constraint in &column.constraints {
            self.add_constraint(table, constraint);
        }
    }

    fn add_constraint(&mut self, table: &str, constraint: &Constraint) {
        let ends = match &constraint.rule {
            ConstraintRule::PrimaryKey { .. } => "pkey",
            ConstraintRule::Unique { .. } => "key",
            ConstraintRule::ForeignKey { .. } => "fkey",
            ConstraintRule::Exclude => "excl",
            ConstraintRule::Check { .. } => "check",
            ConstraintRule::NotNull => "not_null",
        };
        if matches!(constraint.rule, ConstraintRule::PrimaryKey { .. }) {
            for column in &constraint.columns {
                if let Some(state) = self.columns.get_mut(column) {
                    state.not_null = true;
                }
            }
        }
        // The name that PostgreSQL gives where the migration gives none.
        let columns = match constraint.rule {
            ConstraintRule::PrimaryKey { .. } => String::new(),
            _ => constraint.columns.iter().map(|column| format!("{column}_")).collect(),
        };
        let name = constraint.name.clone().unwrap_or_else(|| format!("{table}_{columns}{ends}"));
        self.constraints.insert(
            name,
            ConstraintState {
                rule: constraint.rule.clone(),
                valid: !constraint.not_valid,
                columns: constraint.columns.clone(),
                fresh: true,
                in_transaction: true,
            },
        );
    }

    pub(super) fn change(&mut self, table: &str, change: &Change) {
        match change {
            Change::AddColumn { column, .. } => self.add_column(table, column),
            Change::DropColumn { column, .. } => {
                self.columns.remove(column);
                self.constraints.retain(|_, it| !it.columns.contains(column));
            }
            Change::RenameColumn { from, to } => {
                if let Some(column) = self.columns.remove(from) {
                    self.columns.insert(to.clone(), column);
                }
                self.dropped_not_null.remove(from);
                let dropped = self.dropped_checks.iter_mut();
                let about = |it: &&mut ConstraintState| it.columns.contains(from);
                let about = self.constraints.values_mut().chain(dropped).filter(about);
                about.for_each(|it| it.rename_column(from, to));
            }
            Change::AddConstraint(constraint) => self.add_constraint(table, constraint),
            Change::DropConstraint { name, .. } => {
                let dropped = self.constraints.remove(name).filter(|it| !it.fresh);
                self.dropped_keys.extend(dropped.as_ref().and_then(ConstraintState::key));
                self.dropped_checks.extend(dropped.clone().filter(|it| it.demand().is_some()));
                self.dropped_bonds.extend(dropped.filter(|it| it.parent().is_some()));
            }
            Change::RenameConstraint { from, to } => self.rename_constraint(from, to),
            Change::ValidateConstraint { name } => {
                if let Some(constraint) = self.constraints.get_mut(name) {
                    constraint.valid = true;
                }
            }
            Change::SetType(SetType { column, type_name, collation, .. }) => {
                self.with(column, |state| {
                    state.type_name.clone_from(type_name);
                    state.collation.clone_from(collation);
                });
            }
            Change::SetNotNull { column } => self.with(column, |state| state.not_null = true),
            Change::DropNotNull { column } => {
                let was = self.columns.get(column).is_some_and(|it| it.not_null && !it.fresh);
                self.dropped_not_null.extend(was.then(|| column.clone()));
                self.with(column, |state| state.not_null = false);
            }
            Change::SetDefault { column, default } => {
                self.with(column, |state| state.default = *default);
            }
            Change::DropDefault { column } => {
                self.with(column, |state| state.default = Default::None);
            }
            Change::AddIdentity { column, always } | Change::SetIdentity { column, always } => {
                let generation = match always {
                    true => Generation::IdentityAlways,
                    false => Generation::IdentityByDefault,
                };
                self.with(column, |state| state.generation = generation);
            }
            Change::RowSecurity { verb } => {
                let is_about_owner = |verb: &str| verb.starts_with("forced");
                self.row_security.retain(|it| is_about_owner(it) != is_about_owner(verb));
                self.row_security.push(verb);
            }
            Change::ReplicaIdentity => self.has_identity = true,
            Change::DropIdentity { column } | Change::DropExpression { column } => {
                self.with(column, |state| state.generation = Generation::None);
            }
            _ => {}
        }
    }

    fn with(&mut self, column: &str, change: impl FnOnce(&mut ColumnState)) {
        if let Some(state) = self.columns.get_mut(column) {
            change(state);
        }
    }
}
