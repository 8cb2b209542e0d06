//! The schema at one moment, as far as the migrations before it tell.

use std::collections::BTreeMap;

use crate::ops::{
    Change, Column, Constraint, ConstraintRule, CreateTable, Default, Generation, Kind, Name, Op,
    What,
};

/// Everything that is known to exist. What no migration told of is taken to be
/// there and old.
#[derive(Clone, Debug, std::default::Default)]
pub(crate) struct Schema {
    tables: BTreeMap<Name, Table>,
    indexes: BTreeMap<Name, Index>,
    views: BTreeMap<Name, View>,
    objects: BTreeMap<(Kind, Name), bool>,
    /// Values added to an enum and not yet committed.
    added_values: BTreeMap<String, Name>,
}

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: BTreeMap<String, ColumnState>,
    /// Whether a column that is not known here does not exist.
    columns_are_all: bool,
    constraints: BTreeMap<String, ConstraintState>,
    /// Made by the release that is judged: the release before does not know it.
    pub(crate) fresh: bool,
    temporary: bool,
}

/// A column.
#[derive(Clone, Debug)]
pub(crate) struct ColumnState {
    pub(crate) type_name: String,
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
    /// Added since the transaction began.
    pub(crate) in_transaction: bool,
}

/// An index.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub(crate) table: Name,
    pub(crate) unique: bool,
    pub(crate) fresh: bool,
}

/// A view.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// Where the query says them all.
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) fresh: bool,
}

impl Table {
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
                ConstraintRule::Check { not_null } => not_null.as_deref(),
                _ => None,
            };
            constraint.valid && about == Some(column)
        })
    }

    /// Whether the table certainly has no such column.
    pub(crate) fn lacks(&self, column: &str) -> bool {
        self.columns_are_all && !self.columns.contains_key(column)
    }
}

impl Schema {
    pub(crate) fn table(&self, name: &Name) -> Option<&Table> {
        self.tables.get(name)
    }

    pub(crate) fn index(&self, name: &Name) -> Option<&Index> {
        self.indexes.get(name)
    }

    pub(crate) fn view(&self, name: &Name) -> Option<&View> {
        self.views.get(name)
    }

    /// Whether this release made the table: nobody else uses it yet.
    pub(crate) fn is_fresh_table(&self, name: &Name) -> bool {
        self.tables.get(name).is_some_and(|table| table.fresh)
    }

    /// Whether this release made the column, or its whole table.
    pub(crate) fn is_fresh_column(&self, table: &Name, column: &str) -> bool {
        self.tables.get(table).is_some_and(|table| {
            table.fresh || table.columns.get(column).is_some_and(|column| column.fresh)
        })
    }

    /// Whether this release made the object.
    pub(crate) fn is_fresh(&self, kind: Kind, name: &Name) -> bool {
        match kind {
            Kind::Index => self.indexes.get(name).is_some_and(|index| index.fresh),
            Kind::View => self.views.get(name).is_some_and(|view| view.fresh),
            _ => self.objects.get(&(kind, name.clone())).is_some_and(|fresh| *fresh),
        }
    }

    /// Whether some migration made the object.
    pub(crate) fn knows(&self, kind: Kind, name: &Name) -> bool {
        match kind {
            Kind::Index => self.indexes.contains_key(name),
            Kind::View => self.views.contains_key(name),
            _ => self.objects.contains_key(&(kind, name.clone())),
        }
    }

    /// The enum that got this value in the transaction that is open.
    pub(crate) fn uncommitted_value(&self, value: &str) -> Option<&Name> {
        self.added_values.get(value)
    }

    /// Whether this release made whatever has the name.
    pub(crate) fn is_fresh_name(&self, name: &Name) -> bool {
        let kinds =
            [Kind::View, Kind::MaterializedView, Kind::Function, Kind::Sequence, Kind::Type];
        let is_schema = self.is_fresh(Kind::Schema, &Name::new("public", &name.name));
        self.is_fresh_table(name)
            || is_schema
            || kinds.iter().any(|kind| self.is_fresh(*kind, name))
    }

    /// A release is out: nothing is fresh any more.
    pub(crate) fn settle(&mut self) {
        self.tables.retain(|_, table| !table.temporary);
        for table in self.tables.values_mut() {
            table.fresh = false;
            table.columns.values_mut().for_each(|column| column.fresh = false);
        }
        self.indexes.values_mut().for_each(|index| index.fresh = false);
        self.views.values_mut().for_each(|view| view.fresh = false);
        self.objects.values_mut().for_each(|fresh| *fresh = false);
        self.commit();
    }

    /// A transaction ends.
    pub(crate) fn commit(&mut self) {
        self.added_values.clear();
        for table in self.tables.values_mut() {
            table.constraints.values_mut().for_each(|it| it.in_transaction = false);
        }
    }

