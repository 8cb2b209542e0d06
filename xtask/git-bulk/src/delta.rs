//! A delta: how an object is made of its base.

use kernel::Piece;

const CUT: &str = "a delta is cut off";

/// The size of the object that `delta` makes.
pub fn target_size(delta: &[u8]) -> Result<u64, &'static str> {
    let (_, rest) = size(delta)?;
    size(rest).map(|(size, _)| size)
}

/// Makes of `base` and `delta` the object `out` and its `pieces`, neighbours
/// joined.
pub fn apply(
    base: &[u8],
    delta: &[u8],
    size_bytes_max: u64,
    out: &mut Vec<u8>,
    pieces: &mut Vec<Piece>,
) -> Result<(), &'static str> {
    out.clear();
    pieces.clear();
    let (base_size, rest) = size(delta)?;
    let (target_size, mut rest) = size(rest)?;
    if base_size != base.len() as u64 {
        return Err("a delta is for a base of another size");
    }
    // Checked by the caller, and here for whoever forgets.
    let target_size = usize::try_from(target_size.min(size_bytes_max)).map_err(|_| CUT)?;
    // Each byte of a delta makes at most a copy of 16 MiB: paid for only as it comes.
    out.reserve(target_size.min(base.len().saturating_mul(2).saturating_add(delta.len())));
    while let Some((instruction, after)) = rest.split_first() {
        rest = after;
        let piece = if instruction & 128 != 0 {
            let mut from = 0;
            let mut len = 0;
            for bit in 0..7 {
                if instruction & (1 << bit) == 0 {
                    continue;
                }
                let (byte, after) = rest.split_first().ok_or(CUT)?;
                rest = after;
                if bit < 4 {
                    from |= usize::from(*byte) << (8 * bit);
                } else {
                    len |= usize::from(*byte) << (8 * (bit - 4));
                }
            }
            if len == 0 {
                len = 0x1_0000;
            }
            let end = from.checked_add(len).ok_or("a delta copies past its base")?;
            let bytes = base.get(from..end).ok_or("a delta copies past its base")?;
            if bytes.len() > target_size - out.len() {
                return Err("a delta makes more than it says");
            }
            out.extend_from_slice(bytes);
            Piece::Copy { from, len }
        } else {
            let len = usize::from(*instruction);
            let (bytes, after) = rest.split_at_checked(len).ok_or(CUT)?;
            if len == 0 {
                return Err("a delta holds an instruction that is none");
            }
            if len > target_size - out.len() {
                return Err("a delta makes more than it says");
            }
            rest = after;
            out.extend_from_slice(bytes);
            Piece::New { len }
        };
        match (pieces.last_mut(), piece) {
            (Some(Piece::New { len }), Piece::New { len: more }) => *len += more,
            (Some(Piece::Copy { from, len }), Piece::Copy { from: next, len: more })
                if *from + *len == next =>
            {
                *len += more;
            }
            _ => pieces.push(piece),
        }
    }
    if out.len() == target_size { Ok(()) } else { Err("a delta makes less than it says") }
}

fn size(bytes: &[u8]) -> Result<(u64, &[u8]), &'static str> {
    let mut size = 0;
    let mut shift = 0;
    let mut rest = bytes;
    loop {
        let (byte, after) = rest.split_first().ok_or(CUT)?;
        rest = after;
        if shift > 56 {
            return Err("a size is longer than a number can be");
        }
        size |= u64::from(byte & 127) << shift;
        shift += 7;
        if byte & 128 == 0 {
            return Ok((size, rest));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn applied(base: &[u8], delta: &[u8]) -> Result<(Vec<u8>, Vec<Piece>), &'static str> {
        let (mut out, mut pieces) = (Vec::new(), Vec::new());
        apply(base, delta, 1 << 20, &mut out, &mut pieces)?;
        Ok((out, pieces))
    }

    #[test]
    fn copies_and_inserts() {
        // Copy 2 from 1, insert "xy", copy 1 from 3, copy 1 from 4.
        let delta = [5, 6, 0x91, 1, 2, 2, b'x', b'y', 0x91, 3, 1, 0x91, 4, 1];
        let (out, pieces) = applied(b"abcde", &delta).unwrap();
        assert_eq!(out, b"bcxyde");
        let copy = |from, len| Piece::Copy { from, len };
        assert_eq!(pieces, [copy(1, 2), Piece::New { len: 2 }, copy(3, 2)], "neighbours join");
        assert_eq!(target_size(&delta), Ok(6));
    }

    #[test]
    fn what_is_no_delta_says_so() {
        assert!(applied(b"abcde", &[4, 1, 1, b'x']).is_err(), "another base");
        assert!(applied(b"abcde", &[5, 1, 0]).is_err(), "the reserved instruction");
        assert!(applied(b"abcde", &[5, 1, 2, b'x']).is_err(), "a cut insert");
        assert!(applied(b"abcde", &[5, 3, 0x91, 4, 3]).is_err(), "past the base");
        assert!(applied(b"abcde", &[5, 2, 1, b'x']).is_err(), "too little");
        assert!(applied(b"abcde", &[5, 1, 2, b'x', b'y']).is_err(), "too much");
        assert!(applied(b"abcde", &[5, 1, 0x91, 4]).is_err(), "a cut copy");
        assert!(applied(b"", &[0xFF; 12]).is_err(), "an endless size");
    }

    proptest! {
        #[test]
        fn no_delta_makes_it_panic(base in proptest::collection::vec(any::<u8>(), 0..40), mut delta in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = applied(&base, &delta);
            let head = [base.len() as u8, 90];
            delta.splice(..0, head);
            if let Ok((out, pieces)) = applied(&base, &delta) {
                prop_assert_eq!(out.len(), pieces.iter().map(Piece::len).sum::<usize>());
            }
        }
    }
}
