//! Everything that a result rests on and that is in no tree.

use serde::{Deserialize, Serialize};

use crate::ready::Ready;
use crate::receipt::sha256;

/// Digests of it, one a part, so that `why` can name the part that moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    program: String,
    gate: String,
    options: String,
    rules: String,
    configuration: String,
    gathered: String,
}

impl Context {
    /// That of `ready`; `gathered` names what it gets beside the tree.
    #[must_use]
    pub fn of(program: &str, ready: &Ready, gathered: &str) -> Context {
        Context {
            program: program.to_owned(),
            gate: format!("{} {}", ready.kind.id, ready.name),
            options: ready.options_sha256.clone(),
            rules: ready.rules_sha256.clone(),
            configuration: sha256(format!("{:?}", ready.configured.trace()).as_bytes()),
            gathered: gathered.to_owned(),
        }
    }

    /// The parts that are other than in `before`, in words.
    #[must_use]
    pub fn moved_since(&self, before: &Context) -> Vec<String> {
        [
            (self.program != before.program, "this program is another"),
            (self.gate != before.gate, "the gate is of another kind"),
            (self.options != before.options, "its options changed"),
            (self.rules != before.rules, "its rules changed"),
            (self.configuration != before.configuration, "files that configure it changed"),
            (self.gathered != before.gathered, "the base or a ref of the history moved"),
        ]
        .into_iter()
        .filter(|(has_moved, _)| *has_moved)
        .map(|(_, words)| words.to_owned())
        .collect()
    }
}
