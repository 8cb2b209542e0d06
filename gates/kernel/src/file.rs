//! One file of a tree: its bytes, its text, and where a byte stands.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};

use crate::{Entry, EntryKind, ObjectId, Span};

/// A file that has been read. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SourceFile(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: Utf8PathBuf,
    kind: EntryKind,
    id: Option<ObjectId>,
    bytes: Vec<u8>,
    line_starts: OnceLock<Vec<usize>>,
    is_ascii: OnceLock<bool>,
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
        SourceFile(Arc::new(Inner {
            path: entry.path.clone(),
            kind: entry.kind,
            id: entry.id.clone(),
            bytes,
            line_starts: OnceLock::new(),
            is_ascii: OnceLock::new(),
        }))
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
        &self.0.path
    }

    /// Regular, executable or symlink.
    #[must_use]
    pub fn kind(&self) -> EntryKind {
        self.0.kind
    }

    /// The blob's name, where the repository knows it.
    #[must_use]
    pub fn id(&self) -> Option<&ObjectId> {
        self.0.id.as_ref()
    }

    /// All of it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// What the bytes are.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        let bytes = self.bytes();
        if self.0.kind == EntryKind::Symlink {
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
        let end = bytes.end.clamp(bytes.start, self.0.bytes.len().max(bytes.start));
        let (line, column) = self.position(bytes.start);
        let (end_line, end_column) = self.position(end);
        Span { line, column, end_line, end_column }
    }

    /// The bytes of line `line` (from 1) without its line end.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<&[u8]> {
        let starts = self.line_starts();
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *starts.get(index)?;
        let end = starts.get(index + 1).copied().unwrap_or(self.0.bytes.len());
        let line = self.0.bytes.get(start..end)?;
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn position(&self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.0.bytes.len());
        let starts = self.line_starts();
        let index = starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = starts.get(index).copied().unwrap_or(0);
        // Counting characters would look at a minified file's one line again for
        // each finding in it; where every byte is one, there is nothing to count.
        if *self.0.is_ascii.get_or_init(|| self.0.bytes.is_ascii()) {
            return (saturating(index + 1), saturating(offset - start + 1));
        }
        let before = self.0.bytes.get(start..offset).unwrap_or_default();
        // Every byte that does not continue a UTF-8 sequence starts a character.
        let characters = before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        (saturating(index + 1), saturating(characters + 1))
    }

    fn line_starts(&self) -> &[usize] {
        self.0.line_starts.get_or_init(|| {
            let ends = self.0.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        })
    }
}

fn saturating(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
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
