//! Where bytes of a text stand: lines, and columns in characters.

use std::ops::Range;
use std::sync::OnceLock;

use crate::Span;

/// Bytes that are counted at once.
const BLOCK: usize = 4_096;

/// The lines and characters of one text, counted when first asked for. Every
/// question must be about the same text.
#[derive(Debug, Default)]
pub struct Places {
    line_starts: OnceLock<Vec<usize>>,
    /// How many characters begin before each block of the bytes; none where every
    /// byte is one.
    characters: OnceLock<Option<Vec<usize>>>,
}

impl Places {
    /// Lines and columns, from 1, of a byte range of `text`; a range past the end
    /// is clamped, one that starts inside a character begins with that character.
    #[must_use]
    pub fn span(&self, text: &[u8], bytes: Range<usize>) -> Span {
        let end = bytes.end.clamp(bytes.start, text.len().max(bytes.start));
        let (line, column) = self.position(text, bytes.start);
        let (end_line, end_column) = self.position(text, end);
        Span { line, column, end_line, end_column }
    }

    /// The bytes of line `line` (from 1) of `text` without its line end.
    #[must_use]
    pub fn line<'t>(&self, text: &'t [u8], line: u32) -> Option<&'t [u8]> {
        let starts = self.line_starts(text);
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *starts.get(index)?;
        let end = starts.get(index + 1).copied().unwrap_or(text.len());
        let line = text.get(start..end)?;
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn position(&self, text: &[u8], offset: usize) -> (u32, u32) {
        let offset = offset.min(text.len());
        let starts = self.line_starts(text);
        let index = starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = starts.get(index).copied().unwrap_or(0);
        let characters = match self.characters(text) {
            None => offset - start,
            Some(blocks) => before(text, offset, blocks) - before(text, start, blocks),
        };
        (saturating(index + 1), saturating(characters + 1))
    }

    // Counting from the start of a line would look at a minified file's one line
    // again for each finding in it.
    fn characters(&self, text: &[u8]) -> Option<&[usize]> {
        let counted = self.characters.get_or_init(|| {
            if text.is_ascii() {
                return None;
            }
            let mut count = 0;
            let blocks = text.chunks(BLOCK).map(|block| {
                let before = count;
                count += starts(block);
                before
            });
            Some(blocks.collect())
        });
        counted.as_deref()
    }

    fn line_starts(&self, text: &[u8]) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        })
    }
}

/// How many characters begin before `offset`.
fn before(text: &[u8], offset: usize, blocks: &[usize]) -> usize {
    let block = (offset / BLOCK).min(blocks.len().saturating_sub(1));
    let rest = text.get(block * BLOCK..offset).unwrap_or_default();
    blocks.get(block).copied().unwrap_or(0) + starts(rest)
}

/// Every byte that does not continue a UTF-8 sequence starts a character.
fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

fn saturating(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_hold_in_a_line_as_long_as_its_text() {
        let text = "é".repeat(3 * BLOCK) + "x\ny";
        let (text, places) = (text.as_bytes(), Places::default());
        for count in [0, 1, BLOCK / 2 - 1, BLOCK / 2, BLOCK, 3 * BLOCK] {
            let span = places.span(text, count * 2..count * 2);
            assert_eq!((span.line, span.column as usize), (1, count + 1));
        }
        let last = places.span(text, text.len() - 1..text.len());
        assert_eq!((last.line, last.column, last.end_column), (2, 1, 2));
    }
}
