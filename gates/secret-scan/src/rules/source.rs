//! What stands behind an entry of a table: who wrote the form down, and where.

/// What stands behind an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A document by the vendor that was opened and held against the entry.
    Read {
        /// Its address.
        url: &'static str,
        /// What it says of the form, and no more than that.
        states: &'static str,
    },
    /// A rule of a public scanner that was opened and held against the entry,
    /// where no document of the vendor's says as much.
    Scanner {
        /// Its address.
        url: &'static str,
        /// The form that it looks for, in our words.
        states: &'static str,
    },
    /// The page where the vendor should describe the token; nobody has opened it for this entry.
    Unread(&'static str),
}

/// Rules of the scanner that gitleaks' author keeps now, by their ids (MIT).
pub const BETTERLEAKS: &str = "https://github.com/betterleaks/betterleaks/blob/6381fa45ae946c588e2e1334d8396a15e5171ad6/config/betterleaks.toml";
