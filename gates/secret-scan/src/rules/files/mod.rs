//! Credentials told by the file that they stand in: netrc, .env, sftp.json and
//! their like, where a password is a word and no format gives it away.
//!
//! ```text
//! table entry: path + field names + how the field is read ─► value ─► literal?
//! ```
//!
//! What a table cannot say is code: [`line`], [`url`], [`crypt`], [`docker`], [`login`],
//! [`command`], [`connect`], [`header`], [`named`].

mod command;
mod connect;
mod crypt;
mod docker;
mod field;
mod header;
mod line;
mod login;
mod named;
mod sample;
mod table;
mod url;
mod value;

use std::ops::Range;

use super::ReadsOn;
use super::format::Source;
use crate::engine::pattern::Match;

pub use docker::decode as from_base64;
pub use field::Field;
pub use named::{name_before, value_behind};
pub use sample::{bad, good, path, shown};
pub use table::ALL;
pub use value::is_reference as reads_as_reference;

/// A kind of file, or of line, that holds credentials.
#[derive(Debug)]
pub struct CredentialFile {
    /// The offence, without the gate's name.
    pub id: &'static str,
    /// What it finds, in a few words.
    pub what: &'static str,
    /// A regular expression over paths; empty for any.
    pub path: &'static str,
    /// Texts of which one stands in every occurrence: names of fields, mostly.
    pub keywords: &'static [&'static str],
    /// How the secret is read where a keyword stands.
    pub read: Read,
    /// A path and a text for its examples. `<<SET*LEN>>` is where the secret
    /// stands, made anew at each run.
    pub sample: (&'static str, &'static str),
    /// Where the form of the file is written down.
    pub source: Source,
    /// Of one that may read on below the keyword's line: whether that line lets it.
    pub reads_on: Option<ReadsOn>,
}

/// How a secret is read.
#[derive(Debug)]
pub enum Read {
    /// The value of the field that the keyword names.
    Field(Field),
    /// By code, asked about each keyword; it looks at that line, and at a value that
    /// stands on the next one.
    Code(fn(&[u8], Range<usize>) -> Option<Range<usize>>),
    /// By code that reads on below that line.
    Call(fn(&[u8], Range<usize>) -> Option<Range<usize>>),
    /// The path alone is the offence.
    Path,
}

impl CredentialFile {
    /// Whether nothing can be found where no assignment follows the keyword.
    pub fn wants_assignment(&self) -> bool {
        let ends_with_operator = |keyword: &&str| keyword.as_bytes().last() == Some(&b'=');
        let holds_operator = self.keywords.iter().any(ends_with_operator);
        matches!(self.read, Read::Field(field) if !field.by_blank) && !holds_operator
    }

    /// Whether the keyword's line alone decides what is found.
    pub fn stays_on_line(&self) -> bool {
        !matches!(self.read, Read::Call(_))
    }

    /// The secret that the keyword at `hit` leads to.
    pub fn find(&self, text: &[u8], hit: Range<usize>) -> Option<Match> {
        let secret = match &self.read {
            Read::Field(field) => field.value(text, &hit)?,
            Read::Code(read) | Read::Call(read) => read(text, hit.clone())?,
            Read::Path => return None,
        };
        // The line end that a keyword may begin with is the line's before.
        let start = hit.start + usize::from(text.get(hit.start) == Some(&b'\n'));
        let whole = start.min(secret.start)..hit.end.max(secret.end);
        Some(Match { whole, groups: vec![Some(secret)] })
    }
}

/// What `read` makes of the word between two texts. The word is put in late, or the test
/// itself would be found.
#[cfg(test)]
fn read_at(
    read: fn(&[u8], Range<usize>) -> Option<Range<usize>>,
    [head, word, rest]: [&str; 3],
) -> Option<String> {
    let line = format!("{head}{word}{rest}");
    let found = read(line.as_bytes(), head.len()..head.len() + word.len())?;
    line.get(found).map(str::to_owned)
}
