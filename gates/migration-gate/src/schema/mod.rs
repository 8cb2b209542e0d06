//! The schema at one moment, as far as the migrations before it tell.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use crate::demand::NOT_NULL;
use crate::ops::{self, Change, CreateIndex, CreateTable, Kind, Name, Op, What};
use crate::rights::Rights;
pub(crate) use table::ConstraintState;
use table::Table;

/// Everything that is known to exist. What no migration told of is taken to be
/// there and old.
#[derive(Clone, Debug, std::default::Default)]
pub(crate) struct Schema {
    tables: BTreeMap<Name, Table>,
    indexes: BTreeMap<Name, Index>,
    views: BTreeMap<Name, View>,
    objects: BTreeMap<(Kind, Name), bool>,
    /// Triggers of the release before that this one dropped.
    dropped_triggers: BTreeSet<Name>,
    /// Tables and views on which something was granted, and schemas on all of
    /// whose tables it was.
    granted: BTreeMap<Name, Rights>,
    granted_schemas: BTreeMap<String, Rights>,
    /// Domains that demand something of each value.
    checked_domains: BTreeSet<Name>,
    /// Those that take no null.
    required_domains: BTreeSet<Name>,
    /// Those that have a default.
    filled_domains: BTreeSet<Name>,
    /// Values added to an enum and not yet committed.
    added_values: BTreeMap<String, Name>,
    /// Tables that the open transaction changed.
    touched: BTreeSet<Name>,
}

/// An index.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub(crate) table: Name,
    pub(crate) unique: bool,
    pub(crate) fresh: bool,
    /// The columns that are unique by it.
    key: Option<BTreeSet<String>>,
    /// The columns without which it is gone.
    needs: Vec<String>,
}

/// A view.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// Where the query says them all.
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) fresh: bool,
}

impl Schema {
    pub(crate) fn table(&self, name: &Name) -> Option<&Table> {
        self.tables.get(name)
    }

    /// The tables that migrations told of.
    pub(crate) fn table_names(&self) -> impl Iterator<Item = &Name> {
        self.tables.keys()
    }

    /// Whether a constraint of some table there has the name.
    pub(crate) fn is_constraint(&self, name: &Name) -> bool {
        let mut here = self.tables.iter().filter(|(table, _)| table.schema == name.schema);
        here.any(|(_, table)| table.constraint(&name.name).is_some())
    }

    /// Whether values of the type are checked, one by one.
    pub(crate) fn is_checked_domain(&self, type_name: &str) -> bool {
        self.checked_domains.contains(&domain(type_name))
    }

    /// Whether a column of the type takes no null.
    pub(crate) fn is_required_domain(&self, type_name: &str) -> bool {
        self.required_domains.contains(&domain(type_name))
    }

    /// Whether a column of the type gets a value where nobody says one.
    pub(crate) fn is_filled_domain(&self, type_name: &str) -> bool {
        self.filled_domains.contains(&domain(type_name))
    }

    /// Whether another index than this one makes the same columns unique.
    pub(crate) fn is_unique_beside(&self, index: &Name) -> bool {
        let Some(own) = self.indexes.get(index) else { return false };
        let Some(key) = &own.key else { return false };
        let mut others =
            self.indexes.iter().filter(|(name, it)| *name != index && it.table == own.table);
        others.any(|(_, it)| it.key.as_ref() == Some(key))
            || self.tables.get(&own.table).is_some_and(|table| table.has_key(key))
    }

    /// Whether an index of the table is unique by just these columns.
    pub(crate) fn is_unique_by(&self, table: &Name, columns: &[String]) -> bool {
        let key: BTreeSet<String> = columns.iter().cloned().collect();
        let mut indexes = self.indexes.values().filter(|it| it.table == *table);
        indexes.any(|it| it.key.as_ref() == Some(&key))
    }

    pub(crate) fn index(&self, name: &Name) -> Option<&Index> {
        self.indexes.get(name)
    }

    pub(crate) fn view(&self, name: &Name) -> Option<&View> {
        self.views.get(name)
    }

    /// Whether this release made the table, or the materialized view: nobody
    /// else uses it yet.
    pub(crate) fn is_fresh_table(&self, name: &Name) -> bool {
        self.tables.get(name).is_some_and(|table| table.fresh)
            || self.is_fresh(Kind::MaterializedView, name)
    }

    /// Whether rows of the release before are unique by some of these columns
    /// anyway.
    pub(crate) fn was_unique(&self, table: &Name, columns: &[String]) -> bool {
        let columns: BTreeSet<&String> = columns.iter().collect();
        let fits = |key: &BTreeSet<String>| key.iter().all(|column| columns.contains(column));
        let mut indexes = self.indexes.values().filter(|it| it.table == *table);
        indexes.any(|it| it.key.as_ref().is_some_and(fits))
            || self.tables.get(table).is_some_and(|table| table.keys().any(|key| fits(&key)))
    }

    /// Whether the table has a trigger of that name, or had it in the release
    /// before.
    pub(crate) fn had_trigger(&self, trigger: &str, table: &Name) -> bool {
        let name = trigger_name(trigger, table);
        self.dropped_triggers.contains(&name) || self.knows(Kind::Trigger, &name)
    }

    /// What migrations granted on it.
    pub(crate) fn granted(&self, name: &Name) -> Rights {
        let on_it = self.granted.get(name).into_iter();
        on_it.chain(self.granted_schemas.get(&name.schema)).flatten().cloned().collect()
    }

