//! `fix --online`: asks git what the names of unpinned actions stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

use action_pins::{Advertised, PINS_FILE_NAME, Pin, Pins, Unresolved, is_release};
use camino::{Utf8Path, Utf8PathBuf};
use jiff::{Timestamp, tz::TimeZone};
use kernel::ReadError;

use super::Fix;
use crate::cli::Stop;
use crate::exec::Cancel;
use crate::git::remote;
use crate::receipt::{FindingState, Receipt};
use crate::repo::atomic_write;
use crate::report::text::{count, visible};
use crate::view::View;

const GIT_BASE: &str = "https://github.com";
/// How long one repository may take to answer.
const LIMIT: Duration = Duration::from_secs(30);
/// How many are asked side by side.
const AT_ONCE: usize = 8;

/// What came of it.
pub struct Asked {
    /// What ci.pins.toml then says, written or not.
    pub text: String,
    /// Names that stand for nothing.
    pub unresolved: usize,
}

/// Names, by repository: each repository is asked once.
type Names = BTreeMap<String, (String, BTreeSet<String>)>;

/// A name and what became of it.
struct Row {
    repository: String,
    name: String,
    commit: String,
    version: String,
    outcome: String,
}

/// Asks for every unpinned reference of `receipt`, shows what was answered and,
/// with `--write`, keeps it.
pub fn ask(view: &View, receipt: &Receipt, args: &Fix) -> Result<Asked, Stop> {
    let base = base(args.git_base.as_deref().unwrap_or(GIT_BASE))?;
    let mut pins = Pins::of(&view.tree).map_err(|error| Stop::usage(error.message))?;
    let before = pins.clone();
    let names = names(view, receipt, args.gate.as_deref())?;
    let cancel = Cancel::on_signals()?;
    let answers = answers(&base, &names, &cancel)?;
    if let Some(code) = cancel.exit_code() {
        let message = "interrupted, nothing was written".to_owned();
        return Err(Stop { code, message, hint: None });
    }
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date().to_string();
    let mut rows = Vec::new();
    let mut unresolved = 0;
    for ((key, (repository, names)), answer) in names.iter().zip(&answers) {
        for name in names {
            let (outcome, is_resolved) = match answer {
                Ok(advertised) => keep(&mut pins, repository, name, advertised, &today),
                Err(why) => (format!("failed: {why}"), false),
            };
            unresolved += usize::from(!is_resolved);
            let pin = pins.find(key, name).filter(|_| is_resolved);
            rows.push(Row {
                repository: repository.clone(),
                name: name.clone(),
                commit: pin.map_or("-", |pin| short(&pin.commit)).to_owned(),
                version: pin.map_or("-", |pin| &pin.version).to_owned(),
                outcome,
            });
        }
    }
    let text = pins.text();
    let is_changed = pins != before;
    if args.write && is_changed {
        write(view, &text)?;
    }
    show(&rows, names.len(), unresolved, is_changed, args.write)?;
    Ok(Asked { text, unresolved })
}

/// `URL` as it is, a folder in full: git is run elsewhere.
fn base(given: &str) -> Result<String, Stop> {
    let folder = Utf8Path::new(given);
    if folder.is_dir() {
        // Not canonical: git does not know the form that Windows gives to that.
        let full = camino::absolute_utf8(folder)?;
        return Ok(full.into_string());
    }
    if given.contains("://") {
        return Ok(given.trim_end_matches('/').to_owned());
    }
    Err(Stop::usage(format!("--git-base: '{}' is no folder and no URL", visible(given)))
        .hint("write https://…, or a folder that holds owner/repository.git"))
}

/// What the run found unpinned, exceptions and known findings left out.
fn names(view: &View, receipt: &Receipt, gate: Option<&str>) -> Result<Names, Stop> {
    let mut places: BTreeMap<&str, BTreeSet<(u32, u32)>> = BTreeMap::new();
    for row in receipt.predicate.gates.iter().filter(|row| gate.is_none_or(|gate| gate == row.id)) {
        let found = row.findings.iter().filter(|found| {
            found.state == FindingState::New && found.rule == action_pins::UNPINNED_USES
        });
        for found in found {
            places.entry(&found.path).or_default().insert((found.line, found.column));
        }
    }
    let mut names = Names::new();
    for (path, places) in places {
        let file = view.tree.read(path.into()).map_err(|error| {
            Stop::environment(format!("'{}' could not be read: {error}", visible(path)))
        })?;
        for unpinned in action_pins::unpinned(&file) {
            if places.contains(&(unpinned.line, unpinned.column)) {
                let key = unpinned.repository.to_ascii_lowercase();
                let known = names.entry(key).or_insert((unpinned.repository, BTreeSet::new()));
                known.1.insert(unpinned.name);
            }
        }
    }
    Ok(names)
}

