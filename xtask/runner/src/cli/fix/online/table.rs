//! What was asked and answered, as a table on standard error.

use std::io::Write;

use crate::cli::Stop;
use crate::report::text::visible;

/// A name and what became of it.
pub struct Row {
    /// `owner/repository`, or what an image comes from.
    pub repository: String,
    /// A tag, a branch, a commit.
    pub name: String,
    /// What it stands for.
    pub commit: String,
    /// What a comment says of that.
    pub version: String,
    /// In words.
    pub outcome: String,
}

/// Shows `rows`; `outcome` is the last column's head.
pub fn show(rows: &[Row], outcome: &str) -> Result<(), Stop> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut told = anstream::stderr().lock();
    let head = Row {
        repository: "repository".to_owned(),
        name: "name".to_owned(),
        commit: "commit".to_owned(),
        version: "version".to_owned(),
        outcome: outcome.to_owned(),
    };
    let cells = |row: &Row| {
        [&row.repository, &row.name, &row.commit, &row.version, &row.outcome]
            .map(|cell| visible(cell).into_owned())
    };
    let table: Vec<[String; 5]> = std::iter::once(&head).chain(rows).map(cells).collect();
    let width = |column: usize| {
        let widths = table.iter().filter_map(|row| row.get(column)).map(|it| it.chars().count());
        widths.max().unwrap_or_default()
    };
    let (a, b, c, d) = (width(0), width(1), width(2), width(3));
    for [repository, name, commit, version, outcome] in &table {
        writeln!(told, "{repository:a$}  {name:b$}  {commit:c$}  {version:d$}  {outcome}")?;
    }
    Ok(())
}

/// As much of a commit or digest as people tell them apart by.
pub fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
