//! Canaries before a verdict is believed, and when an earlier proof stands.

pub mod command;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, OnceLock, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Options, Rule, canary};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ready::Ready;
use crate::receipt::sha256;
use crate::tool::Program;

/// Proofs that were complete, each in a file named by the digest of everything it
/// depends on: the running program, the gate's options and its rules.
pub struct Proofs<'a> {
    dir: Option<Utf8PathBuf>,
    /// Whether an earlier run's proof is believed.
    reuse: bool,
    program: &'a Program,
    fresh: Mutex<Vec<(String, Vec<Kept>)>>,
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
        let dir = state.map(|state| state.join("proofs"));
        Proofs { dir, reuse, program, fresh: Mutex::default() }
    }

    /// The proof of the very same code, options and rules, or a new one; one
    /// without failures is kept for later runs.
    #[must_use]
    pub fn of(&self, ready: &Ready) -> Vec<canary::Proof> {
        if let Some(kept) = self.find(ready) {
            return kept.iter().map(Kept::proof).collect();
        }
        let proofs = prove(ready);
        if self.is_known() && proofs.iter().all(|proof| proof.failures.is_empty()) {
            let kept = proofs.iter().map(Kept::of).collect();
            let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            fresh.push((self.key(ready), kept));
        }
        proofs
    }

    fn find(&self, ready: &Ready) -> Option<Vec<Kept>> {
        // Proven in this very run, for the tree that it is compared with.
        let fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        if !fresh.is_empty() {
            let key = self.key(ready);
            if let Some((_, kept)) = fresh.iter().find(|(other, _)| *other == key) {
                return Some(kept.clone());
            }
        }
        drop(fresh);
        // Where nothing is kept, nobody waits for the program's digest.
        let dir = self.dir.as_ref().filter(|dir| self.reuse && dir.is_dir())?;
        let file = self.is_known().then(|| dir.join(self.key(ready)))?;
        serde_json::from_slice(&std::fs::read(file).ok()?).ok()
    }

    /// Writes what is new. A failure to write costs only the next run's time.
    pub fn save(&self) {
        let fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(dir) = self.dir.as_ref().filter(|_| !fresh.is_empty()) else { return };
        let kept_count = std::fs::read_dir(dir).map_or(0, Iterator::count);
        if kept_count + fresh.len() > KEPT_MAX {
            let _gone = std::fs::remove_dir_all(dir);
        }
        if std::fs::create_dir_all(dir).is_err() {
            return;
        }
        for (key, kept) in &*fresh {
            if let Ok(text) = serde_json::to_vec(kept) {
                let _kept = crate::repo::atomic_write(&dir.join(key), &text);
            }
        }
    }

    /// Whether the running program could be read: what another one proved must not
    /// stand for it.
    fn is_known(&self) -> bool {
        !self.program.digest().is_empty()
    }

    fn key(&self, ready: &Ready) -> String {
        let key = format!(
            "{}\0{}\0{}\0{}\0{}",
            self.program.digest(),
            ready.kind.id,
            ready.options_sha256,
            ready.rules_sha256,
            ready.configured_sha256
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
    let Ok(gate) = ready.gate() else {
        return ready.rules.iter().map(|rule| asleep(&rule.id, "its gate")).collect();
    };
    let prove = |rule: &Rule| {
        let proof = catch_unwind(AssertUnwindSafe(|| {
            canary::prove_rule(&ready.kind.configure, &options, gate, rule)
        }));
        proof.unwrap_or_else(|_| asleep(&rule.id, "an example"))
    };
    gate.rules().par_iter().map(prove).collect()
}

/// What a rule proved whose gate is at fault.
fn asleep(rule: &str, example: &str) -> canary::Proof {
    let what = "ended in a fault of the gate itself".to_owned();
    canary::Proof {
        rule: rule.to_owned(),
        examples: 0,
        tripped: 0,
        quiet: 0,
        failures: vec![canary::Failure { example: example.to_owned(), what }],
    }
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
