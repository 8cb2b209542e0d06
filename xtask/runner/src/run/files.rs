//! File-major: every file that some gate judges by itself is read once, given
//! to each of them, and dropped.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use camino::Utf8PathBuf;
use kernel::{Checked, Entry, ErrorKind, GateError, Pulse, ReadError, SourceFile, Tree, unread};
use rayon::prelude::*;

use super::{Run, own_tree};
use crate::progress::Event;
use crate::quote;
use crate::ready::Ready;
use crate::reuse::FileResults;

/// What one gate came to over its files, with its own view of the tree.
#[derive(Debug)]
pub struct Walked {
    /// Everything its files gave, or the first error by path.
    pub result: Result<Checked, GateError>,
    /// Its tree: the whole is judged through it, so that one trace has all.
    pub tree: Tree,
    /// Its pulse: one time limit for files and whole.
    pub pulse: Pulse,
    /// What its files came to, if any of that is kept.
    pub files: Option<FileResults>,
}

/// One walk, and the results that gates wait for.
#[derive(Default)]
pub struct Pass {
    /// Whether others may ask for the files after it.
    is_shared: bool,
    results: Mutex<BTreeMap<usize, Walked>>,
    arrived: Condvar,
}

/// A gate that takes part: its position, itself, its view.
struct Walker<'a> {
    index: usize,
    ready: &'a Ready,
    tree: Tree,
    pulse: Pulse,
    files: Option<FileResults>,
}

/// Progress is told once in so many files.
const TELL_EVERY: u64 = 256;

impl Pass {
    /// A walk; `is_shared` where others may ask for the same files.
    pub fn of(is_shared: bool) -> Pass {
        Pass { is_shared, ..Pass::default() }
    }

    /// Waits for the result of the gate at `index`, which takes part in the
    /// walk.
    pub fn wait(&self, index: usize) -> Walked {
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match results.remove(&index) {
                Some(walked) => return walked,
                None => {
                    results = self.arrived.wait(results).unwrap_or_else(PoisonError::into_inner)
                }
            }
        }
    }

    /// Walks the files of the gates at `indices`.
    pub fn walk(&self, run: &Run<'_>, indices: &[usize]) {
        let walkers = indices.iter().filter_map(|index| {
            let ready = run.ready.get(*index)?.as_ref()?;
            let (tree, pulse) = own_tree(run, ready);
            let files = run.results.files(ready);
            Some(Walker { index: *index, ready, tree, pulse, files })
        });
        // What judges no file by itself need not wait for those that do.
        let (walkers, whole): (Vec<Walker<'_>>, Vec<Walker<'_>>) =
            walkers.partition(|walker| !walker.ready.wants.files.is_empty());
        self.tell(whole.into_iter().map(|walker| (walker, Ok(Checked::default()))));
        let files = selected(&walkers);
        let total = files.len() as u64;
        let done = AtomicU64::new(0);
        let read = |entry: &Entry| match self.is_shared {
            true => run.tree.read_entry(entry),
            false => run.tree.read_in_passing(entry),
        };
        let judged: Vec<Vec<(usize, Result<Checked, GateError>)>> = files
            .par_iter()
            .map(|(entry, wanted)| {
                let judged = judge_file(run, &read, entry, wanted, &walkers);
                let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                if count.is_multiple_of(TELL_EVERY) {
                    for walker in &walkers {
                        run.tell(Event::Advanced {
                            gate: walker.ready.name.clone(),
                            done: count,
                            total,
                        });
                    }
                }
                judged
            })
            .collect();
        let mut merged: Vec<Result<Checked, GateError>> =
            walkers.iter().map(|_| Ok(Checked::default())).collect();
        for (position, one) in judged.into_iter().flatten() {
            if let Some(slot) = merged.get_mut(position) {
                merge(slot, one);
            }
        }
        self.tell(walkers.into_iter().zip(merged));
    }

    fn tell<'w>(&self, results: impl Iterator<Item = (Walker<'w>, Result<Checked, GateError>)>) {
        let mut known = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        for (walker, result) in results {
            let Walker { index, tree, pulse, files, .. } = walker;
            known.insert(index, Walked { result, tree, pulse, files });
        }
        drop(known);
        self.arrived.notify_all();
    }
}

