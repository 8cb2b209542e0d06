//! The registry: one line a gate.

use kernel::Kind;

/// The kinds of gate that a binary knows.
#[derive(Clone, Debug)]
pub struct Builtin {
    kinds: Vec<Kind>,
}

/// Every gate that is built in.
#[must_use]
pub fn builtin() -> Builtin {
    Builtin {
        kinds: vec![
            #[cfg(feature = "action-pins")]
            action_pins::REGISTER,
            #[cfg(feature = "editions-gate")]
            editions_gate::REGISTER,
            #[cfg(feature = "migration-gate")]
            migration_gate::REGISTER,
            #[cfg(feature = "openapi-gate")]
            openapi_gate::REGISTER,
            #[cfg(feature = "secret-scan")]
            secret_scan::REGISTER,
        ],
    }
}

impl Builtin {
    /// Adds a gate of one's own.
    #[must_use]
    pub fn with(mut self, kind: Kind) -> Builtin {
        self.kinds.push(kind);
        self
    }

    /// All of them, in the order they were added.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }
}
