//! Canaries before a verdict is believed, and when an earlier proof stands.

pub mod command;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Options, Rule, canary};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ready::Ready;
use crate::receipt::sha256;
use crate::tool::Program;

/// Proofs that were complete, by the digest of everything they depend on: the
/// running program, the gate's options and its rules.
pub struct Proofs<'a> {
    file: Option<Utf8PathBuf>,
    program: &'a Program,
    kept: Mutex<BTreeMap<String, Vec<Kept>>>,
    is_changed: AtomicBool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    rule: String,
    examples: u64,
    tripped: u64,
    quiet: u64,
}

/// Proofs kept at most; one a kind and set of options is enough for years.
const KEPT_MAX: usize = 64;

impl<'a> Proofs<'a> {
    /// Proofs kept in `state`; none are read where `reuse` is false.
    #[must_use]
    pub fn open(state: Option<&Utf8Path>, program: &'a Program, reuse: bool) -> Proofs<'a> {
        let file = state.map(|state| state.join("proofs.json"));
        let read = file.as_ref().filter(|_| reuse).and_then(|file| std::fs::read(file).ok());
        let kept = read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Proofs { file, program, kept: Mutex::new(kept), is_changed: AtomicBool::new(false) }
    }

    /// The proof of the very same code, options and rules, or a new one; one
    /// without failures is kept for later runs.
    #[must_use]
    pub fn of(&self, ready: &Ready) -> Vec<canary::Proof> {
        // Where nothing is kept, nobody waits for the program's digest.
        let is_empty = self.kept().is_empty();
        if !is_empty
            && self.is_known()
            && let Some(kept) = self.kept().get(&self.key(ready))
        {
            return kept.iter().map(Kept::proof).collect();
        }
        let proofs = prove(ready);
        if self.is_known() && proofs.iter().all(|proof| proof.failures.is_empty()) {
            let key = self.key(ready);
            let mut kept = self.kept();
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert(key, proofs.iter().map(Kept::of).collect());
            self.is_changed.store(true, Ordering::Relaxed);
        }
        proofs
    }

    /// Writes what is new. A failure to write costs only the next run's time.
    pub fn save(&self) {
        if let (true, Some(file), Ok(text)) =
            (self.is_changed.load(Ordering::Relaxed), &self.file, serde_json::to_vec(&*self.kept()))
        {
            let _kept = crate::repo::atomic_write(file, &text);
        }
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Kept>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the running program could be read: what another one proved must not
    /// stand for it.
    fn is_known(&self) -> bool {
        !self.program.digest().is_empty()
    }

    fn key(&self, ready: &Ready) -> String {
        let key = format!(
            "{}\0{}\0{}\0{}\0{:?}",
            self.program.digest(),
            ready.kind.id,
            ready.options_sha256,
            ready.rules_sha256,
            ready.configured.trace()
        );
        sha256(key.as_bytes())
    }
}

/// Proves every rule of a gate anew.
#[must_use]
pub fn prove(ready: &Ready) -> Vec<canary::Proof> {
    // The gate's keys alone: every example parses them again, and the rest of
    // ci.toml is longer than both.
    let options = match ready.options.canonical() {
        Ok(text) => Options::of(&text),
        Err(_) => ready.options.clone(),
    };
    let prove = |rule: &Rule| {
        let proof = catch_unwind(AssertUnwindSafe(|| {
            canary::prove_rule(&ready.kind.configure, &options, &*ready.gate, rule)
        }));
        proof.unwrap_or_else(|_| canary::Proof {
            rule: rule.id.to_string(),
            examples: 0,
            tripped: 0,
            quiet: 0,
            failures: vec![canary::Failure {
                example: "an example".to_owned(),
                what: "ended in a fault of the gate itself".to_owned(),
            }],
        })
    };
    ready.rules.par_iter().map(prove).collect()
}

/// The proofs of one run: made while the files are walked, waited for before
/// a verdict is written.
#[derive(Default)]
pub struct Proving(Vec<OnceLock<Vec<canary::Proof>>>);

impl Proving {
    /// A place for each of so many gates.
    #[must_use]
    pub fn of(count: usize) -> Proving {
        Proving((0..count).map(|_| OnceLock::new()).collect())
    }

    /// Notes the proof of the gate at `index`.
    pub fn set(&self, index: usize, proof: Vec<canary::Proof>) {
        if let Some(slot) = self.0.get(index) {
            let _first_stays = slot.set(proof);
        }
    }

    /// Waits for the proof of the gate at `index`.
    #[must_use]
    pub fn wait(&self, index: usize) -> Vec<canary::Proof> {
        self.0.get(index).map(|slot| slot.wait().clone()).unwrap_or_default()
    }
}

impl Kept {
    fn of(proof: &canary::Proof) -> Kept {
        Kept {
            rule: proof.rule.clone(),
            examples: proof.examples,
            tripped: proof.tripped,
            quiet: proof.quiet,
        }
    }

    fn proof(&self) -> canary::Proof {
        canary::Proof {
            rule: self.rule.clone(),
            examples: self.examples,
            tripped: self.tripped,
            quiet: self.quiet,
            failures: Vec::new(),
        }
    }
}
