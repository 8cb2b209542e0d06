//! `fix --online`: asks what the names of unpinned actions and images stand for,
//! and whether pinned commits belong to their repositories.

mod commits;
mod images;
mod names;
pub mod source;
pub mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use action_pins::{PINS_FILE_NAME, Pins};
use jiff::{Timestamp, tz::TimeZone};
use kernel::ReadError;

use super::Fix;
use crate::cli::Stop;
use crate::receipt::{FindingState, Receipt};
use crate::repo::atomic_write;
use crate::report::text::count;
use crate::view::View;
use source::Source;
use table::Row;

/// Everything that was asked, and what came of it.
pub struct Asked {
    /// As ci.pins.toml then says it, written or not.
    pub pins: Pins,
    today: String,
    rows: Vec<Row>,
    repositories: usize,
    names: usize,
    /// Names that stand for nothing.
    unresolved: usize,
    proven: usize,
    /// Commits that no tag or branch leads to, as far as it is known.
    unproven: usize,
    images: usize,
    undigested: usize,
}

impl Asked {
    /// Whether everything that was asked has an answer.
    pub fn is_answered(&self) -> bool {
        self.unresolved + self.unproven + self.undigested == 0
    }
}

/// Asks for everything of `receipt` that somebody else can answer, shows what
/// was answered and, with `--write`, keeps it.
pub fn ask(view: &View, receipt: &Receipt, args: &Fix) -> Result<Asked, Stop> {
    let source = Source::new(args)?;
    let pins = known(view)?;
    let before = pins.clone();
    let mut asked = Asked {
        pins,
        today: today(),
        rows: Vec::new(),
        repositories: 0,
        names: 0,
        unresolved: 0,
        proven: 0,
        unproven: 0,
        images: 0,
        undigested: 0,
    };
    names::ask(&source, view, receipt, args, &mut asked)?;
    commits::ask(&source, view, receipt, args, &mut asked)?;
    images::ask(&source, view, receipt, args, &mut asked)?;
    let is_changed = asked.pins != before;
    if args.write && is_changed {
        write(view, &asked.pins.text())?;
    }
    show(&asked, is_changed, args.write)?;
    Ok(asked)
}

/// The day, as ci.pins.toml has it.
pub fn today() -> String {
    Timestamp::now().to_zoned(TimeZone::UTC).date().to_string()
}

/// What ci.pins.toml says.
pub fn known(view: &View) -> Result<Pins, Stop> {
    Pins::of(&view.tree).map_err(|error| Stop::usage(error.message))
}

/// Where the run found fault by one of `rules`, exceptions and known findings
/// left out.
fn places<'r>(
    receipt: &'r Receipt,
    gate: Option<&str>,
    rules: &[&str],
) -> BTreeMap<&'r str, BTreeSet<(u32, u32)>> {
    let mut places: BTreeMap<&str, BTreeSet<(u32, u32)>> = BTreeMap::new();
    for row in receipt.predicate.gates.iter().filter(|row| gate.is_none_or(|gate| gate == row.id)) {
        let found = row.findings.iter().filter(|found| {
            found.state == FindingState::New && rules.contains(&found.rule.as_str())
        });
        for found in found {
            places.entry(&found.path).or_default().insert((found.line, found.column));
        }
    }
    places
}

/// Writes the file where nobody else did meanwhile.
pub fn write(view: &View, text: &str) -> Result<(), Stop> {
    let path = view.root.join(PINS_FILE_NAME);
    let judged = match view.tree.read(PINS_FILE_NAME.into()) {
        Ok(file) => Some(file.bytes().to_vec()),
        Err(ReadError::Missing) => None,
        Err(error) => return Err(Stop::environment(format!("{PINS_FILE_NAME}: {error}"))),
    };
    if std::fs::read(&path).ok() != judged {
        let message = format!("{PINS_FILE_NAME} changed since it was read, or git ignores it");
        return Err(Stop::environment(message).hint("nothing was written: run it again"));
    }
    Ok(atomic_write(&path, text.as_bytes())?)
}

fn show(asked: &Asked, is_changed: bool, is_written: bool) -> Result<(), Stop> {
    table::show(&asked.rows, PINS_FILE_NAME)?;
    let mut told = anstream::stderr().lock();
    let mut said = Vec::new();
    if asked.names > 0 {
        let names = count(asked.names as u64, "name", "names");
        let of = count(asked.repositories as u64, "repository", "repositories");
        let resolved = asked.names - asked.unresolved;
        said.push(format!("{names} of {of}: {resolved} resolved{}", not(asked.unresolved)));
    }
    if asked.proven + asked.unproven > 0 {
        let commits = count((asked.proven + asked.unproven) as u64, "commit", "commits");
        said.push(format!("{commits}: {} proven{}", asked.proven, not(asked.unproven)));
    }
    if asked.images > 0 {
        let images = count(asked.images as u64, "image", "images");
        let resolved = asked.images - asked.undigested;
        said.push(format!("{images}: {resolved} resolved{}", not(asked.undigested)));
    }
    if said.is_empty() {
        writeln!(told, "nothing to ask: everything is pinned and proven\n")?;
        return Ok(());
    }
    let state = match (is_changed, is_written) {
        (false, _) => "as it was",
        (true, true) => "written",
        (true, false) => "not written: add --write",
    };
    writeln!(told, "{}; {PINS_FILE_NAME} {state}\n", said.join("; "))?;
    Ok(())
}

fn not(count: usize) -> String {
    match count {
        0 => String::new(),
        count => format!(", {count} not"),
    }
}