/// What each repository answers, in their order.
fn answers(
    base: &str,
    names: &Names,
    cancel: &Cancel,
) -> Result<Vec<Result<Advertised, String>>, Stop> {
    let folder = tempfile::tempdir()?;
    let dir = Utf8PathBuf::from_path_buf(folder.path().to_owned())
        .map_err(|_| Stop::environment("the folder for temporary files is no UTF-8 path"))?;
    let waiting = Mutex::new(names.values().enumerate());
    let next = || waiting.lock().ok()?.next();
    let work = || {
        let mut answers = Vec::new();
        while let Some((index, (repository, _))) = next() {
            let answer = remote::references(&format!("{base}/{repository}"), &dir, LIMIT, cancel);
            answers.push((index, answer.and_then(|text| Advertised::read(&text))));
        }
        answers
    };
    let mut answers = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE.min(names.len())).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect::<Vec<_>>()
    });
    answers.sort_by_key(|(index, _)| *index);
    if answers.len() != names.len() {
        return Err(Stop::environment("not every repository was asked; nothing was written"));
    }
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

/// Keeps what a name stands for; says what became of it, and whether it stands
/// for something.
fn keep(
    pins: &mut Pins,
    repository: &str,
    name: &str,
    advertised: &Advertised,
    today: &str,
) -> (String, bool) {
    let known = pins.find(repository, name).cloned();
    let resolved = match advertised.resolve(name) {
        Ok(resolved) => resolved,
        Err(Unresolved::PosesAsCommit) => {
            return ("refused: a name of 40 hex digits poses as a commit".to_owned(), false);
        }
        Err(Unresolved::Missing) => {
            // Nothing is pinned any more to what its owner has taken back.
            let outcome = match pins.remove(repository, name) {
                Some(pin) => {
                    format!("gone: it was {} on {}, and is taken out", short(&pin.commit), pin.when)
                }
                None => "failed: no tag or branch of that name".to_owned(),
            };
            return (outcome, false);
        }
    };
    let ambiguous = match resolved.is_ambiguous {
        true => "; the tag: a branch of that name is another commit",
        false => "",
    };
    let outcome = match &known {
        Some(pin) if pin.commit == resolved.commit && pin.version == resolved.version => {
            return (format!("as it was{ambiguous}"), true);
        }
        // A release that moves is no release: somebody must look.
        Some(pin) if pin.commit != resolved.commit && is_release(name) => {
            let (was, is) = (short(&pin.commit), short(&resolved.commit));
            let why = format!("refused: this release was {was} on {} and is now {is}", pin.when);
            return (format!("{why}; delete its line to take that"), false);
        }
        Some(pin) if pin.commit != resolved.commit => {
            format!("moved: it was {} on {}", short(&pin.commit), pin.when)
        }
        _ => "new".to_owned(),
    };
    let pin = Pin {
        uses: repository.to_owned(),
        name: name.to_owned(),
        commit: resolved.commit,
        version: resolved.version,
        when: today.to_owned(),
    };
    if let Some(fault) = pin.fault() {
        return (format!("refused: {fault}"), false);
    }
    pins.insert(pin);
    (format!("{outcome}{ambiguous}"), true)
}

/// Writes the file where nobody else did meanwhile.
fn write(view: &View, text: &str) -> Result<(), Stop> {
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

fn show(
    rows: &[Row],
    repositories: usize,
    unresolved: usize,
    is_changed: bool,
    is_written: bool,
) -> Result<(), Stop> {
    let mut told = anstream::stderr().lock();
    if rows.is_empty() {
        writeln!(told, "nothing to ask: no name of an action is unpinned\n")?;
        return Ok(());
    }
    let head = Row {
        repository: "repository".to_owned(),
        name: "name".to_owned(),
        commit: "commit".to_owned(),
        version: "version".to_owned(),
        outcome: PINS_FILE_NAME.to_owned(),
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
    let state = match (is_changed, is_written) {
        (false, _) => "as it was",
        (true, true) => "written",
        (true, false) => "not written: add --write",
    };
    let names = count(rows.len() as u64, "name", "names");
    let of = count(repositories as u64, "repository", "repositories");
    let resolved = rows.len() - unresolved;
    let failed = match unresolved {
        0 => String::new(),
        unresolved => format!(", {unresolved} not"),
    };
    writeln!(told, "{names} of {of}: {resolved} resolved{failed}; {PINS_FILE_NAME} {state}\n")?;
    Ok(())
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
