//! Names of git objects.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The name of a git object in lower-case hex: 40 digits (SHA-1) or 64
/// (SHA-256).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectId(Arc<str>);

impl ObjectId {
    /// Takes `hex` as it is.
    #[must_use]
    pub fn new(hex: &str) -> ObjectId {
        ObjectId(Arc::from(hex))
    }

    /// The name by which git stores `bytes` as a blob, unless the repository has
    /// longer names.
    #[must_use]
    pub fn of_blob(bytes: &[u8]) -> ObjectId {
        ObjectId(named::<Sha1>(bytes).into())
    }

    /// Whether this is how git names `bytes` as a blob.
    #[must_use]
    pub fn is_of_blob(&self, bytes: &[u8]) -> bool {
        match self.0.len() {
            40 => *self.0 == *named::<Sha1>(bytes),
            64 => *self.0 == *named::<Sha256>(bytes),
            _ => false,
        }
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

/// The digest of `blob`, the size, and the bytes, in hex.
fn named<D: Digest>(bytes: &[u8]) -> String {
    let digest = D::new_with_prefix(format!("blob {}\0", bytes.len())).chain_update(bytes);
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
    digest.finalize().iter().flat_map(digits).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_are_named_as_git_names_them() {
        // printf 'one\n' | git hash-object --stdin
        let one = ObjectId::of_blob(b"one\n");
        assert_eq!(one.as_str(), "5626abf0f72e58d7a153368ba57db4c673c0e171");
        assert!(one.is_of_blob(b"one\n") && !one.is_of_blob(b"one\r\n"));
        // git's name of the empty blob in a SHA-256 repository
        let long = "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813";
        assert!(ObjectId::new(long).is_of_blob(b"") && !ObjectId::new(long).is_of_blob(b"x"));
        assert!(!ObjectId::new("5626abf").is_of_blob(b"one\n"), "only a whole name counts");
    }
}
