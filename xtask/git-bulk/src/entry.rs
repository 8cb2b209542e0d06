//! What stands before an object's bytes in a pack, and the bytes inflated.

use flate2::{Decompress, FlushDecompress, Status};

/// The longest head: a size of ten bytes and the name of a base.
pub const HEAD_LEN_MAX: usize = 10 + 32;
/// deflate makes a byte of at most so many.
const RATIO_MAX: u64 = 1032;

/// What kind of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A commit.
    Commit = 1,
    /// A tree.
    Tree = 2,
    /// A blob.
    Blob = 3,
    /// An annotated tag.
    Tag = 4,
}

/// On what an object is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Built<'a> {
    /// On nothing: these are its bytes.
    Whole(Kind),
    /// On the object that begins so far before it.
    Behind(u64),
    /// On the object of that name.
    On(&'a [u8]),
}

/// The head of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// On what it is built.
    pub built: Built<'a>,
    /// How many bytes the entry inflates to.
    pub size_bytes: u64,
    /// Length of the head.
    pub len: usize,
}

/// Reads the head at the start of `bytes`.
pub fn head(bytes: &[u8], id_len: usize) -> Result<Head<'_>, &'static str> {
    const CUT: &str = "an entry's head is cut off";
    let mut rest = bytes.iter();
    let first = *rest.next().ok_or(CUT)?;
    let mut size_bytes = u64::from(first & 15);
    let mut shift = 4;
    let mut goes_on = first & 128 != 0;
    while goes_on {
        let byte = *rest.next().ok_or(CUT)?;
        if shift > 57 {
            return Err("a size is longer than a number can be");
        }
        size_bytes |= u64::from(byte & 127) << shift;
        shift += 7;
        goes_on = byte & 128 != 0;
    }
    let built = match first >> 4 & 7 {
        1 => Built::Whole(Kind::Commit),
        2 => Built::Whole(Kind::Tree),
        3 => Built::Whole(Kind::Blob),
        4 => Built::Whole(Kind::Tag),
        6 => {
            let mut byte = *rest.next().ok_or(CUT)?;
            let mut behind = u64::from(byte & 127);
            while byte & 128 != 0 {
                byte = *rest.next().ok_or(CUT)?;
                let next = behind.checked_add(1).and_then(|next| next.checked_mul(128));
                behind = next.ok_or("a base lies too far away")? | u64::from(byte & 127);
            }
            Built::Behind(behind)
        }
        7 => {
            let id = rest.as_slice().get(..id_len).ok_or(CUT)?;
            rest = rest.as_slice().get(id_len..).unwrap_or_default().iter();
            Built::On(id)
        }
        _ => return Err("an entry is of no kind that there is"),
    };
    Ok(Head { built, size_bytes, len: bytes.len() - rest.as_slice().len() })
}

/// Inflates, with tables that are used again.
pub struct Inflater(Decompress);

impl Inflater {
    pub fn new() -> Inflater {
        Inflater(Decompress::new(true))
    }

    /// Fills `out` with the `size_bytes` that `packed` inflates to; no more
    /// and no fewer.
    pub fn inflate(
        &mut self,
        packed: &[u8],
        size_bytes: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), &'static str> {
        const WRONG: &str = "an entry has another size than its head says";
        self.0.reset(true);
        let possible = (packed.len() as u64).saturating_mul(RATIO_MAX);
        if size_bytes > possible {
            return Err(WRONG);
        }
        let size = usize::try_from(size_bytes).map_err(|_| WRONG)?;
        // One more than there should be: a stream that has more says so. What a
        // buffer held before is written over; room beyond it would be cleared
        // each time, and deltas are small.
        out.resize(size + 1, 0);
        loop {
            let before = (self.0.total_in(), self.0.total_out());
            let place = |at: u64| usize::try_from(at).map_err(|_| WRONG);
            let packed = packed.get(place(before.0)?..).ok_or(WRONG)?;
            let room = out.get_mut(place(before.1)?..).ok_or(WRONG)?;
            let status = self.0.decompress(packed, room, FlushDecompress::Finish);
            match status.map_err(|_| "an entry is no zlib stream, or its checksum is wrong")? {
                Status::StreamEnd => break,
                _ if self.0.total_out() > size_bytes
                    || before == (self.0.total_in(), self.0.total_out()) =>
                {
                    return Err("an entry's zlib stream does not end");
                }
                _ => {}
            }
        }
        out.truncate(size);
        if self.0.total_out() == size_bytes { Ok(()) } else { Err(WRONG) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn heads() {
        let blob = head(&[0b1011_0101, 1], 20).unwrap();
        assert_eq!((blob.built, blob.size_bytes, blob.len), (Built::Whole(Kind::Blob), 21, 2));
        assert_eq!(head(&[0b0110_0001, 0x81, 0x00], 20).unwrap().built, Built::Behind(256));
        assert!(head(&[0b0101_0000], 20).is_err());
        assert!(head(&[0xB0], 20).is_err());
        assert!(head(&[0xFF; 12], 20).is_err());
    }

    #[test]
    fn a_stream_has_the_size_that_was_said() {
        let mut inflater = Inflater::new();
        let mut out = Vec::new();
        for size in [0, 1, 8, 70_000] {
            let bytes = vec![7; size];
            let packed = deflated(&bytes);
            inflater.inflate(&packed, size as u64, &mut out).unwrap();
            assert_eq!(out, bytes);
            assert!(inflater.inflate(&packed, size as u64 + 1, &mut out).is_err());
            assert!(size == 0 || inflater.inflate(&packed, size as u64 - 1, &mut out).is_err());
            assert!(inflater.inflate(&packed[..packed.len() - 1], size as u64, &mut out).is_err());
            let mut wrong = packed.clone();
            *wrong.last_mut().unwrap() ^= 1;
            assert!(inflater.inflate(&wrong, size as u64, &mut out).is_err());
        }
        assert!(inflater.inflate(b"xx", u64::MAX, &mut out).is_err(), "a size nobody can pay for");
    }

    proptest! {
        #[test]
        fn no_head_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = head(&bytes, 20);
            let _ = head(&bytes, 32);
        }

        #[test]
        fn no_stream_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), size in 0..5000_u64) {
            let mut out = Vec::new();
            let _ = Inflater::new().inflate(&bytes, size, &mut out);
        }
    }
}