    /// Whether this release made the column, or its whole table.
    pub(crate) fn is_fresh_column(&self, table: &Name, column: &str) -> bool {
        self.tables.get(table).is_some_and(|table| {
            table.fresh || table.column(column).is_some_and(|column| column.fresh)
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
            table.settle();
        }
        self.dropped_triggers.clear();
        self.indexes.values_mut().for_each(|index| index.fresh = false);
        self.views.values_mut().for_each(|view| view.fresh = false);
        self.objects.values_mut().for_each(|fresh| *fresh = false);
        self.commit();
    }

    /// A transaction ends.
    pub(crate) fn commit(&mut self) {
        self.added_values.clear();
        for name in std::mem::take(&mut self.touched) {
            if let Some(table) = self.tables.get_mut(&name) {
                table.commit();
            }
        }
    }

    /// Does what `op` does.
    pub(crate) fn apply(&mut self, op: &Op) {
        match &op.what {
            What::CreateTable(create) => self.create_table(create),
            What::DropTable { table, .. } | What::Rebuild { table, .. } => {
                self.tables.remove(table);
                self.indexes.retain(|_, index| index.table != *table);
            }
            What::Table { table, change } => self.alter(table, change),
            What::CreateIndex(create) => self.create_index(create),
            What::DropIndex { index, .. } => {
                let dropped = self.indexes.remove(index).filter(|it| !it.fresh);
                if let Some((table, key)) = dropped.and_then(|it| Some((it.table, it.key?))) {
                    self.existing(&table).had_key(key);
                }
            }
            What::CreateTrigger { trigger, table, .. } => {
                self.objects.entry((Kind::Trigger, trigger_name(trigger, table))).or_insert(true);
            }
            What::Drop { kind: Kind::Trigger, name, .. } => {
                let fresh = self.objects.remove(&(Kind::Trigger, name.clone()));
                self.dropped_triggers.extend(fresh.filter(|fresh| !fresh).map(|_| name.clone()));
            }
            What::Grant { objects, schemas, rights } => {
                for object in objects {
                    let known = self.granted.entry(object.clone()).or_default();
                    known.extend(rights.iter().cloned());
                }
                for schema in schemas {
                    let known = self.granted_schemas.entry(schema.clone()).or_default();
                    known.extend(rights.iter().cloned());
                }
            }
            What::Revoke { objects, rights, .. } => {
                for object in objects {
                    let known = self.granted.get_mut(object);
                    known.map(|known| known.retain(|it| !rights.contains(it))).unwrap_or_default();
                }
            }
            What::Create { kind, name, .. } => {
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
            What::TightenDomain { domain, constraint } => {
                self.checked_domains.insert(domain.clone());
                let is_required = constraint == NOT_NULL;
                self.required_domains.extend(is_required.then(|| domain.clone()));
            }
            What::DomainDefault(domain, ops::Default::None | ops::Default::Null) => {
                self.filled_domains.remove(domain);
            }
            What::DomainDefault(domain, _) => {
                self.filled_domains.insert(domain.clone());
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
        self.touched.insert(create.table.clone());
        self.tables.insert(create.table.clone(), Table::created(create));
    }

    fn create_index(&mut self, create: &CreateIndex) {
        let Some(name) = &create.index else { return };
        let key = || create.columns.iter().cloned().collect();
        let index = Index {
            table: create.table.clone(),
            unique: create.unique,
            fresh: true,
            key: (create.unique && create.columns_are_all).then(key),
            needs: create.needs.clone(),
        };
        self.indexes.entry(name.clone()).or_insert(index);
    }

    fn rename(&mut self, kind: Kind, name: &Name, to: &Name) {
        match kind {
            Kind::Index => {
                if let Some(index) = self.indexes.remove(name) {
                    self.indexes.insert(to.clone(), index);
                } else {
                    // A constraint's index has its name.
                    let tables = self.tables.iter_mut().filter(|(it, _)| it.schema == name.schema);
                    tables.for_each(|(_, table)| table.rename_constraint(&name.name, &to.name));
                }
            }
            Kind::View => {
                if let Some(view) = self.views.remove(name) {
                    self.views.insert(to.clone(), view);
                }
            }
            _ => {
                if matches!(kind, Kind::Type | Kind::Domain) {
                    self.tables.values_mut().for_each(|table| table.rename_type(name, to));
                }
                if let Some(fresh) = self.objects.remove(&(kind, name.clone())) {
                    self.objects.insert((kind, to.clone()), fresh);
                }
            }
        }
    }

    fn move_table(&mut self, name: &Name, to: &Name) {
        if let Some(table) = self.tables.remove(name) {
            self.touched.insert(to.clone());
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
        match change {
            Change::DropColumn { column, .. } => {
                self.indexes.retain(|_, it| it.table != *name || !it.needs.contains(column));
            }
            Change::RenameColumn { from, to } => {
                for index in self.indexes.values_mut().filter(|it| it.table == *name) {
                    index
                        .needs
                        .iter_mut()
                        .filter(|it| *it == from)
                        .for_each(|it| to.clone_into(it));
                    if index.key.as_mut().is_some_and(|key| key.remove(from)) {
                        index.key.get_or_insert_default().insert(to.clone());
                    }
                }
            }
            _ => {}
        }
        self.touched.insert(name.clone());
        self.existing(name).change(&name.name, change);
    }

    /// A table that no migration made is there all the same.
    fn existing(&mut self, name: &Name) -> &mut Table {
        self.tables.entry(name.clone()).or_insert_with(Table::unknown)
    }
}

/// What a type is called, if it is a domain.
fn domain(type_name: &str) -> Name {
    match type_name.split_once('.') {
        Some((schema, name)) => Name::new(schema, name),
        None => Name::new("public", type_name),
    }
}

/// A trigger's name is its own only on its table.
fn trigger_name(trigger: &str, table: &Name) -> Name {
    Name::new(&table.to_string(), trigger)
}
