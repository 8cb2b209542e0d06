//! Names of git objects.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The name of a git object in lower-case hex: 40 digits (SHA-1) or 64
/// (SHA-256). A literal tree in a test names its objects by their own scheme;
/// equality is all that is promised.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectId(Arc<str>);

impl ObjectId {
    /// Takes `hex` as it is.
    #[must_use]
    pub fn new(hex: &str) -> ObjectId {
        ObjectId(Arc::from(hex))
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve digits, enough for a person.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.short())
    }
}
