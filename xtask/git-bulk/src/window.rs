//! Reads of a file at places that mostly lie near each other, or of one that is in
//! memory.

use std::fs::File;
use std::io;

/// Read at once where less is asked for: much by whoever reads on, little by
/// whoever jumps from delta to base, as a walk mostly does.
const ONWARD_LEN_MIN: usize = 32 << 10;
const JUMP_LEN_MIN: usize = 4 << 10;

/// A part of a file, held by one thread.
pub struct Window<'a> {
    file: &'a File,
    /// All of it, where that is in memory.
    whole: Option<&'a [u8]>,
    end: u64,
    start: u64,
    bytes: Vec<u8>,
    len: usize,
}

impl<'a> Window<'a> {
    /// Of `file`, up to `end`.
    pub fn new(file: &'a File, end: u64) -> Window<'a> {
        Window { file, whole: None, end, start: 0, bytes: Vec::new(), len: 0 }
    }

    /// The same, of a file that is in memory, if it is.
    pub fn on(mut self, whole: Option<&'a [u8]>) -> Window<'a> {
        self.whole = whole;
        self
    }

    /// The bytes from `from` to `to`.
    pub fn get(&mut self, from: u64, to: u64) -> io::Result<&[u8]> {
        if to < from || to > self.end {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        if let Some(whole) = self.whole {
            let place = |at: u64| usize::try_from(at).map_err(io::Error::other);
            let bytes = whole.get(place(from)?..place(to)?);
            return bytes.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        let have = self.start..self.start + self.len as u64;
        if from < have.start || to > have.end {
            let is_onward = have.contains(&from) || from == have.end;
            let len_min = if is_onward { ONWARD_LEN_MIN } else { JUMP_LEN_MIN };
            let len = (to - from).max(len_min as u64).min(self.end - from);
            let len = usize::try_from(len).map_err(io::Error::other)?;
            // A torn read must not pass for bytes of the file.
            self.len = 0;
            if self.bytes.len() < len {
                self.bytes.resize(len, 0);
            }
            let bytes = self.bytes.get_mut(..len).unwrap_or_default();
            read_exact_at(self.file, bytes, from)?;
            self.len = len;
            self.start = from;
        }
        let place = |at: u64| usize::try_from(at - self.start).map_err(io::Error::other);
        let (from, to) = (place(from)?, place(to)?);
        self.bytes.get(from..to).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt as _;
    while !bytes.is_empty() {
        let count = file.seek_read(bytes, at)?;
        if count == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        bytes = bytes.get_mut(count..).unwrap_or_default();
        at += count as u64;
    }
    Ok(())
}
