//! Canaries before a verdict is believed, and when an earlier proof stands.

pub mod command;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Rule, canary};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ready::Ready;
use crate::receipt::sha256;

/// Proofs that were complete, by the digest of everything they depend on: the
/// running program, the gate's options and its rules.
pub struct Proofs {
    file: Option<Utf8PathBuf>,
    tool: String,
    kept: BTreeMap<String, Vec<Kept>>,
    changed: bool,
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

impl Proofs {
    /// Proofs kept in `state`; none are read where `reuse` is false.
    #[must_use]
    pub fn open(state: Option<&Utf8Path>, tool: String, reuse: bool) -> Proofs {
        let file = state.map(|state| state.join("proofs.json"));
        let read = file.as_ref().filter(|_| reuse).and_then(|file| std::fs::read(file).ok());
        let kept = read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Proofs { file, tool, kept, changed: false }
    }

    /// The proof of the very same code, options and rules.
    #[must_use]
    pub fn known(&self, ready: &Ready) -> Option<Vec<canary::Proof>> {
        let kept = self.kept.get(&self.key(ready))?;
        Some(kept.iter().map(Kept::proof).collect())
    }

    /// Keeps a proof without failures for later runs.
    pub fn keep(&mut self, ready: &Ready, proofs: &[canary::Proof]) {
        let key = self.key(ready);
        if self.kept.contains_key(&key) || !proofs.iter().all(|proof| proof.failures.is_empty()) {
            return;
        }
        if self.kept.len() >= KEPT_MAX {
            self.kept.clear();
        }
        self.kept.insert(key, proofs.iter().map(Kept::of).collect());
        self.changed = true;
    }

    fn key(&self, ready: &Ready) -> String {
        let key = format!(
            "{}\0{}\0{}\0{}\0{:?}",
            self.tool,
            ready.kind.id,
            ready.options_sha256,
            ready.rules_sha256,
            ready.configured.trace()
        );
        sha256(key.as_bytes())
    }

    /// Writes what is new. A failure to write costs only the next run's time.
    pub fn save(&self, write: impl FnOnce(&Utf8Path, &[u8])) {
        if let (true, Some(file), Ok(text)) =
            (self.changed, &self.file, serde_json::to_vec(&self.kept))
        {
            write(file, &text);
        }
    }
}

/// Proves every rule of a gate anew.
#[must_use]
pub fn prove(ready: &Ready) -> Vec<canary::Proof> {
    let prove = |rule: &Rule| {
        let proof = catch_unwind(AssertUnwindSafe(|| {
            canary::prove_rule(&ready.kind.configure, &ready.options, &*ready.gate, rule)
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