    /// Does what `op` does.
    pub(crate) fn apply(&mut self, op: &Op) {
        match &op.what {
            What::CreateTable(create) => self.create_table(create),
            What::DropTable { table, .. } => {
                self.tables.remove(table);
                self.indexes.retain(|_, index| index.table != *table);
            }
            What::Table { table, change } => self.alter(table, change),
            What::CreateIndex(create) => {
                if let Some(name) = &create.index {
                    let index =
                        Index { table: create.table.clone(), unique: create.unique, fresh: true };
                    self.indexes.entry(name.clone()).or_insert(index);
                }
            }
            What::DropIndex { index, .. } => {
                self.indexes.remove(index);
            }
            What::Create { kind, name } => {
                self.objects.entry((*kind, name.clone())).or_insert(true);
            }
            What::CreateView { view, columns } => {
                let fresh = self.views.get(view).is_none_or(|known| known.fresh);
                self.views.insert(view.clone(), View { columns: columns.clone(), fresh });
            }
            What::Drop { kind: Kind::View, name, .. } => {
                self.views.remove(name);
            }
            What::Drop { kind, name, .. } => {
                self.objects.remove(&(*kind, name.clone()));
            }
            What::Rename { kind, name, to } => {
                self.rename(*kind, name, &Name::new(&name.schema, to));
            }
            What::Move { kind, name, schema } => {
                self.rename(*kind, name, &Name::new(schema, &name.name));
            }
            What::AddValue { enumeration, value } => {
                self.added_values.insert(value.clone(), enumeration.clone());
            }
            What::Commit | What::Begin => self.commit(),
            _ => {}
        }
    }

    fn create_table(&mut self, create: &CreateTable) {
        // On a table that is there it does nothing or fails; in a block it may
        // not run at all. Nothing of that makes the table new.
        if self.tables.contains_key(&create.table) {
            return;
        }
        let mut table = Table {
            columns: BTreeMap::new(),
            columns_are_all: create.columns_are_all,
            constraints: BTreeMap::new(),
            fresh: true,
            temporary: create.temporary,
        };
        for column in &create.columns {
            table.add_column(&create.table.name, column);
        }
        for constraint in &create.constraints {
            table.add_constraint(&create.table.name, constraint);
        }
        self.tables.insert(create.table.clone(), table);
    }

    fn rename(&mut self, kind: Kind, name: &Name, to: &Name) {
        match kind {
            Kind::Index => {
                if let Some(index) = self.indexes.remove(name) {
                    self.indexes.insert(to.clone(), index);
                }
            }
            Kind::View => {
                if let Some(view) = self.views.remove(name) {
                    self.views.insert(to.clone(), view);
                }
            }
            _ => {
                if let Some(fresh) = self.objects.remove(&(kind, name.clone())) {
                    self.objects.insert((kind, to.clone()), fresh);
                }
            }
        }
    }

    fn move_table(&mut self, name: &Name, to: &Name) {
        if let Some(table) = self.tables.remove(name) {
            self.tables.insert(to.clone(), table);
        }
        for index in self.indexes.values_mut().filter(|index| index.table == *name) {
            index.table = to.clone();
        }
    }

    fn alter(&mut self, name: &Name, change: &Change) {
        match change {
            Change::RenameTo { to } => return self.move_table(name, &Name::new(&name.schema, to)),
            Change::SetSchema { schema } => {
                return self.move_table(name, &Name::new(schema, &name.name));
            }
            _ => {}
        }
        // A table that no migration made is there all the same.
        let unknown = || Table {
            columns: BTreeMap::new(),
            columns_are_all: false,
            constraints: BTreeMap::new(),
            fresh: false,
            temporary: false,
        };
        self.tables.entry(name.clone()).or_insert_with(unknown).change(&name.name, change);
    }
}

impl Table {
    fn add_column(&mut self, table: &str, column: &Column) {
        self.columns.entry(column.name.clone()).or_insert_with(|| ColumnState {
            type_name: column.type_name.clone(),
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
                in_transaction: true,
            },
        );
    }

    fn change(&mut self, table: &str, change: &Change) {
        match change {
            Change::AddColumn { column, .. } => self.add_column(table, column),
            Change::DropColumn { column, .. } => {
                self.columns.remove(column);
            }
            Change::RenameColumn { from, to } => {
                if let Some(column) = self.columns.remove(from) {
                    self.columns.insert(to.clone(), column);
                }
            }
            Change::AddConstraint(constraint) => self.add_constraint(table, constraint),
            Change::DropConstraint { name, .. } => {
                self.constraints.remove(name);
            }
            Change::RenameConstraint { from, to } => {
                if let Some(constraint) = self.constraints.remove(from) {
                    self.constraints.insert(to.clone(), constraint);
                }
            }
            Change::ValidateConstraint { name } => {
                if let Some(constraint) = self.constraints.get_mut(name) {
                    constraint.valid = true;
                }
            }
            Change::SetType { column, type_name, .. } => {
                self.with(column, |state| state.type_name = type_name.clone());
            }
            Change::SetNotNull { column } => self.with(column, |state| state.not_null = true),
            Change::DropNotNull { column } => self.with(column, |state| state.not_null = false),
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
