//! Everything a gate may look at, and the one way to have it judged.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::{Checked, ErrorKind, Gate, GateError, History, ReadError, Remark, Reply, Tree};

/// Asked between units of work: should the gate stop? Made by the runner from
/// a deadline and an interrupt flag, so that no gate reads the clock.
#[derive(Clone)]
pub struct Pulse(Arc<dyn Fn() -> Option<ErrorKind> + Send + Sync>);

impl Pulse {
    /// A pulse that says why to stop, or nothing to go on.
    #[must_use]
    pub fn new(stop: impl Fn() -> Option<ErrorKind> + Send + Sync + 'static) -> Pulse {
        Pulse(Arc::new(stop))
    }

    /// Whether to stop, for a loop that has no error to give: what it leaves undone
    /// is noticed by who asks [`Pulse::check`] after it.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        (self.0)().is_some()
    }

    /// Goes on, or ends the gate.
    ///
    /// # Errors
    /// The time limit has passed or the run was interrupted.
    pub fn check(&self) -> Result<(), GateError> {
        match (self.0)() {
            None => Ok(()),
            Some(ErrorKind::TimedOut) => {
                Err(GateError::new(ErrorKind::TimedOut, "timed-out", "the time limit passed"))
            }
            Some(kind) => Err(GateError::new(kind, "interrupted", "the run was interrupted")),
        }
    }
}

impl Default for Pulse {
    /// Never stops.
    fn default() -> Pulse {
        Pulse::new(|| None)
    }
}

impl fmt::Debug for Pulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pulse")
    }
}

/// What the runner gathered for one gate.
#[derive(Clone)]
pub struct Evidence<'a> {
    /// The judged tree.
    pub head: &'a Tree,
    /// The tree at the merge base, if it was wanted and there is one.
    pub base: Option<&'a Tree>,
    /// The history, if it was wanted.
    pub history: Option<&'a dyn History>,
    /// Replies to the gate's requests, by its own names.
    pub replies: &'a BTreeMap<String, Reply>,
    /// What the files left for the whole, sorted by place.
    pub remarks: &'a [Remark],
    /// Asked in long work without reads.
    pub pulse: &'a Pulse,
}

/// Judges `evidence` by `gate`: each selected file alone, then the whole. The
/// runner does the same with files spread over threads; canaries and tests
/// come here.
///
/// # Errors
/// The gate could not judge.
pub fn survey(gate: &dyn Gate, evidence: &Evidence<'_>) -> Result<Checked, GateError> {
    let wants = gate.wants();
    let mut all = Checked::default();
    for entry in evidence.head.list(&wants.files) {
        evidence.pulse.check()?;
        match evidence.head.read_entry(&entry) {
            Ok(file) => {
                all.merge(gate.check_file(&file.pulsed(evidence.pulse))?);
                evidence.pulse.check()?;
            }
            Err(ReadError::Submodule) => all.skip("submodule"),
            Err(error) => return Err(unread(&entry.path, &error)),
        }
    }
    let mut remarks = std::mem::take(&mut all.remarks);
    remarks.sort();
    all.merge(gate.check(&Evidence { remarks: &remarks, ..evidence.clone() })?);
    Ok(all)
}

/// The error for a file that would not open: it was not judged, so nothing may pass.
#[must_use]
pub fn unread(path: &camino::Utf8Path, error: &ReadError) -> GateError {
    let message = format!("'{path}' could not be read: {error}");
    GateError::cannot_judge("unreadable-file", message)
        .hint("a file that cannot be read cannot be judged; mend its permissions, or take it out of the tree")
}
