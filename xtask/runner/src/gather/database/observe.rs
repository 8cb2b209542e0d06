//! What a statement did, asked of the server inside the transaction it ran in.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{CatalogChange, CatalogEntry, Lock, Scan};

use super::wire::{Connection, Refusal, Row};

const CATALOG: &str = include_str!("catalog.sql");

/// Locks of this backend, and rows it read one after the other, since its
/// transaction began.
const EFFORT: &str = "\
select 'lock', relation::text, mode from pg_locks \
where pid = pg_backend_pid() and locktype = 'relation' and relation >= 16384 \
  and mode <> 'AccessShareLock' \
  and database = (select oid from pg_database where datname = current_database()) \
union all \
select 'scan', relid::text, seq_tup_read::text from pg_stat_xact_user_tables where seq_tup_read > 0";

/// A catalog at one moment: class and id, and the rest as the server wrote it.
/// It is asked for after each statement and hardly ever another one, so that
/// only what is other is read.
pub(super) type Catalog = BTreeMap<(String, String), Written>;

/// An entry that has not been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) schema: String,
    of: String,
    pub(super) name: String,
    facts: String,
}

/// What a transaction holds and has read so far.
#[derive(Debug, Default)]
pub(super) struct Effort {
    locks: BTreeSet<(String, String)>,
    scans: BTreeMap<String, u64>,
}

/// Asks whatever role and search path a migration left behind, and leaves no
/// trace of having asked.
pub(super) fn ask(connection: &mut Connection<'_>, query: &str) -> Result<Vec<Row>, Refusal> {
    let (begin, end) = match connection.is_in_transaction() {
        true => ("savepoint gate_runner", "rollback to gate_runner; release gate_runner"),
        false => ("begin", "rollback"),
    };
    connection.rows(&format!(
        "{begin}; set local role none; set local search_path = pg_catalog; \
         set local row_security = off; {query}; {end}"
    ))
}

/// The catalog of now.
pub(super) fn catalog(connection: &mut Connection<'_>) -> Result<Catalog, Refusal> {
    let rows = ask(connection, CATALOG)?;
    let entries = rows.into_iter().map(|row| {
        let mut values = row.into_iter().map(Option::unwrap_or_default);
        let mut next = || values.next().unwrap_or_default();
        let key = (next(), next());
        (key, Written { schema: next(), of: next(), name: next(), facts: next() })
    });
    Ok(entries.collect())
}

/// Every entry of it.
pub(super) fn entries(catalog: &Catalog) -> Vec<CatalogEntry> {
    catalog.iter().map(|(key, written)| read(key, written)).collect()
}

fn read((class, id): &(String, String), written: &Written) -> CatalogEntry {
    // The query made it: a form that cannot be read would be told of by every test.
    let facts: BTreeMap<String, Option<String>> =
        serde_json::from_str(&written.facts).unwrap_or_default();
    CatalogEntry {
        class: class.clone(),
        id: id.clone(),
        schema: written.schema.clone(),
        of: written.of.clone(),
        name: written.name.clone(),
        facts: facts.into_iter().filter_map(|(key, value)| Some((key, value?))).collect(),
    }
}

/// What is other in `after`.
pub(super) fn changes(before: &Catalog, after: &Catalog) -> Vec<CatalogChange> {
    let gone = before.iter().filter(|(key, _)| !after.contains_key(key));
    let gone =
        gone.map(|(key, written)| CatalogChange { before: Some(read(key, written)), after: None });
    let other = after.iter().filter_map(|(key, written)| {
        let known = before.get(key);
        (known != Some(written)).then(|| CatalogChange {
            before: known.map(|known| read(key, known)),
            after: Some(read(key, written)),
        })
    });
    gone.chain(other).collect()
}

impl Effort {
    /// The locks and scans that have come since this was asked last.
    pub(super) fn more(
        &mut self,
        connection: &mut Connection<'_>,
    ) -> Result<(Vec<Lock>, Vec<Scan>), Refusal> {
        let (mut locks, mut scans) = (Vec::new(), Vec::new());
        for row in ask(connection, EFFORT)? {
            let mut values = row.into_iter().map(Option::unwrap_or_default);
            let mut next = || values.next().unwrap_or_default();
            let (kind, id, value) = (next(), next(), next());
            if kind == "lock" {
                if self.locks.insert((id.clone(), value.clone())) {
                    locks.push(Lock { id, mode: value });
                }
                continue;
            }
            let total: u64 = value.parse().unwrap_or(0);
            let known = self.scans.insert(id.clone(), total).unwrap_or(0);
            if total > known {
                scans.push(Scan { id, rows: total - known });
            }
        }
        locks.sort_by(|a, b| (&a.id, &a.mode).cmp(&(&b.id, &b.mode)));
        scans.sort_by(|a, b| a.id.cmp(&b.id));
        Ok((locks, scans))
    }
}

/// Which of `tables` hold a row.
pub(super) fn filled<'a>(
    connection: &mut Connection<'_>,
    catalog: &Catalog,
    tables: impl Iterator<Item = &'a str>,
) -> Result<BTreeSet<String>, Refusal> {
    let parts: Vec<String> = tables
        .filter_map(|id| Some((id, catalog.get(&("table".to_owned(), id.to_owned()))?)))
        // Rows of a foreign table are somewhere else.
        .filter(|(_, table)| !table.facts.contains("\"kind\" : \"f\""))
        .map(|(id, table)| {
            let (schema, name) = (quoted(&table.schema), quoted(&table.name));
            format!("select '{id}' where exists (select from {schema}.{name})")
        })
        .collect();
    if parts.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = ask(connection, &parts.join(" union all "))?;
    Ok(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
}

/// A name as it can stand in a statement.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