/// Every file that is judged by itself, with the walkers that judge it.
fn selected(walkers: &[Walker<'_>]) -> Vec<(Entry, Vec<usize>)> {
    let mut files: HashMap<Utf8PathBuf, usize> = HashMap::new();
    let mut selected: Vec<(Entry, Vec<usize>)> = Vec::new();
    for (position, walker) in walkers.iter().enumerate() {
        for entry in walker.tree.list(&walker.ready.wants.files) {
            let next = selected.len();
            let index = *files.entry(entry.path.clone()).or_insert(next);
            match selected.get_mut(index) {
                Some((_, wanted)) => wanted.push(position),
                None => selected.push((entry, vec![position])),
            }
        }
    }
    // The first error by path is what is told.
    selected.sort_by(|(one, _), (other, _)| one.path.as_str().cmp(other.path.as_str()));
    selected
}

fn judge_file(
    run: &Run<'_>,
    read: &impl Fn(&Entry) -> Result<SourceFile, ReadError>,
    entry: &Entry,
    wanted: &[usize],
    walkers: &[Walker<'_>],
) -> Vec<(usize, Result<Checked, GateError>)> {
    // Read once for all, and not at all where every gate knows what it came to.
    let mut file = None;
    let mut judged = Vec::with_capacity(wanted.len());
    for position in wanted {
        let Some(walker) = walkers.get(*position) else { continue };
        let earlier = walker.files.as_ref().and_then(|files| files.of(entry, &walker.tree));
        let result = match (earlier, walker.pulse.check()) {
            (_, Err(stopped)) => Err(stopped),
            (Some((checked, comments)), Ok(())) => {
                if !comments.is_empty() {
                    run.watched.know(&entry.path, comments);
                }
                Ok(checked)
            }
            (None, Ok(())) => judge_read(entry, file.get_or_insert_with(|| read(entry)), walker),
        };
        judged.push((*position, result));
    }
    judged
}

fn judge_read(
    entry: &Entry,
    read: &Result<SourceFile, ReadError>,
    walker: &Walker<'_>,
) -> Result<Checked, GateError> {
    match read {
        Ok(file) => {
            walker.tree.note_read(entry);
            let result = guarded(walker.ready, &file.pulsed(&walker.pulse));
            // What was cut short in the middle of a file must not pass, or be kept.
            let result = result.and_then(|checked| walker.pulse.check().map(|()| checked));
            let result = result.map(|mut checked| {
                quote::from_file(&mut checked.findings, file);
                checked
            });
            if let (Some(files), Ok(checked)) = (&walker.files, &result) {
                files.note(entry, checked);
            }
            result
        }
        Err(ReadError::Submodule) => {
            let mut checked = Checked::default();
            checked.skip("submodule");
            Ok(checked)
        }
        Err(error) => Err(unread(&entry.path, error)),
    }
}

/// A gate that panics could not judge; it must not take the run with it, and
/// what it panicked with could hold what it was reading.
fn guarded(ready: &Ready, file: &SourceFile) -> Result<Checked, GateError> {
    let gate = ready.gate()?;
    let judged = catch_unwind(AssertUnwindSafe(|| gate.check_file(file)));
    judged.unwrap_or_else(|_| Err(panicked(file.path().as_str())))
}

/// The error for a gate that panicked while it judged `what`.
pub fn panicked(what: &str) -> GateError {
    GateError::new(
        ErrorKind::CannotJudge,
        "panicked",
        format!("a fault of the gate itself while judging '{what}'"),
    )
    .hint("please report it, with the file if it may be shown")
}

fn merge(slot: &mut Result<Checked, GateError>, one: Result<Checked, GateError>) {
    match (slot.as_mut(), one) {
        (Ok(all), Ok(one)) => all.merge(one),
        (Ok(_), Err(error)) => *slot = Err(error),
        (Err(_), _) => {}
    }
}
