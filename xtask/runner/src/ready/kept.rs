//! What configuring a gate came to, kept: a run in which nothing changed need
//! not read 300 rules to learn that they are the same.
//!
//! Configuring is a function of the program, the gate's kind and options, and
//! what it asks of the tree. Where all of that is as it was, so is what came of
//! it, and the gate itself is made only when it has something to judge.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{ObjectId, Trace, Tree, Waiver, Wants};
use serde::{Deserialize, Serialize};

use super::InForce;
use crate::receipt::sha256;
use crate::repo::atomic_write;
use crate::reuse::{Asked, Later};
use crate::tool::Program;

/// Where it is kept.
#[derive(Clone, Copy)]
pub struct Configured<'a> {
    /// The folder of state.
    pub state: &'a Utf8Path,
    /// The running program.
    pub program: &'a Program,
    /// What names all of the tree, if that is known.
    pub whole: Option<&'a str>,
}

/// What the rest of a run needs of a configured gate, as long as nothing is judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Promise {
    /// The evidence it wants.
    pub wants: Wants,
    /// Every rule in force.
    pub rules: Vec<InForce>,
    /// Digest of them.
    pub rules_sha256: String,
    /// Exceptions that its options grant.
    pub allows: Vec<Waiver>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    key: String,
    asked: Later<Asked>,
    /// Digest of the answers.
    inputs: String,
    /// What named all of the tree.
    whole: Option<String>,
    trace: Noted,
    trace_sha256: String,
    promise: Promise,
}

/// A [`Trace`] that can be written: a map in JSON has one word for a key.
#[derive(Serialize, Deserialize)]
struct Noted {
    listed: Vec<(Vec<String>, Vec<Utf8PathBuf>)>,
    read: BTreeMap<String, Option<ObjectId>>,
    found: BTreeSet<String>,
    missing: BTreeSet<Utf8PathBuf>,
}

impl Configured<'_> {
    /// What `gate` of that kind and options came to, if it would come to the same
    /// over `tree`.
    pub fn find(
        &self,
        gate: &str,
        kind: &str,
        options: &str,
        tree: &Tree,
    ) -> Option<(Promise, Trace, String)> {
        let bytes = std::fs::read(self.file(gate, options)).ok()?;
        let stored: Stored = serde_json::from_slice(&bytes).ok()?;
        if stored.key != self.key(kind, options)? {
            return None;
        }
        let is_whole = self.whole.is_some() && stored.whole.as_deref() == self.whole;
        let digest = || stored.asked.get()?.digest(tree);
        let stands = is_whole || digest().is_some_and(|digest| digest == stored.inputs);
        stands.then(|| (stored.promise, stored.trace.into(), stored.trace_sha256))
    }

    /// Keeps it. A failure to write costs only the next run's time.
    pub fn keep(
        &self,
        gate: &str,
        kind: &str,
        options: &str,
        tree: &Tree,
        (trace, trace_sha256): (&Trace, &str),
        promise: &Promise,
    ) {
        // A request may hold anything, bytes of files among it.
        if !promise.wants.requests.is_empty() {
            return;
        }
        let asked = Asked::of(trace);
        let (Some(key), Some(inputs)) = (self.key(kind, options), asked.answered(tree)) else {
            return;
        };
        let Some(asked) = Later::of(&asked) else { return };
        let stored = Stored {
            key,
            asked,
            inputs: inputs.digest(),
            whole: self.whole.map(str::to_owned),
            trace: Noted::from(trace.clone()),
            trace_sha256: trace_sha256.to_owned(),
            promise: promise.clone(),
        };
        let file = self.file(gate, options);
        if let (Some(dir), Ok(text)) = (file.parent(), serde_json::to_vec(&stored))
            && std::fs::create_dir_all(dir).is_ok()
        {
            let _kept = atomic_write(&file, &text);
        }
    }

    /// One a gate and set of options: profiles take turns.
    fn file(&self, gate: &str, options: &str) -> Utf8PathBuf {
        let name = sha256(format!("{gate}\0{options}").as_bytes());
        let name = name.get(..16).unwrap_or_default();
        self.state.join("results").join(format!("{name}.configured"))
    }

    /// None where the program cannot be read: it could be any.
    fn key(&self, kind: &str, options: &str) -> Option<String> {
        let program = Some(self.program.digest()).filter(|digest| !digest.is_empty())?;
        Some(sha256(format!("{program}\0{kind}\0{options}").as_bytes()))
    }
}

impl From<Trace> for Noted {
    fn from(trace: Trace) -> Noted {
        let Trace { listed, read, found, missing } = trace;
        Noted { listed: listed.into_iter().collect(), read, found, missing }
    }
}

impl From<Noted> for Trace {
    fn from(noted: Noted) -> Trace {
        let Noted { listed, read, found, missing } = noted;
        Trace { listed: listed.into_iter().collect(), read, found, missing }
    }
}
