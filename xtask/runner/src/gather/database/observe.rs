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

/// A catalog at one moment.
pub(super) type Catalog = BTreeMap<(String, String), CatalogEntry>;

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
    let mut catalog = Catalog::new();
    for row in rows {
        let mut values = row.into_iter().map(Option::unwrap_or_default);
        let mut next = || values.next().unwrap_or_default();
        let (class, id, schema, of, name) = (next(), next(), next(), next(), next());
        let facts: BTreeMap<String, Option<String>> =
            serde_json::from_str(&next()).map_err(|error| Refusal::Lost(error.to_string()))?;
        let facts = facts.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        let key = (class.clone(), id.clone());
        catalog.insert(key, CatalogEntry { class, id, schema, of, name, facts });
    }
    Ok(catalog)
}

/// What is other in `after`.
pub(super) fn changes(before: &Catalog, after: &Catalog) -> Vec<CatalogChange> {
    let gone = before.iter().filter(|(key, _)| !after.contains_key(key));
    let gone = gone.map(|(_, entry)| CatalogChange { before: Some(entry.clone()), after: None });
    let other = after.iter().filter_map(|(key, entry)| {
        let known = before.get(key);
        let change = || CatalogChange { before: known.cloned(), after: Some(entry.clone()) };
        (known != Some(entry)).then(change)
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
        .filter_map(|id| catalog.get(&("table".to_owned(), id.to_owned())))
        .filter(|table| table.facts.get("kind").is_some_and(|kind| kind != "f"))
        .map(|table| {
            let (schema, name) = (quoted(&table.schema), quoted(&table.name));
            format!("select '{}' where exists (select from {schema}.{name})", table.id)
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
