//! Everything that a result rests on and that is in no tree.

use serde::{Deserialize, Serialize};

use crate::config::GateConfig;
use crate::ready::Ready;

/// A digest for each part, with the words that say it moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context(Vec<(String, String)>);

impl Context {
    /// That of a built-in gate; `gathered` names what it gets beside the tree.
    #[must_use]
    pub fn of(program: &str, ready: &Ready, gathered: &str) -> Context {
        Context::new([
            ("this program is another", program),
            ("the gate is of another kind", ready.kind.id),
            ("its options changed", &ready.options_sha256),
            ("its rules changed", &ready.rules_sha256),
            ("files that configure it changed", &ready.configured_sha256),
            ("the base or a ref of the history moved", gathered),
        ])
    }

    /// That of a command; `surroundings` names the program it starts and the
    /// variables it gets.
    #[must_use]
    pub fn of_command(program: &str, gate: &GateConfig, surroundings: &str) -> Context {
        Context::new([
            ("this program is another", program),
            ("its table in ci.toml changed", &gate.common.digest()),
            ("the program that it starts, or a variable that it gets, is another", surroundings),
        ])
    }

    fn new<const N: usize>(parts: [(&str, &str); N]) -> Context {
        Context(parts.map(|(words, digest)| (words.to_owned(), digest.to_owned())).to_vec())
    }

    /// The parts that are other than in `before`, in words.
    #[must_use]
    pub fn moved_since(&self, before: &Context) -> Vec<String> {
        let moved = self.0.iter().filter(|part| !before.0.contains(part));
        moved.map(|(words, _)| words.clone()).collect()
    }
}
