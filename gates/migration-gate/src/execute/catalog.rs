//! A catalog as the trace tells it: by id, and by the names that a release
//! knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{CatalogChange, CatalogEntry};

/// Class and id.
pub(super) type Key = (String, String);

/// A catalog at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Catalog {
    entries: BTreeMap<Key, Arc<CatalogEntry>>,
}

/// What is a relation: they share their names.
pub(super) const RELATIONS: [&str; 4] = ["table", "view", "materialized-view", "sequence"];

impl Catalog {
    pub(super) fn of(entries: &[CatalogEntry]) -> Catalog {
        let entries = entries.iter().map(|entry| (key(entry), Arc::new(entry.clone()))).collect();
        Catalog { entries }
    }

    pub(super) fn apply(&mut self, changes: &[CatalogChange]) {
        for change in changes {
            if let (Some(before), None) = (&change.before, &change.after) {
                self.entries.remove(&key(before));
            }
            if let Some(after) = &change.after {
                self.entries.insert(key(after), Arc::new(after.clone()));
            }
        }
    }

    pub(super) fn get(&self, class: &str, id: &str) -> Option<&CatalogEntry> {
        self.entries.get(&(class.to_owned(), id.to_owned())).map(|entry| &**entry)
    }

    /// The same object, whatever it is called.
    pub(super) fn same(&self, entry: &CatalogEntry) -> Option<&CatalogEntry> {
        self.entries.get(&key(entry)).map(|entry| &**entry)
    }

    pub(super) fn all(&self, class: &str) -> impl Iterator<Item = &CatalogEntry> {
        let from = (class.to_owned(), String::new());
        self.entries
            .range(from..)
            .map(|(_, entry)| &**entry)
            .take_while(move |entry| entry.class == class)
    }

    /// Parts of a relation or type, e.g. its columns.
    pub(super) fn parts<'a>(
        &'a self,
        class: &'a str,
        of: &'a str,
    ) -> impl Iterator<Item = &'a CatalogEntry> {
        self.all(class).filter(move |entry| entry.of == of)
    }

    /// The part of that name.
    pub(super) fn part(&self, class: &str, of: &str, name: &str) -> Option<&CatalogEntry> {
        self.all(class).find(|entry| entry.of == of && entry.name == name)
    }

    /// The object of that name which is no part.
    pub(super) fn named(&self, class: &str, schema: &str, name: &str) -> Option<&CatalogEntry> {
        self.all(class).find(|entry| entry.schema == schema && entry.name == name)
    }

    /// The table, view or sequence of that name.
    pub(super) fn relation(&self, schema: &str, name: &str) -> Option<&CatalogEntry> {
        RELATIONS.iter().find_map(|class| self.named(class, schema, name))
    }

    /// A relation by its id, whatever it is.
    pub(super) fn relation_of(&self, id: &str) -> Option<&CatalogEntry> {
        RELATIONS.iter().find_map(|class| self.get(class, id))
    }
}

pub(super) fn key(entry: &CatalogEntry) -> Key {
    (entry.class.clone(), entry.id.clone())
}

/// A fact of an entry; empty where it has none.
pub(super) fn fact<'a>(entry: &'a CatalogEntry, name: &str) -> &'a str {
    entry.facts.get(name).map(String::as_str).unwrap_or_default()
}

/// A name as messages have it.
pub(super) fn shown(entry: &CatalogEntry) -> String {
    match entry.schema.as_str() {
        "" | "public" => entry.name.clone(),
        schema => format!("{schema}.{}", entry.name),
    }
}

/// What each grantee may do, those of the owner left out: `{app=r/owner}`.
pub(super) fn grants(entry: &CatalogEntry) -> BTreeMap<String, String> {
    let list = fact(entry, "acl").trim_start_matches('{').trim_end_matches('}');
    let items = list.split(',').filter_map(|item| {
        let item = item.trim_matches('"').replace("\\\"", "");
        let (grantee, rest) = item.split_once('=')?;
        let (may, grantor) = rest.split_once('/')?;
        (grantee != grantor).then(|| (grantee.to_owned(), may.replace('*', "")))
    });
    items.collect()
}

/// The first grantee who may do less than before.
pub(super) fn loses(before: &CatalogEntry, after: &CatalogEntry) -> Option<String> {
    let now = grants(after);
    let mut held = grants(before);
    // Without a list anybody may run a function and use a type.
    let is_open = matches!(before.class.as_str(), "function" | "type");
    if is_open && fact(before, "acl").is_empty() && !fact(after, "acl").is_empty() {
        held.insert(String::new(), if before.class == "type" { "U" } else { "X" }.to_owned());
    }
    if is_open && fact(after, "acl").is_empty() {
        return None;
    }
    let lost = held.into_iter().find(|(grantee, may)| {
        let still = now.get(grantee).map(String::as_str).unwrap_or_default();
        may.chars().any(|right| !still.contains(right))
    });
    lost.map(|(grantee, _)| if grantee.is_empty() { "public".to_owned() } else { grantee })
}
