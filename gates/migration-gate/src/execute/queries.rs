//! What the release before asks: the probes of a session.

use kernel::{Evidence, GateError, Globs, Probe};
use serde::Deserialize;

use crate::postgres;
use crate::settings::Source;

/// Queries past this many are not asked.
const PROBES_MAX: usize = 5_000;

/// sqlx's `query-*.json`.
#[derive(Deserialize)]
struct Sqlx {
    query: String,
}

/// The statements in the files that the source names, of the base where there
/// is one: what the new release asks says nothing about the old.
pub(super) fn probes(source: &Source, evidence: &Evidence<'_>) -> Result<Vec<Probe>, GateError> {
    let Ok(globs) = Globs::new(&source.queries) else { return Ok(Vec::new()) };
    let tree = evidence.base.unwrap_or(evidence.head);
    let mut probes: Vec<Probe> = Vec::new();
    for entry in tree.list(&globs) {
        let file = tree.read_entry(&entry).map_err(|error| kernel::unread(&entry.path, &error))?;
        let path = &entry.path;
        let cannot = |reason: &str| {
            let message = format!("queries: '{path}' {reason}");
            Err(GateError::cannot_judge("unreadable-queries", message))
        };
        let Some(text) = file.text() else { return cannot("is no UTF-8 text") };
        let texts = match path.extension() {
            Some("json") => match serde_json::from_str::<Sqlx>(text) {
                Ok(known) => vec![known.query],
                Err(_) => return cannot("is not of the form {\"query\": \"SELECT …\"}"),
            },
            Some("txt") => lines(text),
            Some("log") => logged(text),
            Some("sql") => statements(text),
            _ => return cannot("is none of .sql, .txt, .json and .log"),
        };
        for (index, sql) in texts.into_iter().enumerate() {
            if !probes.iter().any(|probe| probe.sql == sql) {
                probes.push(Probe { name: format!("{path}#{}", index + 1), sql });
            }
        }
    }
    if !source.queries.is_empty() && probes.is_empty() {
        let message = format!("queries: no statement in {}", source.queries.join(", "));
        return Err(GateError::cannot_judge("no-queries", message)
            .hint("a query that is not asked shows nothing: mend the pattern, or take it out"));
    }
    probes.truncate(PROBES_MAX);
    Ok(probes)
}

/// A statement a line.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with("--")).map(str::to_owned).collect()
}

/// What PostgreSQL writes with `log_statement`: `LOG:  statement: SELECT 1` and
/// `LOG:  execute <unnamed>: SELECT $1`.
fn logged(text: &str) -> Vec<String> {
    let said = text.lines().filter_map(|line| {
        let (_, rest) = line.split_once("LOG:  ")?;
        match rest.strip_prefix("statement: ") {
            Some(statement) => Some(statement),
            None => rest.strip_prefix("execute ")?.split_once(": ").map(|(_, it)| it),
        }
    });
    said.map(|statement| statement.trim().to_owned()).collect()
}

fn statements(text: &str) -> Vec<String> {
    super::parts(text, &postgres::read(text).parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read() {
        let log = "2026-01-01 [1] LOG:  statement: SELECT 1\n\
                   2026-01-01 [1] LOG:  execute s_1: SELECT $1\n\
                   2026-01-01 [1] DETAIL:  parameters: $1 = '2'\n";
        assert_eq!(logged(log), ["SELECT 1", "SELECT $1"]);
        assert_eq!(lines("-- one\nselect 1\n\nselect 2\n"), ["select 1", "select 2"]);
    }
}
