//! Canaries before a verdict is believed, and when an earlier proof stands.

pub mod command;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::canary;
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

    /// Proves a gate's rules, or hands out the proof of the very same code,
    /// options and rules. Only a proof without failures is kept.
    pub fn prove(&mut self, ready: &Ready) -> Vec<canary::Proof> {
        let key = format!(
            "{}\0{}\0{}\0{}\0{:?}",
            self.tool,
            ready.kind.id,
            ready.options_sha256,
            ready.rules_sha256,
            ready.configured.trace()
        );
        let key = sha256(key.as_bytes());
        if let Some(kept) = self.kept.get(&key) {
            return kept.iter().map(Kept::proof).collect();
        }
        let proofs = canary::prove(&ready.kind.configure, &ready.options, &*ready.gate);
        if proofs.iter().all(|proof| proof.failures.is_empty()) {
            if self.kept.len() >= KEPT_MAX {
                self.kept.clear();
            }
            self.kept.insert(key, proofs.iter().map(Kept::of).collect());
            self.changed = true;
        }
        proofs
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
