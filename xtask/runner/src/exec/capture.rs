//! What a program printed, in bounded memory and a bounded file.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};

use camino::Utf8Path;

use crate::mode;

/// A stream's beginning and end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    /// The beginning; all of it when nothing was dropped.
    pub head: Vec<u8>,
    /// The end; empty when nothing was dropped.
    pub tail: Vec<u8>,
    /// Bytes between the two that were not kept.
    pub dropped_bytes: u64,
}

impl Captured {
    /// All that was printed, if all was kept.
    pub fn whole(&self) -> Option<&[u8]> {
        (self.dropped_bytes == 0).then_some(self.head.as_slice())
    }

    /// The stream as text: what is no UTF-8 becomes U+FFFD, a line in brackets stands for what
    /// was dropped.
    pub fn text(&self) -> String {
        let mut text = String::from_utf8_lossy(&self.head).into_owned();
        if self.dropped_bytes > 0 {
            text.push_str(&format!("\n[… {} bytes dropped …]\n", self.dropped_bytes));
            text.push_str(&String::from_utf8_lossy(&self.tail));
        }
        text
    }
}

/// Collects a stream: the first half of the limit, then a ring of the second half.
pub(super) struct Capture {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    head_max: usize,
    tail_max: usize,
    dropped_bytes: u64,
}

impl Capture {
    pub(super) fn new(bytes_max: usize) -> Self {
        let head_max = bytes_max / 2;
        Self {
            head: Vec::new(),
            tail: VecDeque::new(),
            head_max,
            tail_max: bytes_max - head_max,
            dropped_bytes: 0,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = self.head_max - self.head.len();
        let (head, tail) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);

        // Of a chunk longer than the ring only its end can stay.
        let (skipped, tail) = tail.split_at(tail.len().saturating_sub(self.tail_max));
        let over = (self.tail.len() + tail.len()).saturating_sub(self.tail_max);
        self.tail.drain(..over);
        self.tail.extend(tail);
        self.dropped_bytes += (skipped.len() + over) as u64;
    }

    pub(super) fn finish(self) -> Captured {
        let (mut head, mut tail) = (self.head, Vec::from(self.tail));
        if self.dropped_bytes == 0 {
            head.append(&mut tail);
        }
        Captured { head, tail, dropped_bytes: self.dropped_bytes }
    }
}

/// The log file of a run. A write error ends the log, not the run.
pub(super) struct Log {
    file: BufWriter<File>,
    room_bytes: u64,
    dropped_bytes: u64,
    error: Option<io::Error>,
}

impl Log {
    pub(super) fn create(path: &Utf8Path, bytes_max: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = mode::private(options.write(true).create(true).truncate(true)).open(path)?;
        Ok(Self {
            file: BufWriter::new(file),
            room_bytes: bytes_max,
            dropped_bytes: 0,
            error: None,
        })
    }

    /// Appends, and lets a reader see it.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = usize::try_from(self.room_bytes).unwrap_or(usize::MAX).min(bytes.len());
        let (kept, dropped) = bytes.split_at(room);
        self.room_bytes -= kept.len() as u64;
        self.dropped_bytes += dropped.len() as u64;
        if self.error.is_none() && !kept.is_empty() {
            self.error = self.file.write_all(kept).and_then(|()| self.file.flush()).err();
        }
    }

    /// Ends the file; gives what went wrong, if anything.
    pub(super) fn finish(mut self) -> Option<io::Error> {
        if self.dropped_bytes > 0 && self.error.is_none() {
            let note =
                format!("\n[… {} bytes dropped: the log is at its limit …]\n", self.dropped_bytes);
            self.error = self.file.write_all(note.as_bytes()).err();
        }
        self.error.or_else(|| self.file.flush().err())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn head_and_tail_are_those_of_the_whole(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..30), 0..20),
            bytes_max in 0_usize..80,
        ) {
            let mut capture = Capture::new(bytes_max);
            chunks.iter().for_each(|chunk| capture.push(chunk));
            let (captured, all) = (capture.finish(), chunks.concat());
            if all.len() <= bytes_max {
                prop_assert_eq!(captured.whole(), Some(all.as_slice()));
            } else {
                prop_assert_eq!(captured.whole(), None);
                prop_assert_eq!(captured.head.len() + captured.tail.len(), bytes_max);
                prop_assert!(all.starts_with(&captured.head) && all.ends_with(&captured.tail));
                prop_assert_eq!(captured.dropped_bytes as usize, all.len() - bytes_max);
            }
        }
    }

    #[test]
    fn text_tells_what_is_missing() {
        let mut capture = Capture::new(4);
        capture.push(b"ab\xffdefgh");
        assert_eq!(capture.finish().text(), "ab\n[… 4 bytes dropped …]\ngh");
    }
}
