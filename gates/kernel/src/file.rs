//! One file of a tree: its bytes, its text, and where a byte stands.

use std::ops::Range;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{Entry, EntryKind, ObjectId, Places, Pulse, Span};

/// A file that has been read. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SourceFile {
    inner: Arc<Inner>,
    pulse: Pulse,
}

#[derive(Debug)]
struct Inner {
    path: Utf8PathBuf,
    kind: EntryKind,
    id: Option<ObjectId>,
    bytes: Vec<u8>,
    places: Places,
}

/// What the bytes of a file are. Each state is told apart, so that a gate
/// decides about it and counts what it does not judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// UTF-8 text without NUL; a byte-order mark is still in it.
    Text(&'a str),
    /// No NUL in it, but not UTF-8 from byte `valid_up_to` on.
    NotUtf8 {
        /// Number of leading bytes that are UTF-8.
        valid_up_to: usize,
    },
    /// A NUL byte: a binary, or UTF-16/32 text.
    Binary,
    /// A Git LFS pointer: the content itself is not in the repository.
    LfsPointer(&'a str),
    /// A symbolic link; the text is its target.
    Symlink(&'a [u8]),
}

impl SourceFile {
    /// A file from its bytes.
    #[must_use]
    pub fn new(entry: &Entry, bytes: Vec<u8>) -> SourceFile {
        let inner = Inner {
            path: entry.path.clone(),
            kind: entry.kind,
            id: entry.id.clone(),
            bytes,
            places: Places::default(),
        };
        SourceFile { inner: Arc::new(inner), pulse: Pulse::default() }
    }

    /// The same file for a gate of that pulse.
    #[must_use]
    pub fn pulsed(&self, pulse: &Pulse) -> SourceFile {
        SourceFile { inner: Arc::clone(&self.inner), pulse: pulse.clone() }
    }

    /// Asked by [`crate::Gate::check_file`] in work over this file that can be
    /// long. Once it has stopped it stays so: a loop deep inside may just end, and
    /// whoever runs the gate asks again before it believes what came out.
    #[must_use]
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// A regular file of that path and text, for tests and canaries.
    #[must_use]
    pub fn literal(path: &str, text: &str) -> SourceFile {
        let entry = Entry { path: path.into(), kind: EntryKind::File, id: None, size_bytes: None };
        SourceFile::new(&entry, text.as_bytes().to_vec())
    }

    /// Relative to the repository.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        &self.inner.path
    }

    /// Regular, executable or symlink.
    #[must_use]
    pub fn kind(&self) -> EntryKind {
        self.inner.kind
    }

    /// The blob's name, where the repository knows it.
    #[must_use]
    pub fn id(&self) -> Option<&ObjectId> {
        self.inner.id.as_ref()
    }

    /// All of it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.inner.bytes
    }

    /// What the bytes are.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        let bytes = self.bytes();
        if self.inner.kind == EntryKind::Symlink {
            return Content::Symlink(bytes);
        }
        if bytes.contains(&0) {
            return Content::Binary;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if is_lfs_pointer(text) => Content::LfsPointer(text),
            Ok(text) => Content::Text(text),
            Err(error) => Content::NotUtf8 { valid_up_to: error.valid_up_to() },
        }
    }

    /// The text, if it is plain text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self.content() {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Lines and columns of a byte range; a range past the end is clamped, one
    /// that starts inside a character begins with that character.
    #[must_use]
    pub fn span(&self, bytes: Range<usize>) -> Span {
        self.inner.places.span(self.bytes(), bytes)
    }

    /// The bytes of line `line` (from 1) without its line end.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<&[u8]> {
        self.inner.places.line(self.bytes(), line)
    }
}

// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: a pointer is
// shorter than 1024 bytes and its first line is the version.
fn is_lfs_pointer(text: &str) -> bool {
    text.len() < 1024 && text.starts_with("version https://git-lfs.github.com/spec/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let file = SourceFile::literal("a", "é: ü\nx: y\r\nlast");
        let y = file.bytes().iter().position(|b| *b == b'y').unwrap();
        assert_eq!(file.span(y..y + 1), Span { line: 2, column: 4, end_line: 2, end_column: 5 });
        let u = "é: ".len();
        assert_eq!(file.span(u..u + 2), Span { line: 1, column: 4, end_line: 1, end_column: 5 });
        assert_eq!(file.line(2), Some(&b"x: y"[..]));
        assert_eq!(file.line(3), Some(&b"last"[..]));
        assert_eq!(file.line(4), None);
        assert_eq!(file.line(0), None);
    }

    #[test]
    fn ranges_past_the_end_are_clamped() {
        let file = SourceFile::literal("a", "ab\n");
        let span = file.span(100..200);
        assert_eq!((span.line, span.column), (2, 1));
        let empty = SourceFile::literal("a", "").span(0..5);
        assert_eq!((empty.line, empty.column, empty.end_line, empty.end_column), (1, 1, 1, 1));
    }

    #[test]
    fn each_gate_has_a_pulse_of_its_own() {
        let file = SourceFile::literal("a", "x");
        let stopped = file.pulsed(&Pulse::new(|| Some(crate::ErrorKind::TimedOut)));
        assert!(file.pulse().check().is_ok() && stopped.pulse().check().is_err());
        assert_eq!(stopped.text(), Some("x"));
    }

    #[test]
    fn each_content_state_is_told_apart() {
        let entry = |kind| Entry { path: "f".into(), kind, id: None, size_bytes: None };
        let of = |bytes: &[u8]| SourceFile::new(&entry(EntryKind::File), bytes.to_vec());
        assert!(matches!(of(b"x").content(), Content::Text("x")));
        assert!(matches!(of(b"x\0").content(), Content::Binary));
        assert!(matches!(of(b"x\xff").content(), Content::NotUtf8 { valid_up_to: 1 }));
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
        assert!(matches!(of(pointer).content(), Content::LfsPointer(_)));
        let link = SourceFile::new(&entry(EntryKind::Symlink), b"../x".to_vec());
        assert!(matches!(link.content(), Content::Symlink(b"../x")));
    }
}
