//! `doctor`: whether everything is in place that a run will need.

mod gates;
mod surroundings;
mod tools;

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use super::{Done, Place, Stop};
use crate::Builtin;
use crate::repo::{RepoError, Repository};
use crate::view::{At, View};

/// Whether everything is in place that a run will need
///
/// A line for git, the repository, the program, the hook, ci.toml, the
/// baseline, the base, every gate and every program that a gate needs: 'ok',
/// 'note' (good to know) or 'fault', with what to do about it. No gate is run.
/// A program named in a gate's 'requires' is asked for its --version.
///
/// Ends with 0 if there is no fault, 2 if one is of the configuration, else 4.
#[derive(Debug, Args)]
pub struct Doctor {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    /// What.
    check: String,
    /// How it is.
    state: State,
    /// In words.
    text: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    todo: Option<String>,
    #[serde(skip)]
    code: u8,
}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// As it should be.
    Ok,
    /// Good to know.
    Note,
    /// A run will not end well.
    Fault,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Note => "note",
            State::Fault => "fault",
        }
    }
}

impl Check {
    fn ok(check: impl Into<String>, text: impl Into<String>) -> Check {
        let (check, text) = (check.into(), text.into());
        Check { check, state: State::Ok, text, todo: None, code: 0 }
    }

    fn note(check: impl Into<String>, text: impl Into<String>) -> Check {
        Check { state: State::Note, ..Check::ok(check, text) }
    }

    fn environment(check: impl Into<String>, text: impl Into<String>) -> Check {
        Check { state: State::Fault, code: 4, ..Check::ok(check, text) }
    }

    fn configuration(check: impl Into<String>, text: impl Into<String>) -> Check {
        Check { state: State::Fault, code: 2, ..Check::ok(check, text) }
    }

    fn of(check: impl Into<String>, stop: Stop) -> Check {
        let code = if stop.code == 2 { 2 } else { 4 };
        Check { state: State::Fault, code, todo: stop.hint, ..Check::ok(check, stop.message) }
    }

    fn todo(self, todo: impl Into<String>) -> Check {
        Check { todo: Some(todo.into()), ..self }
    }
}

impl From<(&str, RepoError)> for Check {
    fn from((check, error): (&str, RepoError)) -> Check {
        Check::environment(check, error.to_string())
    }
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Doctor) -> Done {
    let checks = checks(builtin, place);
    let codes = || checks.iter().map(|check| check.code).filter(|code| *code != 0);
    // As in a run, a fault of the configuration is told first.
    let code = codes().min().unwrap_or(0);
    let mut out = anstream::stdout().lock();
    if args.json {
        let told = serde_json::json!({ "exitCode": code, "checks": checks });
        writeln!(out, "{told:#}")?;
        return Ok(code);
    }
    print(&checks, &mut out)?;
    match codes().count() {
        0 => writeln!(out, "\nall is in place")?,
        1 => writeln!(out, "\n1 fault")?,
        count => writeln!(out, "\n{count} faults")?,
    }
    Ok(code)
}

fn checks(builtin: &Builtin, place: &Place) -> Vec<Check> {
    let dir = place.dir.clone().unwrap_or_else(|| ".".into());
    let mut checks = vec![surroundings::git(&dir), surroundings::program()];
    let repository = match Repository::open(&dir) {
        Ok(repository) => Some(repository),
        Err(error) => {
            checks.extend(surroundings::no_repository(error));
            None
        }
    };
    if let Some(repository) = &repository {
        checks.push(surroundings::repository(repository));
        checks.push(surroundings::state(repository));
        checks.push(surroundings::hook(repository));
    }
    // A fault that keeps everything else from being looked at was told.
    if checks.iter().any(|check| check.code != 0 && check.check == "repository") {
        return checks;
    }
    match View::open(place, At::WorkTree) {
        Err(stop) => checks.push(Check::of("work tree", stop)),
        Ok(view) => {
            checks.push(surroundings::baseline(&view));
            match view.config(place, builtin) {
                Err(stop) => checks.push(Check::of("ci.toml", stop)),
                Ok(config) => checks.extend(gates::checks(&view, &config)),
            }
        }
    }
    checks
}

fn print(checks: &[Check], out: &mut impl Write) -> io::Result<()> {
    let width = checks.iter().map(|check| check.check.chars().count()).max().unwrap_or(0);
    for check in checks {
        let mut lines = check.text.trim_end().lines();
        let first = lines.next().unwrap_or_default();
        writeln!(out, "{:5}  {:width$}  {first}", check.state.word(), check.check)?;
        let indent = 5 + 2 + width + 2;
        for line in lines {
            writeln!(out, "{:indent$}{line}", "")?;
        }
        if let Some(todo) = &check.todo {
            writeln!(out, "{:indent$}= help: {todo}", "")?;
        }
    }
    Ok(())
}
