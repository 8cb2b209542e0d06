//! Where a secret is.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A secret in a text. It knows where the secret is, not what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The rule's place in [`super::Scanner::specs`].
    pub rule: usize,
    /// The secret; where it was encoded, all of its encoded form.
    pub secret: Range<usize>,
    /// All that the rule matched.
    pub whole: Range<usize>,
    /// Whether its checksum holds, where the vendor documents one.
    pub checksum_holds: Option<bool>,
    /// The text that it was found in, where that is not the file's own.
    pub within: Option<Within>,
}

/// A text that was decoded or unpacked, and the hit's place in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Within {
    /// The text.
    pub text: Arc<[u8]>,
    /// The secret in it.
    pub secret: Range<usize>,
    /// The match in it.
    pub whole: Range<usize>,
    /// The member of an archive that it is from.
    pub member: Option<Member>,
}

/// A file in an archive, and a place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path; archives in archives are parted by `!`. Empty for the one
    /// content of a compressed file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Debug for Within {
    // The text holds the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Within({:?}, {:?})", self.secret, self.member)
    }
}

impl Hit {
    /// The text that the secret can be read in; `file` is the file's own.
    pub fn text<'a>(&'a self, file: &'a [u8]) -> &'a [u8] {
        self.within.as_ref().map_or(file, |within| &within.text)
    }

    /// The secret's place in [`Hit::text`].
    pub fn secret_in_text(&self) -> &Range<usize> {
        self.within.as_ref().map_or(&self.secret, |within| &within.secret)
    }

    /// The match's place in [`Hit::text`].
    pub fn whole_in_text(&self) -> &Range<usize> {
        self.within.as_ref().map_or(&self.whole, |within| &within.whole)
    }

    /// The secret itself.
    pub fn value<'a>(&'a self, file: &'a [u8]) -> &'a [u8] {
        self.text(file).get(self.secret_in_text().clone()).unwrap_or_default()
    }

    /// The member of an archive that it is in.
    pub fn member(&self) -> Option<&Member> {
        self.within.as_ref()?.member.as_ref()
    }

    /// The path that exceptions are held against: with a member's behind `!`,
    /// as gitleaks writes it.
    pub fn path(&self, file: &str) -> String {
        match self.member().filter(|member| !member.path.is_empty()) {
            Some(member) => format!("{file}!{}", member.path),
            None => file.to_owned(),
        }
    }
}
