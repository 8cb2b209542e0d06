//! What the release before asks, asked before and after the change.

use kernel::{BrokenProbe, DatabaseError, Probe};

use super::observe::quoted;
use super::wire::{Connection, Refusal};

/// How long one of them may take.
const LIMIT: &str = "5s";

/// A probe that is fit to show something.
pub(super) struct Asked<'a> {
    probe: &'a Probe,
    how: How,
    /// Rows that it got before the change.
    rows: u64,
}

/// How much of a probe can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// All of it: it is run and taken back.
    Run,
    /// It has parameters: it is planned with NULL for each, which asks for
    /// names, types, privileges and the index behind ON CONFLICT.
    Plan(usize),
    /// It does not plan with NULL: its names and types.
    Prepare,
}

/// Asks each once; those that fail show nothing later on.
pub(super) fn before<'a>(
    connection: &mut Connection<'_>,
    role: Option<&str>,
    probes: &'a [Probe],
) -> Result<(Vec<Asked<'a>>, Vec<BrokenProbe>), Refusal> {
    let (mut asked, mut unfit) = (Vec::new(), Vec::new());
    for probe in probes {
        let ways = match parameters(&probe.sql) {
            0 => [How::Run, How::Prepare],
            count => [How::Plan(count), How::Prepare],
        };
        let mut first = None;
        for how in ways {
            match ask(connection, role, &probe.sql, how)? {
                Ok(rows) => {
                    asked.push(Asked { probe, how, rows });
                    first = None;
                    break;
                }
                Err(error) => first = first.or(Some(error)),
            }
        }
        unfit.extend(first.map(|error| broken(probe, error)));
    }
    Ok((asked, unfit))
}

/// Those that fail now, or get nothing where they got something.
pub(super) fn after(
    connection: &mut Connection<'_>,
    role: Option<&str>,
    asked: &[Asked<'_>],
) -> Result<Vec<BrokenProbe>, Refusal> {
    let mut found = Vec::new();
    for Asked { probe, how, rows } in asked {
        match ask(connection, role, &probe.sql, *how)? {
            Err(error) => found.push(broken(probe, error)),
            Ok(0) if *rows > 0 && *how == How::Run => {
                let message = format!("gets no row where it got {rows}");
                let error = DatabaseError { code: "02000".to_owned(), message };
                found.push(broken(probe, error));
            }
            Ok(_) => {}
        }
    }
    Ok(found)
}

fn broken(probe: &Probe, error: DatabaseError) -> BrokenProbe {
    BrokenProbe { name: probe.name.clone(), sql: probe.sql.clone(), error }
}

fn ask(
    connection: &mut Connection<'_>,
    role: Option<&str>,
    sql: &str,
    how: How,
) -> Result<Result<u64, DatabaseError>, Refusal> {
    let role = role.map(|role| format!("; set local role {}", quoted(role))).unwrap_or_default();
    connection.run(&format!("begin; set local statement_timeout = '{LIMIT}'{role}"))?;
    let sql = sql.trim().trim_end_matches(';');
    let answer = match how {
        How::Run => connection.run(sql).map(|()| connection.counted),
        How::Plan(count) => {
            let nulls = vec!["null"; count].join(", ");
            connection
                .run(&format!("prepare gate_runner_probe as {sql}"))
                .and_then(|()| {
                    connection.run(&format!("explain execute gate_runner_probe({nulls})"))
                })
                .map(|()| 0)
        }
        How::Prepare => connection.run(&format!("prepare gate_runner_probe as {sql}")).map(|()| 0),
    };
    connection.run(if how == How::Run { "rollback" } else { "rollback; deallocate all" })?;
    match answer {
        Ok(rows) => Ok(Ok(rows)),
        Err(Refusal::Server(error)) => Ok(Err(error)),
        Err(other) => Err(other),
    }
}

/// The highest `$n` of a statement, its texts and comments left out as far as
/// they are plain.
fn parameters(sql: &str) -> usize {
    let mut highest = 0;
    for (index, part) in sql.split('\'').enumerate() {
        if index % 2 == 1 {
            continue;
        }
        for rest in part.split('$').skip(1) {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let number = rest.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0);
            // No statement has more, and each is written out.
            highest = highest.max(number).min(1_000);
        }
    }
    highest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted() {
        assert_eq!(parameters("select 1"), 0);
        assert_eq!(parameters("select $2, $1, '$9', $10::int"), 10);
        assert_eq!(parameters("select $$a$$"), 0);
        assert_eq!(parameters("select $99999999"), 1_000);
    }
}
