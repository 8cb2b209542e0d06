//! A git repository's packs, read in process: each object once, each delta
//! right after its base.
//!
//! ```text
//! .idx ─ Index ─┐
//! .pack ─ head ─┴─ Family (who is built on whom) ─ walk ─► visit(Object)
//! ```
//!
//! git hands out whole objects, and what of an object is new is lost on the
//! way: a pack holds most versions of a file as a few inserted bytes and
//! ranges copied from another version. Here both are handed out.
//!
//! Packs are input like any other: whatever is wrong in one is an [`Error`],
//! never a panic, and no size that a pack claims is believed before it is paid
//! for in bytes.

mod brought;
mod commits;
mod delta;
mod entry;
mod family;
mod hex;
mod index;
mod known;
mod mix;
mod object;
mod pack;
mod tree;
mod trees;
mod walk;
mod window;

use std::fmt;
use std::path::{Path, PathBuf};

pub use brought::{Blob, Brought, Introduced};
pub use commits::{Commit, Commits};
pub use entry::Kind;
pub use hex::{Id, id};
pub use kernel::Piece;
pub use known::{Known, Note};
pub use pack::{Packs, Place};
pub use walk::{Base, Object, Walk};

/// Largest object that is read: 512 MiB.
pub const SIZE_BYTES_MAX: u64 = 512 << 20;

/// Why packs could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A file could not be opened or read.
    Unreadable {
        /// Which.
        file: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// A file does not hold what git writes.
    Corrupt {
        /// Which.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// An object larger than [`SIZE_BYTES_MAX`].
    TooLarge {
        /// Its name.
        id: String,
        /// Its size.
        size_bytes: u64,
    },
    /// A kind of file that this does not read; git may.
    Unsupported {
        /// Which.
        file: PathBuf,
        /// What it is.
        what: String,
    },
    /// An object that is not what another says it is.
    Unfit {
        /// Its name.
        id: Id,
        /// What it is.
        what: &'static str,
    },
    /// An object that is nowhere.
    Missing {
        /// Its name.
        id: Id,
        /// What was said of it.
        said: String,
    },
    /// The caller asked to stop.
    Stopped,
}

/// Gets an object that no pack has.
pub type Fetch<'a> = &'a (dyn Fn(&Id) -> Result<(Kind, Vec<u8>), Error> + Sync);

impl Error {
    fn unreadable(file: &Path, error: &std::io::Error) -> Error {
        Error::Unreadable { file: file.to_owned(), reason: error.to_string() }
    }

    fn corrupt(file: &Path, what: impl Into<String>) -> Error {
        Error::Corrupt { file: file.to_owned(), what: what.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unreadable { file, reason } => {
                write!(f, "'{}' could not be read: {reason}", file.display())
            }
            Error::Corrupt { file, what } => write!(f, "'{}' is damaged: {what}", file.display()),
            Error::TooLarge { id, size_bytes } => {
                write!(f, "object {id} has {size_bytes} bytes, more than can be judged")
            }
            Error::Unsupported { file, what } => write!(f, "'{}' is {what}", file.display()),
            Error::Unfit { id, what } => write!(f, "object {id} is {what}"),
            Error::Missing { id, said } => write!(f, "object {id} is not here: {said}"),
            Error::Stopped => f.write_str("stopped"),
        }
    }
}

impl std::error::Error for Error {}
